/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

static const simg_colour walls[] = { 0xf2b26b, 0xf6e0b8, 0xe58a7c, 0x9cc6cf, 0xb7cf9a, 0xd3b3d6, 0xf3c6bd };

#define HOUSE                                                                                                          \
    "nr 34 -186 22 50 2;mr -70 -104 140 108 3;sP M-90 -98L0 -186L90 -98Q84 -88 76 -90H-76Q-84 -88 -90 -98Z;br -16 "    \
    "-60 34 62 15;*Yr 34 -76 26 32 4;!*b/3 M47 -76V-44M34 -60H60;yo 0 -128 15 15"
#define TOWN_HOUSE                                                                                                     \
    "mr -58 -170 116 174 0;sP M-66 -166L-50 -204H50L66 -166Z;!*Yr 12 -146 28 36 4;!*Yr 12 -92 28 36 4;br -16 -44 32 "  \
    "46 4;!*b/2.5 M26 -146V-110M12 -128H40M26 -92V-56M12 -74H40;*rr 10 -106 32 8 2"
#define STEP_HOUSE                                                                                                     \
    "mP M-54 4V-140H-38V-164H-20V-188H20V-164H38V-140H54V4Z;!*Yr 12 -128 24 34 12;!*Yr 12 -80 24 34 4;!Yo 0 -160 11 "  \
    "11;sr -18 -46 36 48 16"
#define TOWER                                                                                                          \
    "mr -56 -330 112 334 4;sr -62 -338 124 14 3;!*Yr 10 -310 34 30 3;!*Yr 10 -262 34 30 3;!*Yr 10 -214 34 30 3;!*Yr "  \
    "10 -166 34 30 3;!*Yr 10 -118 34 30 3;sr -60 -74 120 16 3;br -18 -52 36 54 3"
#define LAMP                                                                                                           \
    "!^Yo 0 -176 40 40;k/7 M0 0V-160;kr -16 -10 32 12 4;YP M-18 -162L-24 -196H24L18 -162Z;kP M-28 -196L0 -212L28 "     \
    "-196Z"
#define CASTLE                                                                                                         \
    "*mr 88 -150 56 154 2;*sP M80 -148L116 -226L152 -148Z;*y/2.5 M116 -226V-246;*mr 86 -166 14 18 1;*mr 109 -166 14 "  \
    "18 1;*mr 132 -166 14 18 1;dr -92 -104 184 108 0;*dr 10 -118 18 18 1;*dr 46 -118 18 18 1;mr -40 -190 80 194 2;"    \
    "sP M-50 -186L0 -284L50 -186Z;y/2.5 M0 -284V-306;rP M1 -306L32 -297L1 -288Z;BP M-26 4V-50Q-24 -82 0 -82Q24 -82 "   \
    "26 -50V4Z;!bP M-20 4V-46Q-18 -74 0 -74Q18 -74 20 -46V4Z;!*Yr 106 -120 20 32 10;!Yr -13 -156 26 38 13;!*Yr 56 "    \
    "-80 18 30 9;!*l/2 M94 -60H106M126 -40H138M100 -20H112"

static void houses(simg_stage *s, const char *program, double y, double size, double step)
{
    double x;
    int i = (int)simg_art_pick(s->a, 7);

    for (x = -step * 0.3; x < s->a->w + step * 0.5; x += step, i++)
        simg_art_prop(s, program, (simg_dye){ walls[i % 7], i % 2 ? 0xc9564b : 0xb0543f }, x, y,
                      size * simg_art_between(s->a, 0.85, 1.12));
}

static void paving(simg_stage *s, double y)
{
    simg_art *a = s->a;
    simg_colour c = simg_art_lit(&s->hues, 0xd9c2ae);
    double x;
    int row;

    simg_art_rect(a, c, SIMG_BOX(-10, y, a->w + 20, 1000 - y + 20), 0);
    for (row = 0; row < 4; row++) {
        for (x = row % 2 ? -40 : 0; x < a->w; x += 84)
            simg_art_veil(a, simg_art_darker(c, 0.25), 0.22,
                          SIMG_BOX(x, y + 24 + row * row * 12 + row * 20, 30 + row * 5, 7 + row * 2));
    }
}

void simg_art_back_town(simg_stage *s)
{
    double w = s->a->w, y = s->floor - 120;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, s->horizon, 110, 3);
    houses(s, TOWN_HOUSE, y - 70, 260, 120);
    houses(s, STEP_HOUSE, y + 6, 330, 205);
    simg_art_prop(s,
                  "mr -40 -280 80 284 2;sP M-50 -276L0 -370L50 -276Z;wo 0 -230 28 28;!k/4 M0 -230V-248M0 -230L14 "
                  "-224;!*Yr 8 -170 18 40 9;br -20 -60 40 62 20",
                  (simg_dye){ 0xf0dcb4, 0x5f7fa8 }, simg_art_side(s, w * 0.72), y + 6, 300);
    paving(s, y);
    simg_art_prop(s, LAMP, (simg_dye){ 0, 0 }, simg_art_side(s, w * 0.94), s->floor - 70, 300);
    simg_art_prop(s, LAMP, (simg_dye){ 0, 0 }, simg_art_side(s, w * 0.06), s->floor - 90, 250);
}

void simg_art_back_city(simg_stage *s)
{
    double w = s->a->w, y = s->floor - 110, x;
    int i = 0;

    simg_art_sky(s);
    for (x = 0; x < w + 60; x += 105, i++)
        simg_art_prop(s, TOWER,
                      (simg_dye){ simg_art_mix(walls[i % 7], s->hues.sky[2], 0.62),
                                  simg_art_mix(walls[(i + 3) % 7], s->hues.sky[2], 0.5) },
                      x, y - 60, 260.0 + (i * 67) % 120);
    for (x = -10; x < w + 100; x += 172, i++)
        simg_art_prop(s, i % 3 ? TOWER : TOWN_HOUSE,
                      (simg_dye){ walls[(i + 2) % 7], simg_art_darker(walls[(i + 4) % 7], 0.2) }, x, y + 4,
                      i % 3 ? 230.0 + (i * 53) % 70 : 290);
    simg_art_rect(s->a, simg_art_lit(&s->hues, 0x6a6880), SIMG_BOX(-10, y + 40, w + 20, 200), 0);
    simg_art_rect(s->a, simg_art_lit(&s->hues, 0xc9c0bc), SIMG_BOX(-10, y, w + 20, 46), 2);
    for (x = 20; x < w; x += 160)
        simg_art_wash(s->a, 0xfdf3e0, 0.75, apr_psprintf(s->a->p, "M%.0f %.0fh84l-6 12h-84z", x, 972.0));
    simg_art_prop(s, LAMP, (simg_dye){ 0, 0 }, simg_art_side(s, w * 0.93), y + 34, 320);
    simg_art_prop(s, "bP M-10 4L-6 -90H8L12 4Z;m% 0 -130 62;nr -30 -6 60 12 4", (simg_dye){ s->hues.leaves, 0 },
                  simg_art_side(s, w * 0.06), y + 30, 230);
}

void simg_art_back_castle(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;

    simg_art_sky(s);
    simg_art_hill(s, simg_art_mix(s->hues.far, 0x8a9cc0, 0.3), h + 10, 150, 2);
    simg_art_hill(s, s->hues.far, h + 90, 70, 2);
    simg_art_prop(s, CASTLE, (simg_dye){ 0xcfc9dd, 0x5f7fb8 }, simg_art_side(s, w * (w < 800 ? 0.64 : 0.7)), h + 200,
                  w < 800 ? 290 : 380);
    simg_art_hill(s, s->hues.middle, h + 220, 50, 2);
    simg_art_fir(s, s->hues.leaves, simg_art_side(s, w * 0.06), h + 270, 320);
    simg_art_fir(s, simg_art_darker(s->hues.leaves, 0.1), simg_art_side(s, w * 0.15), h + 280, 220);
    simg_art_round_tree(s, s->hues.leaves, simg_art_side(s, w * 0.97), h + 270, 230);
    simg_art_hill(s, s->hues.near, s->floor - 80, 34, 2);
    simg_art_flowers(s, (int)(w / 60), s->floor - 50, 960);
}

void simg_art_back_farm(simg_stage *s)
{
    simg_art *a = s->a;
    double h = s->horizon, w = a->w, x;
    int i;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 30, 90, 2);
    simg_art_slope(s, simg_art_mix(s->hues.middle, simg_art_lit(&s->hues, 0xf0cc6a), 0.6), h + 90, 50, 2, 40);
    for (i = 0; i < 7; i++)
        simg_art_wash(a, 0xb98a3a, 0.2,
                      apr_psprintf(a->p, "M%.0f %.0fQ%.0f %.0f %.0f %.0fh8Q%.0f %.0f %.0f %.0fz", w * i / 7, h + 90,
                                   w * i / 7 + 30, h + 130, w * (i - 0.4) / 7, h + 210, w * i / 7 + 38, h + 130,
                                   w * i / 7 + 6, h + 90));
    simg_art_slope(s, s->hues.middle, h + 180, 40, 2, -40);
    simg_art_prop(
        s,
        "nr 96 -176 44 180 4;nP M92 -174Q118 -214 144 -174Z;!^w/3 M96 -130H140M96 -90H140M96 -50H140;mP M-90 4V-96L-60 "
        "-150L0 -182L60 -150L90 -96V4Z;sP M-100 -92L-66 -156L0 -192L66 -156L100 -92L90 -88L58 -144L0 -174L-58 -144L-90 "
        "-88Z;!wr -36 -74 72 78 2;!mr -30 -68 60 72 1;!w/5 M-32 -70L32 2M32 -70L-32 2;wo 0 -124 20 20;!Do 0 -124 14 14",
        (simg_dye){ 0xc9463f, 0x6b4a44 }, simg_art_side(s, w * 0.76), h + 250, 370);
    simg_art_round_tree(s, s->hues.leaves, simg_art_side(s, w * 0.05), h + 240, 290);
    simg_art_hill(s, s->hues.near, s->floor - 84, 30, 2);
    for (x = 0; x < w + 100; x += 150)
        simg_art_prop(s, "wr -104 -84 208 13 2;wr -104 -44 208 13 2;wr -9 -112 18 116 3", (simg_dye){ 0, 0 }, x,
                      s->floor - 74, 144);
    simg_art_prop(s, "yo 0 -64 66 66;!o/4 M0 -110a46 46 0 1 1 -40 24a30 30 0 1 1 30 44a18 18 0 1 1 10 -26",
                  (simg_dye){ 0, 0 }, simg_art_side(s, w * 0.95), s->floor - 30, 160);
    simg_art_flowers(s, 8, s->floor - 40, 960);
}

void simg_art_back_circus(simg_stage *s)
{
    simg_art *a = s->a;
    double h = s->horizon, w = a->w, x;
    static const simg_colour flags[] = { 0xe2574c, 0xf5b83d, 0x5a9bd8, 0x63ab58 };
    int i = 0;

    simg_art_sky(s);
    simg_art_hill(s, s->hues.far, h + 60, 80, 3);
    simg_art_prop(
        s,
        "B/6 M0 -250V-290;rP M0 -290L44 -278L0 -266Z;wP M-150 4V-120L0 -250L150 -120V4Z;!mP M0 -250L-150 "
        "-120V4H-104V-124Z;!mP M0 -250L-60 -124V4H-14V-130L14 -130V4H60V-124Z;!mP M0 -250L104 -124V4H150V-120Z;sP "
        "M-160 -118Q-130 -90 -104 -118Q-82 -90 -56 -118Q-30 -90 0 -118Q30 -90 56 -118Q82 -90 104 -118Q130 -90 160 "
        "-118L150 -130H-150Z;BP M0 -100Q-10 -40 -50 4H50Q10 -40 0 -100Z;*cP M0 -104Q-6 -40 -64 4H-40Q-2 -40 0 -104Z",
        (simg_dye){ 0xe2574c, 0xf5b83d }, simg_art_side(s, w * (w < 800 ? 0.6 : 0.7)), h + 230, w < 800 ? 330 : 410);
    simg_art_hill(s, s->hues.middle, h + 220, 24, 2);
    simg_art_prop(s,
                  "rr -90 -104 150 84 8;yr -98 -112 166 12 4;!Yr -70 -88 36 36 4;!Yr -10 -88 36 36 4;ko -50 -16 22 "
                  "22;ko 30 -16 22 22;!yo -50 -16 10 10;!yo 30 -16 10 10",
                  (simg_dye){ 0, 0 }, simg_art_side(s, w * 0.1), h + 260, 190);
    simg_art_hill(s, simg_art_lit(&s->hues, 0xe2bf86), s->floor - 90, 24, 2);
    simg_art_strip(a, 0xfdf3e0, 4, apr_psprintf(a->p, "M-10 60Q%.0f 190 %.0f 60", w / 2, w + 10));
    for (x = 30; x < w; x += 70, i++) {
        double t = x / w, y = 60 + 4 * 65 * t * (1 - t);

        simg_art_path(a, simg_art_lit(&s->hues, flags[i % 4]), apr_psprintf(a->p, "M%.0f %.0fh40l-20 46z", x - 20, y));
    }
}
