/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

/* A wall with a pattern, a floor of boards, and a window that shows the hour and the weather. */
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

static void window(simg_stage *s, double x, double y, double size, simg_colour curtain)
{
    simg_art *a = s->a;
    simg_hues *h = &s->hues;
    int dark = s->plan->hour == SIMG_NIGHT || s->plan->hour == SIMG_EVENING, i;

    simg_art_push(a, simg_art_side(s, x), y, size / 200, s->mirror, 0);
    simg_art_cut(a, "wr -92 -204 184 208 8", (simg_dye){ 0, 0 });
    simg_art_cut(a, "!mr -80 -192 160 184 4;!so 20 -130 70 60;", (simg_dye){ h->sky[1], h->sky[2] });
    if (!(s->plan->weather & (SIMG_RAIN | SIMG_STORM)))
        simg_art_cut(a, "!mo 34 -142 24 24", (simg_dye){ h->light, 0 });
    for (i = 0; dark && i < 7; i++)
        simg_art_veil(a, 0xfff6dd, 0.9, SIMG_BOX(-66 + (i * 47) % 130, -182 + (i * 31) % 90, 2.4, 2.4));
    for (i = 0; s->plan->weather & (SIMG_RAIN | SIMG_STORM | SIMG_SNOW) && i < 16; i++)
        simg_art_veil(a, 0xf4f8ff, 0.8,
                      SIMG_BOX(-70 + (i * 53) % 144, -180 + (i * 37) % 150, 2, s->plan->weather & SIMG_SNOW ? 2 : 7));
    simg_art_cut(a,
                 "!mP M-80 -60Q-30 -90 20 -62T80 -66V-8H-80Z;!sP M-80 -36Q0 -60 80 -30V-8H-80Z;w/7 M0 -196V-4M-84 "
                 "-100H84;wr -104 -4 208 16 4",
                 (simg_dye){ h->middle, h->near });
    simg_art_cut(a, "*mP M108 -214H40Q60 -120 92 -60Q84 -20 92 6H122Z;B/6 M-126 -214H126", (simg_dye){ curtain, 0 });
    simg_art_pop(a);
}

static void rug(simg_stage *s, simg_colour c)
{
    simg_art *a = s->a;

    simg_art_ellipse(a, c, a->w / 2, s->floor + 16, a->w * 0.4, 58);
    simg_art_veil(a, simg_art_lighter(c, 0.45), 1, SIMG_BOX(a->w / 2, s->floor + 15, a->w * 0.35, 46));
    simg_art_veil(a, c, 1, SIMG_BOX(a->w / 2, s->floor + 14, a->w * 0.31, 37));
}

static void shelf(simg_stage *s, double x, double y, double width, int rows)
{
    static const simg_colour spines[] = {
        0xe2574c, 0x5a9bd8, 0xf5b83d, 0x63ab58, 0x9377c9, 0xf2913f, 0x4fb3a5, 0xf5a3b2
    };
    simg_art *a = s->a;
    double left = simg_art_side(s, x) - width / 2, top = y - rows * 112.0 - 14, bx;
    simg_colour wood = simg_art_lit(&s->hues, 0x9a6847);
    int r;

    simg_art_rect(a, wood, SIMG_BOX(left, top, width, y - top), 6);
    a->lift = 3;
    for (r = 0; r < rows; r++) {
        simg_art_wash(
            a, 0x3b2436, 0.55,
            apr_psprintf(a->p, "M%.0f %.0fh%.0fv98h-%.0fz", left + 12, top + 14 + r * 112, width - 24, width - 24));
        for (bx = left + 16; bx < left + width - 34;) {
            double thick = 13 + simg_art_pick(a, 14), tall = 58 + simg_art_pick(a, 34);

            if (simg_art_pick(a, 9))
                simg_art_rect(a, simg_art_lit(&s->hues, spines[simg_art_pick(a, 8)]),
                              SIMG_BOX(bx, top + 112 + r * 112 - tall, thick, tall), 2);
            bx += thick + 1;
        }
    }
    a->lift = 6;
}

void simg_art_back_bedroom(simg_stage *s)
{
    static const simg_colour walls[] = { 0x9fc3d4, 0xf2c4b0, 0xb9c9a8, 0xc3b4dc };
    double w = s->a->w;

    room(s, walls[simg_art_pick(s->a, 4)], 0xb9865e, 1);
    window(s, w * 0.72, 480, 330, 0xf2917a);
    shelf(s, w * 0.12, s->floor - 120, w * 0.17, 2);
    simg_art_prop(s,
                  "*mo -36 -150 18 18;mo 0 -60 46 56;so 0 -56 26 34;mo 0 -128 48 42;!so 0 -112 18 14;!ko 0 -118 6 "
                  "5;!ke -18 -134 5;!ke 18 -134 5;*mo 32 -8 20 14",
                  (simg_dye){ 0xb98052, 0xf3dcb8 }, simg_art_side(s, w * 0.12), s->floor - 356, 110);
    if (s->plan->pose != SIMG_SLEEPING)
        simg_art_prop(s,
                      "sP M-150 2V-130Q-150 -150 -132 -150Q-114 -150 -114 -130V2Z;sr 124 -84 22 88 8;sr -146 -42 280 "
                      "28 6;wr -116 -80 240 40 12;w~ -108 -78 -110 -108 -74 -112 -50 -94 -58 -72;m~ -58 -76 -20 -96 90 "
                      "-94 128 -74 132 -30 80 -18 -50 -26;!^lo 0 -60 12 10;!^lo 50 -50 12 10;!^lo 92 -70 12 10",
                      (simg_dye){ 0x5a9bd8, 0xc08a5c }, simg_art_side(s, w * 0.75), s->floor - 56, 330);
    simg_art_prop(
        s, "!^Yo 0 -150 86 80;br -8 -100 16 60 4;mP M-40 -120L-24 -176H24L40 -120Z;br -40 -44 80 46 6;!yo 0 -20 6 6",
        (simg_dye){ 0xf8cc4b, 0 }, simg_art_side(s, w * 0.94), s->floor - 70, 230);
    rug(s, simg_art_lit(&s->hues, 0xd9776a));
}

void simg_art_back_kitchen(simg_stage *s)
{
    double w = s->a->w, x;

    room(s, 0xf6dfa8, 0xc9835c, 0);
    window(s, w * 0.7, 430, 290, 0xe2574c);
    for (x = 0; x < w + 100; x += 296)
        simg_art_prop(
            s, "mr -100 -110 200 116 4;cr -108 -124 216 20 4;lr -88 -92 82 86 4;lr 6 -92 82 86 4;!*yo 14 -60 6 6",
            (simg_dye){ 0x6fb0a8, 0 }, x + 60, s->floor - 100, 290);
    simg_art_prop(s,
                  "m/9 M-30 -88Q0 -140 30 -88;mP M-50 -90Q0 -112 50 -90L60 -10Q0 6 -60 -10Z;m/14 M50 -60Q80 -70 84 "
                  "-98;yo 0 -104 9 9",
                  (simg_dye){ 0xe2574c, 0 }, simg_art_side(s, w * 0.84), s->floor - 268, 130);
    simg_art_prop(s, "mr -46 -70 92 74 10;b-8 -20 -70 -26 -150;b-8 8 -70 14 -170;wo -26 -160 12 18;co 16 -178 12 20",
                  (simg_dye){ 0x5a9bd8, 0 }, simg_art_side(s, w * 0.52), s->floor - 268, 120);
    simg_art_prop(s, "br -110 -10 220 14 4;mo -80 -34 22 26;so -26 -38 20 30;mr 10 -58 34 50 4;so 78 -30 26 22",
                  (simg_dye){ 0xfbf3e6, 0xf2913f }, simg_art_side(s, w * 0.18), 400, 270);
    simg_art_prop(s, "B/5 M0 -200V-380;!^Yo 0 -80 90 70;mP M-70 -100Q-60 -190 0 -200Q60 -190 70 -100Z;!Yo 0 -100 40 14",
                  (simg_dye){ 0xe2574c, 0 }, simg_art_side(s, w * 0.4), 330, 210);
    rug(s, simg_art_lit(&s->hues, 0x9fc3a8));
}

void simg_art_back_classroom(simg_stage *s)
{
    double w = s->a->w;

    room(s, 0xf3d9a4, 0xc99566, 0);
    simg_art_prop(s,
                  "br -190 -190 380 190 8;!mr -178 -178 356 166 4;!w/4 M-144 -60V-104L-110 -136L-76 -104V-60ZM-120 "
                  "-60V-84H-100V-60;!Y$ 0 -100 34 5;!^w/4 M70 -120q20 -30 40 0t40 0M70 -80h80;wr 90 -8 40 8 3",
                  (simg_dye){ 0x3f7d63, 0 }, simg_art_side(s, w * 0.6), 500, 270);
    window(s, w * 0.1, 470, 220, 0x5a9bd8);
    simg_art_prop(s,
                  "n/6 M0 -30V-60;br -40 -30 80 8 4;mo 0 -110 60 60;!gP M-40 -140Q-10 -170 10 -150Q0 -110 -30 "
                  "-110Z;!gP M10 -110Q50 -120 46 -84Q20 -70 10 -110Z",
                  (simg_dye){ 0x5a9bd8, 0 }, simg_art_side(s, w * 0.93), s->floor - 206, 130);
    simg_art_prop(s, "*d/12 M80 -80V4;mr -104 -98 208 22 6;rr -70 -116 70 18 3;ur -60 -130 60 14 3;ro 60 -112 16 16",
                  (simg_dye){ 0xd9a066, 0 }, simg_art_side(s, w * 0.78), s->floor - 50, 220);
    simg_art_prop(s, "*d/12 M80 -80V4;mr -104 -98 208 22 6", (simg_dye){ 0xd9a066, 0 }, simg_art_side(s, w * 0.48),
                  s->floor - 84, 150);
    rug(s, simg_art_lit(&s->hues, 0x6fa8c9));
}

void simg_art_back_library(simg_stage *s)
{
    double w = s->a->w, x;

    room(s, 0xc9897a, 0x8a5c44, 1);
    for (x = w * 0.1; x < w; x += w * 0.2) {
        if (x < w * 0.55 || x > w * 0.75)
            shelf(s, x, s->floor - 120, w * 0.185, 6);
    }
    window(s, w * 0.7, 500, w * 0.2 < 300 ? w * 0.2 : 300, 0x6a5aa8);
    simg_art_prop(s,
                  "*b/12 M50 -24V0;mP M-62 -30V-140Q-60 -176 0 -176Q60 -176 62 -140V-30Z;dr -60 -74 120 54 14;*lP M84 "
                  "-20H52V-88Q56 -104 70 -104Q84 -104 84 -88Z",
                  (simg_dye){ 0x4fa08f, 0 }, simg_art_side(s, w * 0.7), s->floor - 80, 260);
    simg_art_prop(s, "b/8 M-34 0L-20 -200M34 0L20 -200;b/6 M-31 -40H31M-28 -80H28M-25 -120H25M-22 -160H22",
                  (simg_dye){ 0, 0 }, simg_art_side(s, w * 0.9), s->floor - 80, 520);
    rug(s, simg_art_lit(&s->hues, 0x9a5a78));
}
