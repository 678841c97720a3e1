/* SPDX-License-Identifier: Apache-2.0 */
/** Inside the offline storyteller. A story is a shape (a table of beats) told with a cast (who, where, with
 * whom).
 *
 * Patterns are English with two kinds of marks: `{slot}` is replaced by what the cast says (`{Slot}`: with a
 * capital),
 * `[this|that]` by one of its parts, chosen by the seed; parts may hold marks again. What a client typed only
 * ever comes in as the value of a slot and is never read as a pattern. */
#ifndef SIMG_PROVIDER_OFFLINE_TELL_H
#define SIMG_PROVIDER_OFFLINE_TELL_H

#include <apr_tables.h>

#include "story/order.h"

typedef enum simg_tell_band { SIMG_TELL_YOUNG, SIMG_TELL_MIDDLE, SIMG_TELL_RICH } simg_tell_band;

typedef struct simg_tell {
    apr_pool_t *p;
    apr_uint64_t state; /* of the generator */
    simg_tell_band band;
    int tight; /* 0..SIMG_TELL_TIGHTEST: how hard the client's words are trimmed */
    int brief; /* 1: few words for the idea, 2: for the act as well, 3: for the tiny story too */
    const struct simg_tell_gift *idea, *act;
    apr_table_t *slots;
} simg_tell;

#define SIMG_TELL_TIGHTEST 3

/* ---- words ---- */

/** 0 <= result < n; n > 0. Splitmix64. */
unsigned simg_tell_pick(simg_tell *t, unsigned n);
void simg_tell_set(simg_tell *t, const char *slot, const char *value);
/** The pattern with its marks replaced, spaces tidied. */
const char *simg_tell_fill(simg_tell *t, const char *pattern);
/** `an old owl` for `old owl`. */
const char *simg_tell_a(const char *noun, apr_pool_t *p);
/** `a, b and c`. */
const char *simg_tell_list(const apr_array_header_t *items, apr_pool_t *p);
/** `forty-two`, 0..999. */
const char *simg_tell_number(int n, apr_pool_t *p);
const char *simg_tell_capital(const char *s, apr_pool_t *p);
/** `The Star Who Got Lost`. */
const char *simg_tell_title_case(const char *s, apr_pool_t *p);

/* ---- what a client typed ---- */

/** One line of valid text, quotes and braces made harmless, at most max characters, cut at a word. NULL:
 * nothing to read in it. */
const char *simg_tell_clean(const char *s, apr_size_t max, apr_pool_t *p);
/** The same with a mark at its end if it was cut. */
const char *simg_tell_quote(const char *s, apr_size_t max, apr_pool_t *p);
/** What a prompt is about, without "write me a story about", ending like a sentence; NULL: nothing. */
const char *simg_tell_gist(const char *prompt, apr_size_t max, apr_pool_t *p);
/** Pieces between commas, each cleaned; of const char *. */
apr_array_header_t *simg_tell_pieces(const char *s, apr_size_t max, apr_pool_t *p);
/** First word in lower case if it is a known word or `always`. */
const char *simg_tell_lower(const char *s, apr_pool_t *p);

/* ---- vocabulary ---- */

typedef struct simg_tell_place {
    const char *keys;           /* words that mean it; ~word: an adjective that only hints at it */
    const char *in, *to, *noun; /* `in the `, `to the `, `forest` */
    const char *scene;          /* for the painter, with an article */
    const char *path, *spot;    /* how one walks, where one rests */
    const char *sound;          /* a clause: `a woodpecker was knocking` */
    const char *locals;         /* creatures met here */
} simg_tell_place;

typedef struct simg_tell_creature {
    const char *keys, *kind; /* `dragon`; the first key is its name in `locals` */
    const char *looks;       /* `small green dragon` */
    const char *habit;       /* a relative clause: `who hiccuped sparks` */
} simg_tell_creature;

typedef struct simg_tell_thing {
    const char *keys, *looks; /* `silver star` */
    int large;                /* 1: nothing to carry */
} simg_tell_thing;

typedef struct simg_tell_gift { /* what a trait or an interest is good for */
    const char *keys;
    const char *young, *text; /* patterns */
    const char *pose;         /* for the painter */
} simg_tell_gift;

/* Each table ends with a row whose keys are NULL. */
extern const simg_tell_place simg_tell_places[];
extern const simg_tell_creature simg_tell_creatures[];
extern const simg_tell_thing simg_tell_things[];
extern const simg_tell_gift simg_tell_traits[], simg_tell_interests[];

/** Where in text does one of the keys stand (in singular or plural)? @return 0: nowhere; else its position
 * from 1. `*len`: its length. */
apr_size_t simg_tell_find(const char *text, const char *keys, int hints, apr_size_t *len);

/* ---- shapes ---- */

typedef struct simg_tell_beat {
    const char *young, *text; /* patterns */
    const char *rich;         /* added for readers of nine and more; NULL: nothing */
    const char *scene;
} simg_tell_beat;

typedef enum simg_tell_moment {
    SIMG_TELL_TINY, /* the whole story on one page */
    SIMG_TELL_OPENING,
    SIMG_TELL_WISH,
    SIMG_TELL_SETOUT,
    SIMG_TELL_TROUBLE,
    SIMG_TELL_HELPER,
    SIMG_TELL_SECOND,
    SIMG_TELL_QUIET,
    SIMG_TELL_IDEA,
    SIMG_TELL_TRIAL,
    SIMG_TELL_TURNING,
    SIMG_TELL_HOME,
    SIMG_TELL_NIGHT,
    SIMG_TELL_MOMENTS
} simg_tell_moment;

typedef struct simg_tell_shape {
    const char *hints;                       /* words of a prompt that call for it */
    const char *titles, *pitch;              /* patterns; pitch: one or two sentences for a suggestion */
    const char *goal;                        /* `find the silver star` */
    const char *other;                       /* who or what is to be won over */
    const char *without;                     /* not with this kind of friend or in this place; NULL: with any */
    int seeks_thing;                         /* 1: the thing is what it is about, and no present at the end */
    const char *kinds[6][3];                 /* one row is chosen for a story: {k1} {k2} {k3}; ends with NULL */
    simg_tell_beat beats[SIMG_TELL_MOMENTS]; /* a beat without text: one of the common ones */
} simg_tell_shape;

extern const simg_tell_shape *const simg_tell_shapes[]; /* ends with NULL */
/** A beat that any shape may use at this moment. */
const simg_tell_beat *simg_tell_common(simg_tell *t, simg_tell_moment moment);

/** A teller who knows the order: everything but the shape's slots is set. */
simg_tell *simg_tell_new(const simg_order *order, apr_uint64_t seed, int tight, apr_pool_t *p);
/** Choose a shape, those that the prompt hints at more often, and set its slots. `avoid`: bits of shapes not
 * to choose. */
const simg_tell_shape *simg_tell_shape_choose(simg_tell *t, const simg_order *order, unsigned avoid);
/** A title of at most 60 characters. */
const char *simg_tell_title(simg_tell *t, const simg_tell_shape *shape);

#endif
