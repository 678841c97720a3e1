/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "provider/offline/art_land.h"

#define EARTH                                                                                                          \
    "mo 0 -100 96 96;!gP M-70 -150Q-30 -190 10 -180Q20 -150 -10 -140Q-30 -100 -60 -110Z;!gP M20 -120Q60 -140 80 "      \
    "-100Q70 -50 30 -40Q0 -70 20 -120Z;!gP M-60 -70Q-30 -80 -20 -50Q-30 -20 -44 -24Z;!^wP M-90 -120Q-40 -130 0 "       \
    "-112Q-40 -110 -92 -108Z;!^wP M0 -70Q50 -80 90 -66Q50 -58 0 -62Z"
/* The far half of the ring, the ball, the near half. */
#define RINGED                                                                                                         \
    "s/13 M-140 -58A147 36 -16.7 0 1 140 -142;mo 0 -100 84 84;!^lP M-80 -124Q0 -150 78 -130Q82 -118 83 -112Q0 -130 "   \
    "-83 -108Z;!^dP M-81 -76Q0 -100 82 -80Q74 -58 66 -50Q0 -74 -70 -54Z;s/13 M-140 -58A147 36 -16.7 0 0 140 -142"
#define BALL "mo 0 -100 90 90;!do -30 -130 22 18;!do 30 -70 28 22;!do 34 -140 12 10"
#define COMET "!^YP M2 -108L190 -196L26 -62Z;!^wP M2 -100L130 -162L20 -74Z;m$ 0 -84 44 5"

/* Deep space: rings of blue and violet round a bright heart. */
static void deep(simg_stage *s, simg_colour rim, simg_colour heart)
{
    simg_art *a = s->a;
    double x = simg_art_side(s, a->w * simg_art_between(a, 0.58, 0.74)), step = (a->w > 1000 ? a->w : 1000) * 0.2,
           lift = a->lift;
    int i;

    a->lift = 0;
    simg_art_rect(a, rim, SIMG_BOX(0, 0, a->w, 1000), 0);
    a->lift = 10;
    for (i = 3; i > 0; i--)
        simg_art_ellipse(a, simg_art_mix(rim, heart, 0.33 * (4 - i)), x, 380, 90 + step * i, 60 + step * i * 0.86);
    a->lift = lift;
    simg_art_stars(s, (int)(a->w / 9), 960);
}

/* How far a ball of half width 0.78 w falls away towards the sides of the page. */
static double fall(const simg_stage *s, double x)
{
    double t = (x - s->a->w / 2) / (s->a->w * 0.78);

    return 640 * (1 - sqrt(1 - t * t));
}

/* Each has its own stretch of the page, so that no two lie on each other. */
static void craters(simg_stage *s, simg_colour c, double y0, int round)
{
    simg_art *a = s->a;
    int i, n = (int)(a->w / 130);

    for (i = 0; i < n; i++) {
        double t = simg_art_between(a, 0, 1), x = a->w * (i + simg_art_between(a, 0.25, 0.75)) / n;
        double top = round ? y0 + fall(s, x) : y0, y = top + t * (965 - top), r = 24 + 26 * t;

        if (top > 960)
            continue;
        simg_art_veil(a, simg_art_darker(c, 0.28), 0.8, SIMG_BOX(x, y, r, r * 0.32));
        simg_art_veil(a, simg_art_darker(c, 0.14), 1, SIMG_BOX(x, y + r * 0.08, r * 0.86, r * 0.24));
    }
}

void simg_art_back_space(simg_stage *s)
{
    simg_art *a = s->a;
    double w = a->w, r = w < 800 ? 180 : 240;
    simg_colour c = simg_art_pick(a, 2) ? 0xb48ccc : 0xe0a070;

    deep(s, 0x151a48, 0x4a58b0);
    simg_art_prop(s, RINGED, (simg_dye){ 0xf8c07a, 0xfbe6c0 }, simg_art_side(s, w - r * 0.85), 400, r);
    simg_art_prop(s, BALL, (simg_dye){ 0x7fd0c0, 0 }, simg_art_side(s, w * 0.46), 210, 110);
    simg_art_prop(s, "mo 0 -100 90 90;!^lP M-84 -130Q0 -150 84 -128V-110Q0 -130 -90 -112Z", (simg_dye){ 0xf08fa8, 0 },
                  simg_art_side(s, w * 0.1), 330, 90);
    simg_art_prop(s, COMET, (simg_dye){ 0xfdf0c0, 0 }, simg_art_side(s, w * 0.08), 150, 90);
    simg_art_prop(s, "!^vo 0 -100 96 96;mo 0 -100 78 78;!^lo -22 -126 24 18", (simg_dye){ 0x9a86dc, 0 },
                  simg_art_side(s, w * 0.9), 620, 100);
    simg_art_ellipse(a, c, w / 2, s->floor + 560, w * 0.78, 640);
    craters(s, c, s->floor - 46, 1);
}

void simg_art_back_moon(simg_stage *s)
{
    double w = s->a->w;

    deep(s, 0x171a44, 0x41508f);
    simg_art_prop(s, EARTH, (simg_dye){ 0x4f9bd8, 0 }, simg_art_side(s, w * 0.76), 360, 240);
    simg_art_hill(s, 0x8b8fb4, s->horizon + 180, 70, 3);
    simg_art_hill(s, 0xabaecb, s->horizon + 260, 50, 2);
    simg_art_hill(s, 0xcfd0e2, s->floor - 70, 40, 2);
    craters(s, 0xcfd0e2, s->floor - 40, 0);
}

void simg_art_back_planet(simg_stage *s)
{
    static const simg_colour soils[] = { 0x9a78c8, 0xd9805f, 0x5fa9a0 };
    double w = s->a->w, r = w < 800 ? 220 : 280;
    simg_colour c = soils[simg_art_pick(s->a, 3)];
    int i;

    deep(s, 0x2a1d56, 0x9a5f9c);
    simg_art_prop(s, RINGED, (simg_dye){ 0xf2b27a, 0xfbe6c0 }, simg_art_side(s, w * 0.98 - r * 0.8), 390, r);
    simg_art_prop(s, "mo 0 -100 90 90;!do -30 -120 20 16", (simg_dye){ 0xcfe0ea, 0 }, simg_art_side(s, w * 0.2), 190,
                  80);
    simg_art_hill(s, simg_art_mix(c, 0x4a3070, 0.5), s->horizon + 190, 120, 4);
    for (i = 0; i < 6; i++)
        simg_art_prop(s, "s-12 0 0 -6 -70 0 -130;mo 0 -150 44 40;!lo -12 -162 14 12",
                      (simg_dye){ i % 2 ? 0x8fe0cf : 0xf59cc4, 0x5d4a94 }, simg_art_side(s, w * (0.4 + 0.11 * i)),
                      s->horizon + 280, 110.0 + (i * 47) % 90);
    simg_art_hill(s, simg_art_mix(c, 0x4a3070, 0.25), s->horizon + 280, 60, 3);
    simg_art_hill(s, c, s->floor - 70, 50, 2);
    craters(s, c, s->floor - 20, 0);
}

static void cloud_bank(simg_stage *s, simg_colour c, double y, double size)
{
    simg_art *a = s->a;
    double x, lift = a->lift;

    for (x = -60; x < a->w + size; x += size * 0.9)
        simg_art_ellipse(a, c, x, y + simg_art_between(a, -20, 20), size * 0.62, size * 0.46);
    a->lift = 0;
    simg_art_rect(a, c, SIMG_BOX(-10, y, a->w + 20, 1060 - y), 0);
    a->lift = lift;
}

/* The cloud that carries everybody: puffs at its ends rise, its middle is a soft seat. */
static void great_cloud(simg_stage *s, simg_colour c, simg_colour shade)
{
    static const double puffs[][3] = {
        { 0.02, -34, 0.11 }, { 0.98, -30, 0.11 }, { 0.1, -4, 0.11 },  { 0.9, -2, 0.1 },
        { 0.24, 22, 0.13 },  { 0.76, 24, 0.13 },  { 0.42, 30, 0.14 }, { 0.6, 30, 0.14 }
    };
    simg_art *a = s->a;
    double w = a->w, y = s->floor, lift = a->lift;
    int i;

    for (i = 0; i < 8; i++)
        simg_art_ellipse(a, c, w * puffs[i][0], y + puffs[i][1] + 26, w * puffs[i][2], 84);
    a->lift = 0;
    simg_art_rect(a, c, SIMG_BOX(-10, y + 8, w + 20, 1060 - y), 0);
    a->lift = lift;
    for (i = 0; i < 8; i += 2)
        simg_art_veil(a, shade, 0.22, SIMG_BOX(w * (puffs[i][0] + 0.04), y + puffs[i][1] + 34, w * 0.06, 20));
}

void simg_art_back_sky(simg_stage *s)
{
    simg_art *a = s->a;
    simg_colour c = simg_art_lit(&s->hues, 0xfdfbf8), shade = simg_art_mix(s->hues.sky[0], s->hues.sky[2], 0.3);
    simg_colour green = simg_art_lit(&s->hues, 0x86b95c);
    int i;

    simg_art_sky(s);
    for (i = 0; i < 5; i++)
        simg_art_cloud(a, simg_art_mix(c, shade, 0.3), a->w * (0.1 + 0.22 * i),
                       s->horizon + simg_art_between(a, -90, 20), simg_art_between(a, 80, 140));
    simg_art_hill(s, simg_art_mix(green, s->hues.sky[2], 0.6), s->horizon + 150, 46, 4);
    simg_art_hill(s, simg_art_mix(green, s->hues.sky[2], 0.42), s->horizon + 200, 34, 5);
    cloud_bank(s, simg_art_mix(c, shade, 0.5), s->horizon + 290, 170);
    cloud_bank(s, simg_art_mix(c, shade, 0.28), s->floor - 96, 220);
    great_cloud(s, c, shade);
}

void simg_art_front_cloud(simg_stage *s)
{
    simg_colour c = simg_art_lit(&s->hues, 0xffffff);
    double w = s->a->w;

    simg_art_ellipse(s->a, c, simg_art_side(s, w), 1004, w * 0.2, 74);
    simg_art_ellipse(s->a, c, simg_art_side(s, w * 0.8), 1014, w * 0.16, 50);
    simg_art_ellipse(s->a, c, simg_art_side(s, 0), 1008, w * 0.17, 62);
}
