/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

#define HOUSE                                                                                                          \
    "nr 34 -186 22 50 2;mr -70 -104 140 108 3;sP M-90 -98L0 -186L90 -98Q84 -88 76 -90H-76Q-84 -88 -90 -98Z;br -16 "    \
    "-60 34 62 15;*Yr 34 -76 26 32 4;!*b/3 M47 -76V-44M34 -60H60;yo 0 -128 15 15"
#define CHURCH                                                                                                         \
    "mr -30 -180 60 184 2;sP M-36 -176L0 -280L36 -176Z;wo 0 -140 18 18;!k/3 M0 -140V-152M0 -140H8;br -12 -44 24 46 12"

/* A way that winds from (x0, y0), where it is narrow, to the lower edge of the page at x1. */
static void way(simg_stage *s, double x0, double y0, double x1, double width)
{
    simg_art *a = s->a;
    double y = (y0 + 1000) / 2, bend = (x0 - x1) * 0.9, half = width / 2;

    simg_art_wash(a, simg_art_lit(&s->hues, 0xecd9ac), 1,
                  apr_psprintf(a->p,
                               "M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f 1010H%.0fC%.0f %.0f %.0f %.0f %.0f %.0f"
                               "Q%.0f %.0f %.0f %.0fZ",
                               simg_art_side(s, x0 - 9), y0 + 3, simg_art_side(s, x0 + bend * 0.5 - half * 0.4), y,
                               simg_art_side(s, x1 - half * 0.8), y - 10, simg_art_side(s, x1 - half),
                               simg_art_side(s, x1 + half), simg_art_side(s, x1 + half * 0.5), y - 30,
                               simg_art_side(s, x0 + bend * 0.5 + half * 0.3), y - 10, simg_art_side(s, x0 + 9), y0 + 3,
                               simg_art_side(s, x0), y0 - 3, simg_art_side(s, x0 - 9), y0 + 3));
}

void simg_art_back_village(simg_stage *s)
{
    static const simg_colour walls[] = { 0xf2b26b, 0xf6e0b8, 0xe58a7c, 0x9cc6cf, 0xb7cf9a, 0xd3b3d6, 0xf3c6bd };
    double h = s->horizon, w = s->a->w, x;
    int i = (int)simg_art_pick(s->a, 7);

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 10, 120, 2);
    for (x = -40; x < w + 80; x += 150, i++)
        simg_art_prop(s, HOUSE,
                      (simg_dye){ simg_art_mix(walls[i % 7], s->hues.sky[2], 0.3),
                                  simg_art_mix(i % 2 ? 0xc9564b : 0xb0543f, s->hues.sky[2], 0.3) },
                      x, h + 90, 100 * simg_art_between(s->a, 0.85, 1.12));
    simg_art_hill(s, s->hues.middle, h + 90, 40, 3);
    simg_art_prop(s, CHURCH, (simg_dye){ 0xf6e0b8, 0x5f7fa8 }, simg_art_side(s, w * 0.62), h + 180, 210);
    simg_art_prop(s, HOUSE, (simg_dye){ walls[1], 0xb0543f }, simg_art_side(s, w * 0.1), h + 240, 240);
    simg_art_round_tree(s, s->hues.leaves, simg_art_side(s, w * 0.97), h + 230, 250);
    simg_art_prop(s, HOUSE, (simg_dye){ walls[0], 0xc9564b }, simg_art_side(s, w * 0.83), h + 260, 300);
    simg_art_bush(s, s->hues.leaves, simg_art_side(s, w * 0.02), h + 262, 90);
    simg_art_hill(s, s->hues.near, s->floor - 110, 30, 2);
    way(s, w * 0.8, s->floor - 104, w * 0.62, 190);
    simg_art_flowers(s, (int)(w / 80), s->floor - 50, 960);
}

/* A bed of earth with a row of tulips or daisies in it; y: its middle. */
static void flower_bed(simg_stage *s, double x, double y, double width, int first)
{
    static const simg_colour petals[] = { 0xf2776b, 0xf9c846, 0xc59be0, 0xf59cb4 };
    double at = simg_art_side(s, x);
    int i, n = (int)(width / 34);

    simg_art_ellipse(s->a, simg_art_lit(&s->hues, 0x8a6248), at, y, width * 0.56, 21);
    for (i = 0; i < n; i++)
        simg_art_prop(s,
                      (first + i) % 2 ? "!G/9 M0 0V-120;!gP M0 -10Q-50 -40 -44 -90Q-8 -60 0 -10Z;!gP M0 -10Q50 -30 48 "
                                        "-76Q8 -56 0 -10Z;mP M-40 -190Q-44 -112 0 -108Q44 -112 40 -190L20 -164L0 "
                                        "-196L-20 -164Z"
                                      : "!G/9 M0 0V-120;!gP M0 -10Q50 -40 44 -90Q8 -60 0 -10Z;m% 0 -150 44;!yo 0 -150 "
                                        "18 18",
                      (simg_dye){ petals[(first + i % 3) % 4], 0 }, at + (i - (n - 1) / 2.0) * width / n,
                      y + 4 + (i % 2) * 8, 62 + (i * 37) % 14);
}

void simg_art_back_garden(simg_stage *s)
{
    double h = s->horizon, w = s->a->w, x, y = s->floor - 74, bed = w * 0.23 < 260 ? w * 0.23 : 260;
    int i;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 50, 90, 2);
    for (i = 0; i < 5; i++)
        simg_art_bush(s, simg_art_mix(s->hues.leaves, s->hues.far, 0.3), w * i / 4, h + 130, 150);
    for (x = 0; x < w + 80; x += 104)
        simg_art_prop(s,
                      "wr -104 -110 208 16 2;wr -104 -56 208 16 2;*wP M6 4V-126L26 -150L46 -126V4Z;*wP M62 4V-126L80 "
                      "-150L98 -126V4Z",
                      (simg_dye){ 0, 0 }, x, h + 180, 104);
    simg_art_hill(s, s->hues.middle, h + 190, 24, 3);
    simg_art_round_tree(s, s->hues.leaves, simg_art_side(s, w * 0.9), h + 240, 400);
    for (i = 0; i < 6; i++)
        simg_art_ellipse(s->a, simg_art_lit(&s->hues, 0xe2574c), simg_art_side(s, w * 0.9) + (i - 2.5) * 34,
                         h - 20 + (i * 53) % 90, 11, 11);
    way(s, w * 0.55, h + 196, w * 0.6, 170);
    flower_bed(s, w * 0.16, h + 250, bed * 0.8, 0);
    flower_bed(s, w * 0.74, h + 290, bed * 0.85, 1);
    flower_bed(s, w * 0.13, y - 12, bed, 2);
    flower_bed(s, w * 0.86, y, bed, 3);
    simg_art_flowers(s, (int)(w / 70), s->floor - 20, 965);
}

void simg_art_back_treehouse(simg_stage *s)
{
    static const double tufts[][3] = { { -88, -128, 40 }, { 88, -130, 42 },  { -58, -170, 44 }, { 60, -172, 44 },
                                       { 0, -188, 48 },   { -22, -146, 42 }, { 30, -144, 42 } };
    double h = s->horizon, w = s->a->w, x = simg_art_side(s, w * (w < 800 ? 0.7 : 0.75)), y = s->floor - 70;
    simg_colour c = s->hues.leaves;
    int i;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 60, 90, 3);
    simg_art_round_tree(s, simg_art_mix(c, s->hues.far, 0.5), simg_art_side(s, w * 0.12), h + 120, 260);
    simg_art_hill(s, s->hues.middle, h + 150, 60, 2);
    simg_art_hill(s, s->hues.near, s->floor - 90, 40, 2);
    simg_art_push(s->a, x, y, 3.3, s->mirror, 0);
    simg_art_cut(s->a, "m% -30 -150 50;m% 36 -152 50", (simg_dye){ simg_art_darker(c, 0.2), 0 });
    simg_art_cut(s->a,
                 "mP M-44 5Q-22 -6 -20 -60Q-20 -90 -66 -124L-56 -132Q-14 -108 0 -106Q14 -108 60 -134L68 -124Q20 -90 20 "
                 "-60Q22 -6 44 5Z;!d-3 -8 -8 -10 -40 -8 -60;!d-3 8 -4 10 -30 7 -52",
                 (simg_dye){ s->hues.trunk, 0 });
    for (i = 0; i < 7; i++)
        simg_art_cut(s->a, apr_psprintf(s->a->p, "m%% %.0f %.0f %.0f", tufts[i][0], tufts[i][1], tufts[i][2]),
                     (simg_dye){ i % 2 ? c : simg_art_mix(c, s->hues.near, 0.3), 0 });
    simg_art_cut(
        s->a,
        "!^lo -66 -184 12 8;!^lo 50 -186 14 8;!^lo -6 -206 14 8;!ro -84 -120 5 5;!ro 92 -136 5 5;!ro -44 -164 5 "
        "5;!ro 66 -168 5 5;!ro 16 -196 5 5",
        (simg_dye){ c, 0 });
    simg_art_pop(s->a);
    simg_art_prop(s,
                  "cr -60 -104 120 92 4;!d/2 M-60 -84H60M-60 -62H60M-60 -40H60;rP M-78 -100L0 -160L78 -100Z;br -16 -76 "
                  "32 66 3;*Yr 26 -86 24 26 3;!*b/2.5 M38 -86V-60M26 -73H50;br -86 -14 172 16 4;*B/6 M-76 -12V-44;"
                  "B/7 M34 0L42 152M64 0L72 152;B/5 M35 22H65M36 50H66M38 78H68M40 106H70M41 132H71",
                  (simg_dye){ 0xe8c890, 0 }, x, y - 190, 250);
    simg_art_flowers(s, (int)(w / 80), s->floor - 60, 960);
}

void simg_art_back_playground(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;
    int narrow = w < 800;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 50, 80, 3);
    simg_art_round_tree(s, simg_art_mix(s->hues.leaves, s->hues.far, 0.4), simg_art_side(s, w * 0.3), h + 120, 220);
    simg_art_round_tree(s, simg_art_mix(s->hues.leaves, s->hues.far, 0.2), simg_art_side(s, w * 0.96), h + 150, 300);
    simg_art_hill(s, s->hues.middle, h + 150, 40, 2);
    simg_art_prop(s,
                  "u/11 M-84 -200L-110 4M-84 -200L-58 4M84 -200L58 4M84 -200L110 4M-88 -198H88;!n/3 M-46 -194L-52 "
                  "-50M-12 -194L-18 -50M16 -194L22 -56M50 -194L56 -56;mr -58 -54 46 10 3;yr 16 -60 46 10 3",
                  (simg_dye){ 0xe2574c, 0 }, simg_art_side(s, w * (narrow ? 0.2 : 0.15)), h + 250, narrow ? 210 : 250);
    simg_art_hill(s, s->hues.near, s->floor - 90, 30, 2);
    simg_art_prop(s,
                  "b/9 M60 4V-176M100 4V-176;b/7 M62 -30H98M62 -64H98M62 -98H98M62 -132H98;mP M66 -150Q20 -140 -20 "
                  "-60Q-50 -10 -110 -4V-26Q-70 -30 -44 -76Q-10 -150 66 -176Z;!lP M66 -154Q24 -142 -14 -68Q-44 -16 -110 "
                  "-8V-14Q-54 -22 -24 -76Q8 -140 66 -162Z;yP M50 -176L80 -214L110 -176Z",
                  (simg_dye){ 0xe2574c, 0 }, simg_art_side(s, w * 0.8), s->floor - 70, narrow ? 270 : 350);
    simg_art_prop(s,
                  "Yo 0 -20 88 17;bP M-110 0L-96 -22H96L110 0Z;rP M-60 -62H-28L-34 -26H-54Z;u/5 M-60 -62Q-44 -86 -28 "
                  "-62;YP M8 -26L38 -66L68 -26Z",
                  (simg_dye){ 0, 0 }, simg_art_side(s, w * (narrow ? 0.18 : 0.13)), s->floor - 40, narrow ? 140 : 170);
    simg_art_flowers(s, 8, s->floor - 30, 960);
}
