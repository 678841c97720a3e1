/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/art_scene.h"

typedef struct light {
    simg_colour sky[4], glow;
    simg_colour tint;
    double tinting;
} light;

/* By hour; some have two moods, so that the pages of one book differ. */
static const light lights[SIMG_HOURS][2] = {
    [SIMG_DAY] = { { { 0x74bcd8, 0x96cfe0, 0xbbe1e6, 0xe0f2ea }, 0xfff3c9, 0xfff2d0, 0.04 },
                   { { 0x6cb2d9, 0x8dc6e2, 0xb2d9e8, 0xd9eeee }, 0xfff6d8, 0xe8f4ff, 0.05 } },
    [SIMG_MORNING] = { { { 0x8cc8d4, 0xb0dad3, 0xd6e8cf, 0xfbf0cf }, 0xfff0b8, 0xfff0c4, 0.1 },
                       { { 0x9cc4dc, 0xc0d7dd, 0xe4e2d6, 0xfdeac8 }, 0xffe9b0, 0xffe6c8, 0.1 } },
    [SIMG_AFTERNOON] = { { { 0x7fb9cf, 0xa9cfcf, 0xdbe0bf, 0xfbe3a3 }, 0xffe9a8, 0xffd98a, 0.13 },
                         { { 0x79b4b8, 0xa6cbb8, 0xd8dcaa, 0xf8dd98 }, 0xffeaae, 0xffd58a, 0.14 } },
    [SIMG_DAWN] = { { { 0xa98bbd, 0xd5a3bb, 0xf3bfb3, 0xfde2c0 }, 0xfff0d0, 0xf2b5b0, 0.22 },
                    { { 0x8d97c8, 0xbda9c9, 0xeac0bf, 0xfbdfc6 }, 0xfff0d8, 0xdcb4c4, 0.22 } },
    [SIMG_SUNSET] = { { { 0x77579c, 0xbd648f, 0xea8468, 0xfbb863 }, 0xffe09a, 0xd9667a, 0.26 },
                      { { 0xc4587a, 0xe57a68, 0xf5a05f, 0xfccb74 }, 0xffeab0, 0xd8685e, 0.24 } },
    [SIMG_EVENING] = { { { 0x3d3f7e, 0x635596, 0x966ca5, 0xd592a5 }, 0xffe3c0, 0x53417f, 0.4 },
                       { { 0x2f4a78, 0x4c6a94, 0x7d8fae, 0xcfae9f }, 0xffe6b8, 0x3a4678, 0.4 } },
    [SIMG_NIGHT] = { { { 0x151d49, 0x1e2b62, 0x2c4080, 0x42609f }, 0xfdf1c4, 0x1b2760, 0.56 },
                     { { 0x1d1a4a, 0x2b2664, 0x403880, 0x5c549e }, 0xfff0c8, 0x241f5c, 0.56 } }
};

static const struct {
    unsigned bit;
    simg_colour colour;
    double sky, land;
} veils[] = { { SIMG_STORM, 0x3f4a68, 0.62, 0.3 },
              { SIMG_RAIN, 0x7d94ab, 0.5, 0.18 },
              { SIMG_SNOW, 0xc4d3e2, 0.35, 0.1 },
              { SIMG_FOG, 0xd6dbdf, 0.5, 0.3 } };

simg_colour simg_art_lit(const simg_hues *h, simg_colour c)
{
    return simg_art_mix(c, h->tint, h->tinting);
}

static void weather_apply(simg_hues *h, unsigned weather, int night)
{
    simg_colour c;
    int i, k;

    for (i = 0; i < (int)(sizeof(veils) / sizeof(veils[0])); i++) {
        if (!(weather & veils[i].bit))
            continue;
        c = night ? simg_art_mix(veils[i].colour, 0x1b2452, 0.6) : veils[i].colour;
        for (k = 0; k < 4; k++)
            h->sky[k] = simg_art_mix(h->sky[k], c, veils[i].sky);
        h->tint = simg_art_mix(h->tint, c, 0.5);
        h->tinting += (1 - h->tinting) * veils[i].land;
    }
}

/* Far land takes the colour of the air, near land is deep and full: that is what makes the depth. */
static void land_mix(simg_hues *h, simg_colour ground, simg_colour leaves)
{
    simg_colour lit = simg_art_lit(h, ground);

    h->far = simg_art_mix(lit, h->sky[2], 0.52);
    h->middle = simg_art_mix(lit, h->sky[3], 0.22);
    h->near = lit;
    h->front = simg_art_darker(simg_art_mix(lit, simg_art_lit(h, leaves), 0.75), 0.4);
    h->leaves = simg_art_lit(h, leaves);
    h->trunk = simg_art_lit(h, 0x7f5644);
    h->water = simg_art_mix(simg_art_lit(h, 0x3f9fc0), h->sky[1], 0.25);
}

void simg_art_hues(simg_hues *h, const simg_plan *plan, simg_art *a)
{
    const light *l = &lights[plan->hour][simg_art_pick(a, 2)];
    simg_colour ground = plan->place->ground ? plan->place->ground : 0x86b95c;
    simg_colour leaves = plan->place->leaves ? plan->place->leaves : 0x57975a;
    int i;

    for (i = 0; i < 4; i++)
        h->sky[i] = l->sky[i];
    h->glow = l->glow;
    h->light = plan->hour == SIMG_NIGHT || plan->hour == SIMG_EVENING ? 0xfdf0c8 : 0xfdd365;
    h->tint = l->tint;
    h->tinting = l->tinting;
    if (plan->place->traits & (SIMG_STARRY | SIMG_COVERED | SIMG_UNDERWATER))
        h->tinting = 0.04; /* These bring their own light, */
    if (plan->place->traits & SIMG_INDOORS)
        h->tinting *= 0.5; /* and somebody lit a lamp here. */
    if (!(plan->place->traits & (SIMG_INDOORS | SIMG_UNDERWATER | SIMG_STARRY)))
        weather_apply(h, plan->weather, plan->hour == SIMG_NIGHT || plan->hour == SIMG_EVENING);
    if (plan->weather & SIMG_SNOW && !(plan->place->traits & (SIMG_INDOORS | SIMG_STARRY | SIMG_UNDERWATER))) {
        ground = simg_art_mix(ground, 0xf4f7fa, 0.82);
        leaves = simg_art_mix(leaves, 0xf4f7fa, 0.3);
    }
    land_mix(h, ground, leaves);
}
