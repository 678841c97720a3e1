/* SPDX-License-Identifier: Apache-2.0 */
/** Inside the offline painter: pages of a picture book cut from coloured paper.
 *
 * A page is a canvas 1000 high and `w` wide. Whatever is drawn is a piece of paper with its shadow on what lies below.
 * Nothing of a client's text ever reaches the picture: words are only compared with tables. */
#ifndef SIMG_PROVIDER_OFFLINE_ART_H
#define SIMG_PROVIDER_OFFLINE_ART_H

#include <apr_pools.h>

typedef unsigned simg_colour; /* 0xRRGGBB */

/* ---- paper ---- */

typedef struct simg_box {
    double x, y, w, h;
} simg_box;

#define SIMG_BOX(x, y, w, h) ((simg_box){ x, y, w, h })

#define SIMG_ART_DEPTH 8

typedef struct simg_art {
    apr_pool_t *p;
    char *text; /* the document so far */
    apr_size_t len, size;
    apr_uint64_t state;           /* of the generator */
    double w;                     /* width of the canvas; its height is 1000 */
    double lift;                  /* how far shadows fall, in canvas units; 0: none */
    double dim;                   /* opacity of shadows */
    double scale[SIMG_ART_DEPTH]; /* canvas units per unit, by depth of push */
    double angle[SIMG_ART_DEPTH]; /* degrees */
    int flip[SIMG_ART_DEPTH];
    int depth;
    simg_colour shadow, tint; /* tint: of the fixed colours of the language below, in the light of the page */
    double tinting;
} simg_art;

simg_art *simg_art_new(double w, apr_uint64_t seed, apr_pool_t *p);

/** 0 <= result < n; n > 0. Splitmix64. */
unsigned simg_art_pick(simg_art *a, unsigned n);
/** lo <= result < hi. */
double simg_art_between(simg_art *a, double lo, double hi);
/** A stable number for a text. */
apr_uint64_t simg_art_hash(const char *s, apr_uint64_t seed);

void simg_art_put(simg_art *a, const char *s);
void simg_art_number(simg_art *a, double x);

/** Until the matching pop, (x, y) is the origin and a unit is `scale` units of before; flip: mirrored. */
void simg_art_push(simg_art *a, double x, double y, double scale, int flip, double angle);
void simg_art_pop(simg_art *a);

void simg_art_ellipse(simg_art *a, simg_colour c, double x, double y, double rx, double ry);
/** A rectangle from its upper left corner; r: of its corners. */
void simg_art_rect(simg_art *a, simg_colour c, simg_box b, double r);
/** d: path data, ours. */
void simg_art_path(simg_art *a, simg_colour c, const char *d);
/** A strip of paper with round ends along a path. */
void simg_art_strip(simg_art *a, simg_colour c, double width, const char *d);
/** Path data of a smooth line through n points (x, y, x, y ...). */
const char *simg_art_curve(simg_art *a, const double *xy, int n, int closed);
/** Light or darkness without an edge of its own, opacity 0..1. The box: centre and the two radii. */
void simg_art_veil(simg_art *a, simg_colour c, double opacity, simg_box b);
void simg_art_wash(simg_art *a, simg_colour c, double opacity, const char *d);

simg_colour simg_art_mix(simg_colour a, simg_colour b, double t);
simg_colour simg_art_darker(simg_colour c, double t);
simg_colour simg_art_lighter(simg_colour c, double t);

/* ---- cuts ---- */

/** Colours of one drawing; the other letters of the language below are fixed. */
typedef struct simg_dye {
    simg_colour main, second;
} simg_dye;

/** Draw a program: cuts between semicolons. A cut is flags, a colour letter, a shape letter and numbers.
 *
 * Flags: ! no shadow, * once more mirrored at x = 0, ^ see-through.
 * Colours: m main, d D darker, l L lighter, s second, S darker second; w white, c cream, k ink, y gold, Y light yellow
 * (a light: it shines at night), b B brown, g G green, r R red, p pink, u U blue, v V violet, n N grey, o orange, t
 * teal. Shapes: o x y rx ry (ellipse), r x y w h radius (rectangle), ~ x y ... (smooth and closed), - width x y ...
 * (smooth strip), P path data, / width path data (strip), e x y r (eye), @ x y s (eyes, cheeks and a smile), $ x y r n
 * (a star of n points), % x y r (a scalloped round, for leaves and wool).
 *
 * A drawing stands on y = 0 in a box of 200: x -100..100, y -200..0. */
void simg_art_cut(simg_art *a, const char *program, simg_dye dye);

#endif
