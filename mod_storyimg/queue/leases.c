/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger by itself, and the leases of those who write it. */
#include "queue/claim_row.h"

#include <string.h>

apr_status_t simg_ledger_sent(simg_db *db, const simg_call_sent *call, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(call->call_id),
                                simg_value_text(call->kind),
                                simg_value_text(call->request_id),
                                simg_value_text(call->provider),
                                simg_value_text(call->model),
                                simg_value_text(call->owner),
                                simg_value_int(apr_time_as_msec(call->now + SIMG_LEASE)),
                                simg_value_int(apr_time_as_msec(call->now)) };

    return simg_db_run(db,
                       "INSERT INTO call (id, kind, request_id, provider, model, owner, lease_until, sent_at) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       args, 8, NULL, NULL, err);
}

/* The first word stays, but for a picture that was given up for lost and came after all. */
apr_status_t simg_ledger_ended(simg_db *db, const char *call_id, simg_outcome outcome, apr_int64_t cost, apr_time_t now,
                               simg_problem *err)
{
    const simg_value args[] = { simg_value_text(call_id), simg_value_text(simg_outcome_name(outcome)),
                                cost < 0 ? simg_value_text(NULL) : simg_value_int(cost),
                                simg_value_int(apr_time_as_msec(now)) };

    return simg_db_run(db,
                       "UPDATE call SET outcome = $2, cost = $3, ended_at = $4 WHERE id = $1 AND "
                       "(outcome IS NULL OR (outcome = 'unknown' AND $2 = 'made'))",
                       args, 4, NULL, NULL, err);
}

apr_status_t simg_leases_renew(simg_db *db, const char *owner, apr_time_t now, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(owner), simg_value_int(apr_time_as_msec(now + SIMG_LEASE)) };
    apr_status_t rv = simg_db_run(db, "UPDATE call SET lease_until = $2 WHERE owner = $1 AND outcome IS NULL", args, 2,
                                  NULL, NULL, err);

    return rv == APR_SUCCESS
               ? simg_db_run(db, "UPDATE request SET lease_until = $2 WHERE owner = $1", args, 2, NULL, NULL, err)
               : rv;
}

typedef struct reader {
    apr_array_header_t *rows;
    const char *outcome;
    apr_pool_t *p;
} reader;

static apr_status_t read_lease(void *baton, const simg_row *row, simg_problem *err)
{
    const reader *r = baton;

    (void)err;
    APR_ARRAY_PUSH(r->rows, simg_lease) =
        (simg_lease){ simg_row_text(row, 0, r->p), apr_time_from_msec(simg_row_int(row, 1)) };
    return APR_SUCCESS;
}

apr_status_t simg_leases_others(apr_array_header_t **out, simg_db *db, const char *me, apr_pool_t *p, simg_problem *err)
{
    const simg_value arg = simg_value_text(me);
    reader r = { .rows = apr_array_make(p, 4, sizeof(simg_lease)), .p = p };

    *out = r.rows;
    return simg_db_run(db,
                       "SELECT owner, MAX(lease_until) FROM ("
                       "SELECT owner, lease_until FROM call WHERE outcome IS NULL "
                       "UNION ALL SELECT owner, lease_until FROM request WHERE owner IS NOT NULL "
                       "UNION ALL SELECT holder, held_until FROM job WHERE holder IS NOT NULL "
                       "UNION ALL SELECT owner, lease_until FROM task WHERE owner IS NOT NULL"
                       ") AS lease WHERE owner <> $1 GROUP BY owner",
                       &arg, 1, read_lease, &r, err);
}

#define CLAIM_OF_CALL                                                                                                  \
    "SELECT " SIMG_CLAIM_COLUMNS ", c.id, c.provider, c.model, c.outcome, c.owner, c.kind FROM call c "                \
    "JOIN job_page p ON p.job_id = c.job_id AND p.number = c.page_number JOIN job j ON j.id = p.job_id "               \
    "JOIN story s ON s.id = j.story_id "                                                                               \
    "JOIN story_page sp ON sp.story_id = j.story_id AND sp.number = p.number "

static apr_status_t read_claim(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;
    simg_claim *claim = apr_array_push(r->rows);

    (void)err;
    *claim = simg_claim_of(NULL, row, r->p);
    claim->life.state = SIMG_PAGE_SENT;
    claim->call_id = simg_row_text(row, SIMG_CLAIM_COLUMN_COUNT, r->p);
    claim->provider = simg_row_text(row, SIMG_CLAIM_COLUMN_COUNT + 1, r->p);
    claim->model = simg_row_text(row, SIMG_CLAIM_COLUMN_COUNT + 2, r->p);
    r->outcome = simg_row_text(row, SIMG_CLAIM_COLUMN_COUNT + 3, r->p);
    claim->ended = r->outcome != NULL;
    claim->owner = simg_row_text(row, SIMG_CLAIM_COLUMN_COUNT + 4, r->p);
    if (!strcmp(simg_row_text(row, SIMG_CLAIM_COLUMN_COUNT + 5, r->p), "edit"))
        simg_claim_edits(claim, NULL);
    else
        claim->reference = NULL;
    return APR_SUCCESS;
}

apr_status_t simg_leases_orphans(apr_array_header_t **out, simg_db *db, const char *owner, apr_pool_t *p,
                                 simg_problem *err)
{
    const simg_value arg = simg_value_text(owner);
    reader r = { .rows = apr_array_make(p, 4, sizeof(simg_claim)), .p = p };

    *out = r.rows;
    return simg_db_run(
        db, CLAIM_OF_CALL "WHERE c.owner = $1 AND c.outcome IS NULL ORDER BY c.sent_at, p.job_id, p.number LIMIT 1000",
        &arg, 1, read_claim, &r, err);
}

apr_status_t simg_claims_forgotten(int *forgotten, simg_db *db, const char *call_id, simg_problem *err)
{
    const simg_value arg = simg_value_text(call_id);
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db, "SELECT COUNT(*) FROM call WHERE id = $1 AND job_id IS NULL AND outcome IS NOT NULL",
                                  &arg, 1, simg_row_number, &n, err);

    *forgotten = rv == APR_SUCCESS && n > 0;
    return rv;
}

apr_status_t simg_claims_find(simg_claim *out, const char **outcome, simg_db *db, const char *call_id, apr_pool_t *p,
                              simg_problem *err)
{
    const simg_value arg = simg_value_text(call_id);
    reader r = { .rows = apr_array_make(p, 1, sizeof(simg_claim)), .p = p };
    apr_status_t rv = simg_db_run(db, CLAIM_OF_CALL "WHERE c.id = $1", &arg, 1, read_claim, &r, err);

    if (rv == APR_SUCCESS && !r.rows->nelts)
        return APR_ENOENT;
    if (rv == APR_SUCCESS) {
        *out = APR_ARRAY_IDX(r.rows, 0, simg_claim);
        *outcome = r.outcome;
    }
    return rv;
}

apr_status_t simg_claims_adopt(int *taken, simg_db *db, const simg_claim *claim, const char *owner, apr_time_t now,
                               simg_problem *err)
{
    const simg_value args[] = { simg_value_text(claim->call_id), simg_value_text(claim->owner), simg_value_text(owner),
                                simg_value_int(apr_time_as_msec(now + SIMG_LEASE)) };
    apr_status_t rv = simg_db_run(db,
                                  "UPDATE call SET owner = $3, lease_until = $4 WHERE id = $1 AND owner = $2 AND "
                                  "(outcome IS NULL OR outcome = 'unknown')",
                                  args, 4, NULL, NULL, err);

    *taken = rv == APR_SUCCESS && simg_db_changed(db) == 1;
    return rv;
}

static apr_status_t drop(simg_db *db, const char *owner, apr_time_t now, simg_problem *err)
{
    static const char *const statements[] = {
        "UPDATE call SET outcome = $2, ended_at = $3 WHERE owner = $1 AND outcome IS NULL",
        "UPDATE job SET holder = NULL, held_until = 0 WHERE holder = $1",
        "DELETE FROM request WHERE owner = $1 AND key_hash IS NULL",
        "UPDATE request SET owner = NULL, pages = 0 WHERE owner = $1",
    };
    const simg_value args[] = { simg_value_text(owner), simg_value_text(simg_outcome_name(SIMG_OUTCOME_UNKNOWN)),
                                simg_value_int(apr_time_as_msec(now)) };
    apr_status_t rv = simg_db_begin(db, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < 4; i++)
        rv = simg_db_run(db, statements[i], args, i ? 1 : 3, NULL, NULL, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

apr_status_t simg_leases_drop(simg_db *db, const char *owner, apr_time_t now, simg_problem *err)
{
    apr_status_t rv = drop(db, owner, now, err);

    simg_db_rollback(db);
    return rv;
}
