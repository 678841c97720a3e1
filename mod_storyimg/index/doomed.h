/* SPDX-License-Identifier: Apache-2.0 */
/** Pictures on their way out: first the record is marked, then the files go, then the mark. A marked picture is in no list
 * any more; whoever dies in between leaves the mark, and the sweep goes on from it.
 *
 * Functions with a simg_db run on a borrowed connection. */
#ifndef SIMG_INDEX_DOOMED_H
#define SIMG_INDEX_DOOMED_H

#include <apr_tables.h>

#include "index/index.h"
#include "index/retention.h"

/** What goes, and why. */
typedef struct simg_doomed {
    const char *filename;
    const char *reason; /* "age", "count", "size", "deleted" */
    apr_int64_t freed;  /* bytes; 0: other pictures share them */
} simg_doomed;

/** How retention sees a site: pictures that nobody keeps, and their bytes; and all that it holds. */
typedef struct simg_usage {
    apr_int64_t free_files, free_bytes;
    apr_int64_t files, bytes;
} simg_usage;

/** Four numbers that are kept up to date by each change: costs the same at any size. */
apr_status_t simg_usage_read(simg_usage *usage, simg_db *db, const char *site, simg_problem *err);

/** Mark one picture, and say so on the page that it belongs to; in a transaction of the caller's.
 * @param marked  receives 1; 0: there is none of this name */
apr_status_t simg_doomed_mark_in(int *marked, simg_db *db, const char *filename, apr_time_t now, simg_problem *err);

/** The same for all pictures of a story, kept ones among them.
 * @param doomed  of simg_doomed; added to */
apr_status_t simg_doomed_mark_story_in(apr_array_header_t *doomed, simg_db *db, const char *story_id, apr_time_t now,
                                       simg_problem *err);

/** Which pictures of a site retention would remove, or removes. */
typedef struct simg_doom {
    const char *site;
    const simg_retention *limits;
    apr_time_t now;
    int max; /* at most so many at once: a lock is held meanwhile */
} simg_doom;

/** Mark what is to go by the limits, the oldest first; one transaction of its own. Call it again as long as *more.
 * @param doomed  receives an array of simg_doomed */
apr_status_t simg_doomed_retire(apr_array_header_t **doomed, int *more, simg_db *db, const simg_doom *what,
                                apr_pool_t *p, simg_problem *err);

/** What simg_doomed_retire would mark if it were called until there is no more, without marking anything: fn is called
 * with each. what->max is ignored. */
typedef apr_status_t simg_doomed_fn(void *baton, const simg_doomed *doomed, simg_problem *err);
apr_status_t simg_doomed_preview(simg_db *db, const simg_doom *what, simg_doomed_fn *fn, void *baton, apr_pool_t *p,
                                 simg_problem *err);

/** Would simg_doomed_retire mark anything? Reads only. *due: 1 or 0. */
apr_status_t simg_doomed_is_due(int *due, simg_db *db, const simg_doom *what, apr_pool_t *p, simg_problem *err);

/** Names (const char *) marked before this time, at most `max`: whoever marked them is gone. Not those whose name another
 * picture has by now. @param site  NULL: of any */
apr_status_t simg_doomed_left(apr_array_header_t **names, simg_db *db, const char *site, apr_time_t before, int max,
                              apr_pool_t *p, simg_problem *err);

/** Is this file to go? *doomed: 1 or 0. */
apr_status_t simg_doomed_has(int *doomed, simg_db *db, const char *filename, simg_problem *err);

/** The files of these names (const char *) are gone: so are their marks. One transaction of its own. */
apr_status_t simg_doomed_done(simg_db *db, const apr_array_header_t *names, simg_problem *err);

#endif
