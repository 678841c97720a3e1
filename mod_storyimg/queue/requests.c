/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/requests.h"

#include "queue/claims.h"

#define COLUMNS "id, key_hash, body_hash, pages, owner, story_id, status, location, body, created_at"

static apr_status_t forget_older(simg_db *db, const simg_request_row *row, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(row->key_hash),
                                simg_value_int(apr_time_as_msec(row->created_at - SIMG_REQUEST_LIFE)) };

    return simg_db_run(db, "DELETE FROM request WHERE key_hash = $1 AND created_at < $2", args, 2, NULL, NULL, err);
}

apr_status_t simg_requests_add(simg_db *db, const simg_request_row *row, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(row->id),
                                simg_value_text(row->key_hash),
                                simg_value_text(row->body_hash),
                                simg_value_int(row->pages),
                                simg_value_text(row->owner),
                                simg_value_int(apr_time_as_msec(row->created_at + SIMG_LEASE)),
                                simg_value_int(apr_time_as_msec(row->created_at)),
                                simg_value_text(row->subject) };
    apr_status_t rv = row->key_hash ? forget_older(db, row, err) : APR_SUCCESS;

    if (rv != APR_SUCCESS)
        return rv;
    return simg_db_run(db,
                       "INSERT INTO request (id, key_hash, body_hash, pages, owner, lease_until, created_at, subject) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       args, 8, NULL, NULL, err);
}

apr_status_t simg_requests_reserve(simg_db *db, const char *id, const char *owner, int pages, apr_time_t now,
                                   simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_int(pages), simg_value_text(owner),
                                simg_value_int(apr_time_as_msec(now + SIMG_LEASE)),
                                simg_value_int(apr_time_as_msec(now)) };

    return simg_db_run(db,
                       "INSERT INTO request (id, pages, owner, lease_until, created_at) VALUES ($1, $2, $3, $4, $5) "
                       "ON CONFLICT (id) DO UPDATE SET pages = excluded.pages",
                       args, 5, NULL, NULL, err);
}

typedef struct reader {
    simg_request_row *row;
    int found;
    apr_pool_t *p;
} reader;

static apr_status_t read_request(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    r->found = 1;
    *r->row = (simg_request_row){
        .id = simg_row_text(row, 0, r->p),
        .key_hash = simg_row_text(row, 1, r->p),
        .body_hash = simg_row_text(row, 2, r->p),
        .pages = (int)simg_row_int(row, 3),
        .owner = simg_row_text(row, 4, r->p),
        .story_id = simg_row_text(row, 5, r->p),
        .status = (int)simg_row_int(row, 6),
        .location = simg_row_text(row, 7, r->p),
        .body = simg_row_text(row, 8, r->p),
        .created_at = apr_time_from_msec(simg_row_int(row, 9)),
    };
    return APR_SUCCESS;
}

apr_status_t simg_requests_find(simg_request_row *out, simg_db *db, const char *key_hash, apr_pool_t *p,
                                simg_problem *err)
{
    const simg_value arg = simg_value_text(key_hash);
    reader r = { out, 0, p };
    apr_status_t rv =
        simg_db_run(db, "SELECT " COLUMNS " FROM request WHERE key_hash = $1", &arg, 1, read_request, &r, err);

    return rv == APR_SUCCESS && !r.found ? APR_ENOENT : rv;
}

apr_status_t simg_requests_told(simg_db *db, const char *id, const char *story_id, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_text(story_id) };

    return simg_db_run(db, "UPDATE request SET story_id = $2, pages = 0 WHERE id = $1", args, 2, NULL, NULL, err);
}

apr_status_t simg_requests_answered(simg_db *db, const char *id, int status, const char *location, const char *body,
                                    simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_int(status), simg_value_text(location),
                                simg_value_text(body) };
    apr_status_t rv = simg_db_run(db,
                                  "UPDATE request SET status = $2, location = $3, body = $4, pages = 0, owner = NULL "
                                  "WHERE id = $1 AND key_hash IS NOT NULL",
                                  args, 4, NULL, NULL, err);

    return rv == APR_SUCCESS
               ? simg_db_run(db, "DELETE FROM request WHERE id = $1 AND key_hash IS NULL", args, 1, NULL, NULL, err)
               : rv;
}

apr_status_t simg_requests_remove(simg_db *db, const char *id, simg_problem *err)
{
    const simg_value arg = simg_value_text(id);

    return simg_db_run(db, "DELETE FROM request WHERE id = $1", &arg, 1, NULL, NULL, err);
}

apr_status_t simg_requests_adopt(int *taken, simg_db *db, const char *id, const char *owner, apr_time_t now,
                                 simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_text(owner),
                                simg_value_int(apr_time_as_msec(now + SIMG_LEASE)) };
    apr_status_t rv = simg_db_run(db,
                                  "UPDATE request SET owner = $2, lease_until = $3 "
                                  "WHERE id = $1 AND owner IS NULL AND status IS NULL AND story_id IS NULL",
                                  args, 3, NULL, NULL, err);

    *taken = rv == APR_SUCCESS && simg_db_changed(db) == 1;
    return rv;
}

static apr_status_t one_number(int *out, simg_db *db, const char *sql, const simg_value *args, int nargs,
                               simg_problem *err)
{
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db, sql, args, nargs, simg_row_number, &n, err);

    *out = (int)n;
    return rv;
}

apr_status_t simg_requests_paid(int *calls, simg_db *db, const char *id, simg_problem *err)
{
    const simg_value arg = simg_value_text(id);

    return one_number(calls, db,
                      "SELECT COUNT(*) FROM call WHERE request_id = $1 AND "
                      "(outcome IS NULL OR outcome IN ('made', 'unknown'))",
                      &arg, 1, err);
}

apr_status_t simg_requests_promised(int *pages, simg_db *db, simg_problem *err)
{
    return one_number(pages, db, "SELECT CAST(COALESCE(SUM(pages), 0) AS BIGINT) FROM request WHERE owner IS NOT NULL",
                      NULL, 0, err);
}

apr_status_t simg_requests_prune(simg_db *db, apr_time_t now, simg_problem *err)
{
    const simg_value args[] = { simg_value_int(apr_time_as_msec(now - SIMG_REQUEST_LIFE)),
                                simg_value_int(apr_time_as_msec(now - SIMG_REQUEST_LONGEST)) };

    return simg_db_run(db, "DELETE FROM request WHERE created_at < $1 OR (created_at < $2 AND key_hash IS NULL)", args,
                       2, NULL, NULL, err);
}
