/* SPDX-License-Identifier: Apache-2.0 */
#include "api/jobs.h"

#include <string.h>

#include <apr_strings.h>

#include "api/answer.h"
#include "api/events.h"
#include "api/query.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "queue/requests.h"

static const int limits[2] = { 1, 1000 };

json_t *simg_job_progress(const simg_job_counts *counts)
{
    return json_pack("{s:i, s:i, s:i}", "done", simg_job_done(counts), "failed", simg_job_lost(counts), "total",
                     simg_job_total(counts));
}

const char *simg_job_path(const simg_request *in, const char *job_id)
{
    return apr_pstrcat(in->p, in->mount, "/stories/illustrations/job/", job_id, NULL);
}

static const char *error_of(const simg_job *job)
{
    if (job->status == SIMG_JOB_FAILED)
        return "no page of this job has a picture";
    return job->status == SIMG_JOB_CANCELLED ? "the job was cancelled" : NULL;
}

static json_t *job_json(const simg_job *job, json_t *results, apr_pool_t *p)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "id", job->id, "storyId", job->story_id, "status",
                     simg_job_status_name(job->status), "createdAt", simg_clock_iso(job->created_at, p), "updatedAt",
                     simg_clock_iso(job->updated_at, p), "progress", simg_job_progress(&job->counts), "results",
                     results, "error", simg_json_string(error_of(job)));
}

static apr_status_t not_found(const simg_request *in, simg_problem *err)
{
    return simg_problem_set(err, in->p, "job-not-found", APR_ENOENT, "no such job");
}

static apr_status_t read_job(simg_job *job, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv;

    if (!site->settings->save)
        return not_found(in, err);
    rv = simg_index_borrow(&db, site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_get(job, db, NULL, in->params[0], in->p, err);
    simg_index_return(site->index, db);
    return APR_STATUS_IS_ENOENT(rv) && !err->status ? not_found(in, err) : rv;
}

static apr_status_t results_of(json_t **results, const simg_job *job, const simg_site *site, apr_pool_t *p,
                               simg_problem *err)
{
    simg_story_row story;
    apr_status_t rv = simg_stories_get(&story, site->index, job->story_id, p, err);

    if (rv == APR_SUCCESS)
        *results = simg_answer_results(&story, site, p);
    else if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        *results = json_array();
    return err->status ? rv : APR_SUCCESS;
}

static apr_status_t answer_job(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    json_t *results = NULL;
    simg_job job;
    apr_status_t rv = read_job(&job, in, site, err);

    if (rv == APR_SUCCESS)
        rv = results_of(&results, &job, site, in->p, err);
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, job_json(&job, results, in->p));
    return rv;
}

apr_status_t simg_api_job_get(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_table_setn(out->headers, "Cache-Control", "no-cache");
    return answer_job(out, in, site, err);
}

static apr_status_t list(simg_response *out, const simg_request *in, int limit, const char *cursor,
                         const simg_site *site, simg_problem *err)
{
    simg_job_list found;
    json_t *data;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_list(&found, db, NULL, limit, cursor, in->p, err);
    simg_index_return(site->index, db);
    data = simg_json_own(in->p, json_array());
    for (i = 0; rv == APR_SUCCESS && i < found.jobs->nelts; i++) {
        const simg_job *job = &APR_ARRAY_IDX(found.jobs, i, simg_job);
        json_t *results = NULL;

        rv = results_of(&results, job, site, in->p, err);
        if (rv == APR_SUCCESS)
            json_array_append_new(data, job_json(job, results, in->p));
    }
    if (rv == APR_SUCCESS)
        simg_answer_list(out, in, json_incref(data), found.total, found.next_cursor);
    return rv;
}

apr_status_t simg_api_jobs_list(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_int64_t generation;
    const char *cursor = NULL;
    int limit = 0;
    apr_status_t rv = simg_query_number(&limit, in, "limit", limits, 100, err);

    if (rv == APR_SUCCESS)
        rv = simg_query_text(&cursor, in, "cursor", err);
    if (rv != APR_SUCCESS)
        return rv;
    if (!site->settings->save) {
        simg_answer_list(out, in, json_array(), 0, NULL);
        return APR_SUCCESS;
    }
    rv = simg_index_generation(&generation, site->index, err);
    if (rv != APR_SUCCESS || simg_answer_unchanged(out, in, generation, site))
        return rv;
    return list(out, in, limit, cursor, site, err);
}

/** What a stream is resumed after: the header, which browsers send by themselves. */
static apr_status_t resume_after(apr_int64_t *after, const simg_request *in, const simg_job *job, simg_problem *err)
{
    *after = 0;
    if (!in->last_event_id || !in->last_event_id[0])
        return APR_SUCCESS;
    if (in->last_event_id[0] >= '0' && in->last_event_id[0] <= '9' && simg_text_number(after, in->last_event_id) &&
        *after <= job->last_event)
        return APR_SUCCESS;
    return simg_problem_set(err, in->p, "bad-event-id", APR_EINVAL,
                            "Last-Event-ID: not the number of an event of this job");
}

apr_status_t simg_api_job_events(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_int64_t after;
    simg_job job;
    apr_status_t rv = read_job(&job, in, site, err);

    if (rv == APR_SUCCESS)
        rv = resume_after(&after, in, &job, err);
    if (rv != APR_SUCCESS)
        return rv;
    if (after && after == job.last_event && simg_job_is_over(job.status) && simg_job_open(&job.counts) == 0) {
        out->status = 204; /* all is told: a browser then stops asking */
        return APR_SUCCESS;
    }
    out->streamed = 1;
    if (strcmp(in->method, "HEAD"))
        simg_events_follow(in, site, job.id, after, 1);
    return APR_SUCCESS;
}

static apr_status_t finished(const simg_request *in, const char *what, simg_problem *err)
{
    return simg_problem_set(err, in->p, "job-finished", APR_EINVAL, "%s", what);
}

/** Cancel within a transaction. */
static apr_status_t cancel(int *changed, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = simg_jobs_cancel(changed, db, NULL, in->params[0], simg_clock_now(), in->p, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    simg_index_return(site->index, db);
    return rv;
}

apr_status_t simg_api_job_cancel(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    int changed = 0;
    simg_job job;
    apr_status_t rv = read_job(&job, in, site, err);

    if (rv == APR_SUCCESS)
        rv = cancel(&changed, in, site, err);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_ENOENT(rv) && !err->status ? not_found(in, err) : rv;
    if (!changed)
        return finished(in, "the job has finished already", err);
    simg_bell_ring(site->bell);
    return answer_job(out, in, site, err);
}

/** The pages go back to the queue, their story does not call them failed any more, and the request has done what it was
 * for: one transaction, so that the same key never puts them back twice. */
static apr_status_t put_back(int *pages, simg_db *db, const simg_job *job, const simg_request *in, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_jobs_retry(pages, db, NULL, job->id, simg_clock_now(), in->p, err);
    if (rv == APR_SUCCESS && *pages)
        rv = simg_stories_again_in(db, job->story_id, err);
    if (rv == APR_SUCCESS && *pages)
        rv = simg_requests_told(db, in->id, job->story_id, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

static apr_status_t missing(int *pages, const simg_job *job, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_missing(pages, db, NULL, job->id, p, err);
    simg_index_return(site->index, db);
    return rv;
}

static apr_status_t retry(int *pages, const simg_job *job, const simg_request *in, const simg_site *site,
                          simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_site_reserve(site, in->id, *pages, in->p, err);

    if (rv == APR_SUCCESS)
        rv = simg_index_borrow(&db, site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = put_back(pages, db, job, in, err);
    simg_db_rollback(db);
    simg_index_return(site->index, db);
    return rv;
}

apr_status_t simg_job_accepted(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    out->status = 202;
    apr_table_setn(out->headers, "Location", simg_job_path(in, in->params[0]));
    return answer_job(out, in, site, err);
}

apr_status_t simg_api_job_retry(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    int pages = 0;
    simg_job job;
    apr_status_t rv = read_job(&job, in, site, err);

    if (rv == APR_SUCCESS)
        rv = missing(&pages, &job, site, in->p, err);
    if (rv == APR_SUCCESS && pages)
        rv = retry(&pages, &job, in, site, err);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_ENOENT(rv) && !err->status ? not_found(in, err) : rv;
    if (!pages)
        return finished(in, "no page of this job can be drawn again", err);
    simg_bell_ring(site->bell);
    return simg_job_accepted(out, in, site, err);
}
