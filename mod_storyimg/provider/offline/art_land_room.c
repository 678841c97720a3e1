/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

#define LAMP "!^Yo 0 -150 86 80;br -8 -100 16 60 4;mP M-40 -120L-24 -176H24L40 -120Z;br -40 -44 80 46 6;!yo 0 -20 6 6"
#define TEDDY                                                                                                          \
    "*mo -36 -150 18 18;mo 0 -60 46 56;so 0 -56 26 34;mo 0 -128 48 42;!so 0 -112 18 14;!ko 0 -118 6 5;!ke -18 -134 5;" \
    "!ke 18 -134 5;*mo 32 -8 20 14"
#define BED                                                                                                            \
    "sP M-150 2V-130Q-150 -150 -132 -150Q-114 -150 -114 -130V2Z;sr 124 -84 22 88 8;sr -146 -42 280 28 6;"              \
    "wr -116 -80 240 40 12;w~ -108 -78 -110 -108 -74 -112 -50 -94 -58 -72;"                                            \
    "m~ -58 -76 -20 -96 90 -94 128 -74 132 -30 80 -18 -50 -26;!^lo 0 -60 12 10;!^lo 50 -50 12 10;!^lo 92 -70 12 10"

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* A wall with a pattern and a floor of boards. */
static void room(simg_stage *s, simg_colour wall, simg_colour wood, int dots)
{
    simg_art *a = s->a;
    double w = a->w, y = s->floor - 130, x;
    simg_colour lit = simg_art_mix(wall, s->hues.tint, s->hues.tinting * 0.55);
    int row;

    a->lift = 0;
    simg_art_rect(a, lit, SIMG_BOX(0, 0, w, 1000), 0);
    for (row = 0; row < 10; row++) {
        for (x = row % 2 ? 50 : 0; dots && x < w; x += 100)
            simg_art_veil(a, simg_art_lighter(lit, 0.3), 0.6, SIMG_BOX(x, 40 + row * 76.0, 9, 9));
    }
    for (x = 0; !dots && x < w; x += 90)
        simg_art_wash(a, simg_art_lighter(lit, 0.3), 0.35, apr_psprintf(a->p, "M%.0f 0h45V%.0fh-45z", x, y));
    a->lift = 6;
    simg_art_rect(a, simg_art_lit(&s->hues, wood), SIMG_BOX(-10, y, w + 20, 1000 - y + 20), 0);
    for (x = -w * 0.3; x < w * 1.3; x += 110)
        simg_art_wash(a, 0x3b2632, 0.13,
                      apr_psprintf(a->p, "M%.0f %.0fh4L%.0f 1000h-6z", w / 2 + (x - w / 2) * 0.8, y, x));
    simg_art_rect(a, simg_art_mix(0xfbf3e6, s->hues.tint, s->hues.tinting * 0.5), SIMG_BOX(-10, y - 26, w + 20, 30), 0);
}

static int is_dark(const simg_stage *s)
{
    return s->plan->hour == SIMG_NIGHT || s->plan->hour == SIMG_EVENING;
}

/* What the glass shows: the hour and the weather. */
static void view(simg_stage *s)
{
    simg_art *a = s->a;
    simg_hues *h = &s->hues;
    unsigned weather = s->plan->weather;
    int i;

    simg_art_cut(a, "!mr -80 -192 160 184 4;!so 20 -130 60 60", (simg_dye){ h->sky[1], h->sky[2] });
    for (i = 0; is_dark(s) && i < 7; i++)
        simg_art_veil(a, 0xfff6dd, 0.9, SIMG_BOX(-66 + (i * 47) % 130, -182 + (i * 31) % 90, 2.4, 2.4));
    if (!(weather & (SIMG_RAIN | SIMG_STORM)))
        simg_art_cut(a,
                     is_dark(s) ? "!^mo 38 -142 29 29;!mo 38 -142 21 21;!do 31 -148 4 4;!do 45 -134 5 5"
                                : "!mo 38 -142 22 22",
                     (simg_dye){ h->light, 0 });
    for (i = 0; weather & (SIMG_RAIN | SIMG_STORM | SIMG_SNOW) && i < 16; i++)
        simg_art_veil(a, 0xf4f8ff, 0.8,
                      SIMG_BOX(-70 + (i * 53) % 144, -180 + (i * 37) % 150, 2, weather & SIMG_SNOW ? 2 : 7));
    simg_art_cut(a, "!mP M-80 -60Q-30 -90 20 -62T80 -66V-8H-80Z;!sP M-80 -36Q0 -60 80 -30V-8H-80Z",
                 (simg_dye){ h->middle, h->near });
}

/* Half its width, with the curtains, is 0.63 of its size. */
static void window(simg_stage *s, double x, double y, double size, simg_colour curtain)
{
    simg_art *a = s->a;

    simg_art_push(a, simg_art_side(s, x), y, size / 200, s->mirror, 0);
    simg_art_cut(a, "wr -92 -204 184 208 8", (simg_dye){ 0, 0 });
    view(s);
    simg_art_cut(a, "w/7 M0 -196V-4M-84 -100H84;wr -104 -4 208 16 4", (simg_dye){ 0, 0 });
    simg_art_cut(a,
                 "*mP M108 -214H40Q60 -120 92 -60Q84 -20 92 6H122V-214Z;!*d/3 M92 -206Q96 -130 104 -70;"
                 "*dr 88 -70 32 10 4;B/6 M-126 -214H126;*bo 128 -214 7 7",
                 (simg_dye){ simg_art_lit(&s->hues, curtain), 0 });
    simg_art_pop(a);
}

static void rug(simg_stage *s, simg_colour c)
{
    simg_art *a = s->a;

    simg_art_ellipse(a, c, a->w / 2, s->floor + 16, a->w * 0.4, 58);
    simg_art_veil(a, simg_art_lighter(c, 0.45), 1, SIMG_BOX(a->w / 2, s->floor + 15, a->w * 0.35, 46));
    simg_art_veil(a, c, 1, SIMG_BOX(a->w / 2, s->floor + 14, a->w * 0.31, 37));
}

/* Books side by side on a board at y. */
static void books(simg_stage *s, double left, double right, double y)
{
    static const simg_colour spines[] = {
        0xe2574c, 0x5a9bd8, 0xf5b83d, 0x63ab58, 0x9377c9, 0xf2913f, 0x4fb3a5, 0xf5a3b2
    };
    simg_art *a = s->a;
    double x = left, lift = a->lift;

    a->lift = 3;
    while (x < right - 26) {
        double thick = 13 + simg_art_pick(a, 14), tall = 58 + simg_art_pick(a, 34);

        if (simg_art_pick(a, 9))
            simg_art_rect(a, simg_art_lit(&s->hues, spines[simg_art_pick(a, 8)]), SIMG_BOX(x, y - tall, thick, tall),
                          2);
        x += thick + 1;
    }
    a->lift = lift;
}

static void shelf(simg_stage *s, double x, double y, double width, int rows)
{
    simg_art *a = s->a;
    double left = simg_art_side(s, x) - width / 2, top = y - rows * 112.0 - 14;
    int r;

    simg_art_rect(a, simg_art_lit(&s->hues, 0x9a6847), SIMG_BOX(left, top, width, y - top), 6);
    for (r = 0; r < rows; r++) {
        simg_art_wash(
            a, 0x3b2436, 0.55,
            apr_psprintf(a->p, "M%.0f %.0fh%.0fv98h-%.0fz", left + 12, top + 14 + r * 112, width - 24, width - 24));
        books(s, left + 16, left + width - 8, top + 112 + r * 112);
    }
}

/* Where the page is narrow: a board on the wall, above who stands or lies before it. */
static void wall_shelf(simg_stage *s, double x, double y, double width)
{
    double left = simg_art_side(s, x) - width / 2;
    simg_dye fur = { 0xb98052, 0xf3dcb8 };

    books(s, s->mirror ? left + 86 : left + 8, s->mirror ? left + width - 8 : left + width - 86, y);
    simg_art_prop(s, TEDDY, fur, simg_art_side(s, x + width / 2 - 44), y, 92);
    simg_art_rect(s->a, simg_art_lit(&s->hues, 0x9a6847), SIMG_BOX(left - 10, y, width + 20, 15), 5);
}

/* The head end is away from the child: it stands at the foot of its bed. */
static void bed(simg_stage *s, double x, double size)
{
    simg_dye dye = { simg_art_lit(&s->hues, 0x5a9bd8), simg_art_lit(&s->hues, 0xc08a5c) };

    simg_art_push(s->a, simg_art_side(s, x), s->floor - 56, size / 200, !s->mirror, 0);
    simg_art_cut(s->a, BED, dye);
    simg_art_pop(s->a);
}

void simg_art_back_bedroom(simg_stage *s)
{
    static const simg_colour walls[] = { 0x9fc3d4, 0xf2c4b0, 0xb9c9a8, 0xc3b4dc };
    double w = s->a->w, size = least(330, w * 0.42);
    int narrow = w < 800, asleep = s->plan->pose == SIMG_SLEEPING;

    room(s, walls[simg_art_pick(s->a, 4)], 0xb9865e, 1);
    window(s, w * (narrow ? 0.72 : 0.7), 480 - (330 - least(330, w * 0.37)) * 0.7, least(330, w * 0.37), 0xf2917a);
    if (narrow) {
        wall_shelf(s, w * 0.23, 360, w * 0.32);
    } else {
        shelf(s, w * 0.12, s->floor - 120, w * 0.17, 2);
        simg_art_prop(s, TEDDY, (simg_dye){ 0xb98052, 0xf3dcb8 }, simg_art_side(s, w * 0.12), s->floor - 356, 110);
    }
    if (asleep || !narrow)
        simg_art_prop(s, LAMP, (simg_dye){ 0xf8cc4b, 0 }, simg_art_side(s, w - 62), s->floor - 96, narrow ? 190 : 230);
    if (!asleep)
        bed(s, narrow ? w - size * 0.78 : w - size * 0.75 - 110, size);
    rug(s, simg_art_lit(&s->hues, 0xd9776a));
}

void simg_art_back_kitchen(simg_stage *s)
{
    double w = s->a->w, x, size = least(290, w * 0.36), board = least(270, w * 0.34);
    int narrow = w < 800;

    room(s, 0xf6dfa8, 0xc9835c, 0);
    window(s, w * 0.72, 440, size, 0xe2574c);
    for (x = -160; x < w + 160; x += 290)
        simg_art_prop(s,
                      "mr -101 -110 202 116 0;!dr -101 -8 202 14 0;lr -88 -92 82 78 5;lr 6 -92 82 78 5;!*yo 14 -56 6 6;"
                      "!s/20 M-92 -114H92",
                      (simg_dye){ 0x6fb0a8, 0xa86f4c }, x + 60, s->floor - 100, 290);
    simg_art_rect(s->a, simg_art_lit(&s->hues, 0xa86f4c), SIMG_BOX(-10, s->floor - 284, w + 20, 28), 4);
    simg_art_prop(s,
                  "m/9 M-30 -88Q0 -140 30 -88;m/14 M50 -50Q78 -62 84 -94;mP M-50 -90Q0 -112 50 -90L60 -8Q58 0 50 "
                  "0H-50Q-58 0 -60 -8Z;!^lP M-40 -80L-46 -16H-30L-26 -84Z;yo 0 -104 9 9",
                  (simg_dye){ 0xe2574c, 0 }, simg_art_side(s, w * 0.66), s->floor - 284, 130);
    simg_art_prop(s, "b-8 -20 -60 -26 -150;b-8 8 -60 14 -170;wo -26 -160 12 18;co 16 -178 12 20;mr -46 -74 92 74 10",
                  (simg_dye){ 0x5a9bd8, 0 }, simg_art_side(s, w * 0.88), s->floor - 284, 120);
    simg_art_prop(s,
                  "mo -80 -34 22 26;so -26 -36 20 30;mr 10 -64 34 56 4;so 78 -30 26 22;br -110 -10 220 14 4;"
                  "*b/6 M84 6V22L60 6",
                  (simg_dye){ 0xfbf3e6, 0xf2913f }, simg_art_side(s, w * 0.2), 420, board);
    x = simg_art_side(s, w * (narrow ? 0.2 : 0.44));
    simg_art_prop(s, "B/5 M0 -196V-380;!^Yo 0 -96 74 56;!Yo 0 -102 34 18;mP M-70 -100Q-60 -190 0 -200Q60 -190 70 -100Z",
                  (simg_dye){ 0xe2574c, 0 }, x, 300, narrow ? 170 : 200);
    rug(s, simg_art_lit(&s->hues, 0x9fc3a8));
}

void simg_art_back_classroom(simg_stage *s)
{
    double w = s->a->w, board = least(270, w * 0.3), desk = least(250, w * 0.34);
    double x = simg_art_side(s, w * 0.79), top = s->floor - 50 - desk * 0.49;

    room(s, 0xf3d9a4, 0xc99566, 0);
    simg_art_prop(s,
                  "br -190 -190 380 190 8;!mr -178 -178 356 166 4;!w/4 M-144 -60V-104L-110 -136L-76 -104V-60ZM-120 "
                  "-60V-84H-100V-60;!Y$ 0 -100 34 5;!^w/4 M70 -120q20 -30 40 0t40 0M70 -80h80;wr 90 -8 40 8 3",
                  (simg_dye){ 0x3f7d63, 0 }, simg_art_side(s, w * 0.66), 480, board);
    window(s, w * 0.17, 480, least(230, w * 0.25), 0x5a9bd8);
    simg_art_prop(s, "*d/12 M80 -80V4;mr -104 -98 208 22 6", (simg_dye){ 0xd9a066, 0 }, simg_art_side(s, w * 0.24),
                  s->floor - 84, least(190, w * 0.26));
    simg_art_prop(s, "*d/12 M80 -80V4;mr -104 -98 208 22 6;rr -88 -116 72 18 3;ur -80 -130 60 14 3;ro 6 -113 15 15",
                  (simg_dye){ 0xd9a066, 0 }, x, s->floor - 50, desk);
    simg_art_prop(s,
                  "n/7 M0 -8V-34;bP M-44 0Q-40 -14 0 -14Q40 -14 44 0Z;n/7 M-62 -128A68 68 0 0 0 62 -60;mo 0 -100 60 "
                  "60;!gP M-40 -128Q-10 -158 10 -138Q0 -98 -30 -98Z;!gP M10 -98Q50 -108 46 -72Q20 -58 10 -98Z",
                  (simg_dye){ 0x5a9bd8, 0 }, simg_art_side(s, w * 0.79 + desk * 0.31), top, 130);
    rug(s, simg_art_lit(&s->hues, 0x6fa8c9));
}

void simg_art_back_library(simg_stage *s)
{
    double w = s->a->w, x;
    int narrow = w < 800, n = narrow ? 5 : 6, i;
    double width = w / n, nook = narrow ? w * 0.74 : w * 4.5 / n - width * 0.5, gap = narrow ? w * 0.44 : width * 2;

    room(s, 0xc9897a, 0x8a5c44, 1);
    for (i = 0; i < n; i++) {
        x = narrow ? w * 0.14 + w * 0.27 * i : width * (i + 0.5);
        if (narrow ? i < 2 : x < nook - gap * 0.49 || x > nook + gap * 0.49)
            shelf(s, x, s->floor - 120, narrow ? w * 0.25 : width * 0.94, 6);
    }
    window(s, nook, 480, least(310, gap * 0.74), 0x6a5aa8);
    simg_art_prop(s,
                  "*b/12 M50 -24V0;mP M-62 -30V-140Q-60 -176 0 -176Q60 -176 62 -140V-30Z;dr -60 -74 120 54 14;*lP M84 "
                  "-20H52V-88Q56 -104 70 -104Q84 -104 84 -88Z",
                  (simg_dye){ 0x4fa08f, 0 }, simg_art_side(s, nook + gap * 0.06), s->floor - 80, 270);
    if (!narrow)
        simg_art_prop(s, "b/8 M-34 0L-20 -200M34 0L20 -200;b/6 M-31 -40H31M-28 -80H28M-25 -120H25M-22 -160H22",
                      (simg_dye){ 0, 0 }, simg_art_side(s, w - width * 0.5), s->floor - 80, 520);
    rug(s, simg_art_lit(&s->hues, 0x9a5a78));
}
