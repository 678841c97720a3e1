/* SPDX-License-Identifier: Apache-2.0 */
/** Housekeeping that one process does for all: taken under a lease, and not before it is due. */
#ifndef SIMG_QUEUE_TASKS_H
#define SIMG_QUEUE_TASKS_H

#include "base/db.h"

typedef struct simg_task {
    const char *name;          /* such as "recovery /path" or "models SITE" */
    const char *owner;         /* who would do it */
    const char *run;           /* this start of the server: a new one makes it due */
    apr_interval_time_t every; /* how long after it was done it is due again; 0: once per start */
    apr_time_t now;
} simg_task;

/** Take a task if it is due and nobody has it: a lease of SIMG_LEASE. *taken: 1 or 0. In a transaction of its own. */
apr_status_t simg_tasks_take(int *taken, simg_db *db, const simg_task *task, simg_problem *err);
/** It is done. @param note  what others may read; NULL: none */
apr_status_t simg_tasks_done(simg_db *db, const simg_task *task, const char *note, simg_problem *err);
/** The note of the last time it was done; NULL: none. */
apr_status_t simg_tasks_note(const char **note, simg_db *db, const char *name, apr_pool_t *p, simg_problem *err);
/** The leases of an owner that is gone end. */
apr_status_t simg_tasks_drop(simg_db *db, const char *owner, simg_problem *err);

#endif
