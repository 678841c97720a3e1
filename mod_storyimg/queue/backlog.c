/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/backlog.h"

#define OPEN "FROM job_page p CROSS JOIN job j WHERE p.state IN ('pending', 'sent') AND j.id = p.job_id AND j.site = $1"
#define COUNT(state) "COUNT(CASE WHEN p.state = '" state "' THEN 1 END)"
#define DUE                                                                                                            \
    "FROM job_page p CROSS JOIN job j WHERE p.state = 'pending' AND p.not_before <= $2 AND j.id = p.job_id "           \
    "AND j.site = $1 ORDER BY p.not_before, p.job_id, p.number LIMIT 1"

static apr_status_t read_counts(void *baton, const simg_row *row, simg_problem *err)
{
    simg_backlog *b = baton;

    (void)err;
    b->jobs = simg_row_int(row, 0);
    b->pending = simg_row_int(row, 1);
    b->sent = simg_row_int(row, 2);
    return APR_SUCCESS;
}

apr_status_t simg_backlog_read(simg_backlog *out, simg_db *db, const char *site, apr_time_t now, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(site), simg_value_int(apr_time_as_msec(now)) };
    apr_int64_t since = 0;
    apr_status_t rv;

    *out = (simg_backlog){ 0 };
    rv = simg_db_run(db, "SELECT COUNT(DISTINCT p.job_id), " COUNT("pending") ", " COUNT("sent") " " OPEN, args, 1,
                     read_counts, out, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_run(db, "SELECT p.not_before " DUE, args, 2, simg_row_number, &since, err);
    if (rv == APR_SUCCESS && since)
        out->overdue = now - apr_time_from_msec(since);
    return rv;
}
