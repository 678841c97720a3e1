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
