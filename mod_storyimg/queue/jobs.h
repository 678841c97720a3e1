/* SPDX-License-Identifier: Apache-2.0 */
/** Jobs: rows, lists, events. Each function runs on a borrowed connection, inside the caller's transaction where it has
 * begun one. The tables are made by index/schema.c. */
#ifndef SIMG_QUEUE_JOBS_H
#define SIMG_QUEUE_JOBS_H

#include <apr_tables.h>

#include "base/db.h"
#include "queue/job.h"

typedef struct simg_job {
    const char *id;
    const char *site;     /* whose settings draw it */
    const char *story_id; /* a story has at most one job */
    simg_job_status status;
    const char *kind;                  /* stem of its files drawn from words: "story", "consistent", "portrait";
                                          "gptimg": it is drawn from its reference or not at all */
    const char *reference;             /* the upload that goes to models which take one; NULL: none */
    apr_int64_t epoch;                 /* of its files; milliseconds */
    const char *brief;                 /* JSON: what all its pages share (work/runner.c) */
    const char *holder;                /* the owner whose thread draws it; NULL: any worker may */
    apr_time_t held_until;             /* after it any worker may */
    apr_int64_t last_event;            /* number of its last event; 0: none */
    apr_time_t created_at, updated_at; /* whole milliseconds */
    simg_job_counts counts;
} simg_job;

typedef struct simg_job_page {
    int number;
    const char *prompt;      /* whole, as it is sent */
    const char *edit_prompt; /* the same for a call that takes the reference along; NULL: the job has none */
} simg_job_page;

typedef struct simg_job_list {
    apr_array_header_t *jobs; /* of simg_job, newest first */
    apr_int64_t total;
    const char *next_cursor;
} simg_job_list;

/** Add a job (status QUEUED, no events yet but the one of this) with its pages (of simg_job_page), all pending.
 * Writes the event "status". */
apr_status_t simg_jobs_add(simg_db *db, const simg_job *job, const apr_array_header_t *pages, simg_problem *err);

/** APR_ENOENT if there is none. @param site  only of this site; here and below NULL: of any */
apr_status_t simg_jobs_get(simg_job *out, simg_db *db, const char *site, const char *id, apr_pool_t *p,
                           simg_problem *err);

/** One page of the list of jobs; paging as in index/images.h. "bad-cursor". */
apr_status_t simg_jobs_list(simg_job_list *out, simg_db *db, const char *site, int limit, const char *cursor,
                            apr_pool_t *p, simg_problem *err);

/** The thread that holds the job goes on with it: any worker may only after `until`. */
apr_status_t simg_jobs_hold(simg_db *db, const char *id, const char *holder, apr_time_t until, simg_problem *err);

/** The thread that held the job lets any worker go on with it. */
apr_status_t simg_jobs_release(simg_db *db, const char *id, simg_problem *err);

/** Cancel: pages not yet sent are cancelled. *changed: 0 if the job was over (then nothing is written). APR_ENOENT. In
 * a transaction of the caller's. */
apr_status_t simg_jobs_cancel(int *changed, simg_db *db, const char *site, const char *id, apr_time_t now,
                              apr_pool_t *p, simg_problem *err);

/** Retry: pages that may be drawn again become pending. *pages: how many; 0: nothing is written. APR_ENOENT. */
apr_status_t simg_jobs_retry(int *pages, simg_db *db, const char *site, const char *id, apr_time_t now, apr_pool_t *p,
                             simg_problem *err);

/** How many pages of a job could be drawn again. APR_ENOENT. */
apr_status_t simg_jobs_missing(int *pages, simg_db *db, const char *site, const char *id, apr_pool_t *p,
                               simg_problem *err);

/** Pages of all jobs of this index that are pending or sent: room that is promised already. */
apr_status_t simg_jobs_outstanding(int *pages, simg_db *db, simg_problem *err);

typedef struct simg_job_event {
    apr_int64_t seq;     /* from 1, without gaps */
    const char *name;    /* "status", "illustration", "problem", "done" */
    int page_number;     /* 0: none */
    const char *code;    /* "problem": as in the page's error; "status", "done": the status' name */
    const char *message; /* "problem": a sentence */
} simg_job_event;

/** Events of a job after number `after`, at most 100, in order. */
apr_status_t simg_jobs_events(apr_array_header_t **out, simg_db *db, const char *id, apr_int64_t after, apr_pool_t *p,
                              simg_problem *err);

#endif
