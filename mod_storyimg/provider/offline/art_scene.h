/* SPDX-License-Identifier: Apache-2.0 */
/** What a page shall show: the words of a scene looked up in the painter's tables. */
#ifndef SIMG_PROVIDER_OFFLINE_ART_SCENE_H
#define SIMG_PROVIDER_OFFLINE_ART_SCENE_H

#include "provider/offline/art.h"

typedef enum simg_where {
    SIMG_ON_GROUND,
    SIMG_IN_AIR,
    SIMG_IN_WATER, /* creatures, things */
    SIMG_IN_HAND,  /* a thing that is carried if a hand is free, else on the ground */
    SIMG_HANGING,
    SIMG_OVERHEAD,
    SIMG_ON_STRING, /* carried too: below the hand, above the head, high up on a string */
    SIMG_FAR,       /* a large thing: stands behind the others */
    SIMG_GROWING    /* a plant: several of them, in the ground */
} simg_where;

/** A creature or a thing. Words are separated by spaces; `_` joins the words of one; they match in singular and plural.
 */
typedef struct simg_kind {
    const char *words;
    simg_colour main, second;
    double size; /* height of its box against a child's */
    simg_where where;
    const char *program; /* for simg_art_cut; a creature looks to the left */
} simg_kind;

typedef enum simg_hour {
    SIMG_DAY,
    SIMG_MORNING,
    SIMG_AFTERNOON,
    SIMG_DAWN,
    SIMG_SUNSET,
    SIMG_EVENING,
    SIMG_NIGHT,
    SIMG_HOURS
} simg_hour;

enum {
    SIMG_RAIN = 1,
    SIMG_SNOW = 2,
    SIMG_WIND = 4,
    SIMG_STORM = 8,
    SIMG_FOG = 16,
    SIMG_RAINBOW = 32,
    SIMG_STARS = 64,
    SIMG_CLOUDS = 128,
    SIMG_MOON = 256,
    SIMG_SUN = 512
};

typedef enum simg_pose {
    SIMG_STANDING,
    SIMG_WAVING,
    SIMG_WALKING,
    SIMG_SITTING,
    SIMG_RUNNING,
    SIMG_READING,
    SIMG_ARMS_UP,
    SIMG_POINTING,
    SIMG_FLOATING,
    SIMG_SLEEPING
} simg_pose;

enum {
    SIMG_INDOORS = 1,
    SIMG_OPEN_WATER = 2,
    SIMG_UNDERWATER = 4,
    SIMG_NO_GROUND = 8,
    SIMG_STARRY = 16,
    SIMG_COVERED = 32
};

typedef struct simg_stage simg_stage;

typedef struct simg_place {
    const char *words; /* ~word: only if no other place is named */
    unsigned traits;
    simg_colour ground, leaves;   /* 0: those of a meadow */
    void (*back)(simg_stage *s);  /* up to where the character stands */
    void (*front)(simg_stage *s); /* the frame before it; NULL: none */
} simg_place;

typedef struct simg_item {
    const simg_kind *kind;
    int count;
    double size; /* against the usual: small ones, big ones */
    simg_dye dye;
} simg_item;

#define SIMG_MOST_ITEMS 6

typedef struct simg_plan {
    const simg_place *place;
    simg_hour hour;
    unsigned weather;
    simg_pose pose;
    simg_item creatures[SIMG_MOST_ITEMS], things[SIMG_MOST_ITEMS];
    int creature_count, thing_count;
} simg_plan;

/* Each table ends with a row whose words are NULL. */
extern const simg_place simg_art_places[];
extern const simg_kind simg_art_animals[], simg_art_wild[], simg_art_water_folk[], simg_art_wonders[];
extern const simg_kind simg_art_carried[], simg_art_furniture[], simg_art_vehicles[], simg_art_plants[];

/** Read a scene. `name`: the character's, whose words mean nothing else. */
simg_plan *simg_art_plan(const char *scene, const char *name, simg_art *a);

/* ---- words, also used for the looks ---- */

typedef struct simg_words {
    const char *at[400]; /* lower case; "": a mark between words, or a word already used */
    int count;
} simg_words;

simg_words *simg_words_read(const char *s, apr_pool_t *p);
/** Where does one of the words of a row first stand? @return its position, -1: nowhere. `*span`: how many words it
 * takes; `*plural`: its form */
int simg_words_find(const simg_words *w, const char *row, int hints, int *span, int *plural);
/** @return 1 if one of the words stands there. */
int simg_words_has(const simg_words *w, const char *row);
/** @return how many words of the row stand at word i, 0: none. */
int simg_words_at(const simg_words *w, int i, const char *row, int hints, int *plural);
void simg_words_drop(simg_words *w, int at, int span);
/** @return 1 and the colour if word i names one. */
int simg_words_colour(const simg_words *w, int i, simg_colour *out);

/* ---- colours of a page ---- */

typedef struct simg_hues {
    simg_colour sky[4]; /* from the rim to the light */
    simg_colour far, middle, near, front, leaves, trunk, water, light, glow;
    simg_colour tint; /* of everything in this light */
    double tinting;
} simg_hues;

void simg_art_hues(simg_hues *h, const simg_plan *plan, simg_art *a);
/** A colour as it looks in this light. */
simg_colour simg_art_lit(const simg_hues *h, simg_colour c);

struct simg_stage {
    simg_art *a;
    const simg_plan *plan;
    simg_hues hues;
    double horizon, floor; /* y where far land begins; where the character stands */
    int mirror;            /* 1: the character stands to the right */
    double hero_x, hero_height;
    double crowd; /* how much smaller than usual others are drawn */
};

#endif
