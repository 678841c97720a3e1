/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/art_land.h"

/* Trees along an edge of land, left out where the character stands before them. */
static void wood(simg_stage *s, simg_colour leaves, double y, double size, int n)
{
    simg_art *a = s->a;
    int i;

    for (i = 0; i < n; i++) {
        double x = a->w * (i + simg_art_between(a, 0.1, 0.9)) / n, h = size * simg_art_between(a, 0.75, 1.2);

        (simg_art_pick(a, 3) ? simg_art_round_tree : simg_art_fir)(
            s, simg_art_mix(leaves, s->hues.far, simg_art_between(a, 0, 0.2)), x, y, h);
    }
}

void simg_art_back_meadow(simg_stage *s)
{
    simg_art *a = s->a;
    double h = s->horizon;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 30, 110, 2);
    wood(s, simg_art_mix(s->hues.leaves, s->hues.far, 0.5), h + 40, 110, 4);
    simg_art_hill(s, s->hues.middle, h + 110, 80, 3);
    simg_art_round_tree(s, s->hues.leaves, simg_art_side(s, a->w * simg_art_between(a, 0.84, 0.93)), h + 150, 260);
    simg_art_slope(s, simg_art_mix(s->hues.middle, s->hues.near, 0.6), h + 210, 60, 2, simg_art_between(a, -90, 90));
    simg_art_flowers(s, (int)(a->w / 60), h + 220, s->floor - 90);
    simg_art_hill(s, s->hues.near, s->floor - 70, 46, 2);
    simg_art_flowers(s, (int)(a->w / 60), s->floor - 50, 960);
}

void simg_art_back_forest(simg_stage *s)
{
    simg_art *a = s->a;
    double h = s->horizon;

    simg_art_sky(s);
    wood(s, simg_art_mix(s->hues.leaves, s->hues.sky[2], 0.7), h + 90, 330, 9);
    simg_art_hill(s, s->hues.far, h + 80, 60, 3);
    wood(s, simg_art_mix(s->hues.leaves, s->hues.sky[2], 0.42), h + 170, 420, 6);
    simg_art_hill(s, s->hues.middle, h + 190, 60, 2);
    simg_art_round_tree(s, simg_art_mix(s->hues.leaves, s->hues.sky[2], 0.15), simg_art_side(s, a->w * 0.9), h + 290,
                        560);
    simg_art_fir(s, simg_art_mix(s->hues.leaves, s->hues.sky[2], 0.2), simg_art_side(s, a->w * 0.06), h + 280, 520);
    simg_art_bush(s, simg_art_mix(s->hues.leaves, s->hues.middle, 0.3), simg_art_side(s, a->w * 0.74), h + 270, 120);
    simg_art_hill(s, s->hues.near, s->floor - 80, 50, 2);
    simg_art_flowers(s, 6, s->floor - 30, 950);
}

void simg_art_front_green(simg_stage *s)
{
    simg_art_leaf_frame(s, s->hues.front);
}

static void frame_trunk(simg_stage *s, double x, double width)
{
    simg_art *a = s->a;
    simg_dye dye = { simg_art_darker(s->hues.trunk, 0.45), s->hues.front };

    simg_art_push(a, x, 1000, width / 100, x > a->w / 2, 0);
    simg_art_cut(a,
                 "mP M-80 40Q-20 0 -26 -120Q-30 -400 -14 -700Q-10 -900 -70 -1060L90 -1060Q40 -900 36 -700Q20 -400 40 "
                 "-120Q50 -20 110 40Z;"
                 "!d-7 0 -180 6 -300 2 -420;!d-7 14 -520 8 -600 14 -700",
                 dye);
    simg_art_pop(a);
}

void simg_art_front_trees(simg_stage *s)
{
    simg_art *a = s->a;
    double w = a->w, x;
    int i;

    frame_trunk(s, simg_art_side(s, w - 4), 80 + w * 0.02);
    for (i = 0; i < 6; i++) {
        x = simg_art_side(s, w - i * 96);
        simg_art_push(a, x, 16.0 - i * 7, 1.1 - i * 0.06, i % 2, i * 23);
        simg_art_cut(a, "m% 0 0 96;!l-4 -30 20 0 34 30 26",
                     (simg_dye){ simg_art_mix(s->hues.front, s->hues.leaves, i % 2 ? 0.1 : 0.25), 0 });
        simg_art_pop(a);
    }
    simg_art_leaf_frame(s, s->hues.front);
}
