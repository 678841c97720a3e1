/* SPDX-License-Identifier: Apache-2.0 */
/* A job's pages moved on demand: cancelled, drawn again. */
#include "queue/events.h"

typedef struct page {
    int number;
    int kept; /* its picture is there, and waits to be judged */
    simg_page_life life;
} page;

typedef struct pages_reader {
    apr_array_header_t *pages; /* of page */
    apr_pool_t *p;
} pages_reader;

static apr_status_t read_page(void *baton, const simg_row *row, simg_problem *err)
{
    const pages_reader *r = baton;

    (void)err;
    APR_ARRAY_PUSH(r->pages, page) = (page){
        .number = (int)simg_row_int(row, 0),
        .life = { (simg_page_state)simg_page_state_read(simg_row_text(row, 1, r->p)), (int)simg_row_int(row, 2),
                  (int)simg_row_int(row, 3), 0 },
        .kept = simg_row_int(row, 4) != 0,
    };
    return APR_SUCCESS;
}

static apr_status_t read_pages(apr_array_header_t **out, simg_db *db, const char *id, apr_pool_t *p, simg_problem *err)
{
    const simg_value arg = simg_value_text(id);
    pages_reader r = { .pages = apr_array_make(p, 12, sizeof(page)), .p = p };

    *out = r.pages;
    return simg_db_run(db,
                       "SELECT p.number, p.state, p.link, p.tries, sp.error_code = 'moderation-unavailable' "
                       "FROM job_page p JOIN job j ON j.id = p.job_id "
                       "LEFT JOIN story_page sp ON sp.story_id = j.story_id AND sp.number = p.number "
                       "WHERE p.job_id = $1 ORDER BY p.number",
                       &arg, 1, read_page, &r, err);
}

/** The last call stays written down: its picture may come yet. */
static apr_status_t write_page(simg_db *db, const char *id, int number, const simg_page_life *life, apr_time_t now,
                               simg_problem *err)
{
    const simg_value args[] = {
        simg_value_text(id),        simg_value_int(number),      simg_value_text(simg_page_state_name(life->state)),
        simg_value_int(life->link), simg_value_int(life->tries), simg_value_int(apr_time_as_msec(now))
    };

    return simg_db_run(db,
                       "UPDATE job_page SET state = $3, link = $4, tries = $5, not_before = $6 "
                       "WHERE job_id = $1 AND number = $2",
                       args, 6, NULL, NULL, err);
}

typedef simg_page_life page_fn(const simg_page_life *life);

/** Give each page what move says; db NULL: only count. *moved: how many are not as they were. */
static apr_status_t move_pages(int *moved, simg_db *db, const char *id, const apr_array_header_t *pages, page_fn *move,
                               apr_time_t now, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    *moved = 0;
    for (i = 0; rv == APR_SUCCESS && i < pages->nelts; i++) {
        const page *q = &APR_ARRAY_IDX(pages, i, page);
        simg_page_life next = move(&q->life);

        if (next.state == q->life.state || (q->kept && next.state == SIMG_PAGE_PENDING))
            continue;
        ++*moved;
        if (db)
            rv = write_page(db, id, q->number, &next, now, err);
    }
    return rv;
}

apr_status_t simg_jobs_cancel(int *changed, simg_db *db, const char *site, const char *id, apr_time_t now,
                              apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *pages;
    simg_job job;
    int moved;
    apr_status_t rv = simg_jobs_get(&job, db, site, id, p, err);

    *changed = 0;
    if (rv != APR_SUCCESS || simg_job_is_over(job.status))
        return rv;
    rv = read_pages(&pages, db, id, p, err);
    if (rv == APR_SUCCESS)
        rv = move_pages(&moved, db, id, pages, simg_page_cancelled, now, err);
    if (rv == APR_SUCCESS)
        rv = simg_job_move(db, id, SIMG_JOB_CANCELLED, now, err);
    if (rv == APR_SUCCESS)
        rv = simg_job_settle(db, id, now, p, err);
    *changed = rv == APR_SUCCESS;
    return rv;
}

apr_status_t simg_jobs_missing(int *pages, simg_db *db, const char *site, const char *id, apr_pool_t *p,
                               simg_problem *err)
{
    apr_array_header_t *rows;
    simg_job job;
    apr_status_t rv = simg_jobs_get(&job, db, site, id, p, err);

    *pages = 0;
    if (rv == APR_SUCCESS)
        rv = read_pages(&rows, db, id, p, err);
    return rv == APR_SUCCESS ? move_pages(pages, NULL, id, rows, simg_page_retried, 0, err) : rv;
}

apr_status_t simg_jobs_retry(int *pages, simg_db *db, const char *site, const char *id, apr_time_t now, apr_pool_t *p,
                             simg_problem *err)
{
    apr_array_header_t *rows;
    simg_job_status next;
    simg_job job;
    apr_status_t rv = simg_jobs_get(&job, db, site, id, p, err);

    *pages = 0;
    if (rv != APR_SUCCESS)
        return rv;
    next = simg_job_retried(job.status, &job.counts);
    rv = read_pages(&rows, db, id, p, err);
    if (rv == APR_SUCCESS)
        rv = move_pages(pages, db, id, rows, simg_page_retried, now, err);
    if (rv != APR_SUCCESS || !*pages)
        return rv;
    rv = simg_jobs_release(db, id, err);
    return rv == APR_SUCCESS ? simg_job_move(db, id, next, now, err) : rv;
}
