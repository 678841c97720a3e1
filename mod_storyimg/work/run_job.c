/* SPDX-License-Identifier: Apache-2.0 */
#include "work/run_job.h"

#include "base/clock.h"
#include "queue/claims.h"
#include "work/runner.h"

#define AGAIN apr_time_from_sec(1)
#define PATIENCE apr_time_from_sec(30) /* with an index that is gone */
#define ALL 1000000                    /* no bound but the pages of the job */

typedef struct stand {
    const simg_site *site;
    const char *job_id;
    simg_loop *loop;
    simg_runner *runner;
    apr_time_t trouble; /* since when the index is gone; 0: it is not */
    apr_time_t held;    /* when we last said so */
    int over;           /* the job */
    apr_pool_t *scratch;
} stand;

/** How the job stands; a job that is gone is over. */
static apr_status_t look(stand *s, simg_problem *err)
{
    simg_job job;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, s->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_get(&job, db, NULL, s->job_id, s->scratch, err);
    simg_index_return(s->site->index, db);
    if (rv == APR_SUCCESS)
        s->over = simg_job_open(&job.counts) == 0;
    if (!APR_STATUS_IS_ENOENT(rv) || err->status)
        return rv;
    s->over = 1;
    return APR_SUCCESS;
}

/** Say that this thread still works: a worker would take the job's pages otherwise. */
static apr_status_t hold(stand *s, simg_problem *err)
{
    apr_time_t now = simg_clock_now();
    simg_db *db;
    apr_status_t rv;

    if (now - s->held < SIMG_LEASE / 4)
        return APR_SUCCESS;
    rv = simg_index_borrow(&db, s->site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_hold(db, s->job_id, s->site->owner, now + SIMG_LEASE, err);
    simg_index_return(s->site->index, db);
    if (rv == APR_SUCCESS)
        s->held = now;
    return rv;
}

static int is_done(const stand *s)
{
    return s->over && !simg_runner_busy(s->runner);
}

/** The index has been gone for too long. What is under way is paid for: its end is waited for in any case, and then as
 * long again for a chance to write it down. */
static int is_hopeless(stand *s)
{
    if (s->trouble && simg_runner_drawing(s->runner))
        s->trouble = apr_time_now();
    return s->trouble && apr_time_now() - s->trouble > PATIENCE;
}

/** One round: claim, look, wait. An index that is gone is waited for, for a while. */
static apr_status_t run_round(stand *s, simg_problem *err)
{
    apr_interval_time_t wait = AGAIN;
    apr_time_t next = 0;
    apr_status_t rv = simg_runner_fill(s->runner, s->job_id, ALL, &next, err);
    int left;

    apr_pool_clear(s->scratch);
    if (rv == APR_SUCCESS)
        rv = hold(s, err);
    if (rv == APR_SUCCESS)
        rv = look(s, err);
    if (rv == APR_SUCCESS)
        s->trouble = 0;
    else if (!s->trouble)
        s->trouble = apr_time_now();
    if (is_hopeless(s))
        return rv;
    if (is_done(s))
        return APR_SUCCESS;
    *err = (simg_problem){ 0 };
    if (next && !s->trouble && next - simg_clock_now() < wait)
        wait = next - simg_clock_now();
    return simg_loop_turn(s->loop, wait < 0 ? 0 : wait, &left, err);
}

apr_status_t simg_run_job(const simg_site *site, const char *job_id, apr_pool_t *p, simg_problem *err)
{
    stand s = { .site = site, .job_id = job_id };
    apr_status_t rv = simg_loop_create(&s.loop, site->log, p, err);

    if (rv == APR_SUCCESS)
        rv = simg_runner_create(&s.runner, site, s.loop, p, err);
    apr_pool_create(&s.scratch, p);
    while (rv == APR_SUCCESS && !is_done(&s))
        rv = run_round(&s, err);
    return rv;
}
