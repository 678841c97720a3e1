/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/claims.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "queue/claim_row.h"
#include "queue/events.h"

/* Of any job that nobody holds, by the index of pages that wait; of a given job, by its key. $4 is the time at which
 * a hold must have ended, or the job. CROSS JOIN keeps SQLite from going through all jobs there ever were. */
#define WAITING " WHERE p.state = 'pending' AND p.not_before <= $2 AND j.id = p.job_id AND j.site = $1 "
#define FIRST " ORDER BY p.not_before, p.job_id, p.number LIMIT $3"
#define OF_ANY WAITING "AND (j.holder IS NULL OR j.held_until <= $4)"
#define OF_JOB WAITING "AND p.job_id = $4"
#define TIMES "SELECT p.not_before FROM job_page p CROSS JOIN job j"
#define CLAIMS                                                                                                         \
    "SELECT " SIMG_CLAIM_COLUMNS " FROM job_page p CROSS JOIN job j CROSS JOIN story s CROSS JOIN story_page sp"
#define STORY " AND s.id = j.story_id AND sp.story_id = j.story_id AND sp.number = p.number"

simg_claim simg_claim_of(const char **edit_prompt, const simg_row *row, apr_pool_t *p)
{
    if (edit_prompt)
        *edit_prompt = simg_row_text(row, 15, p);
    return (simg_claim){
        .job_id = simg_row_text(row, 0, p),
        .story_id = simg_row_text(row, 1, p),
        .site = simg_row_text(row, 2, p),
        .number = (int)simg_row_int(row, 3),
        .prompt = simg_row_text(row, 4, p),
        .kind = simg_row_text(row, 5, p),
        .epoch = simg_row_int(row, 6),
        .brief = simg_row_text(row, 7, p),
        .character = simg_row_text(row, 8, p),
        .scene = simg_row_text(row, 9, p),
        .subject = simg_row_text(row, 10, p),
        .life = { (simg_page_state)simg_page_state_read(simg_row_text(row, 11, p)), (int)simg_row_int(row, 12),
                  (int)simg_row_int(row, 13), 0 },
        .reference = simg_row_text(row, 14, p),
        .single = simg_row_int(row, 16) != 0,
    };
}

void simg_claim_edits(simg_claim *claim, const char *edit_prompt)
{
    claim->kind = "gptimg";
    if (edit_prompt)
        claim->prompt = edit_prompt;
}

static apr_status_t read_time(void *baton, const simg_row *row, simg_problem *err)
{
    (void)err;
    *(apr_time_t *)baton = apr_time_from_msec(simg_row_int(row, 0));
    return APR_SUCCESS;
}

static simg_value job_or_now(const simg_claim_query *query)
{
    return query->job_id ? simg_value_text(query->job_id) : simg_value_int(apr_time_as_msec(query->now));
}

apr_status_t simg_claims_next(apr_time_t *next, simg_db *db, const simg_claim_query *query, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(query->site), simg_value_int(APR_INT64_MAX), simg_value_int(1),
                                job_or_now(query) };

    *next = 0;
    return simg_db_run(db, query->job_id ? TIMES OF_JOB FIRST : TIMES OF_ANY FIRST, args, 4, read_time, next, err);
}

typedef struct reader {
    apr_array_header_t *claims;
    const simg_claim_query *query;
    apr_pool_t *p;
} reader;

static int count(const char *const *models)
{
    int n = 0;

    while (models && models[n])
        n++;
    return n;
}

/** Who is asked, and with what: the page's place in the chain, those who take a reference before the others. The chain
 * may have become shorter since. */
static void choose_model(simg_claim *claim, const char *edit_prompt, const simg_claim_query *query, apr_pool_t *p)
{
    int editors = claim->reference ? count(query->editors) : 0;
    int only = editors && !strcmp(claim->kind, "gptimg");
    const char *model, *slash;

    claim->links = editors + (only ? 0 : count(query->models));
    if (claim->life.link >= claim->links)
        claim->life.link = claim->links - 1;
    if (claim->life.link < editors)
        simg_claim_edits(claim, edit_prompt);
    else
        claim->reference = NULL;
    model = claim->life.link < editors ? query->editors[claim->life.link] : query->models[claim->life.link - editors];
    slash = strchr(model, '/');
    claim->provider = apr_pstrmemdup(p, model, (apr_size_t)(slash - model));
    claim->model = apr_pstrdup(p, slash + 1);
}

static apr_status_t read_claim(void *baton, const simg_row *row, simg_problem *err)
{
    const reader *r = baton;
    simg_claim *claim = apr_array_push(r->claims);
    const char *edit_prompt;

    (void)err;
    *claim = simg_claim_of(&edit_prompt, row, r->p);
    choose_model(claim, edit_prompt, r->query, r->p);
    claim->sent_at = r->query->now;
    return APR_SUCCESS;
}

static apr_status_t insert_call(simg_db *db, const simg_claim *claim, const simg_claim_query *query, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(claim->call_id),
                                simg_value_text(claim->job_id),
                                simg_value_int(claim->number),
                                simg_value_text(claim->provider),
                                simg_value_text(claim->model),
                                simg_value_text(query->owner),
                                simg_value_int(apr_time_as_msec(query->now + SIMG_LEASE)),
                                simg_value_int(apr_time_as_msec(query->now)),
                                simg_value_text(claim->reference ? "edit" : "image") };

    return simg_db_run(db,
                       "INSERT INTO call (id, kind, job_id, page_number, provider, model, owner, lease_until, sent_at) "
                       "VALUES ($1, $9, $2, $3, $4, $5, $6, $7, $8)",
                       args, 9, NULL, NULL, err);
}

static apr_status_t update_page(simg_db *db, const simg_claim *claim, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(claim->job_id),
                                simg_value_int(claim->number),
                                simg_value_text(simg_page_state_name(claim->life.state)),
                                simg_value_int(claim->life.link),
                                simg_value_int(claim->life.tries),
                                simg_value_text(claim->call_id) };

    return simg_db_run(db,
                       "UPDATE job_page SET state = $3, link = $4, tries = $5, call_id = $6 "
                       "WHERE job_id = $1 AND number = $2",
                       args, 6, NULL, NULL, err);
}

static apr_status_t take_one(simg_db *db, simg_claim *claim, const simg_claim_query *query, apr_pool_t *p,
                             simg_problem *err)
{
    simg_job_status status = SIMG_JOB_PROCESSING;
    apr_status_t rv;

    claim->call_id = simg_clock_id(p);
    claim->life = simg_page_sent(&claim->life);
    rv = update_page(db, claim, err);
    if (rv == APR_SUCCESS)
        rv = insert_call(db, claim, query, err);
    if (rv == APR_SUCCESS)
        rv = simg_job_status_of(&status, db, claim->job_id, p, err);
    if (rv == APR_SUCCESS && status == SIMG_JOB_QUEUED)
        rv = simg_job_settle(db, claim->job_id, query->now, p, err);
    return rv;
}

static apr_status_t take_all(apr_array_header_t *claims, simg_db *db, const simg_claim_query *query, apr_pool_t *p,
                             simg_problem *err)
{
    const simg_value args[] = { simg_value_text(query->site), simg_value_int(apr_time_as_msec(query->now)),
                                simg_value_int(query->max), job_or_now(query) };
    reader r = { claims, query, p };
    apr_status_t rv = simg_db_run(db, query->job_id ? CLAIMS OF_JOB STORY FIRST : CLAIMS OF_ANY STORY FIRST, args, 4,
                                  read_claim, &r, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < claims->nelts; i++)
        rv = take_one(db, &APR_ARRAY_IDX(claims, i, simg_claim), query, p, err);
    return rv;
}

apr_status_t simg_claims_take(apr_array_header_t **out, simg_db *db, const simg_claim_query *query, apr_pool_t *p,
                              simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    *out = apr_array_make(p, 16, sizeof(simg_claim));
    if (rv == APR_SUCCESS)
        rv = take_all(*out, db, query, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    return rv;
}

/** How a page stands: its state, and whether the call that it had last is this one. */
typedef struct standing {
    int state; /* -1: there is no such page (any more) */
    const char *call_id;
    apr_pool_t *p;
} standing;

static apr_status_t read_standing(void *baton, const simg_row *row, simg_problem *err)
{
    standing *s = baton;

    (void)err;
    s->state = simg_page_state_read(simg_row_text(row, 0, s->p));
    s->call_id = simg_row_text(row, 1, s->p);
    return APR_SUCCESS;
}

/** A page is the call's as long as it waits for it; a picture that comes late is kept, too, be the page given up or
 * about to be sent anew: the ledger takes the word of each call but once. */
static apr_status_t find_standing(int *ours, simg_db *db, const simg_claim *claim, int late, apr_pool_t *p,
                                  simg_problem *err)
{
    const simg_value args[] = { simg_value_text(claim->job_id), simg_value_int(claim->number) };
    standing s = { .state = -1, .p = p };
    apr_status_t rv = simg_db_run(db, "SELECT state, call_id FROM job_page WHERE job_id = $1 AND number = $2", args, 2,
                                  read_standing, &s, err);

    *ours = s.call_id && !strcmp(s.call_id, claim->call_id) && (s.state == SIMG_PAGE_SENT || late);
    return rv;
}

static apr_status_t move_page(simg_db *db, const simg_claim *claim, const simg_page_life *life, apr_time_t now,
                              simg_problem *err)
{
    const simg_value args[] = { simg_value_text(claim->job_id),
                                simg_value_int(claim->number),
                                simg_value_text(simg_page_state_name(life->state)),
                                simg_value_int(life->link),
                                simg_value_int(life->tries),
                                simg_value_int(apr_time_as_msec(now + life->wait) + (life->wait > 0)) };

    return simg_db_run(db,
                       "UPDATE job_page SET state = $3, link = $4, tries = $5, not_before = $6 "
                       "WHERE job_id = $1 AND number = $2",
                       args, 6, NULL, NULL, err);
}

static apr_status_t tell(simg_db *db, const simg_claim *claim, const simg_claim_end *end, const simg_page_life *life,
                         simg_problem *err)
{
    switch (life->state) {
    case SIMG_PAGE_SAVED: return simg_event_add(db, claim->job_id, "illustration", claim->number, NULL, NULL, err);
    case SIMG_PAGE_REFUSED:
    case SIMG_PAGE_UNKNOWN:
    case SIMG_PAGE_FAILED:
        return simg_event_add(db, claim->job_id, "problem", claim->number, end->code, end->message, err);
    default: return APR_SUCCESS;
    }
}

/** A page of a cancelled job does not wait for another try. */
static apr_status_t life_after(simg_page_life *life, simg_db *db, const simg_claim *claim, const simg_claim_end *end,
                               apr_pool_t *p, simg_problem *err)
{
    simg_job_status status;
    apr_status_t rv = simg_job_status_of(&status, db, claim->job_id, p, err);

    *life = end->life;
    if (rv == APR_SUCCESS && status == SIMG_JOB_CANCELLED)
        *life = simg_page_cancelled(&end->life);
    return rv;
}

apr_status_t simg_claims_end(int *ours, simg_db *db, const simg_claim *claim, const simg_claim_end *end, apr_pool_t *p,
                             simg_problem *err)
{
    simg_page_life life;
    int late;
    apr_status_t rv = simg_ledger_ended(db, claim->call_id, end->outcome, end->cost, end->now, err);

    late = rv == APR_SUCCESS && simg_db_changed(db) == 1 && end->life.state == SIMG_PAGE_SAVED;
    *ours = 0;
    if (rv == APR_SUCCESS)
        rv = find_standing(ours, db, claim, late, p, err);
    if (rv != APR_SUCCESS || !*ours)
        return rv;
    rv = life_after(&life, db, claim, end, p, err);
    if (rv == APR_SUCCESS)
        rv = move_page(db, claim, &life, end->now, err);
    if (rv == APR_SUCCESS)
        rv = tell(db, claim, end, &life, err);
    return rv == APR_SUCCESS ? simg_job_settle(db, claim->job_id, end->now, p, err) : rv;
}
