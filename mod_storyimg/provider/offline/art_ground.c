/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <math.h>

#include "provider/offline/art_land.h"

#define MOST_BUMPS 24

void simg_art_slope(simg_stage *s, simg_colour c, double y, double height, int bumps, double slope)
{
    simg_art *a = s->a;
    double xy[4 * MOST_BUMPS + 16], lift = a->lift, w = a->w, phase = simg_art_between(a, 0, 1);
    int i, n = bumps * 2 > 4 * MOST_BUMPS / 2 ? MOST_BUMPS * 2 : bumps * 2, k = 0;
    const char *d;

    for (i = -1; i <= n + 1; i++) {
        double t = (i + phase - 0.5) / n, up = (i & 1) ? simg_art_between(a, 0.65, 1) : simg_art_between(a, 0, 0.3);

        xy[k++] = t * w;
        xy[k++] = y - height * up + slope * (t - 0.5);
    }
    xy[0] = -60;
    xy[k - 2] = w + 60;
    d = apr_psprintf(a->p, "%sL%.0f 1060L-60 1060Z", simg_art_curve(a, xy, k / 2, 0), w + 60);
    /* The light comes from behind each layer: its edge throws a soft shadow on what is farther. */
    a->dim = 0.07;
    for (a->lift = -22; a->lift < -4; a->lift += 8)
        simg_art_path(a, c, d);
    a->dim = 0.2;
    a->lift = lift;
}

void simg_art_hill(simg_stage *s, simg_colour c, double y, double height, int bumps)
{
    simg_art_slope(s, c, y, height, bumps, 0);
}

void simg_art_prop(simg_stage *s, const char *program, simg_dye dye, double x, double y, double size)
{
    simg_dye lit = { simg_art_lit(&s->hues, dye.main), simg_art_lit(&s->hues, dye.second) };

    simg_art_push(s->a, x, y, size / 200, s->mirror, 0);
    simg_art_cut(s->a, program, lit);
    simg_art_pop(s->a);
}

void simg_art_round_tree(simg_stage *s, simg_colour leaves, double x, double y, double size)
{
    simg_art *a = s->a;
    simg_dye dye = { leaves, s->hues.trunk };

    simg_art_push(a, x, y, size / 200, (int)simg_art_pick(a, 2), 0);
    simg_art_cut(a, "sP M-9 2L-7 -90L7 -90L11 2Z;!s/6 M0 -62L24 -92", dye);
    simg_art_cut(a,
                 "d~ -52 -78 -66 -112 -46 -150 -22 -176 0 -190 34 -182 56 -152 66 -116 50 -82 0 -68;"
                 "m~ -52 -96 -56 -124 -40 -156 -8 -178 26 -170 42 -146 50 -112 28 -92 -12 -84;"
                 "!l~ -36 -116 -36 -142 -12 -164 14 -160 8 -140 -14 -122",
                 dye);
    simg_art_pop(a);
}

void simg_art_fir(simg_stage *s, simg_colour leaves, double x, double y, double size)
{
    simg_art *a = s->a;
    simg_dye dye = { leaves, s->hues.trunk };

    simg_art_push(a, x, y, size / 200, (int)simg_art_pick(a, 2), 0);
    simg_art_cut(a,
                 "sr -7 -40 14 42 2;dP M0 -112Q22 -66 58 -34Q30 -26 0 -34Q-30 -26 -58 -34Q-22 -66 0 -112Z;"
                 "mP M0 -158Q18 -112 46 -78Q24 -70 0 -78Q-24 -70 -46 -78Q-18 -112 0 -158Z;"
                 "lP M0 -200Q14 -158 34 -126Q18 -118 0 -126Q-18 -118 -34 -126Q-14 -158 0 -200Z",
                 dye);
    if (s->plan->weather & SIMG_SNOW)
        simg_art_cut(a, "!wP M0 -200Q8 -172 20 -150Q4 -158 -6 -148Q-12 -160 -16 -158Q-6 -178 0 -200Z", dye);
    simg_art_pop(a);
}

void simg_art_palm(simg_stage *s, simg_colour leaves, double x, double y, double size)
{
    simg_art *a = s->a;
    simg_dye dye = { leaves, s->hues.trunk };

    simg_art_push(a, x, y, size / 200, (int)simg_art_pick(a, 2), 0);
    simg_art_cut(a,
                 "sP M-12 2Q-2 -80 22 -150L34 -148Q16 -80 10 2Z;"
                 "dP M28 -150Q-20 -200 -72 -160Q-20 -172 28 -146Z;dP M28 -150Q70 -206 112 -160Q70 -172 28 -146Z;"
                 "mP M28 -150Q-30 -170 -58 -104Q-20 -140 28 -144Z;mP M28 -150Q90 -166 104 -98Q72 -140 28 -144Z;"
                 "lP M28 -150Q10 -210 -20 -206Q16 -186 24 -146Z;lP M28 -150Q50 -212 84 -202Q44 -186 32 -146Z;"
                 "bo 22 -142 8 8;Bo 36 -140 8 8",
                 dye);
    simg_art_pop(a);
}

void simg_art_bush(simg_stage *s, simg_colour leaves, double x, double y, double size)
{
    simg_art *a = s->a;
    simg_dye dye = { leaves, leaves };

    simg_art_push(a, x, y, size / 200, (int)simg_art_pick(a, 2), 0);
    simg_art_cut(a,
                 "mP M-130 6Q-150 -60 -96 -72Q-92 -140 -30 -136Q10 -190 58 -138Q112 -140 104 -74Q152 -54 130 6Z;"
                 "!lP M-84 -60Q-76 -118 -28 -112Q-56 -96 -58 -56Z;!lP M20 -100Q46 -132 70 -104Q48 -100 44 -76Z",
                 dye);
    simg_art_pop(a);
}

void simg_art_grass(simg_stage *s, simg_colour c, double x, double y, double size)
{
    simg_dye dye = { c, c };

    simg_art_push(s->a, x, y, size / 100, 0, 0);
    simg_art_cut(s->a,
                 "mP M-34 6Q-44 -34 -60 -52Q-26 -36 -18 0Q-22 -52 -30 -84Q-2 -50 0 -2Q6 -60 22 -94Q22 -48 16 0Q30 -40 "
                 "58 -58Q36 -24 34 6Z",
                 dye);
    simg_art_pop(s->a);
}

static void leaf(simg_stage *s, simg_colour c, double x, double y, double size, double angle)
{
    simg_dye dye = { c, c };

    simg_art_push(s->a, x, y, size / 100, 0, angle);
    simg_art_cut(s->a, "mP M0 0Q-44 -46 0 -110Q44 -46 0 0Z;!d/2.5 M0 -6L0 -92", dye);
    simg_art_pop(s->a);
}

static void sprig(simg_stage *s, simg_colour c, double x, double y, double size, double lean)
{
    int i;

    for (i = 0; i < 5; i++)
        leaf(s, simg_art_mix(c, s->hues.leaves, i == 2 ? 0.1 : 0.25), x + (i - 2) * size * 0.1, y,
             size * (i == 2 ? 1.15 : 0.9), lean + (i - 2) * 32);
}

void simg_art_leaf_frame(simg_stage *s, simg_colour c)
{
    simg_art *a = s->a;
    double w = a->w, x;
    int i, n = (int)(w / 130);

    simg_art_slope(s, c, 968, 26, 3, simg_art_between(a, -30, 30));
    for (i = 0; i <= n; i++) {
        x = w * i / n + simg_art_between(a, -30, 30);
        simg_art_grass(s, c, x, 965, simg_art_between(a, 40, 70));
    }
    sprig(s, c, simg_art_side(s, w * 0.985), 985, 150, s->mirror ? 18 : -18);
    sprig(s, c, simg_art_side(s, w * 0.02), 1000, 120, s->mirror ? -24 : 24);
}

void simg_art_flowers(simg_stage *s, int n, double y0, double y1)
{
    static const simg_colour petals[] = { 0xf2776b, 0xf9c846, 0xfff3e0, 0xc59be0, 0xf59cb4 };
    simg_art *a = s->a;
    int i, first = (int)simg_art_pick(a, 5);

    for (i = 0; i < n; i++) {
        double t = simg_art_between(a, 0, 1), y = y0 + (y1 - y0) * t, x = simg_art_between(a, 10, a->w - 10);
        simg_dye dye = { simg_art_lit(&s->hues, petals[(first + i % 3) % 5]), s->hues.front };

        simg_art_push(a, x, y, 0.2 + 0.3 * t, 0, 0);
        simg_art_cut(a,
                     "!s/6 M0 0Q6 -30 0 -56;!mo -14 -58 13 13;!mo 14 -58 13 13;!mo 0 -74 13 13;!mo -8 -46 13 13;!mo 8 "
                     "-46 13 13;!yo 0 -60 9 9",
                     dye);
        simg_art_pop(a);
    }
}

void simg_art_sea(simg_stage *s, double y, double y1)
{
    simg_art *a = s->a;
    simg_colour c = s->hues.water;
    int i, k, rows = 4;

    simg_art_path(a, c, apr_psprintf(a->p, "M-20 %.0fH%.0fV1040H-20Z", y, a->w + 20));
    for (i = 0; i < 3; i++)
        simg_art_veil(a, s->hues.glow, 0.2, SIMG_BOX(simg_art_side(s, a->w * 0.7), y + 14 + i * 26, 150 - i * 36, 6));
    for (i = 1; i < rows; i++) {
        double top = y + (y1 - y) * i / rows, amp = 6 + 5 * i, step = 60 + 26 * i,
               x = -step * simg_art_between(a, 0, 1);
        const char *d = apr_psprintf(a->p, "M-80 1060V%.0fL%.0f %.0f", top, x - step, top);

        for (k = 0; x < a->w + step && k < 80; k++, x += step)
            d = apr_psprintf(a->p, "%sQ%.0f %.0f %.0f %.0f", d, x - step / 2, top - amp * 2, x, top);
        simg_art_path(a, simg_art_darker(simg_art_mix(c, s->hues.sky[3], 0.1 * (i % 2)), 0.07 * i),
                      apr_pstrcat(a->p, d, "V1060Z", NULL));
    }
}
