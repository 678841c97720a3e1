/* SPDX-License-Identifier: Apache-2.0 */
/** Stories with jobs in an index of a test's own. */
#ifndef QUEUE_H
#define QUEUE_H

#include <apr_general.h>
#include <apr_strings.h>

#include "index/stories.h"
#include "queue/claims.h"
#include "queue/jobs.h"
#include "scratch.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)
#define SITE "example.org"

static apr_pool_t *pool;
static simg_problem err;
static simg_index *queue_index;
static simg_db *db; /* borrowed from the start to the end */

/** Call once, first of all. */
static inline void queue_begin(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (simg_index_open(&queue_index, apr_psprintf(pool, "sqlite3:%s/i.db", scratch_begin()), pool, &err) ||
        simg_index_borrow(&db, queue_index, &err)) {
        printf("Bail out! %s\n", err.cause ? err.cause : err.code);
        exit(1);
    }
}

static inline void queue_end(void)
{
    simg_index_return(queue_index, db);
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
}

/** What a call answered; a problem is shown. */
static inline apr_status_t shown(apr_status_t rv)
{
    if (rv != APR_SUCCESS && err.cause)
        printf("# %s\n", err.cause);
    return rv;
}

static inline apr_int64_t queue_number(const char *sql)
{
    apr_int64_t n = -1;

    shown(simg_db_run(db, sql, NULL, 0, simg_row_number, &n, &err));
    return n;
}

static inline apr_status_t queue_text_row(void *baton, const simg_row *row, simg_problem *problem)
{
    (void)problem;
    *(const char **)baton = simg_row_text(row, 0, pool);
    return APR_SUCCESS;
}

static inline const char *queue_text(const char *sql)
{
    const char *text = NULL;

    shown(simg_db_run(db, sql, NULL, 0, queue_text_row, &text, &err));
    return text;
}

/** Story sID with pages 1..n, all wanted. */
static inline void queue_story(const char *id, int n, apr_time_t at)
{
    simg_story_row story = { .id = apr_pstrcat(pool, "s", id, NULL),
                             .title = "A story",
                             .text = "Once.",
                             .character = "{\"name\":\"Ada\"}",
                             .subject = "kid-1",
                             .cost = -1,
                             .created_at = at };
    int i;

    story.pages = apr_array_make(pool, n, sizeof(simg_page_row));
    for (i = 1; i <= n; i++)
        APR_ARRAY_PUSH(story.pages, simg_page_row) =
            (simg_page_row){ .number = i, .scene = apr_psprintf(pool, "scene %d", i), .wanted = 1, .cost = -1 };
    shown(simg_stories_add_in(db, &story, &err));
}

/** Story sID and its job ID of n pages. */
static inline apr_status_t queue_job(const char *site, const char *id, int n, const char *holder, apr_time_t at)
{
    const simg_job job = { .id = id,
                           .site = site,
                           .story_id = apr_pstrcat(pool, "s", id, NULL),
                           .kind = "story",
                           .epoch = 1738355170123,
                           .brief = "{\"size\":\"1024x1024\"}",
                           .holder = holder,
                           .held_until = holder ? at + SIMG_LEASE : 0,
                           .created_at = at,
                           .updated_at = at };
    apr_array_header_t *pages = apr_array_make(pool, n, sizeof(simg_job_page));
    int i;

    for (i = 1; i <= n; i++)
        APR_ARRAY_PUSH(pages, simg_job_page) = (simg_job_page){ i, apr_psprintf(pool, "draw %s-%d", id, i), NULL };
    queue_story(id, n, at);
    return shown(simg_jobs_add(db, &job, pages, &err));
}

/** "pending sent saved": of the pages, by number. */
static inline const char *queue_states(const char *id)
{
    return queue_text(apr_psprintf(pool,
                                   "SELECT group_concat(state, ' ') FROM "
                                   "(SELECT state FROM job_page WHERE job_id = '%s' ORDER BY number)",
                                   id));
}

/** "status:queued illustration:1 problem:2/failed done:completed": all of a job. */
static inline const char *queue_events(const char *id)
{
    const char *all = "";
    apr_array_header_t *events;
    int i;

    if (shown(simg_jobs_events(&events, db, id, 0, pool, &err)) != APR_SUCCESS)
        return "?";
    for (i = 0; i < events->nelts; i++) {
        const simg_job_event *e = &APR_ARRAY_IDX(events, i, simg_job_event);

        if (e->seq != i + 1)
            return "wrong numbers";
        all = apr_pstrcat(pool, all, i ? " " : "", e->name, ":", e->page_number ? apr_itoa(pool, e->page_number) : "",
                          e->page_number && e->code ? "/" : "", e->code ? e->code : "", NULL);
    }
    return all;
}

static const char *const queue_models[] = { "offline/offline", "openai/gpt-image/2", NULL };

/** Claim up to max pages for owner "me"; job NULL: of any. */
static inline apr_array_header_t *queue_take(const char *job, int max, apr_time_t now)
{
    const simg_claim_query query = {
        .site = SITE, .job_id = job, .owner = "me", .models = queue_models, .now = now, .max = max
    };
    apr_array_header_t *claims = NULL;

    shown(simg_claims_take(&claims, db, &query, pool, &err));
    return claims;
}

/** End a call as its outcome wills it. @return whether the page was its own; -1: failed */
static inline int queue_end_call(const simg_claim *claim, simg_outcome outcome, apr_time_t now)
{
    simg_claim_end end = { .outcome = outcome, .cost = outcome == SIMG_OUTCOME_MADE ? 40000 : -1, .now = now };
    int ours = -1;

    end.life = simg_page_next(&claim->life, outcome, 0, claim->links, 0);
    if (outcome != SIMG_OUTCOME_MADE) {
        end.code = "some-code";
        end.message = "Some words.";
    }
    shown(simg_db_begin(db, &err));
    if (shown(simg_claims_end(&ours, db, claim, &end, pool, &err)) != APR_SUCCESS)
        ours = -1;
    shown(simg_db_commit(db, &err));
    return ours;
}

#endif
