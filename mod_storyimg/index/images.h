/* SPDX-License-Identifier: Apache-2.0 */
/** Saved images: one row each. */
#ifndef SIMG_INDEX_IMAGES_H
#define SIMG_INDEX_IMAGES_H

#include <apr_tables.h>

#include "index/index.h"

typedef struct simg_image {
    const char *filename; /* unique within the index */
    const char *kind;     /* "story", "consistent", "gptimg", "portrait" */
    int page_number;
    const char *story_id;    /* NULL: none */
    const char *subject;     /* NULL: none */
    const char *description; /* the scene; NULL: none */
    const char *model;
    int width, height;     /* pixels */
    apr_int64_t size;      /* bytes */
    const char *sha256;    /* 64 hex digits */
    apr_time_t created_at; /* whole milliseconds */
    int keep;              /* 1: exempt from retention */
    const char *site;      /* whose retention it is under; NULL: none */
    const char *recipe;    /* what it was drawn from (work/reuse.h), hex; write only; NULL: not to be reused */
    const char *duplicate_of; /* the oldest picture with the same bytes, if that is another one; read only; NULL: none */
} simg_image;

/** Which images. All members are optional: zero means no such condition; they are combined with AND. */
typedef struct simg_image_query {
    int limit;          /* 1..1000 */
    const char *cursor; /* from an earlier page of the same query; NULL: from the newest */
    const char *kind, *story_id, *model;
    const char *q;       /* words that must all stand in the description (index/search.h): in any case, with or without
                            accents, English ones in any of their forms */
    apr_time_t from, to; /* from <= created_at < to */
} simg_image_query;

typedef struct simg_image_list {
    apr_array_header_t *images; /* of simg_image, newest first */
    apr_int64_t total;          /* matching the query, all pages */
    int total_at_least;         /* 1: there are more; words are counted up to 10,000 */
    const char *next_cursor;    /* NULL: this was the last page */
} simg_image_list;

/** Add a row. APR_EEXIST if the file name has one already. */
apr_status_t simg_images_add(simg_index *index, const simg_image *image, simg_problem *err);

/** The same on a borrowed connection. */
apr_status_t simg_images_add_in(simg_db *db, const simg_image *image, simg_problem *err);

/** Add a row, or renew the one that the file name has; on a borrowed connection, within the caller's transaction. */
apr_status_t simg_images_put_in(simg_db *db, const simg_image *image, simg_problem *err);

/** One page. A page costs the same however many images there are: keyset paging over an index, totals kept by triggers
 * where there is no filter or only kind. Stable: an image added or removed meanwhile neither repeats nor hides another.
 * Problem "bad-cursor" (400) if the cursor is not one of this very query (another limit is allowed); "invalid-query"
 * (400) if q has more than 16 words or 1,000 bytes. With q the order is that of arrival, which is the same but for pictures
 * that recovery has found. Read simg_index_generation before, not after: an ETag may then be
 * too old for its list, never too new. */
apr_status_t simg_images_list(simg_image_list *out, simg_index *index, const simg_image_query *query, apr_pool_t *p,
                              simg_problem *err);

/** Exempt a picture of a site from retention, or not any more. APR_ENOENT if it has none of this name. */
apr_status_t simg_images_keep(simg_index *index, const char *site, const char *filename, int keep, simg_problem *err);

/** Has a site a picture of this name? Those that nobody knows the site of are everybody's. *its: 1 or 0. */
apr_status_t simg_images_is_of(int *its, simg_db *db, const char *site, const char *filename, simg_problem *err);

/** One row by its name. APR_ENOENT if there is none. */
apr_status_t simg_images_get(simg_image *out, simg_index *index, const char *filename, apr_pool_t *p,
                             simg_problem *err);

#endif
