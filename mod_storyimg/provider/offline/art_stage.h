/* SPDX-License-Identifier: Apache-2.0 */
/** Who stands where: the cast of a page, from the farthest to the nearest. */
#ifndef SIMG_PROVIDER_OFFLINE_ART_STAGE_H
#define SIMG_PROVIDER_OFFLINE_ART_STAGE_H

#include "provider/offline/art_figure.h"
#include "provider/offline/art_land.h"

typedef struct simg_actor {
    const simg_item *item; /* NULL: the hero */
    double x, y, height;   /* of its box */
    int flip;
    double angle;
} simg_actor;

#define SIMG_MOST_ACTORS 40

typedef struct simg_cast {
    simg_actor at[SIMG_MOST_ACTORS];
    int count;
    const simg_item *carried; /* NULL: nothing */
} simg_cast;

/** Place everything the plan names. */
void simg_art_cast(simg_cast *c, simg_stage *s);
void simg_art_hero(simg_stage *s, const simg_looks *l, const simg_item *carried);

#endif
