/* SPDX-License-Identifier: Apache-2.0 */
#include "index/forget.h"

#include <apr_tables.h>

#define NONE ((apr_size_t)-1)

typedef struct step {
    const char *sql;
    apr_size_t counter; /* of simg_forgotten; NONE: not counted */
} step;

/* For the stories of a sub-query with the argument $1. */
#define STEPS(ids)                                                                                                     \
    {                                                                                                                  \
        { "UPDATE call SET job_id = NULL, page_number = NULL WHERE job_id IN "                                         \
          "(SELECT id FROM job WHERE story_id IN " ids ")", NONE },                                                    \
        { "UPDATE call SET request_id = NULL WHERE request_id IN (SELECT id FROM request WHERE story_id IN " ids ")",  \
          NONE },                                                                                                      \
        { "DELETE FROM request WHERE story_id IN " ids, APR_OFFSETOF(simg_forgotten, requests) },                      \
        { "DELETE FROM job WHERE story_id IN " ids, APR_OFFSETOF(simg_forgotten, jobs) },                              \
        { "DELETE FROM story WHERE id IN " ids, APR_OFFSETOF(simg_forgotten, stories) },                               \
    }

static const step of_story[] = STEPS("(SELECT $1)");
static const step of_order[] = STEPS("(SELECT s.id FROM story_page sp JOIN story s ON s.id = sp.story_id "
                                     "WHERE sp.filename = $1 AND s.single = 1)");

static apr_status_t run(simg_forgotten *counts, simg_db *db, const step *steps, const char *arg, simg_problem *err)
{
    const simg_value value = simg_value_text(arg);
    apr_status_t rv = APR_SUCCESS;
    apr_size_t i;

    for (i = 0; rv == APR_SUCCESS && i < sizeof(of_story) / sizeof(*of_story); i++) {
        rv = simg_db_run(db, steps[i].sql, &value, 1, NULL, NULL, err);
        if (rv == APR_SUCCESS && steps[i].counter != NONE)
            *(int *)((char *)counts + steps[i].counter) += (int)simg_db_changed(db);
    }
    return rv;
}

apr_status_t simg_forget_story_in(simg_forgotten *counts, simg_db *db, const char *id, simg_problem *err)
{
    return run(counts, db, of_story, id, err);
}

apr_status_t simg_forget_order_in(simg_forgotten *counts, simg_db *db, const char *filename, simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db,
                                  "SELECT COUNT(*) FROM story_page sp JOIN story s ON s.id = sp.story_id "
                                  "WHERE sp.filename = $1 AND s.single = 1",
                                  &arg, 1, simg_row_number, &n, err);

    return rv == APR_SUCCESS && n ? run(counts, db, of_order, filename, err) : rv;
}

apr_status_t simg_forget_is_told(int *there, simg_db *db, const char *site, const char *id, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(id), simg_value_text(site) };
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db, "SELECT COUNT(*) FROM story WHERE id = $1 AND single = 0 AND site IN ($2, '')",
                                  args, 2, simg_row_number, &n, err);

    *there = n > 0;
    return rv;
}

static apr_status_t read_id(void *baton, const simg_row *row, simg_problem *err)
{
    apr_array_header_t *ids = baton;

    (void)err;
    APR_ARRAY_PUSH(ids, const char *) = simg_row_text(row, 0, ids->pool);
    return APR_SUCCESS;
}

static apr_status_t forget_some(int *stories, simg_db *db, const simg_value *args, apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *ids = apr_array_make(p, 50, sizeof(const char *));
    simg_forgotten counts = { 0 };
    apr_status_t rv = simg_db_run(db,
                                  "SELECT s.id FROM story s WHERE s.site = $1 AND s.created_at < $2 AND NOT EXISTS "
                                  "(SELECT 1 FROM image i WHERE i.story_id = s.id) AND NOT EXISTS "
                                  "(SELECT 1 FROM story_page sp JOIN image i ON i.filename = sp.filename "
                                  "WHERE sp.story_id = s.id) AND NOT EXISTS (SELECT 1 FROM job j "
                                  "WHERE j.story_id = s.id AND j.status IN ('queued', 'processing')) "
                                  "ORDER BY s.created_at LIMIT 50",
                                  args, 2, read_id, ids, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < ids->nelts; i++)
        rv = simg_forget_story_in(&counts, db, APR_ARRAY_IDX(ids, i, const char *), err);
    *stories = counts.stories;
    return rv;
}

apr_status_t simg_forget_old(int *stories, simg_db *db, const char *site, apr_time_t before, apr_pool_t *p,
                             simg_problem *err)
{
    const simg_value args[] = { simg_value_text(site), simg_value_int(apr_time_as_msec(before)) };
    apr_status_t rv = simg_db_begin(db, err);

    *stories = 0;
    if (rv == APR_SUCCESS)
        rv = forget_some(stories, db, args, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    return rv;
}

apr_status_t simg_forget_ledger(int *rows, simg_db *db, apr_time_t before, simg_problem *err)
{
    const simg_value arg = simg_value_int(apr_time_as_msec(before));
    apr_status_t rv = simg_db_run(db,
                                  "DELETE FROM call WHERE id IN (SELECT c.id FROM call c WHERE c.job_id IS NULL "
                                  "AND c.outcome IS NOT NULL AND c.ended_at < $1 AND NOT EXISTS "
                                  "(SELECT 1 FROM request r WHERE r.id = c.request_id) LIMIT 1000)",
                                  &arg, 1, NULL, NULL, err);

    *rows = rv == APR_SUCCESS ? (int)simg_db_changed(db) : 0;
    return rv;
}
