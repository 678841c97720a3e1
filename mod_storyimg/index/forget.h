/* SPDX-License-Identifier: Apache-2.0 */
/** Forgetting stories: rows of a story, its job and what was answered. Pictures are marked before (index/doomed.h). On a
 * borrowed connection. */
#ifndef SIMG_INDEX_FORGET_H
#define SIMG_INDEX_FORGET_H

#include "index/index.h"

/** What went. */
typedef struct simg_forgotten {
    int stories, jobs, requests;
} simg_forgotten;

/** Forget a story of this id, told or single, with its pages, job, events and kept answers, in a transaction of the
 * caller's. The ledger keeps its rows, which then tell of no job. counts is added to; an absent story is success. */
apr_status_t simg_forget_story_in(simg_forgotten *counts, simg_db *db, const char *id, simg_problem *err);

/** The same for what a single picture of this name was asked for with; none is success. */
apr_status_t simg_forget_order_in(simg_forgotten *counts, simg_db *db, const char *filename, simg_problem *err);

/** Has a site a story that is told of this id? Those from before sites were written down are everybody's. *there: 1 or 0. */
apr_status_t simg_forget_is_told(int *there, simg_db *db, const char *site, const char *id, simg_problem *err);

/** Forget up to 50 stories of a site that are older than `before`, have no picture (any more) and no job under way; one
 * transaction of its own. *stories: how many went. */
apr_status_t simg_forget_old(int *stories, simg_db *db, const char *site, apr_time_t before, apr_pool_t *p,
                             simg_problem *err);

/** Forget up to 1,000 calls of the ledger that ended before that, and that no job and no request has. *rows: how many
 * went. */
apr_status_t simg_forget_ledger(int *rows, simg_db *db, apr_time_t before, simg_problem *err);

#endif
