/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_figure.h"

static void into_head(simg_art *a, const simg_body *b)
{
    simg_art_push(a, 0, b->head_y, b->head / 100, 0, 0);
}

void simg_art_head_back(simg_art *a, const simg_looks *l, const simg_body *b)
{
    simg_dye dye = { simg_art_darker(l->hair, 0.12), l->tie };

    into_head(a, b);
    simg_art_cut(a, l->style->back, dye);
    simg_art_pop(a);
}

/* The face looks a little to the right, where the page goes on. */
static void face(simg_art *a, const simg_looks *l, int shut)
{
    simg_dye dye = { l->skin, simg_art_darker(l->hair, 0.1) };

    simg_art_cut(a,
                 "mo -98 14 17 21;mo 98 14 17 21;!do -98 15 8 11;!do 98 15 8 11;"
                 "m~ -102 0 -96 44 -60 82 0 94 60 82 96 44 102 0 88 -60 0 -98 -88 -60",
                 dye);
    simg_art_veil(a, 0xee6f78, 0.34, SIMG_BOX(-54, 48, 21, 16));
    simg_art_veil(a, 0xee6f78, 0.34, SIMG_BOX(74, 48, 19, 16));
    if (shut)
        simg_art_cut(a, "!k/6.5 M-48 20Q-32 34 -16 20;!k/6.5 M32 20Q48 34 64 20;!k/5.5 M0 54Q10 62 22 54", dye);
    else
        simg_art_cut(a,
                     "ke -32 16 12.5;ke 48 16 12.5;!k/6 M-16 52Q8 78 32 52;!s/6 M-48 -14Q-34 -25 -20 -17;!s/6 M38 "
                     "-17Q52 -25 64 -14",
                     dye);
    simg_art_cut(a, "!D/6 M6 30Q14 36 6 42", (simg_dye){ simg_art_mix(l->skin, 0xa0503c, 0.35), 0 });
    if (l->extras & SIMG_FRECKLES)
        simg_art_cut(a, "!mo -62 38 4 4;!mo -50 46 4 4;!mo -40 36 4 4;!mo 58 36 4 4;!mo 68 46 4 4;!mo 78 37 4 4",
                     (simg_dye){ simg_art_mix(l->skin, 0x9a4a2c, 0.5), 0 });
    if (l->age >= 65)
        simg_art_cut(a,
                     "!d/3.5 M-66 24Q-72 20 -76 14;!d/3.5 M80 24Q86 20 88 14;!d/3.5 M-40 52Q-44 60 -40 68;!d/3.5 M54 "
                     "52Q58 60 54 68",
                     dye);
}

static void worn(simg_art *a, const simg_looks *l)
{
    simg_dye dye = { l->tie, l->hair };

    if (l->extras & SIMG_BEARD)
        simg_art_cut(a,
                     "sP M-100 10Q-90 40 -50 36Q10 20 60 36Q94 40 100 10Q112 120 0 136Q-112 120 -100 10Z;!k/6 M-16 "
                     "62Q8 78 32 62",
                     dye);
    if (l->extras & SIMG_GLASSES)
        simg_art_cut(a,
                     "!k/6.5 M-60 16a28 28 0 1 0 56 0a28 28 0 1 0-56 0M20 16a28 28 0 1 0 56 0a28 28 0 1 0-56 0M-4 12Q8 "
                     "4 20 12M-60 12L-96 4M76 12L98 4",
                     dye);
    if (l->extras & SIMG_HAT)
        simg_art_cut(a, "mP M-104 -40Q-104 -140 0 -142Q104 -140 104 -40Z;dr -116 -62 232 34 16;wo 0 -146 24 24", dye);
    if (l->extras & SIMG_CROWN)
        simg_art_cut(a,
                     "yP M-64 -84L-74 -156L-34 -122L0 -168L34 -122L74 -156L64 -84Q0 -66 -64 -84Z;!ro 0 -104 9 11;!uo "
                     "-36 -104 7 9;!uo 36 -104 7 9",
                     dye);
    if (l->extras & SIMG_BOW)
        simg_art_cut(a, "mP M54 -96Q10 -140 4 -108Q2 -74 54 -96Q98 -140 106 -108Q106 -74 54 -96Z;do 54 -96 12 12", dye);
}

void simg_art_head(simg_art *a, const simg_looks *l, const simg_body *b, int shut)
{
    simg_dye dye = { l->hair, l->tie };

    into_head(a, b);
    face(a, l, shut);
    simg_art_cut(a, l->style->front, dye);
    worn(a, l);
    simg_art_pop(a);
}
