/* SPDX-License-Identifier: Apache-2.0 */
/** The hero of the book: the same child on every page. */
#ifndef SIMG_PROVIDER_OFFLINE_ART_FIGURE_H
#define SIMG_PROVIDER_OFFLINE_ART_FIGURE_H

#include "provider/offline/art_scene.h"
#include "provider/provider.h"

typedef enum simg_garment {
    SIMG_DRESS,
    SIMG_TROUSERS,
    SIMG_SHORTS,
    SIMG_DUNGAREES,
    SIMG_SKIRT,
    SIMG_GARMENTS
} simg_garment;

enum {
    SIMG_GLASSES = 1,
    SIMG_FRECKLES = 2,
    SIMG_HAT = 4,
    SIMG_CROWN = 8,
    SIMG_CAPE = 16,
    SIMG_SCARF = 32,
    SIMG_BEARD = 64,
    SIMG_STRIPES = 128,
    SIMG_DOTS = 256,
    SIMG_BOW = 512
};

typedef struct simg_hair {
    const char *words;        /* of a descriptor */
    const char *back, *front; /* programs in a head of radius 100 round (0, 0); main: hair, second: ties */
    int chosen;               /* 1: also given to children nobody described */
} simg_hair;

extern const simg_hair simg_art_hairs[];

typedef struct simg_looks {
    double age;
    simg_colour skin, hair, top, bottom, shoes, tie;
    const simg_hair *style;
    simg_garment garment;
    unsigned extras;
} simg_looks;

/** Stable for the story and the name, and true to what the descriptor says. */
void simg_art_looks(simg_looks *l, const simg_brief *brief, apr_pool_t *p);

/** Measures of a figure 200 high that stands on y = 0 and looks to the right. */
typedef struct simg_body {
    double head; /* radius */
    double head_y, shoulder_y, hip_y, shoulder, arm, leg;
} simg_body;

typedef struct simg_joints { /* of an arm or leg; in lengths of it, from shoulder or hip */
    double bend_x, bend_y, end_x, end_y;
} simg_joints;

typedef struct simg_stance {
    simg_joints arms[2], legs[2]; /* back one, front one (the one it looks to) */
    double drop;                  /* how far the hips sink, in lengths of a leg */
    double lean;                  /* degrees */
    double shut;                  /* 1: eyes shut */
} simg_stance;

void simg_art_measure(simg_body *b, double age);
const simg_stance *simg_art_stance(simg_pose pose);
/** The arm that carries: raised for a string or an umbrella, else before the body. */
void simg_art_carry(simg_stance *st, simg_where where);
void simg_art_head(simg_art *a, const simg_looks *l, const simg_body *b, int shut);
void simg_art_head_back(simg_art *a, const simg_looks *l, const simg_body *b);
/** @param hand  where the front hand is, in the figure's units */
void simg_art_figure(simg_art *a, const simg_looks *l, const simg_stance *st, double hand[2]);

#endif
