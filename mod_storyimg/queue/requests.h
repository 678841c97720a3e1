/* SPDX-License-Identifier: Apache-2.0 */
/** Requests that cost money: room that they are promised, and, with an Idempotency-Key, their answer for 24 hours. */
#ifndef SIMG_QUEUE_REQUESTS_H
#define SIMG_QUEUE_REQUESTS_H

#include "base/db.h"

#define SIMG_REQUEST_LIFE apr_time_from_sec(24 * 3600)

#define SIMG_REQUEST_LONGEST apr_time_from_sec(2 * 3600) /* no request is under way for longer */

typedef struct simg_request_row {
    const char *id;
    const char *key_hash;        /* hex; NULL: no key was given */
    const char *body_hash;       /* hex; NULL if there is no key */
    int pages;                   /* pictures whose room it is promised */
    const char *owner;           /* who answers it; NULL: it is answered, or its owner is gone */
    const char *subject;         /* whose data the answer is, as far as the body says so; write only; NULL: none */
    const char *story_id;        /* the story that was made for it; NULL: none yet */
    int status;                  /* of the answer; 0: none yet */
    const char *location, *body; /* of the answer; NULL: none */
    apr_time_t created_at;
} simg_request_row;

/** Add a request that is being answered by row->owner. APR_EEXIST (an answer: *err is left alone) if the key is taken
 * by a request that is younger than SIMG_REQUEST_LIFE; an older one is forgotten for it. In a transaction of the
 * caller's. */
apr_status_t simg_requests_add(simg_db *db, const simg_request_row *row, simg_problem *err);

/** Promise room for `pages` pictures to a request, whether it has a row already or not (then it gets one, without key).
 */
apr_status_t simg_requests_reserve(simg_db *db, const char *id, const char *owner, int pages, apr_time_t now,
                                   simg_problem *err);

/** By the hash of its key. APR_ENOENT. */
apr_status_t simg_requests_find(simg_request_row *out, simg_db *db, const char *key_hash, apr_pool_t *p,
                                simg_problem *err);

/** The room is taken over by a job, the story is told. */
apr_status_t simg_requests_told(simg_db *db, const char *id, const char *story_id, simg_problem *err);

/** It is answered. A request without a key is removed. */
apr_status_t simg_requests_answered(simg_db *db, const char *id, int status, const char *location, const char *body,
                                    simg_problem *err);

/** It failed, and nothing was paid for: as if it had never come. */
apr_status_t simg_requests_remove(simg_db *db, const char *id, simg_problem *err);

/** Take over a request whose owner is gone (owner NULL, no answer). *taken 0: somebody else was quicker. */
apr_status_t simg_requests_adopt(int *taken, simg_db *db, const char *id, const char *owner, apr_time_t now,
                                 simg_problem *err);

/** How many calls were sent for it that may have made something (outcome made, unknown, or none yet). */
apr_status_t simg_requests_paid(int *calls, simg_db *db, const char *id, simg_problem *err);

/** Pictures that requests under way are promised room for. */
apr_status_t simg_requests_promised(int *pages, simg_db *db, simg_problem *err);

/** Forget requests older than SIMG_REQUEST_LIFE, and those without a key whose end could not be written down. */
apr_status_t simg_requests_prune(simg_db *db, apr_time_t now, simg_problem *err);

#endif
