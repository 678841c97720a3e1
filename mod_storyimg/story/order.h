/* SPDX-License-Identifier: Apache-2.0 */
/** What a client asked for: one story about one character. Plain values, checked by the request reader. */
#ifndef SIMG_STORY_ORDER_H
#define SIMG_STORY_ORDER_H

#include <apr_tables.h>

typedef struct simg_sister {
    const char *name;              /* 1..100 characters */
    const char *traits;            /* NULL: not given */
    apr_array_header_t *favorites; /* of const char *; never NULL */
} simg_sister;

typedef struct simg_character {
    const char *name;                /* 1..100 characters */
    int age;                         /* 0..120; -1: not given */
    apr_array_header_t *personality; /* of const char *; never NULL */
    apr_array_header_t *interests;   /* of const char *; never NULL */
    apr_array_header_t *sisters;     /* of simg_sister; never NULL */
    const char *message;             /* personalMessage; NULL: not given */
    const char *image_url;           /* NULL: not given */
} simg_character;

typedef struct simg_order {
    simg_character character;
    const char *prompt;           /* 1..4000 characters; NULL for suggestions */
    const char *themes, *setting; /* NULL: not given */
    const char *descriptor;       /* the character's looks in words; NULL: not given */
    const char *reference;        /* the upload that character.image_url means; NULL: none */
    int illustrate;               /* 1: draw */
    int pages;                    /* scenes to draw, 1..12 */
    const char *size;             /* "1024x1024" or "auto"; NULL: not given */
    const char *quality;          /* NULL: not given */
    const char *style;            /* NULL: not given */
    int async;                    /* 0, 1; -1: not given */
    const char *story_id;         /* the client's own; NULL: not given */
    const char *subject;          /* whose data this is; NULL: not given */
    const char *user;             /* a pseudonym of whom this is for, as illustrators may know it; NULL: none */
} simg_order;

#endif
