/* SPDX-License-Identifier: Apache-2.0 */
/** The pictures of a story that is not kept (StoryImgSave off): all its wanted pages at once over one loop, in memory.
 * A story that is kept has a job instead (work/runner.h). */
#ifndef SIMG_WORK_ILLUSTRATE_H
#define SIMG_WORK_ILLUSTRATE_H

#include "index/stories.h"
#include "story/pages.h"
#include "work/site.h"

/** One page that is to be drawn, and what became of it. */
typedef struct simg_picture {
    simg_page_row row; /* number, scene and wanted are given; the rest is filled in. With an error it is not drawn */
    const char *bytes; /* the image itself, if it is not saved and came without a URL; else NULL */
    apr_size_t bytes_len;
} simg_picture;

typedef struct simg_commission {
    const simg_order *order;
    const simg_story *story;
    const char *story_id;
    const char *request_id;                                       /* NULL: no row of the ledger is written */
    apr_array_header_t *pictures;                                 /* of simg_picture; filled in by simg_illustrate */
    int portrait;   /* 1: the hero alone is drawn */
    int only_edits; /* 1: drawn from order->reference or not at all */
    void (*on_picture)(void *baton, const simg_picture *picture); /* as each page ends; NULL: not told */
    void *baton;
} simg_commission;

/** Draw all pictures of a commission. Waits until each has an outcome: a URL, bytes, or an error. A page that fails
 * is no failure of the call. Problem only if nothing could be begun at all. */
apr_status_t simg_illustrate(simg_commission *c, const simg_site *site, apr_pool_t *p, simg_problem *err);

#endif
