/* SPDX-License-Identifier: Apache-2.0 */
/** The text of a story: asked of the writers in order, cut into pages. */
#ifndef SIMG_WORK_WRITE_H
#define SIMG_WORK_WRITE_H

#include "base/json.h"
#include "story/pages.h"
#include "work/site.h"

typedef struct simg_manuscript {
    simg_story *story;
    const char *model; /* who wrote it */
    apr_int64_t cost;  /* micro-dollars; -1: not known */
} simg_manuscript;

/** Who listens while it is written. */
typedef struct simg_writing {
    const char *request_id; /* of the ledger; NULL: no row of it is written */
    void (*on_piece)(void *baton, const char *words,
                     apr_size_t len); /* words of the story as they come; NULL: nobody */
    void *baton;
} simg_writing;

/** Have the story of this order written. Waits for the upstream, at most StoryImgTimeout per writer asked.
 * A writer that certainly wrote nothing is followed by the next in the chain. */
apr_status_t simg_write_story(simg_manuscript *out, const simg_site *site, const simg_order *order,
                              const simg_writing *writing, apr_pool_t *p, simg_problem *err);

/** Have five ideas written: *ideas is an array of strings, fit to be a prompt each, owned by p. */
apr_status_t simg_write_suggestions(json_t **ideas, const char **model, const simg_site *site, const simg_order *order,
                                    const simg_writing *writing, apr_pool_t *p, simg_problem *err);

#endif
