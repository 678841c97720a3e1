/* SPDX-License-Identifier: Apache-2.0 */
/** Claims and the ledger: a page becomes `sent`, with its row of table call, before the first byte leaves; and leaves
 * that state once, by one transaction. An owner is a process (work/presence.h); its leases are renewed while it lives.
 */
#ifndef SIMG_QUEUE_CLAIMS_H
#define SIMG_QUEUE_CLAIMS_H

#include <apr_tables.h>

#include "base/db.h"
#include "queue/page.h"

#define SIMG_LEASE apr_time_from_sec(60)

/** Which pages, and for whom. */
typedef struct simg_claim_query {
    const char *site;
    const char *job_id;        /* only of this job, whoever holds it; NULL: of any that nobody holds (any more) */
    const char *owner;         /* who will send them */
    const char *const *models; /* "provider/model" of who draws from words, in order, ended by NULL; never empty */
    const char *const *editors; /* the same of who draws from the hero's picture: asked first, for jobs that have one;
                                   NULL: none */
    apr_time_t now;
    int max; /* at most so many */
} simg_claim_query;

/** A page that is ours to send now. */
typedef struct simg_claim {
    const char *call_id; /* of the ledger; also the name of its temporary file */
    const char *job_id, *story_id;
    const char *site; /* of the job */
    int number;       /* of the page */
    const char *prompt;    /* for this call */
    const char *reference; /* the upload that goes with it; NULL: drawn from words alone */
    const char *kind;      /* stem of its file: the job's, or "gptimg" with a reference */
    apr_int64_t epoch;
    const char *brief;            /* JSON of the job */
    const char *character;        /* JSON of the story's hero */
    const char *scene;            /* of the page */
    int single;                   /* 1: the page is no part of a story that is told */
    const char *subject;          /* of the story; NULL: none */
    simg_page_life life;          /* SENT, this try counted */
    int links;                    /* of the chain; 0 where it is not known (orphans) */
    const char *provider, *model; /* who was asked, as the ledger has it */
    const char *owner;            /* who sent it; NULL where it is ourselves (simg_claims_take) */
    apr_time_t sent_at;           /* where it is ourselves; else 0 */
    int ended;                    /* 1: some outcome stands in the ledger already */
} simg_claim;

/** Is there anything to claim now? Reads only. @param next  receives when the first page that waits may be sent (a past
 * time: now); 0: none is waiting. job_id and owner as in the query. */
apr_status_t simg_claims_next(apr_time_t *next, simg_db *db, const simg_claim_query *query, simg_problem *err);

/** Claim pages in one transaction of its own, oldest first: each becomes SENT with a ledger row whose lease runs
 * SIMG_LEASE from now; a job's first one makes it `processing` (event). *out: of simg_claim, owned by p; may be
 * empty. */
apr_status_t simg_claims_take(apr_array_header_t **out, simg_db *db, const simg_claim_query *query, apr_pool_t *p,
                              simg_problem *err);

/** How a call ended. */
typedef struct simg_claim_end {
    simg_page_life life;        /* what becomes of the page (queue/page.h); PENDING: not before now + life.wait */
    simg_outcome outcome;       /* for the ledger */
    apr_int64_t cost;           /* micro-dollars; -1: not known */
    const char *code, *message; /* of the page's error; NULL if it has a picture or goes on */
    apr_time_t now;
    apr_interval_time_t took; /* the call, for the metrics; 0: not known, or nothing was sent */
} simg_claim_end;

/** Write down how a claimed call ended, within the caller's transaction: ledger, page, job, events. A page that has
 * been sent anew meanwhile is left alone; the ledger is written in any case.
 * @param ours  1 if the page is still this call's (then its row of the story is to be written too); 0: left alone */
apr_status_t simg_claims_end(int *ours, simg_db *db, const simg_claim *claim, const simg_claim_end *end, apr_pool_t *p,
                             simg_problem *err);

/** Ledger of a call that belongs to no job: before it is sent, and after. */
typedef struct simg_call_sent {
    const char *call_id;
    const char *kind;       /* "text", "vision", "image" or "edit" */
    const char *request_id; /* of queue/requests.h */
    const char *provider, *model;
    const char *owner;
    apr_time_t now;
} simg_call_sent;

apr_status_t simg_ledger_sent(simg_db *db, const simg_call_sent *call, simg_problem *err);
apr_status_t simg_ledger_ended(simg_db *db, const char *call_id, simg_outcome outcome, apr_int64_t cost, apr_time_t now,
                               simg_problem *err);

/** Everything that this owner has under way (calls, requests) is good for SIMG_LEASE from now. Held jobs are not: the
 * thread that holds one says so itself (simg_jobs_hold). */
apr_status_t simg_leases_renew(simg_db *db, const char *owner, apr_time_t now, simg_problem *err);

/** Owners other than `me` that have something under way: of simg_lease. */
typedef struct simg_lease {
    const char *owner;
    apr_time_t until; /* the latest of its leases */
} simg_lease;
apr_status_t simg_leases_others(apr_array_header_t **out, simg_db *db, const char *me, apr_pool_t *p,
                                simg_problem *err);

/** The calls that an owner left without an outcome: claims (life SENT) of pages, for recovery; at most 1,000 at once.
 */
apr_status_t simg_leases_orphans(apr_array_header_t **out, simg_db *db, const char *owner, apr_pool_t *p,
                                 simg_problem *err);

/** The same for one call by its id, whatever became of it. APR_ENOENT: no such image call. *outcome: NULL if none. */
apr_status_t simg_claims_find(simg_claim *out, const char **outcome, simg_db *db, const char *call_id, apr_pool_t *p,
                              simg_problem *err);

/** *forgotten becomes 1 if this call has ended, and its job was erased: nobody wants its picture any more. */
apr_status_t simg_claims_forgotten(int *forgotten, simg_db *db, const char *call_id, simg_problem *err);

/** A call that ended without a picture, or not at all, passes from claim->owner to another: whoever brings it to its
 * end takes it first. In one step. *taken 0: somebody else was quicker. */
apr_status_t simg_claims_adopt(int *taken, simg_db *db, const simg_claim *claim, const char *owner, apr_time_t now,
                               simg_problem *err);

/** After its orphans were dealt with: other calls without an outcome become unknown, held jobs are released, requests
 * lose their owner and the room that they were promised, those without a key are removed. One transaction of its own.
 */
apr_status_t simg_leases_drop(simg_db *db, const char *owner, apr_time_t now, simg_problem *err);

#endif
