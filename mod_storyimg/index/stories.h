/* SPDX-License-Identifier: Apache-2.0 */
/** Stories told, with their pages. */
#ifndef SIMG_INDEX_STORIES_H
#define SIMG_INDEX_STORIES_H

#include <apr_tables.h>

#include "index/index.h"

/** One page of a story, with what is known of its picture. */
typedef struct simg_page_row {
    int number;
    const char *scene;
    int wanted;           /* 1: this page was to be drawn */
    const char *filename; /* saved image; NULL: none */
    const char *url;      /* the provider's URL; NULL: none */
    const char *model;    /* who drew it; NULL: nobody */
    int width, height;
    apr_int64_t size;
    const char *sha256;
    int referenced;                         /* characterReferenced */
    int reused;                             /* 1: it was there already, and copied */
    apr_int64_t cost;                       /* micro-dollars; -1: not known */
    const char *error_code, *error_message; /* NULL: it did not fail */
} simg_page_row;

typedef struct simg_story_row {
    const char *id;
    const char *title, *text;
    const char *character; /* JSON text, as the client sent it */
    const char *model;     /* who wrote it */
    int word_count;
    int descriptor_used;
    const char *subject;       /* NULL: none */
    int single;                /* 1: no story, but what one picture was asked for: not listed */
    const char *site;          /* whose retention it is under; write only; NULL: none */
    const char *upload;        /* the hero's picture, as index/uploads.h names it; write only; NULL: none */
    apr_int64_t cost;          /* micro-dollars; -1: not known */
    apr_time_t created_at;     /* whole milliseconds */
    apr_array_header_t *pages; /* of simg_page_row, by number; never NULL */
    const char *job_id;        /* read only: who draws it; NULL: nobody */
    const char *job_status;    /* read only: as in the index; NULL: no job */
} simg_story_row;

typedef struct simg_story_list {
    apr_array_header_t *stories; /* of simg_story_row, newest first, with their pages */
    apr_int64_t total;
    const char *next_cursor;
} simg_story_list;

/** Add a story and its pages in one transaction. APR_EEXIST if the id is taken. */
apr_status_t simg_stories_add(simg_index *index, const simg_story_row *story, simg_problem *err);

/** The same on a borrowed connection, within the caller's transaction. */
apr_status_t simg_stories_add_in(simg_db *db, const simg_story_row *story, simg_problem *err);

/** Write down what became of one page's picture (all members but number, scene and wanted). APR_ENOENT if there is no
 * such page. */
apr_status_t simg_stories_page(simg_index *index, const char *story_id, const simg_page_row *page, simg_problem *err);
apr_status_t simg_stories_page_in(simg_db *db, const char *story_id, const simg_page_row *page, simg_problem *err);

/** Pages of a story that its job will draw (again) have not failed any more; within the caller's transaction. */
apr_status_t simg_stories_again_in(simg_db *db, const char *story_id, simg_problem *err);

/** APR_ENOENT if there is none. */
apr_status_t simg_stories_get(simg_story_row *out, simg_index *index, const char *id, apr_pool_t *p, simg_problem *err);

/** One page of the list, newest first; paging as in index/images.h. */
apr_status_t simg_stories_list(simg_story_list *out, simg_index *index, int limit, const char *cursor, apr_pool_t *p,
                               simg_problem *err);

#endif
