/* SPDX-License-Identifier: Apache-2.0 */
#include "base/db.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/db_driver.h"

#define LENT_MAX 4 /* connections at once; a statement takes less than a millisecond, a connection 150 KB */
#define WAIT_MAX apr_time_from_sec(10)
#define CAUSES_MAX 64

static const simg_db_driver *const drivers[] = { &simg_db_sqlite, NULL };

typedef struct waiter {
    struct waiter *next;
} waiter;

struct simg_dbpool {
    const simg_db_driver *driver;
    const char *target;
    apr_thread_mutex_t *mutex; /* over everything below */
    simg_db *idle;
    int lent;
    apr_thread_cond_t *returned;
    int writing;
    waiter *queue; /* threads that wait to write, in the order they came */
    apr_thread_cond_t *written;
    simg_problem unavailable; /* ready-made: failing takes no memory from p, however often it happens */
    char *causes[CAUSES_MAX];
    int ncauses;
};

simg_value simg_value_int(apr_int64_t i)
{
    return (simg_value){ SIMG_VALUE_INT, i, NULL };
}

simg_value simg_value_text(const char *s)
{
    return (simg_value){ s ? SIMG_VALUE_TEXT : SIMG_VALUE_NULL, 0, s };
}

apr_int64_t simg_row_int(const simg_row *row, int i)
{
    return row->driver->row_int(row, i);
}

const char *simg_row_text(const simg_row *row, int i, apr_pool_t *p)
{
    const char *s = row->driver->row_text(row, i);

    return s ? apr_pstrdup(p, s) : NULL;
}

int simg_row_is_null(const simg_row *row, int i)
{
    return row->driver->row_is_null(row, i);
}

apr_status_t simg_row_number(void *baton, const simg_row *row, simg_problem *err)
{
    (void)err;
    *(apr_int64_t *)baton = simg_row_int(row, 0);
    return APR_SUCCESS;
}

/* A problem may outlive the connection it comes from, and the caller gave no pool for it. The causes are few
 * (messages of the database times our statements), so each is kept once, as long as the pool. */
static const char *keep_cause(simg_dbpool *pool, const char *text)
{
    const char *kept = "more different causes than can be kept";
    int i;

    apr_thread_mutex_lock(pool->mutex);
    for (i = 0; i < pool->ncauses && strcmp(pool->causes[i], text); i++)
        ;
    if (i == pool->ncauses && i < CAUSES_MAX) {
        pool->causes[i] = strdup(text);
        pool->ncauses += pool->causes[i] != NULL;
    }
    if (i < pool->ncauses)
        kept = pool->causes[i];
    apr_thread_mutex_unlock(pool->mutex);
    return kept;
}

apr_status_t simg_db_fail(const simg_db *db, apr_status_t rv, simg_problem *err, const char *fmt, ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, fmt);
    apr_vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    *err = db->pool->unavailable;
    if (rv != APR_SUCCESS && !APR_STATUS_IS_ENOENT(rv) && !APR_STATUS_IS_EEXIST(rv))
        err->rv = rv;
    err->cause = keep_cause(db->pool, text);
    return err->rv;
}

static void close_db(simg_db *db)
{
    if (db->link)
        db->driver->close(db);
    free(db);
}

static apr_status_t close_pool(void *data)
{
    simg_dbpool *pool = data;
    simg_db *db;

    while ((db = pool->idle)) {
        pool->idle = db->next;
        close_db(db);
    }
    while (pool->ncauses)
        free(pool->causes[--pool->ncauses]);
    return APR_SUCCESS;
}

static const simg_db_driver *driver_of(const char *where)
{
    int i;

    for (i = 0; drivers[i]; i++)
        if (!strncmp(where, drivers[i]->scheme, strlen(drivers[i]->scheme)))
            return drivers[i];
    return NULL;
}

apr_status_t simg_dbpool_create(simg_dbpool **out, const char *where, apr_pool_t *p, simg_problem *err)
{
    const simg_db_driver *driver = driver_of(where);
    simg_dbpool *pool = apr_pcalloc(p, sizeof(*pool));
    apr_status_t rv;

    simg_problem_set(&pool->unavailable, p, "index-unavailable", APR_EGENERAL, "the index is not available");
    if (!driver || where[strlen(driver->scheme)] != '/') {
        *err = pool->unavailable;
        return simg_problem_cause(err, p, "%s: not sqlite3: and an absolute path", where);
    }
    pool->driver = driver;
    pool->target = apr_pstrdup(p, where + strlen(driver->scheme));
    rv = apr_thread_mutex_create(&pool->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&pool->written, p);
    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&pool->returned, p);
    if (rv != APR_SUCCESS) {
        *err = pool->unavailable;
        err->rv = rv;
        return rv;
    }
    apr_pool_cleanup_register(p, pool, close_pool, apr_pool_cleanup_null);
    *out = pool;
    return APR_SUCCESS;
}

static simg_db *pop_idle(simg_dbpool *pool)
{
    simg_db *db;

    apr_thread_mutex_lock(pool->mutex);
    db = pool->idle;
    if (db)
        pool->idle = db->next;
    apr_thread_mutex_unlock(pool->mutex);
    return db;
}

static apr_status_t open_db(simg_db **out, simg_dbpool *pool, simg_problem *err)
{
    simg_db *db = calloc(1, sizeof(*db));
    apr_status_t rv;

    if (!db) {
        *err = pool->unavailable;
        err->rv = APR_ENOMEM;
        return APR_ENOMEM;
    }
    db->driver = pool->driver;
    db->pool = pool;
    db->target = pool->target;
    rv = db->driver->open(db, err);
    if (rv == APR_SUCCESS)
        *out = db;
    else
        close_db(db);
    return rv;
}

/** Wait until fewer than LENT_MAX connections are out: however many threads ask, memory stays bounded. */
static apr_status_t enter(simg_dbpool *pool, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;

    apr_thread_mutex_lock(pool->mutex);
    while (pool->lent >= LENT_MAX && rv == APR_SUCCESS)
        rv = apr_thread_cond_timedwait(pool->returned, pool->mutex, WAIT_MAX);
    if (rv == APR_SUCCESS)
        pool->lent++;
    apr_thread_mutex_unlock(pool->mutex);
    if (rv != APR_SUCCESS) {
        *err = pool->unavailable;
        err->rv = rv;
    }
    return rv;
}

static void leave(simg_dbpool *pool, simg_db *kept)
{
    apr_thread_mutex_lock(pool->mutex);
    if (kept) {
        kept->next = pool->idle;
        pool->idle = kept;
    }
    pool->lent--;
    apr_thread_cond_signal(pool->returned);
    apr_thread_mutex_unlock(pool->mutex);
}

apr_status_t simg_dbpool_get(simg_db **out, simg_dbpool *pool, simg_problem *err)
{
    apr_status_t rv = enter(pool, err);
    simg_db *db;

    if (rv != APR_SUCCESS)
        return rv;
    while ((db = pop_idle(pool))) {
        if (!db->driver->is_stale(db)) {
            *out = db;
            return APR_SUCCESS;
        }
        close_db(db);
    }
    rv = open_db(out, pool, err);
    if (rv != APR_SUCCESS)
        leave(pool, NULL);
    return rv;
}

void simg_dbpool_put(simg_dbpool *pool, simg_db *db)
{
    int kept;

    db->driver->rollback(db);
    kept = !db->broken;
    if (!kept)
        close_db(db);
    leave(pool, kept ? db : NULL);
}

static void leave_queue(simg_dbpool *pool, waiter *me)
{
    waiter **at = &pool->queue;

    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
}

/* First come, first served: threads that write in a loop would otherwise keep out one that came once. */
apr_status_t simg_db_gate_enter(simg_dbpool *pool, apr_interval_time_t wait)
{
    apr_time_t end = apr_time_now() + wait;
    waiter me = { NULL }, **last = &pool->queue;
    apr_status_t rv = APR_SUCCESS;

    apr_thread_mutex_lock(pool->mutex);
    while (*last)
        last = &(*last)->next;
    *last = &me;
    while ((pool->writing || pool->queue != &me) && rv == APR_SUCCESS) {
        apr_interval_time_t left = end - apr_time_now();

        rv = left > 0 ? apr_thread_cond_timedwait(pool->written, pool->mutex, left) : APR_TIMEUP;
    }
    if (rv == APR_SUCCESS)
        pool->writing = 1;
    leave_queue(pool, &me);
    if (rv != APR_SUCCESS)
        apr_thread_cond_broadcast(pool->written);
    apr_thread_mutex_unlock(pool->mutex);
    return rv;
}

void simg_db_gate_leave(simg_dbpool *pool)
{
    apr_thread_mutex_lock(pool->mutex);
    pool->writing = 0;
    apr_thread_cond_broadcast(pool->written);
    apr_thread_mutex_unlock(pool->mutex);
}

/* After an error the database may have ended the transaction by itself: a statement that still ran would not
 * be part of it. */
static apr_status_t refuse_broken(const simg_db *db, simg_problem *err)
{
    return db->broken ? simg_db_fail(db, APR_EGENERAL, err, "used after an error") : APR_SUCCESS;
}

apr_status_t simg_db_run(simg_db *db, const char *sql, const simg_value *args, int nargs, simg_row_fn *fn, void *baton,
                         simg_problem *err)
{
    simg_db_call call = { sql, args, nargs, fn, baton };
    apr_status_t rv = refuse_broken(db, err);

    db->changed = 0;
    return rv == APR_SUCCESS ? db->driver->run(db, &call, err) : rv;
}

apr_int64_t simg_db_changed(const simg_db *db)
{
    return db->changed;
}

apr_status_t simg_db_check(simg_db *db, simg_problem *err)
{
    apr_status_t rv = refuse_broken(db, err);

    return rv == APR_SUCCESS ? db->driver->check(db, err) : rv;
}

apr_status_t simg_db_begin(simg_db *db, simg_problem *err)
{
    apr_status_t rv = refuse_broken(db, err);

    return rv == APR_SUCCESS ? db->driver->begin(db, err) : rv;
}

apr_status_t simg_db_commit(simg_db *db, simg_problem *err)
{
    apr_status_t rv = refuse_broken(db, err);

    return rv == APR_SUCCESS ? db->driver->commit(db, err) : rv;
}

void simg_db_rollback(simg_db *db)
{
    db->driver->rollback(db);
}

/* Another process may have taken the same step while we waited for the lock: *have is read again under it. */
static apr_status_t step_up(simg_db *db, const char *const *scripts, apr_int64_t *have, simg_problem *err)
{
    apr_int64_t before = *have;
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = db->driver->version(have, db, err);
    if (rv == APR_SUCCESS && *have == before) {
        rv = db->driver->script(db, scripts[before], err);
        if (rv == APR_SUCCESS)
            rv = db->driver->set_version(db, before + 1, err);
        *have = before + 1;
    }
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    if (rv != APR_SUCCESS)
        simg_db_rollback(db);
    return rv;
}

apr_status_t simg_db_migrate(simg_db *db, const char *const *scripts, simg_problem *err)
{
    apr_int64_t known = 0, have = 0;
    apr_status_t rv = refuse_broken(db, err);

    while (scripts[known])
        known++;
    if (rv == APR_SUCCESS)
        rv = db->driver->version(&have, db, err);
    while (rv == APR_SUCCESS && have < known)
        rv = step_up(db, scripts, &have, err);
    if (rv == APR_SUCCESS && have > known)
        rv = simg_db_fail(db, APR_EGENERAL, err,
                          "%s: version %" APR_INT64_T_FMT " of a newer program; known is %" APR_INT64_T_FMT, db->target,
                          have, known);
    return rv;
}
