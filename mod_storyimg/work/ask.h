/* SPDX-License-Identifier: Apache-2.0 */
/** One question to the models of a chain, in order, by the rules of a page's life (queue/page.h) and of money: each call
 * is written down before it is sent, and nobody is asked again unless nothing was made. For texts, looks and judgements;
 * pictures have work/runner.h. */
#ifndef SIMG_WORK_ASK_H
#define SIMG_WORK_ASK_H

#include "queue/page.h"
#include "work/site.h"

typedef struct simg_ask simg_ask;
struct simg_ask {
    const simg_site *site;
    const apr_array_header_t *chain; /* of simg_model; never empty */
    const char *request_id;          /* of the ledger; NULL: nothing is written down */
    const char *kind;                /* of the ledger: "text", "vision" */
    const char *role;                /* for the log: "writer" */
    simg_call *call;                 /* the part of the call that all kinds share; filled in before send */
    apr_interval_time_t timeout;     /* of one call; 0: StoryImgTimeout */
    /** Start the call: call->model says who is asked. Its done() calls simg_ask_answered. */
    void (*send)(simg_ask *a, simg_loop *loop);
    /** It has ended, with an answer (stands.state SAVED) or without. NULL: not told. */
    void (*ended)(simg_ask *a);
    /** What it cost, once it is made: micro-dollars, -1: not known. */
    apr_int64_t (*cost)(const simg_ask *a);
    /** What an outcome means for going on. NULL: what it says; calls that cost nothing may be tried again more freely. */
    simg_outcome (*weigh)(const simg_ask *a, simg_outcome outcome);
    void *baton;
    /* of work/ask.c */
    simg_loop *loop;
    simg_page_life stands;
    simg_watch *timer;
    const char *call_id;
    apr_time_t sent_at;
    apr_pool_t *p;
};

/** Ask until one has answered. Waits. The call's own problem if none has. */
apr_status_t simg_ask_run(simg_ask *a, apr_pool_t *p, simg_problem *err);

/** The same over a loop of the caller's; what it became is told by ended(), maybe before this returns. */
void simg_ask_begin(simg_ask *a, simg_loop *loop, apr_pool_t *p);

/** The call under way has ended. */
void simg_ask_answered(simg_ask *a);

#endif
