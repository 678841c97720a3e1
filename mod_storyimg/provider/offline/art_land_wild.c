/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_land.h"

static void peak(simg_stage *s, simg_colour c, double x, double y, double size)
{
    simg_dye dye = { c, simg_art_lit(&s->hues, 0xfbf8f4) };

    simg_art_push(s->a, x, y, size / 200, (int)simg_art_pick(s->a, 2), 0);
    simg_art_cut(s->a,
                 "mP M-190 20L-70 -120L-50 -104L0 -200L56 -116L84 -130L190 20Z;!sP M0 -200L40 -140L22 -120L8 -138L-10 "
                 "-112L-30 -132L-34 -136Z;;"
                 "!dP M0 -200L56 -116L84 -130L190 20H90Z;!sP M0 -200L40 -140L34 -122L20 -140Z",
                 dye);
    simg_art_pop(s->a);
}

void simg_art_back_mountain(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;
    simg_colour rock = simg_art_lit(&s->hues, 0x8193b8);
    int i;

    simg_art_sky(s);
    for (i = 0; i < 3; i++)
        peak(s, simg_art_mix(rock, s->hues.sky[2], 0.6), w * (0.1 + 0.4 * i), h + 60, 300 + 60 * (i % 2));
    peak(s, simg_art_mix(rock, s->hues.sky[2], 0.15), simg_art_side(s, w * 0.72), h + 130, 480);
    peak(s, simg_art_mix(rock, s->hues.sky[2], 0.3), simg_art_side(s, w * 0.18), h + 130, 330);
    simg_art_hill(s, s->hues.middle, h + 140, 60, 3);
    for (i = 0; i < 8; i++)
        simg_art_fir(s, simg_art_mix(s->hues.leaves, s->hues.middle, 0.2), w * (i + simg_art_between(s->a, 0, 0.9)) / 8,
                     h + 190, simg_art_between(s->a, 110, 190));
    simg_art_slope(s, s->hues.near, s->floor - 90, 60, 2, s->mirror ? -50 : 50);
    simg_art_flowers(s, (int)(w / 80), s->floor - 50, 960);
}

void simg_art_back_desert(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;
    static const char *const cactus =
        "m/26 M-14 -70H-52V-118;m/24 M14 -50H50V-96;m/42 M0 0V-160;!l/4 M-8 -20V-160M8 -20V-160;so 8 -188 13 11";

    simg_art_sky(s);
    simg_art_slope(s, simg_art_mix(s->hues.far, 0xe8a878, 0.2), h + 60, 90, 1, 60);
    simg_art_prop(s,
                  "mP M-130 4Q-120 -80 -84 -86Q-70 -150 -20 -146Q10 -170 40 -120Q90 -110 130 4Z;!dP M40 -120Q90 -110 "
                  "130 4H40Q70 -60 40 -120Z",
                  (simg_dye){ 0xd9926a, 0 }, simg_art_side(s, w * 0.2), h + 70, 240);
    simg_art_slope(s, s->hues.middle, h + 150, 80, 1, -90);
    simg_art_prop(s, cactus, (simg_dye){ 0x5f9f72, 0xf08fa8 }, simg_art_side(s, w * 0.9), h + 230, 260);
    simg_art_prop(s, cactus, (simg_dye){ 0x74ad84, 0xf8cc4b }, simg_art_side(s, w * 0.62), h + 160, 120);
    simg_art_slope(s, simg_art_mix(s->hues.near, s->hues.middle, 0.4), s->floor - 150, 50, 1, 70);
    simg_art_slope(s, s->hues.near, s->floor - 66, 40, 2, -30);
}

void simg_art_back_snow(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;
    int i;

    simg_art_sky(s);
    peak(s, simg_art_mix(simg_art_lit(&s->hues, 0x9fb4d4), s->hues.sky[2], 0.4), simg_art_side(s, w * 0.66), h + 70,
         300);
    simg_art_hill(s, simg_art_mix(s->hues.far, 0xc5d4ea, 0.4), h + 60, 80, 2);
    for (i = 0; i < 10; i++)
        simg_art_fir(s, simg_art_mix(simg_art_lit(&s->hues, 0x3f7a68), s->hues.sky[3], 0.35),
                     w * (i + simg_art_between(s->a, 0, 0.9)) / 10, h + 90, simg_art_between(s->a, 110, 200));
    simg_art_hill(s, simg_art_mix(s->hues.middle, 0xd9e4f2, 0.5), h + 150, 70, 3);
    simg_art_fir(s, simg_art_lit(&s->hues, 0x35705f), simg_art_side(s, w * 0.92), h + 240, 400);
    simg_art_fir(s, simg_art_lit(&s->hues, 0x417d69), simg_art_side(s, w * 0.05), h + 220, 320);
    simg_art_hill(s, s->hues.near, s->floor - 76, 46, 2);
}

void simg_art_front_snow(simg_stage *s)
{
    simg_art_hill(s, simg_art_mix(s->hues.near, 0x9db4d8, 0.3), 972, 26, 3);
}

static void fronds(simg_stage *s, double x, double y, double size, simg_colour c)
{
    simg_art_prop(s,
                  "mP M0 0Q-110 -20 -150 -120Q-50 -120 0 0Z;mP M0 0Q110 -20 150 -120Q50 -120 0 0Z;lP M0 0Q-80 -80 -70 "
                  "-190Q10 -130 0 0Z;lP M0 0Q80 -80 70 -190Q-10 -130 0 0Z;mP M0 0Q-30 -110 0 -210Q30 -110 0 0Z;!d/3 M0 "
                  "-10V-180M-8 -30L-60 -160M8 -30L60 -160",
                  (simg_dye){ c, 0 }, x, y, size);
}

void simg_art_back_jungle(simg_stage *s)
{
    double h = s->horizon, w = s->a->w;
    int i;

    simg_art_sky(s);
    for (i = 0; i < 6; i++)
        simg_art_palm(s, simg_art_mix(s->hues.leaves, s->hues.sky[3], 0.6), w * (i + 0.4) / 6, h + 160,
                      simg_art_between(s->a, 300, 430));
    simg_art_hill(s, s->hues.far, h + 130, 80, 4);
    for (i = 0; i < 4; i++)
        simg_art_palm(s, simg_art_mix(s->hues.leaves, s->hues.sky[3], 0.25),
                      w * (i + simg_art_between(s->a, 0.2, 0.7)) / 4, h + 250, simg_art_between(s->a, 400, 520));
    simg_art_hill(s, s->hues.middle, h + 220, 70, 3);
    for (i = 0; i < 7; i++)
        fronds(s, w * (i + 0.3) / 6.6, h + 280, simg_art_between(s->a, 120, 190), i % 2 ? 0x4f9a5e : 0x3f8a62);
    simg_art_hill(s, s->hues.near, s->floor - 76, 40, 2);
    for (i = 0; i < 5; i++)
        simg_art_prop(s, "G-10 0 0 2 -50 4 -90;m$ 0 -120 70 6;Yo 0 -120 20 20", (simg_dye){ 0xe2574c, 0 },
                      simg_art_side(s, w * (0.5 + 0.11 * i)), s->floor - 60 + (i % 2) * 30, 54);
}

void simg_art_back_cave(simg_stage *s)
{
    simg_art *a = s->a;
    double w = a->w, x;
    simg_colour stone = 0x54477c;
    static const simg_colour gems[] = { 0x8fc7ee, 0xc59be0, 0xf59cc4, 0x8fe0cf };
    int i;

    a->lift = 0;
    simg_art_rect(a, 0x2a2350, SIMG_BOX(0, 0, w, 1000), 0);
    a->lift = 10;
    for (i = 0; i < 4; i++)
        simg_art_ellipse(a, simg_art_mix(0x352c64, 0x8a86cc, 0.24 * i), simg_art_side(s, w * 0.66), 470,
                         w * (0.52 - 0.12 * i), 440 - 100 * i);
    simg_art_stars(s, 14, 700);
    a->lift = 6;
    for (x = -20, i = 0; x < w; x += 84, i++)
        simg_art_prop(s, "mP M-60 200H60L14 20Q0 -10 -14 20Z", (simg_dye){ simg_art_mix(stone, 0x2a2350, 0.4), 0 }, x,
                      80.0 + (i * 67) % 120, -110.0 - (i * 41) % 80);
    simg_art_hill(s, simg_art_mix(stone, 0x2a2350, 0.3), 640, 90, 4);
    for (i = 0; i < 7; i++)
        simg_art_prop(s,
                      "sP M-64 2L-84 -70L-56 -104L-34 -66L-22 2Z;mP M-34 2L-42 -130L0 -186L42 -130L34 2Z;!lP M-42 "
                      "-130L0 -186L-4 2H-34Z;sP M30 2L44 -60L66 -88L86 -56L70 2Z",
                      (simg_dye){ gems[i % 4], gems[(i + 1) % 4] }, w * (i + 0.4) / 7, 650 + (i * 53) % 90,
                      130.0 + (i * 71) % 110);
    simg_art_hill(s, stone, s->floor - 90, 50, 3);
    a->lift = 6;
}

void simg_art_front_stone(simg_stage *s)
{
    simg_art *a = s->a;
    double w = a->w;

    simg_art_hill(s, 0x231c44, 985, 40, 4);
    simg_art_path(
        a, 0x231c44,
        apr_psprintf(a->p, "M0 1000V0H%.0fQ%.0f 60 %.0f 80T90 300T60 620T0 1000Z", w * 0.4, w * 0.3, w * 0.16));
    simg_art_path(a, 0x231c44,
                  apr_psprintf(a->p, "M%.0f 1000V0H%.0fQ%.0f 40 %.0f 90T%.0f 330T%.0f 640T%.0f 1000Z", w, w * 0.58,
                               w * 0.7, w * 0.85, w - 80, w - 50, w));
}
