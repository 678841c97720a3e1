/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/events.h"

apr_status_t simg_event_add(simg_db *db, const char *job_id, const char *name, int page_number, const char *code,
                            const char *message, simg_problem *err)
{
    const simg_value args[] = {
        simg_value_text(job_id),
        simg_value_text(name),
        page_number ? simg_value_int(page_number) : simg_value_text(NULL),
        simg_value_text(code),
        simg_value_text(message),
    };
    apr_status_t rv =
        simg_db_run(db, "UPDATE job SET last_event = last_event + 1 WHERE id = $1", args, 1, NULL, NULL, err);

    if (rv != APR_SUCCESS)
        return rv;
    return simg_db_run(db,
                       "INSERT INTO job_event (job_id, seq, name, page_number, code, message) "
                       "SELECT id, last_event, $2, $3, $4, $5 FROM job WHERE id = $1",
                       args, 5, NULL, NULL, err);
}

typedef struct reading {
    simg_job_counts *counts;
    int status; /* -1: none */
    apr_pool_t *p;
} reading;

static apr_status_t read_count(void *baton, const simg_row *row, simg_problem *err)
{
    const reading *r = baton;
    int state = simg_page_state_read(simg_row_text(row, 0, r->p));

    (void)err;
    if (state >= 0)
        r->counts->pages[state] = (int)simg_row_int(row, 1);
    return APR_SUCCESS;
}

apr_status_t simg_counts_read(simg_job_counts *out, simg_db *db, const char *job_id, apr_pool_t *p, simg_problem *err)
{
    const simg_value arg = simg_value_text(job_id);
    reading r = { .counts = out, .p = p };

    *out = (simg_job_counts){ { 0 } };
    return simg_db_run(db, "SELECT state, COUNT(*) FROM job_page WHERE job_id = $1 GROUP BY state", &arg, 1, read_count,
                       &r, err);
}

static apr_status_t read_status(void *baton, const simg_row *row, simg_problem *err)
{
    reading *r = baton;

    (void)err;
    r->status = simg_job_status_read(simg_row_text(row, 0, r->p));
    return APR_SUCCESS;
}

apr_status_t simg_job_status_of(simg_job_status *out, simg_db *db, const char *job_id, apr_pool_t *p, simg_problem *err)
{
    const simg_value arg = simg_value_text(job_id);
    reading r = { .status = -1, .p = p };
    apr_status_t rv = simg_db_run(db, "SELECT status FROM job WHERE id = $1", &arg, 1, read_status, &r, err);

    if (rv == APR_SUCCESS && r.status < 0)
        return APR_ENOENT;
    *out = (simg_job_status)r.status;
    return rv;
}

apr_status_t simg_job_move(simg_db *db, const char *job_id, simg_job_status to, apr_time_t now, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(job_id), simg_value_text(simg_job_status_name(to)),
                                simg_value_int(apr_time_as_msec(now)) };
    apr_status_t rv =
        simg_db_run(db, "UPDATE job SET status = $2, updated_at = $3 WHERE id = $1", args, 3, NULL, NULL, err);

    return rv == APR_SUCCESS ? simg_event_add(db, job_id, "status", 0, simg_job_status_name(to), NULL, err) : rv;
}

static apr_status_t touch(simg_db *db, const char *job_id, apr_time_t now, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(job_id), simg_value_int(apr_time_as_msec(now)) };

    return simg_db_run(db, "UPDATE job SET updated_at = $2 WHERE id = $1", args, 2, NULL, NULL, err);
}

apr_status_t simg_job_settle(simg_db *db, const char *job_id, apr_time_t now, apr_pool_t *p, simg_problem *err)
{
    simg_job_counts counts;
    simg_job_status status, next;
    apr_status_t rv = simg_job_status_of(&status, db, job_id, p, err);

    if (rv == APR_SUCCESS)
        rv = simg_counts_read(&counts, db, job_id, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    next = simg_job_next(status, &counts);
    rv = next == status ? touch(db, job_id, now, err) : simg_job_move(db, job_id, next, now, err);
    if (rv == APR_SUCCESS && simg_job_open(&counts) == 0 && simg_job_is_over(next))
        rv = simg_event_add(db, job_id, "done", 0, simg_job_status_name(next), NULL, err);
    return rv;
}
