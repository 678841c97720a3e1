/* SPDX-License-Identifier: Apache-2.0 */
/** A library that stays within its limits, and pictures and stories that are removed. Everything goes the same way: the
 * record is marked, the files go (picture and thumbnail), the mark goes; at each point another process can go on. */
#ifndef SIMG_WORK_SWEEP_H
#define SIMG_WORK_SWEEP_H

#include "index/doomed.h"
#include "work/site.h"

/** What went. */
typedef struct simg_swept {
    apr_int64_t images, bytes; /* bytes: freed; shared ones count with the last of their names */
} simg_swept;

/** Retention (index/retention.h): what is to go by the site's limits goes, in steps that each hold the index's lock for a
 * moment. Nothing to do costs four numbers. @param fn  told each that went; NULL: nobody */
apr_status_t simg_sweep_retire(simg_swept *swept, const simg_site *site, simg_doomed_fn *fn, void *baton,
                               apr_pool_t *p, simg_problem *err);

/** One such step. *more: 1 if there is more to do. */
apr_status_t simg_sweep_some(int *more, const simg_site *site, apr_pool_t *p, simg_problem *err);

/** What others have marked and left, a minute ago or more.
 * @param whose  of this site alone; NULL: of all, whose folders the site must know then: without its file a mark is lost */
apr_status_t simg_sweep_left(const simg_site *site, const char *whose, apr_pool_t *p, simg_problem *err);

/** Remove one picture of this site. *removed: 1; 0: it has none of this name. */
apr_status_t simg_sweep_image(int *removed, const simg_site *site, const char *filename, apr_pool_t *p,
                              simg_problem *err);

/** What went with a story. */
typedef struct simg_swept_story {
    int stories, jobs, images, requests;
} simg_swept_story;

/** Remove a story of this site with its job and pictures; pages under way are not kept when they come. counts->stories 0: there is
 * none of this id. */
apr_status_t simg_sweep_story(simg_swept_story *counts, const simg_site *site, const char *id, apr_pool_t *p,
                              simg_problem *err);

/** StoryImgMaxAge also goes for what is told of pictures: stories (but those with a picture that stays), their jobs,
 * answers kept for repeated requests, and the ledger of what has no job any more. At most a few hundred stories a call.
 * @param more  1 if there is more to do now */
apr_status_t simg_sweep_records(int *more, const simg_site *site, apr_pool_t *p, simg_problem *err);

#endif
