/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

#define SAILBOAT                                                                                                       \
    "BP M-3 -46H4V-190H-3Z;sP M8 -180Q70 -120 76 -56L8 -54Z;mP M-8 -160Q-48 -110 -58 -56L-8 -54Z;mP M-96 -44H100Q88 "  \
    "0 60 4H-60Q-86 -2 -96 -44Z"
#define LIGHTHOUSE                                                                                                     \
    "no 0 2 66 16;wP M-36 2L-24 -140H24L36 2Z;!rP M-32 -40L-30 -72H30L32 -40Z;!rP M-27 -104L-25 -132H25L27 -104Z;nr "  \
    "-34 -148 68 12 4;Yr -19 -176 38 30 4;rP M-28 -174Q0 -206 28 -174Z"

static void sand(simg_stage *s, double lift)
{
    simg_colour c = simg_art_lit(&s->hues, 0xf2d9a2);
    int i;

    simg_art_slope(s, simg_art_lighter(c, 0.35), s->floor - 78 - lift, 18, 2, s->mirror ? -24 : 24);
    simg_art_slope(s, c, s->floor - 56 - lift, 22, 2, s->mirror ? -24 : 24);
    for (i = 0; i < 26; i++)
        simg_art_veil(s->a, simg_art_darker(c, 0.3), 0.35,
                      SIMG_BOX(simg_art_between(s->a, 0, s->a->w), simg_art_between(s->a, s->floor - 30, 985), 3, 2));
}

static void shells(simg_stage *s)
{
    static const simg_colour colours[] = { 0xf5a3b2, 0xfdf3e0, 0xf2a05a };
    int i;

    for (i = 0; i < 4; i++)
        simg_art_prop(
            s,
            i % 2 ? "m$ 0 -50 60 5"
                  : "mP M0 0Q-90 -50 -60 -100Q0 -140 60 -100Q90 -50 0 0Z;!d/7 M0 -6L-36 -94M0 -6V-108M0 -6L36 -94",
            (simg_dye){ colours[i % 3], 0 }, s->a->w * (0.08 + 0.25 * i), 950 + (i % 2) * 24, 44);
}

static void far_boats(simg_stage *s, double y)
{
    simg_art_prop(s, SAILBOAT, (simg_dye){ 0xe2574c, 0xfdf6e6 }, simg_art_side(s, s->a->w * 0.86), y + 36, 120);
    simg_art_prop(s, SAILBOAT, (simg_dye){ 0x4f93d6, 0xfbe6c0 }, simg_art_side(s, s->a->w * 0.6), y + 12, 60);
}

void simg_art_back_sea(simg_stage *s)
{
    double h = s->horizon + 60;

    simg_art_sky(s);
    simg_art_sea(s, h, s->floor - 40);
    far_boats(s, h);
    simg_art_prop(s, LIGHTHOUSE, (simg_dye){ 0, 0 }, simg_art_side(s, s->a->w * 0.07), h + 90, 330);
    simg_art_slope(s, simg_art_lit(&s->hues, 0xa9a2a8), s->floor - 60, 26, 3, s->mirror ? -30 : 30);
    sand(s, -26);
}

void simg_art_back_beach(simg_stage *s)
{
    double h = s->horizon + 40;

    simg_art_sky(s);
    simg_art_sea(s, h, s->floor - 110);
    far_boats(s, h);
    sand(s, 90);
    simg_art_palm(s, s->hues.leaves, simg_art_side(s, s->a->w * 0.93), s->floor - 60, 460);
    simg_art_prop(s,
                  "B/6 M0 0V-180;rP M-100 -120Q-80 -196 0 -198Q80 -196 100 -120Z;wP M-50 -120Q-40 -190 0 -198Q-10 -160 "
                  "0 -120Z;wP M50 -120Q40 -190 0 -198Q60 -180 76 -122Z",
                  (simg_dye){ 0, 0 }, simg_art_side(s, s->a->w * 0.07), s->floor - 70, 260);
    shells(s);
}

void simg_art_back_island(simg_stage *s)
{
    double h = s->horizon + 80;

    simg_art_sky(s);
    simg_art_sea(s, h, s->floor - 60);
    simg_art_prop(
        s, "dP M-180 10Q-120 -70 -60 -60Q-10 -130 50 -80Q130 -80 180 10Z;mP M-120 10Q-60 -40 10 -36Q80 -30 110 10Z",
        (simg_dye){ 0x74b06a, 0 }, simg_art_side(s, s->a->w * 0.7), h + 14, 160);
    sand(s, 20);
    simg_art_hill(s, s->hues.near, s->floor - 20, 24, 2);
    simg_art_palm(s, s->hues.leaves, simg_art_side(s, s->a->w * 0.07), s->floor - 20, 560);
    simg_art_palm(s, simg_art_darker(s->hues.leaves, 0.1), simg_art_side(s, s->a->w * 0.94), s->floor - 50, 420);
    simg_art_flowers(s, 6, s->floor, 960);
}

void simg_art_back_lake(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;
    int i;

    simg_art_sky(s);
    simg_art_hill(s, simg_art_mix(s->hues.far, 0x8a9cc0, 0.35), h + 20, 170, 2);
    simg_art_hill(s, s->hues.far, h + 70, 90, 3);
    for (i = 0; i < 9; i++)
        simg_art_fir(s, simg_art_mix(s->hues.leaves, s->hues.far, 0.35), w * (i + simg_art_between(s->a, 0, 0.8)) / 9,
                     h + 96, simg_art_between(s->a, 90, 170));
    simg_art_sea(s, h + 90, s->floor - 60);
    simg_art_hill(s, s->hues.near, s->floor - 62, 30, 2);
    for (i = 0; i < 5; i++)
        simg_art_prop(s,
                      "m-9 -30 0 -26 -90 -40 -160;m-9 0 0 2 -100 -4 -190;m-9 30 0 24 -80 40 -140;bo -4 -176 10 26;bo "
                      "38 -130 9 24",
                      (simg_dye){ 0x5f9a58, 0 }, simg_art_side(s, w * (0.6 + 0.09 * i)), s->floor - 56,
                      simg_art_between(s->a, 110, 170));
}

void simg_art_back_river(simg_stage *s)
{
    simg_art *a = s->a;
    double h = s->horizon, x0 = simg_art_side(s, a->w * 0.62), x1 = simg_art_side(s, a->w * 0.82),
           w = s->mirror ? -1 : 1;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 20, 120, 2);
    simg_art_hill(s, s->hues.middle, h + 100, 70, 3);
    simg_art_round_tree(s, simg_art_mix(s->hues.leaves, s->hues.far, 0.25), simg_art_side(s, a->w * 0.3), h + 130, 200);
    simg_art_round_tree(s, s->hues.leaves, simg_art_side(s, a->w * 0.94), h + 170, 280);
    simg_art_path(a, s->hues.water,
                  apr_psprintf(a->p,
                               "M%.0f %.0fQ%.0f %.0f %.0f %.0fT%.0f 1040H%.0fQ%.0f %.0f %.0f %.0fQ%.0f %.0f %.0f %.0fZ",
                               x0, h + 76, x0 + 90 * w, h + 130, x0 - 30 * w, h + 210, x0 - 330 * w, x1 + 260 * w,
                               x1 + 90 * w, h + 300, x1 - 30 * w, h + 210, x1 + 10 * w, h + 120, x0 + 22 * w, h + 76));
    simg_art_sea(s, s->floor - 200, s->floor - 60);
    simg_art_hill(s, s->hues.near, s->floor - 70, 34, 2);
    simg_art_flowers(s, (int)(a->w / 70), s->floor - 50, 960);
}

void simg_art_back_bridge(simg_stage *s)
{
    double h = s->horizon, w = s->a->w, k = w / 400;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h, 110, 3);
    simg_art_hill(s, s->hues.middle, h + 80, 70, 2);
    simg_art_sea(s, h + 150, s->floor - 50);
    simg_art_push(s->a, w / 2, s->floor - 130, k, 0, 0);
    simg_art_cut(s->a,
                 "mP M-210 20V-66Q0 -150 210 -66V20H150Q140 -60 80 -60Q20 -60 12 20H-12Q-20 -60 -80 -60Q-140 -60 -150 "
                 "20Z;lP M-210 -70Q0 -156 210 -70V-54Q0 -138 -210 -54Z;"
                 "!d/3 M-180 -50l22 -6M-110 -82l24 -4M-20 -84h26M70 -82l24 4M150 -58l20 8M-190 -26h18M168 -26h18M-10 "
                 "-60h20M-6 -36h14",
                 (simg_dye){ simg_art_lit(&s->hues, 0xb9adb0), 0 });
    simg_art_pop(s->a);
    simg_art_hill(s, s->hues.near, s->floor - 66, 34, 2);
    simg_art_flowers(s, (int)(w / 80), s->floor - 40, 960);
}

void simg_art_back_harbour(simg_stage *s)
{
    simg_art *a = s->a;
    double h = s->horizon + 70, w = a->w, x;
    static const simg_colour walls[] = { 0xf2b26b, 0xf6e0b8, 0xe58a7c, 0x9cc6cf };
    int i;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h - 30, 120, 2);
    for (i = 0; i * 95.0 < w + 95; i++)
        simg_art_prop(s, "mr -48 -130 96 134 0;sP M-56 -124L0 -178L56 -124Z;!*Yr 12 -104 20 26 3;!*Yr 12 -60 20 26 3",
                      (simg_dye){ walls[i % 4], 0xc9564b }, i * 95.0 + 30, h + 10, 130 + (i * 37) % 50);
    simg_art_sea(s, h, s->floor - 90);
    for (i = 0; i < 3; i++)
        simg_art_prop(s, SAILBOAT, (simg_dye){ i == 1 ? 0x4f93d6 : 0xe2574c, 0xfdf6e6 },
                      simg_art_side(s, w * (0.5 + 0.2 * i)), h + 70 + 40 * (i % 2), 190 + 60 * (i % 2));
    simg_art_rect(a, simg_art_lit(&s->hues, 0x9a6c4a), SIMG_BOX(-10, s->floor - 100, w + 20, 300), 0);
    for (x = -20; x < w; x += 84)
        simg_art_wash(a, 0x3b2632, 0.25,
                      apr_psprintf(a->p, "M%.0f %.0fh5L%.0f 1000h-6z", x + (w / 2 - x) * 0.1, s->floor - 100, x));
    simg_art_rect(a, simg_art_lit(&s->hues, 0xb98558), SIMG_BOX(-10, s->floor - 112, w + 20, 20), 4);
    for (x = 60; x < w; x += w / 3)
        simg_art_prop(s, "mr -26 -120 52 124 14;lo 0 -120 34 16", (simg_dye){ 0x5b4660, 0 }, x, s->floor - 84, 74);
}
