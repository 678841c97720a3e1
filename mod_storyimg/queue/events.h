/* SPDX-License-Identifier: Apache-2.0 */
/** A job's events and status, written together with whatever moved it; for the files of this folder alone. All within
 * the caller's transaction. */
#ifndef SIMG_QUEUE_EVENTS_H
#define SIMG_QUEUE_EVENTS_H

#include "queue/jobs.h"

/** Add an event under the next number of the job. @param page_number  0: none */
apr_status_t simg_event_add(simg_db *db, const char *job_id, const char *name, int page_number, const char *code,
                            const char *message, simg_problem *err);

/** How many pages of a job are in which state. */
apr_status_t simg_counts_read(simg_job_counts *out, simg_db *db, const char *job_id, apr_pool_t *p, simg_problem *err);

/** A page has moved: bring the job's status up to date, with its events "status", and "done" if no page is without an
 * outcome now; so "done" is always the last one of a job that is over. */
apr_status_t simg_job_settle(simg_db *db, const char *job_id, apr_time_t now, apr_pool_t *p, simg_problem *err);

/** Set the status of a job, with its event. */
apr_status_t simg_job_move(simg_db *db, const char *job_id, simg_job_status to, apr_time_t now, simg_problem *err);

/** What a job is at the moment. APR_ENOENT. */
apr_status_t simg_job_status_of(simg_job_status *out, simg_db *db, const char *job_id, apr_pool_t *p,
                                simg_problem *err);

#endif
