/* SPDX-License-Identifier: Apache-2.0 */
/** How much work waits. */
#ifndef SIMG_QUEUE_BACKLOG_H
#define SIMG_QUEUE_BACKLOG_H

#include <apr_time.h>

#include "base/db.h"

typedef struct simg_backlog {
    apr_int64_t jobs;            /* with pages that have no outcome */
    apr_int64_t pending, sent;   /* of these pages */
    apr_interval_time_t overdue; /* for how long the oldest pending page has been due; 0: none is */
} simg_backlog;

/** Of one site. Costs as much as there are open pages, however many jobs are over. */
apr_status_t simg_backlog_read(simg_backlog *out, simg_db *db, const char *site, apr_time_t now, simg_problem *err);

#endif
