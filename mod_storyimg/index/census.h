/* SPDX-License-Identifier: Apache-2.0 */
/** How much an index holds of a site, counted: it looks at each row. On a borrowed connection. */
#ifndef SIMG_INDEX_CENSUS_H
#define SIMG_INDEX_CENSUS_H

#include <apr_tables.h>

#include "index/index.h"

/** A number of things of one sort. */
typedef struct simg_census_sort {
    const char *name; /* a kind of pictures, or the status of jobs */
    apr_int64_t n, bytes;
} simg_census_sort;

typedef struct simg_census {
    apr_int64_t images, bytes; /* bytes: by their records, shared storage counted each time */
    apr_int64_t files, stored; /* shared storage counted once */
    apr_int64_t kept;          /* exempt from retention */
    apr_time_t oldest, newest; /* 0: there are none */
    apr_int64_t stories;
    apr_int64_t uploads, upload_bytes; /* of all sites */
    apr_int64_t pending, sent;         /* pages of jobs that wait, and that are under way */
    apr_time_t waiting_since;          /* the oldest job with a page that waits; 0: none */
    apr_int64_t doomed;                /* pictures whose files are still to be removed */
    apr_array_header_t *kinds;         /* of simg_census_sort */
    apr_array_header_t *jobs;          /* of simg_census_sort */
} simg_census;

apr_status_t simg_census_read(simg_census *out, simg_db *db, const char *site, apr_pool_t *p, simg_problem *err);

#endif
