/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

#define EARTH                                                                                                          \
    "mo 0 -100 96 96;!gP M-70 -150Q-30 -190 10 -180Q20 -150 -10 -140Q-30 -100 -60 -110Z;!gP M20 -120Q60 -140 80 "      \
    "-100Q70 -50 30 -40Q0 -70 20 -120Z;!gP M-60 -70Q-30 -80 -20 -50Q-30 -20 -44 -24Z;!^wP M-90 -120Q-40 -130 0 "       \
    "-112Q-40 -110 -92 -108Z;!^wP M0 -70Q50 -80 90 -66Q50 -58 0 -62Z"
#define RINGED                                                                                                         \
    "s/14 M-96 -78Q-150 -40 -130 -20Q-90 10 30 -50Q150 -110 134 -146Q120 -170 70 -154;mo 0 -100 86 86;!^lP M-80 "      \
    "-124Q0 -150 78 -130Q80 -118 82 -112Q0 -130 -84 -108Z;!^dP M-82 -76Q0 -100 82 -80Q74 -60 68 -52Q0 -74 -74 "        \
    "-54Z;s/14 M-130 -20Q-90 10 30 -50Q150 -110 134 -146"

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

static void craters(simg_stage *s, simg_colour c, double y0)
{
    simg_art *a = s->a;
    int i;

    for (i = 0; i < 9; i++) {
        double t = simg_art_between(a, 0, 1), x = simg_art_between(a, 0, a->w), y = y0 + t * (975 - y0),
               r = 26 + 40 * t;

        simg_art_veil(a, simg_art_darker(c, 0.28), 0.8, SIMG_BOX(x, y, r, r * 0.32));
        simg_art_veil(a, simg_art_darker(c, 0.14), 1, SIMG_BOX(x, y + r * 0.08, r * 0.86, r * 0.24));
    }
}

void simg_art_back_space(simg_stage *s)
{
    simg_art *a = s->a;
    double w = a->w;
    simg_colour c = simg_art_pick(a, 2) ? 0xb48ccc : 0xe0a070;

    deep(s, 0x151a48, 0x4a58b0);
    simg_art_prop(s, RINGED, (simg_dye){ 0xf8c07a, 0xfbe6c0 }, simg_art_side(s, w * 0.82), 400, 240);
    simg_art_prop(s, "mo 0 -100 90 90;!do -30 -130 22 18;!do 30 -70 28 22;!do 34 -140 12 10", (simg_dye){ 0x7fd0c0, 0 },
                  simg_art_side(s, w * 0.48), 230, 110);
    simg_art_prop(s, "mo 0 -100 90 90;!^lP M-84 -130Q0 -150 84 -128V-110Q0 -130 -90 -112Z", (simg_dye){ 0xf08fa8, 0 },
                  simg_art_side(s, w * 0.1), 320, 90);
    simg_art_prop(s, "!^YP M0 -100L180 -190L30 -60Z;m$ 0 -84 44 5", (simg_dye){ 0xfdf0c0, 0 },
                  simg_art_side(s, w * 0.62), 540, 110);
    simg_art_ellipse(a, c, w / 2, s->floor + 560, w * 0.78, 640);
    craters(s, c, s->floor - 20);
}

void simg_art_back_moon(simg_stage *s)
{
    double w = s->a->w;

    deep(s, 0x171a44, 0x41508f);
    simg_art_prop(s, EARTH, (simg_dye){ 0x4f9bd8, 0 }, simg_art_side(s, w * 0.76), 360, 240);
    simg_art_hill(s, 0x8b8fb4, s->horizon + 180, 70, 3);
    simg_art_hill(s, 0xabaecb, s->horizon + 260, 50, 2);
    simg_art_hill(s, 0xcfd0e2, s->floor - 70, 40, 2);
    craters(s, 0xcfd0e2, s->floor - 40);
}

void simg_art_back_planet(simg_stage *s)
{
    static const simg_colour soils[] = { 0x9a78c8, 0xd9805f, 0x5fa9a0 };
    double w = s->a->w;
    simg_colour c = soils[simg_art_pick(s->a, 3)];
    int i;

    deep(s, 0x2a1d56, 0x9a5f9c);
    simg_art_prop(s, RINGED, (simg_dye){ 0xf2b27a, 0xfbe6c0 }, simg_art_side(s, w * 0.74), 380, 280);
    simg_art_prop(s, "mo 0 -100 90 90;!do -30 -120 20 16", (simg_dye){ 0xcfe0ea, 0 }, simg_art_side(s, w * 0.2), 190,
                  80);
    simg_art_hill(s, simg_art_mix(c, 0x4a3070, 0.5), s->horizon + 190, 120, 4);
    for (i = 0; i < 6; i++)
        simg_art_prop(s, "s-12 0 0 -6 -70 0 -130;mo 0 -150 44 40;!lo -12 -162 14 12",
                      (simg_dye){ i % 2 ? 0x8fe0cf : 0xf59cc4, 0x5d4a94 }, simg_art_side(s, w * (0.4 + 0.11 * i)),
                      s->horizon + 280, 110.0 + (i * 47) % 90);
    simg_art_hill(s, simg_art_mix(c, 0x4a3070, 0.25), s->horizon + 280, 60, 3);
    simg_art_hill(s, c, s->floor - 70, 50, 2);
    craters(s, c, s->floor - 20);
}

static void cloud_bank(simg_stage *s, simg_colour c, double y, double size)
{
    double x;

    for (x = -60; x < s->a->w + size; x += size * 0.9)
        simg_art_ellipse(s->a, c, x, y + simg_art_between(s->a, -20, 20), size * 0.62, size * 0.46);
    s->a->lift = 0;
    simg_art_rect(s->a, c, SIMG_BOX(-10, y, s->a->w + 20, 1000 - y + 60), 0);
    s->a->lift = 6;
}

void simg_art_back_sky(simg_stage *s)
{
    simg_art *a = s->a;
    simg_colour c = simg_art_lit(&s->hues, 0xfdfbf8), shade = simg_art_mix(s->hues.sky[0], s->hues.sky[2], 0.3);
    int i;

    simg_art_sky(s);
    for (i = 0; i < 5; i++)
        simg_art_cloud(a, simg_art_mix(c, shade, 0.3), a->w * (0.1 + 0.22 * i),
                       s->horizon + simg_art_between(a, -60, 120), simg_art_between(a, 90, 160));
    cloud_bank(s, simg_art_mix(c, shade, 0.55), s->horizon + 230, 190);
    cloud_bank(s, simg_art_mix(c, shade, 0.3), s->floor - 140, 230);
    cloud_bank(s, simg_art_mix(c, shade, 0.08), s->floor - 8, 200);
}

void simg_art_front_cloud(simg_stage *s)
{
    simg_colour c = simg_art_lit(&s->hues, 0xffffff);
    double x;

    for (x = 0; x < s->a->w + 200; x += 170)
        simg_art_ellipse(s->a, c, x, 1010 + simg_art_between(s->a, -10, 15), 130, 62);
}

void simg_art_back_underwater(simg_stage *s)
{
    static const simg_colour depths[] = { 0x1f5f94, 0x2f80ae, 0x49a3c4, 0x76c6d6 };
    simg_art *a = s->a;
    double w = a->w, x = simg_art_side(s, w * 0.66), lift = a->lift;
    int i;

    a->lift = 0;
    simg_art_rect(a, depths[0], SIMG_BOX(0, 0, w, 1000), 0);
    a->lift = 10;
    for (i = 1; i < 4; i++)
        simg_art_ellipse(a, depths[i], x, 120, w * (0.86 - 0.2 * i), 900 - 210 * i);
    a->lift = lift;
    for (i = 0; i < 4; i++)
        simg_art_wash(a, 0xf0ffff, 0.12,
                      apr_psprintf(a->p, "M%.0f -10h70L%.0f 760h-190z", x - 230 + i * 130, x - 260 + i * 220));
    simg_art_hill(s, 0x3a8aa8, 690, 110, 4);
    simg_art_hill(s, 0x58a3ae, 780, 60, 3);
    for (i = 0; i < 7; i++)
        simg_art_prop(s,
                      i % 2 ? "m-20 0 0 -2 -60 -36 -104 -34 -140;m-18 0 -50 34 -90 30 -150;m-15 -34 -104 -66 -120 -70 "
                              "-150;m-14 2 -60 4 -120 -4 -176;m-13 33 -110 62 -128 66 -150"
                            : "d-14 30 0 46 -50 24 -100 42 -150;m-16 0 0 -18 -60 14 -110 -8 -196;d-13 -28 0 -48 -40 "
                              "-26 -80 -44 -120",
                      (simg_dye){ i % 2 ? (i % 3 ? 0xf2828f : 0xf8a878) : 0x4fa87c, 0 }, w * (i + 0.3) / 6.6, 860,
                      130.0 + (i * 61) % 110);
    simg_art_hill(s, 0xe6d3a0, s->floor - 40, 36, 2);
    for (i = 0; i < 12; i++)
        simg_art_veil(a, 0xffffff, 0.4,
                      SIMG_BOX(simg_art_between(a, 0, w), simg_art_between(a, 80, 800), 5 + i % 4 * 3, 5 + i % 4 * 3));
}

void simg_art_front_weed(simg_stage *s)
{
    double w = s->a->w;
    int i;

    for (i = 0; i < 3; i++) {
        simg_art_prop(
            s, "m-22 0 10 -24 -70 10 -140 -14 -230;m-18 24 10 44 -50 30 -110 50 -170;m-16 -26 10 -50 -40 -30 -90",
            (simg_dye){ 0x1f5f6c, 0 }, simg_art_side(s, w * 0.97 - i * 54), 1000, 190.0 - i * 40);
        simg_art_prop(s, "m-20 0 10 18 -50 -8 -100 10 -150;m-16 -24 10 -40 -40 -24 -80", (simg_dye){ 0x276a70, 0 },
                      simg_art_side(s, w * 0.02 + i * 40), 1000, 150.0 - i * 30);
    }
}
