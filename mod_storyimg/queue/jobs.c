/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/jobs.h"

#include "base/cursor.h"
#include "queue/events.h"

#define COLUMNS                                                                                                        \
    "id, site, story_id, status, kind, epoch, brief, holder, held_until, last_event, created_at, updated_at, seq, "     \
    "reference"

static apr_status_t insert_page(simg_db *db, const simg_job *job, const simg_job_page *page, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(job->id), simg_value_int(page->number), simg_value_text(page->prompt),
                                simg_value_text(simg_page_state_name(SIMG_PAGE_PENDING)),
                                simg_value_int(apr_time_as_msec(job->created_at)),
                                simg_value_text(page->edit_prompt) };

    return simg_db_run(db,
                       "INSERT INTO job_page (job_id, number, prompt, state, link, tries, not_before, edit_prompt) "
                       "VALUES ($1, $2, $3, $4, 0, 0, $5, $6)",
                       args, 6, NULL, NULL, err);
}

apr_status_t simg_jobs_add(simg_db *db, const simg_job *job, const apr_array_header_t *pages, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(job->id),
                                simg_value_text(job->site),
                                simg_value_text(job->story_id),
                                simg_value_text(simg_job_status_name(SIMG_JOB_QUEUED)),
                                simg_value_text(job->kind),
                                simg_value_int(job->epoch),
                                simg_value_text(job->brief),
                                simg_value_text(job->holder),
                                simg_value_int(apr_time_as_msec(job->held_until)),
                                simg_value_int(apr_time_as_msec(job->created_at)),
                                simg_value_int(apr_time_as_msec(job->updated_at)),
                                simg_value_text(job->reference) };
    apr_status_t rv =
        simg_db_run(db,
                    "INSERT INTO job (id, site, story_id, status, kind, epoch, brief, holder, held_until, "
                    "last_event, created_at, updated_at, reference) "
                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12)",
                    args, 12, NULL, NULL, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < pages->nelts; i++)
        rv = insert_page(db, job, &APR_ARRAY_IDX(pages, i, simg_job_page), err);
    return rv == APR_SUCCESS
               ? simg_event_add(db, job->id, "status", 0, simg_job_status_name(SIMG_JOB_QUEUED), NULL, err)
               : rv;
}

typedef struct reader {
    apr_array_header_t *jobs; /* of simg_job */
    simg_cursor last;
    int limit;
    int more;
    apr_pool_t *p;
} reader;

static apr_status_t read_job(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    if (r->jobs->nelts == r->limit) {
        r->more = 1;
        return APR_SUCCESS;
    }
    APR_ARRAY_PUSH(r->jobs, simg_job) = (simg_job){
        .id = simg_row_text(row, 0, r->p),
        .site = simg_row_text(row, 1, r->p),
        .story_id = simg_row_text(row, 2, r->p),
        .status = (simg_job_status)simg_job_status_read(simg_row_text(row, 3, r->p)),
        .kind = simg_row_text(row, 4, r->p),
        .epoch = simg_row_int(row, 5),
        .brief = simg_row_text(row, 6, r->p),
        .holder = simg_row_text(row, 7, r->p),
        .held_until = apr_time_from_msec(simg_row_int(row, 8)),
        .last_event = simg_row_int(row, 9),
        .created_at = apr_time_from_msec(simg_row_int(row, 10)),
        .updated_at = apr_time_from_msec(simg_row_int(row, 11)),
        .reference = simg_row_text(row, 13, r->p),
    };
    r->last = (simg_cursor){ simg_row_int(row, 10), simg_row_int(row, 12) };
    return APR_SUCCESS;
}

static apr_status_t count_pages(const reader *r, simg_db *db, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < r->jobs->nelts; i++) {
        simg_job *job = &APR_ARRAY_IDX(r->jobs, i, simg_job);

        rv = simg_counts_read(&job->counts, db, job->id, r->p, err);
    }
    return rv;
}

apr_status_t simg_jobs_get(simg_job *out, simg_db *db, const char *site, const char *id, apr_pool_t *p,
                           simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_text(site) };
    reader r = { .jobs = apr_array_make(p, 1, sizeof(simg_job)), .limit = 1, .p = p };
    apr_status_t rv = simg_db_run(db, "SELECT " COLUMNS " FROM job WHERE id = $1 AND ($2 IS NULL OR site = $2)", args,
                                  2, read_job, &r, err);

    if (rv == APR_SUCCESS)
        rv = count_pages(&r, db, err);
    if (rv == APR_SUCCESS && !r.jobs->nelts)
        return APR_ENOENT;
    if (rv == APR_SUCCESS)
        *out = APR_ARRAY_IDX(r.jobs, 0, simg_job);
    return rv;
}

static apr_status_t list(reader *r, apr_int64_t *total, simg_db *db, const char *site, const simg_cursor *from,
                         simg_problem *err)
{
    const simg_value args[] = { simg_value_text(site), simg_value_int(from->created_at), simg_value_int(from->seq),
                                simg_value_int(r->limit + 1) };
    apr_status_t rv =
        simg_db_run(db,
                    "SELECT " COLUMNS " FROM job WHERE ($1 IS NULL OR site = $1) AND (created_at, seq) < ($2, $3) "
                    "ORDER BY created_at DESC, seq DESC LIMIT $4",
                    args, 4, read_job, r, err);

    if (rv == APR_SUCCESS)
        rv = count_pages(r, db, err);
    if (rv == APR_SUCCESS && !site)
        return simg_db_run(db, "SELECT n FROM tally WHERE list = 'job'", NULL, 0, simg_row_number, total, err);
    return rv == APR_SUCCESS
               ? simg_db_run(db, "SELECT COUNT(*) FROM job WHERE site = $1", args, 1, simg_row_number, total, err)
               : rv;
}

apr_status_t simg_jobs_list(simg_job_list *out, simg_db *db, const char *site, int limit, const char *cursor,
                            apr_pool_t *p, simg_problem *err)
{
    reader r = { .limit = simg_cursor_limit(limit), .p = p };
    simg_cursor from = { APR_INT64_MAX, APR_INT64_MAX };
    apr_status_t rv;

    if (cursor && !simg_cursor_read(&from, cursor, "jobs"))
        return simg_problem_set(err, p, "bad-cursor", APR_EINVAL, "cursor: not one of this list");
    r.jobs = apr_array_make(p, 8, sizeof(simg_job));
    *out = (simg_job_list){ .jobs = r.jobs };
    rv = list(&r, &out->total, db, site, &from, err);
    if (rv == APR_SUCCESS && r.more)
        out->next_cursor = simg_cursor_write(&r.last, "jobs", p);
    return rv;
}

apr_status_t simg_jobs_hold(simg_db *db, const char *id, const char *holder, apr_time_t until, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_text(holder), simg_value_int(apr_time_as_msec(until)) };

    return simg_db_run(db, "UPDATE job SET held_until = $3 WHERE id = $1 AND holder = $2", args, 3, NULL, NULL, err);
}

apr_status_t simg_jobs_release(simg_db *db, const char *id, simg_problem *err)
{
    const simg_value arg = simg_value_text(id);

    return simg_db_run(db, "UPDATE job SET holder = NULL, held_until = 0 WHERE id = $1", &arg, 1, NULL, NULL, err);
}

apr_status_t simg_jobs_outstanding(int *pages, simg_db *db, simg_problem *err)
{
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db, "SELECT COUNT(*) FROM job_page WHERE state IN ('pending', 'sent')", NULL, 0,
                                  simg_row_number, &n, err);

    *pages = (int)n;
    return rv;
}

typedef struct events_reader {
    apr_array_header_t *events;
    apr_pool_t *p;
} events_reader;

static apr_status_t read_event(void *baton, const simg_row *row, simg_problem *err)
{
    const events_reader *r = baton;

    (void)err;
    APR_ARRAY_PUSH(r->events, simg_job_event) = (simg_job_event){
        .seq = simg_row_int(row, 0),
        .name = simg_row_text(row, 1, r->p),
        .page_number = (int)simg_row_int(row, 2),
        .code = simg_row_text(row, 3, r->p),
        .message = simg_row_text(row, 4, r->p),
    };
    return APR_SUCCESS;
}

apr_status_t simg_jobs_events(apr_array_header_t **out, simg_db *db, const char *id, apr_int64_t after, apr_pool_t *p,
                              simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_int(after) };
    events_reader r = { .events = apr_array_make(p, 8, sizeof(simg_job_event)), .p = p };

    *out = r.events;
    return simg_db_run(db,
                       "SELECT seq, name, page_number, code, message FROM job_event WHERE job_id = $1 AND seq > $2 "
                       "ORDER BY seq LIMIT 100",
                       args, 2, read_event, &r, err);
}
