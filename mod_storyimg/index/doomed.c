/* SPDX-License-Identifier: Apache-2.0 */
#include "index/doomed.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "index/forget.h"

static apr_status_t read_usage(void *baton, const simg_row *row, simg_problem *err)
{
    simg_usage *usage = baton;

    (void)err;
    usage->free_files = simg_row_int(row, 0);
    usage->free_bytes = simg_row_int(row, 1);
    usage->files = simg_row_int(row, 2);
    usage->bytes = simg_row_int(row, 3);
    return APR_SUCCESS;
}

#define TALLY(list) "(SELECT n FROM tally WHERE list = '" list "' AND kind = $1)"

apr_status_t simg_usage_read(simg_usage *usage, simg_db *db, const char *site, simg_problem *err)
{
    const simg_value arg = simg_value_text(site);

    *usage = (simg_usage){ 0 };
    return simg_db_run(db,
                       "SELECT " TALLY("free") ", " TALLY("free bytes") ", " TALLY("held") ", " TALLY("held bytes"),
                       &arg, 1, read_usage, usage, err);
}

/* A name that is taken again while its mark is still there keeps one mark. What a single picture was asked for with is of
 * no use without it. */
apr_status_t simg_doomed_mark_in(int *marked, simg_db *db, const char *filename, apr_time_t now, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(filename), simg_value_int(apr_time_as_msec(now)) };
    simg_forgotten ignored = { 0 };
    apr_status_t rv = simg_db_run(db,
                                  "INSERT OR REPLACE INTO doomed (filename, site, marked_at) "
                                  "SELECT filename, site, $2 FROM image WHERE filename = $1",
                                  args, 2, NULL, NULL, err);

    *marked = rv == APR_SUCCESS && simg_db_changed(db) == 1;
    if (rv == APR_SUCCESS && *marked)
        rv = simg_forget_order_in(&ignored, db, filename, err);
    if (rv == APR_SUCCESS && *marked)
        rv = simg_db_run(db,
                         "UPDATE story_page SET filename = NULL, sha256 = NULL, url = NULL, width = 0, height = 0, "
                         "size = 0, error_code = 'image-removed', error_message = 'this picture was removed' "
                         "WHERE filename = $1",
                         args, 1, NULL, NULL, err);
    if (rv == APR_SUCCESS && *marked)
        rv = simg_db_run(db, "DELETE FROM image WHERE filename = $1", args, 1, NULL, NULL, err);
    return rv;
}

typedef struct names {
    apr_array_header_t *names;
    apr_pool_t *p;
} names;

static apr_status_t read_name(void *baton, const simg_row *row, simg_problem *err)
{
    const names *n = baton;

    (void)err;
    APR_ARRAY_PUSH(n->names, const char *) = simg_row_text(row, 0, n->p);
    return APR_SUCCESS;
}

apr_status_t simg_doomed_mark_story_in(apr_array_header_t *doomed, simg_db *db, const char *story_id, apr_time_t now,
                                       simg_problem *err)
{
    const simg_value arg = simg_value_text(story_id);
    names n = { apr_array_make(doomed->pool, 8, sizeof(const char *)), doomed->pool };
    apr_status_t rv = simg_db_run(db,
                                  "SELECT filename FROM image WHERE story_id = $1 UNION "
                                  "SELECT filename FROM story_page WHERE story_id = $1 AND filename IS NOT NULL",
                                  &arg, 1, read_name, &n, err);
    int i, marked;

    for (i = 0; rv == APR_SUCCESS && i < n.names->nelts; i++) {
        simg_doomed d = { .filename = APR_ARRAY_IDX(n.names, i, const char *), .reason = "deleted" };

        rv = simg_doomed_mark_in(&marked, db, d.filename, now, err);
        if (rv == APR_SUCCESS && marked)
            APR_ARRAY_PUSH(doomed, simg_doomed) = d;
    }
    return rv;
}

/** A walk through what nobody keeps, from the oldest on. */
typedef struct walk {
    const char *filename; /* NULL: the end */
    simg_retention_picture picture;
    apr_int64_t created_at, seq; /* where it is */
    const char *storage;
    apr_int64_t size, sharers; /* other pictures that nobody keeps and that share its storage */
    int kept;                  /* 1: so does one that is kept, and nothing becomes free */
    apr_pool_t *p;             /* of the picture at hand */
} walk;

static apr_status_t read_candidate(void *baton, const simg_row *row, simg_problem *err)
{
    walk *w = baton;

    (void)err;
    w->filename = simg_row_text(row, 0, w->p);
    w->created_at = simg_row_int(row, 1);
    w->seq = simg_row_int(row, 2);
    w->size = simg_row_int(row, 3);
    w->storage = simg_row_text(row, 4, w->p);
    w->sharers = simg_row_int(row, 5);
    w->picture = (simg_retention_picture){ .created_at = apr_time_from_msec(w->created_at),
                                           .frees = w->sharers ? 0 : w->size,
                                           .busy = simg_row_int(row, 6) != 0,
                                           .newest = simg_row_int(row, 7) == 0 };
    w->kept = simg_row_int(row, 8) != 0;
    return APR_SUCCESS;
}

static apr_status_t next(walk *w, simg_db *db, const char *site, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(site), simg_value_int(w->created_at), simg_value_int(w->seq) };

    apr_pool_clear(w->p);
    w->filename = NULL;
    return simg_db_run(db,
                       "SELECT filename, created_at, seq, size, storage, "
                       "(SELECT COUNT(*) - 1 FROM image o WHERE o.site = i.site AND o.storage = i.storage "
                       "AND o.keep = 0), "
                       "EXISTS (SELECT 1 FROM job j WHERE j.story_id = i.story_id "
                       "AND j.status IN ('queued', 'processing')), "
                       "EXISTS (SELECT 1 FROM image n WHERE n.site = i.site AND n.keep = 0 "
                       "AND (n.created_at, n.seq) > (i.created_at, i.seq)), "
                       "EXISTS (SELECT 1 FROM image k WHERE k.site = i.site AND k.storage = i.storage AND k.keep = 1) "
                       "FROM image i WHERE site = $1 AND keep = 0 AND (created_at, seq) > ($2, $3) "
                       "ORDER BY created_at, seq LIMIT 1",
                       args, 3, read_candidate, w, err);
}

static apr_status_t start_of(simg_retention_state *state, simg_db *db, const simg_doom *what, simg_problem *err)
{
    simg_usage usage;
    apr_status_t rv = simg_usage_read(&usage, db, what->site, err);

    *state = (simg_retention_state){ .files = usage.free_files, .bytes = usage.free_bytes, .now = what->now };
    return rv;
}

static apr_status_t mark_all(apr_array_header_t *doomed, int *more, simg_db *db, const simg_doom *what,
                             simg_problem *err)
{
    simg_retention_verdict verdict = SIMG_RETENTION_BUSY;
    simg_retention_state state;
    walk w = { .created_at = APR_INT64_MIN };
    apr_status_t rv = start_of(&state, db, what, err);
    int marked;

    apr_pool_create(&w.p, doomed->pool);
    while (rv == APR_SUCCESS && verdict != SIMG_RETENTION_STAYS && doomed->nelts < what->max) {
        rv = next(&w, db, what->site, err);
        if (rv != APR_SUCCESS || !w.filename)
            break;
        verdict = simg_retention_judge(&state, what->limits, &w.picture);
        if (verdict <= SIMG_RETENTION_BUSY)
            continue;
        rv = simg_doomed_mark_in(&marked, db, w.filename, what->now, err);
        APR_ARRAY_PUSH(doomed, simg_doomed) = (simg_doomed){ .filename = apr_pstrdup(doomed->pool, w.filename),
                                                             .reason = simg_retention_reason(verdict),
                                                             .freed = w.kept ? 0 : w.picture.frees };
    }
    *more = doomed->nelts == what->max;
    apr_pool_destroy(w.p);
    return rv;
}

apr_status_t simg_doomed_retire(apr_array_header_t **doomed, int *more, simg_db *db, const simg_doom *what,
                                apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    *doomed = apr_array_make(p, 16, sizeof(simg_doomed));
    *more = 0;
    if (rv == APR_SUCCESS)
        rv = mark_all(*doomed, more, db, what, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    if (rv != APR_SUCCESS)
        apr_array_clear(*doomed);
    return rv;
}

/* Of those that share storage, how many are left once this one is gone. */
static apr_int64_t left_after(apr_hash_t *shared, const walk *w)
{
    apr_int64_t *left = apr_hash_get(shared, w->storage, APR_HASH_KEY_STRING);

    if (!left) {
        left = apr_palloc(apr_hash_pool_get(shared), sizeof(*left));
        *left = w->sharers + 1;
        apr_hash_set(shared, apr_pstrdup(apr_hash_pool_get(shared), w->storage), APR_HASH_KEY_STRING, left);
    }
    return --*left;
}

/* Nothing is locked: pictures may come and go meanwhile, as they may before a real one. */
apr_status_t simg_doomed_preview(simg_db *db, const simg_doom *what, simg_doomed_fn *fn, void *baton, apr_pool_t *p,
                                 simg_problem *err)
{
    simg_retention_verdict verdict = SIMG_RETENTION_BUSY;
    apr_hash_t *shared = apr_hash_make(p);
    simg_retention_state state;
    walk w = { .created_at = APR_INT64_MIN };
    apr_status_t rv = start_of(&state, db, what, err);

    apr_pool_create(&w.p, p);
    while (rv == APR_SUCCESS && verdict != SIMG_RETENTION_STAYS) {
        rv = next(&w, db, what->site, err);
        if (rv != APR_SUCCESS || !w.filename)
            break;
        if (w.sharers && !w.picture.busy)
            w.picture.frees = left_after(shared, &w) ? 0 : w.size;
        verdict = simg_retention_judge(&state, what->limits, &w.picture);
        if (verdict > SIMG_RETENTION_BUSY) {
            const simg_doomed d = { w.filename, simg_retention_reason(verdict), w.kept ? 0 : w.picture.frees };

            rv = fn(baton, &d, err);
        }
    }
    apr_pool_destroy(w.p);
    return rv;
}

static apr_status_t stop_at_first(void *baton, const simg_doomed *doomed, simg_problem *err)
{
    (void)doomed;
    (void)err;
    *(int *)baton = 1;
    return APR_EOF;
}

apr_status_t simg_doomed_is_due(int *due, simg_db *db, const simg_doom *what, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv;

    *due = 0;
    rv = simg_doomed_preview(db, what, stop_at_first, due, p, err);
    return APR_STATUS_IS_EOF(rv) && *due ? APR_SUCCESS : rv;
}

apr_status_t simg_doomed_left(apr_array_header_t **out, simg_db *db, const char *site, apr_time_t before, int max,
                              apr_pool_t *p, simg_problem *err)
{
    const simg_value args[] = { simg_value_int(apr_time_as_msec(before)), simg_value_int(max), simg_value_text(site) };
    names n = { apr_array_make(p, 16, sizeof(const char *)), p };

    *out = n.names;
    return simg_db_run(db,
                       "SELECT filename FROM doomed d WHERE marked_at < $1 AND ($3 IS NULL OR site = $3) "
                       "AND NOT EXISTS (SELECT 1 FROM image i WHERE i.filename = d.filename) LIMIT $2",
                       args, 3, read_name, &n, err);
}

apr_status_t simg_doomed_has(int *doomed, simg_db *db, const char *filename, simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    apr_int64_t n = 0;
    apr_status_t rv =
        simg_db_run(db, "SELECT COUNT(*) FROM doomed WHERE filename = $1", &arg, 1, simg_row_number, &n, err);

    *doomed = n > 0;
    return rv;
}

apr_status_t simg_doomed_done(simg_db *db, const apr_array_header_t *gone, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < gone->nelts; i++) {
        const simg_value arg = simg_value_text(APR_ARRAY_IDX(gone, i, const char *));

        rv = simg_db_run(db, "DELETE FROM doomed WHERE filename = $1", &arg, 1, NULL, NULL, err);
    }
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    return rv;
}
