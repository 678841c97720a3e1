/* SPDX-License-Identifier: Apache-2.0 */
#include "work/runner.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "index/erase.h"
#include "index/images.h"
#include "index/stories.h"
#include "queue/claims.h"
#include "store/store.h"
#include "story/character.h"
#include "work/count.h"
#include "work/reuse.h"
#include "work/runner_piece.h"
#include "work/runner_row.h"
#include "work/share.h"

#define AGAIN apr_time_from_sec(1)
#define BATCH 64 /* pages claimed in one transaction */

typedef simg_runner_piece piece;

static void write_end(piece *q);

static void log_problem(const piece *q, int level, const char *what, const simg_problem *err)
{
    simg_log_write(q->runner->site->log, level, err->rv, SIMGLOG(0201) "story %s page %d: %s: %s%s%s",
                   q->claim.story_id, q->claim.number, what, err->code, err->cause ? ": " : "",
                   err->cause ? err->cause : "");
}

apr_status_t simg_runner_create(simg_runner **out, const simg_site *site, simg_loop *loop, apr_pool_t *p,
                                simg_problem *err)
{
    simg_runner *r = apr_pcalloc(p, sizeof(*r));
    simg_settings *settings = apr_pmemdup(p, site->settings, sizeof(*settings));

    /* a job exists only where its pictures are kept, be it in one <Location> only */
    settings->save = 1;
    r->site = site;
    r->settings = settings;
    r->loop = loop;
    r->p = p;
    apr_pool_create(&r->scratch, p);
    *out = r;
    return simg_store_open(&r->store, settings, p, err);
}

int simg_runner_busy(const simg_runner *runner)
{
    return runner->busy;
}

int simg_runner_drawing(const simg_runner *runner)
{
    return runner->drawing;
}

static void let_go(piece *q)
{
    *q->link = q->next;
    if (q->next)
        q->next->link = q->link;
    apr_pool_destroy(q->p);
}

/** Pages that have ended are let go here, never in the callback of a call that still lies in their pool. */
static void sweep(simg_runner *r)
{
    piece *q, *next;

    for (q = r->pieces; q; q = next) {
        next = q->next;
        if (q->ended)
            let_go(q);
    }
}

static void time_has_come(void *baton, int timed_out)
{
    piece *q = baton;

    (void)timed_out;
    write_end(q);
}

/** A picture's row; or, if its story was removed, no picture: it goes before anybody can say that all is gone. */
static apr_status_t list_picture(piece *q, simg_db *db, simg_problem *err)
{
    simg_image image = simg_runner_image(&q->claim, &q->row);
    int gone;
    apr_status_t rv = simg_erase_is_gone(&gone, db, q->claim.job_id, err);

    image.recipe = q->recipe;
    if (rv != APR_SUCCESS)
        return rv;
    return gone ? simg_store_remove(q->runner->store, q->row.filename, q->p, err) : simg_images_put_in(db, &image, err);
}

/** One transaction: ledger, page, job, events; and, if the page is still this call's, story and image. */
static apr_status_t write_rows(piece *q, simg_db *db, simg_problem *err)
{
    int ours = 0;
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_claims_end(&ours, db, &q->claim, &q->end, q->p, err);
    if (rv == APR_SUCCESS && ours && (q->row.filename || q->row.error_code))
        rv = simg_stories_page_in(db, q->claim.story_id, &q->row, err);
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        rv = APR_SUCCESS; /* a story without this page: the picture is listed all the same */
    if (rv == APR_SUCCESS && q->row.filename)
        rv = list_picture(q, db, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

/** Write down how the page ended, and again each second until that has succeeded: as long as this process lives, nobody
 * else does. */
static void write_end(piece *q)
{
    simg_runner *r = q->runner;
    simg_problem err = { 0 };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, r->site->index, &err);

    q->end.now = simg_clock_now();
    if (rv == APR_SUCCESS) {
        rv = write_rows(q, db, &err);
        simg_db_rollback(db);
        simg_index_return(r->site->index, db);
    }
    if (rv != APR_SUCCESS) {
        if (!q->told)
            log_problem(q, SIMG_ERROR, q->row.filename ? "picture saved but not listed yet" : "not written down yet",
                        &err);
        q->told = 1;
        if (q->timer)
            simg_loop_rearm(q->timer, apr_time_now() + AGAIN);
        else
            q->timer = simg_loop_watch(r->loop, -1, apr_time_now() + AGAIN, time_has_come, q, q->p);
        return;
    }
    simg_count_page(r->site, &q->claim, &q->end, q->row.filename);
    if (q->row.filename) {
        simg_upload_done(q->upload);
        simg_share(r->site, r->store, q->row.filename, q->p);
    }
    q->ended = 1;
    r->busy--;
    simg_bell_ring(r->site->bell);
}

void simg_runner_end(piece *q, const simg_page_life *life, const simg_problem *err, simg_outcome outcome)
{
    q->runner->drawing--;
    q->end.life = *life;
    q->end.outcome = outcome;
    if (life->state == SIMG_PAGE_PENDING) {
        log_problem(q, SIMG_WARNING, life->tries ? "trying again" : "asking the next illustrator", err);
    } else if (err) {
        log_problem(q, simg_runner_level(err), "not drawn", err);
        q->row.error_code = q->end.code = simg_runner_error_code(err, outcome);
        q->row.error_message = q->end.message = apr_pstrdup(q->p, err->detail);
    }
    write_end(q);
}

static void drawn(simg_image_call *call)
{
    piece *q = call->baton;
    simg_outcome outcome = call->call.outcome;
    simg_page_life next =
        simg_page_next(&q->claim.life, outcome, call->call.problem.retry_after, q->claim.links, simg_clock_random());

    q->end.took = simg_count_since(q->claim.sent_at);
    if (next.state == SIMG_PAGE_SAVED)
        simg_runner_keep(q, &next);
    else
        simg_runner_end(q, &next, &call->call.problem, outcome);
}

/** The picture may be there already. */
static int take_again(piece *q)
{
    const simg_reuse what = { q->runner->site, q->runner->store, &q->claim };

    q->reused = q->runner->settings->reuse &&
                simg_reuse_copy(&q->call.call.model_used, q->upload, &what, q->recipe, q->p);
    return q->reused;
}

/** Give it to the illustrator. The file is begun before anything is sent: no money is spent on what cannot be kept. */
static void start(piece *q)
{
    static const simg_page_life failed = { SIMG_PAGE_FAILED, 0, 0, 0 }, kept = { SIMG_PAGE_SAVED, 0, 0, 0 };
    simg_runner *r = q->runner;
    simg_problem err = { 0 };

    if (!q->claim.reference && !strcmp(q->claim.kind, "gptimg")) {
        /* the chain is another one since it was asked for */
        simg_problem_set(&err, q->p, "illustrator-unavailable", APR_EGENERAL, "nobody here draws from a picture");
        simg_runner_end(q, &failed, &err, SIMG_OUTCOME_NOTHING);
        return;
    }
    q->brief.reference = simg_site_reference(r->site, q->claim.reference, q->p);
    if (simg_runner_read(&q->brief, &q->character, &q->claim, r->settings, q->p, &err) != APR_SUCCESS ||
        simg_upload_begin(&q->upload, r->store, q->claim.call_id, q->p, &err) != APR_SUCCESS) {
        simg_runner_end(q, &failed, &err, SIMG_OUTCOME_NOTHING);
        return;
    }
    q->call = (simg_image_call){ .brief = &q->brief, .sink = &q->upload->sink, .done = drawn, .baton = q };
    q->call.call =
        (simg_call){ .settings = r->settings, .log = r->site->log, .p = q->p, .input_tokens = -1, .output_tokens = -1 };
    q->call.call.model = simg_site_illustrator(r->site, q->claim.provider, q->claim.model);
    q->recipe = simg_reuse_recipe(r->site, &q->claim, &q->brief, q->p);
    if (take_again(q))
        simg_runner_keep(q, &kept);
    else
        q->call.call.model->provider->draw(r->loop, &q->call);
}

static void begin(simg_runner *r, const simg_claim *claim)
{
    apr_pool_t *p;
    piece *q;

    apr_pool_create(&p, r->p);
    q = apr_pcalloc(p, sizeof(*q));
    q->p = p;
    q->runner = r;
    q->claim = simg_runner_claim_copy(claim, p);
    q->row = (simg_page_row){ .number = claim->number, .wanted = 1, .cost = -1 };
    q->end.cost = -1;
    q->next = r->pieces;
    q->link = &r->pieces;
    if (q->next)
        q->next->link = &q->next;
    r->pieces = q;
    r->busy++;
    r->drawing++;
    start(q);
}

/** Look, and claim what may be sent now, with one connection: while many requests are answered, each loan of one is
 * waited for. */
static apr_status_t claim_some(simg_runner *r, const simg_claim_query *query, apr_time_t *next, simg_problem *err)
{
    apr_array_header_t *claims = NULL;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, r->site->index, err);
    int i;

    *next = 0;
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_claims_next(next, db, query, err);
    if (rv == APR_SUCCESS && query->max > 0 && *next && *next <= query->now) {
        /* no page is bought that could not be kept: it waits until the folder takes pictures again */
        rv = simg_store_ready(r->store, 1, r->scratch, err);
        if (rv == APR_SUCCESS)
            rv = simg_claims_take(&claims, db, query, r->scratch, err);
    }
    simg_index_return(r->site->index, db);
    for (i = 0; rv == APR_SUCCESS && claims && i < claims->nelts; i++)
        begin(r, &APR_ARRAY_IDX(claims, i, simg_claim));
    if (claims && !claims->nelts)
        *next = 0; /* somebody else was quicker */
    return rv;
}

static simg_claim_query query_of(const simg_site *site, const char *job_id)
{
    return (simg_claim_query){
        .site = site->name, .job_id = job_id, .owner = site->owner, .models = site->drawers,
        .editors = site->redrawers, .now = simg_clock_now()
    };
}

apr_status_t simg_runner_look(apr_time_t *next, const simg_site *site, const char *job_id, simg_problem *err)
{
    simg_claim_query query = query_of(site, job_id);
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    *next = 0;
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_claims_next(next, db, &query, err);
    simg_index_return(site->index, db);
    return rv;
}

/** One batch at a time: it is to leave before the next one is claimed. */
apr_status_t simg_runner_fill(simg_runner *r, const char *job_id, int max, apr_time_t *next, simg_problem *err)
{
    simg_claim_query query = query_of(r->site, job_id);
    apr_status_t rv;

    sweep(r);
    apr_pool_clear(r->scratch);
    query.max = max - r->busy < BATCH ? max - r->busy : BATCH;
    rv = claim_some(r, &query, next, err);
    if (query.max <= 0)
        *next = 0; /* full: the end of a call is waited for, not the clock */
    sweep(r);
    return rv;
}
