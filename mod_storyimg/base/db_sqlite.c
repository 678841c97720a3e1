/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <sqlite3.h>

#include "base/db_driver.h"
#include "base/db_file.h"
#include "base/db_lower.h"

#define KEPT_MAX 48
#define BUSY_MS 5000
#define OWNED_MS 100 /* how long a file beside it may not be ours */

typedef struct link {
    sqlite3 *db;
    int gated; /* 1: this connection is the writer of its process */
    int nkept;
    apr_uint64_t uses;
    struct {
        sqlite3_stmt *stmt;
        apr_uint64_t used; /* value of uses when it last ran */
    } kept[KEPT_MAX];
} link_t;

static sqlite3 *handle_of(const simg_db *db)
{
    return ((link_t *)db->link)->db;
}

static const struct {
    int code;
    apr_status_t rv;
} meanings[] = {
    { SQLITE_BUSY, APR_TIMEUP },     { SQLITE_LOCKED, APR_TIMEUP }, { SQLITE_FULL, APR_ENOSPC },
    { SQLITE_READONLY, APR_EACCES }, { SQLITE_PERM, APR_EACCES },   { SQLITE_NOMEM, APR_ENOMEM },
};

static apr_status_t status_of(int code)
{
    size_t i;

    for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == (code & 0xff))
            return meanings[i].rv;
    return APR_EGENERAL;
}

static int is_unique(int code)
{
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID;
}

static apr_status_t fail(simg_db *db, int code, simg_problem *err)
{
    sqlite3 *h = handle_of(db);
    const char *words = code == sqlite3_extended_errcode(h) ? sqlite3_errmsg(h) : sqlite3_errstr(code);

    if (is_unique(code))
        return APR_EEXIST;
    db->broken = (code & 0xff) != SQLITE_CONSTRAINT;
    return simg_db_fail(db, status_of(code), err, "StoryImgIndex: %s (%d)", words, code);
}

/* The last used statement that has this text; else the place for a new one. */
static int find_kept(const link_t *l, const char *sql)
{
    int i, oldest = 0;

    for (i = 0; i < l->nkept; i++) {
        if (!strcmp(sqlite3_sql(l->kept[i].stmt), sql))
            return i;
        if (l->kept[i].used < l->kept[oldest].used)
            oldest = i;
    }
    return l->nkept < KEPT_MAX ? l->nkept : oldest;
}

static apr_status_t statement_of(sqlite3_stmt **out, simg_db *db, const char *sql, simg_problem *err)
{
    link_t *l = db->link;
    int i = find_kept(l, sql);
    int code;

    if (i == l->nkept || strcmp(sqlite3_sql(l->kept[i].stmt), sql)) {
        code = sqlite3_prepare_v3(l->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
        if (code != SQLITE_OK)
            return fail(db, code, err);
        if (i < l->nkept)
            sqlite3_finalize(l->kept[i].stmt);
        else
            l->nkept++;
        l->kept[i].stmt = *out;
    }
    l->kept[i].used = ++l->uses;
    *out = l->kept[i].stmt;
    return APR_SUCCESS;
}

/* SQLite takes $1 for a name, which may stand in several places and in any order. */
static int bind_all(sqlite3_stmt *stmt, const simg_db_call *call)
{
    char name[16];
    int i, at, code = SQLITE_OK;

    for (i = 0; i < call->nargs && code == SQLITE_OK; i++) {
        const simg_value *v = &call->args[i];

        snprintf(name, sizeof(name), "$%d", i + 1);
        at = sqlite3_bind_parameter_index(stmt, name);
        if (at == 0)
            continue;
        if (v->kind == SIMG_VALUE_INT)
            code = sqlite3_bind_int64(stmt, at, v->i);
        else if (v->kind == SIMG_VALUE_TEXT)
            code = sqlite3_bind_text(stmt, at, v->s, -1, SQLITE_STATIC);
        else
            code = sqlite3_bind_null(stmt, at);
    }
    return code;
}

/* The gate is held while a transaction or a writing statement runs. */
static apr_status_t enter_gate(simg_db *db, simg_problem *err)
{
    link_t *l = db->link;
    apr_status_t rv = APR_SUCCESS;

    if (l->gated)
        return APR_SUCCESS;
    rv = simg_db_gate_enter(db->pool, apr_time_from_msec(BUSY_MS));
    if (rv != APR_SUCCESS)
        return simg_db_fail(db, rv, err, "StoryImgIndex: other threads kept writing for %d ms", BUSY_MS);
    l->gated = 1;
    return APR_SUCCESS;
}

static void leave_gate(simg_db *db)
{
    link_t *l = db->link;

    if (!l->gated || !sqlite3_get_autocommit(l->db))
        return;
    l->gated = 0;
    simg_db_gate_leave(db->pool);
}

static apr_status_t step_all(simg_db *db, sqlite3_stmt *stmt, const simg_db_call *call, simg_problem *err)
{
    simg_row row = { db->driver, stmt };
    apr_status_t rv = APR_SUCCESS;
    int code = SQLITE_ROW;

    while (rv == APR_SUCCESS && (code = sqlite3_step(stmt)) == SQLITE_ROW)
        if (call->fn)
            rv = call->fn(call->baton, &row, err);
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        return fail(db, code, err);
    if (!sqlite3_stmt_readonly(stmt))
        db->changed = sqlite3_changes64(handle_of(db));
    return rv;
}

static apr_status_t run(simg_db *db, const simg_db_call *call, simg_problem *err)
{
    sqlite3_stmt *stmt;
    apr_status_t rv = statement_of(&stmt, db, call->sql, err);
    int code;

    if (rv == APR_SUCCESS && !sqlite3_stmt_readonly(stmt))
        rv = enter_gate(db, err);
    if (rv != APR_SUCCESS)
        return rv;
    code = bind_all(stmt, call);
    rv = code == SQLITE_OK ? step_all(db, stmt, call, err) : fail(db, code, err);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    leave_gate(db);
    return rv;
}

static apr_status_t run_plain(simg_db *db, const char *sql, simg_problem *err)
{
    simg_db_call call = { .sql = sql };

    return run(db, &call, err);
}

static apr_status_t script(simg_db *db, const char *sql, simg_problem *err)
{
    int code = sqlite3_exec(handle_of(db), sql, NULL, NULL, NULL);
    apr_status_t rv = code == SQLITE_OK ? APR_SUCCESS : fail(db, code, err);

    if (rv == APR_EEXIST)
        rv = simg_db_fail(db, APR_EGENERAL, err, "StoryImgIndex: a script broke a constraint");
    return rv;
}

static apr_status_t begin(simg_db *db, simg_problem *err)
{
    return run_plain(db, "BEGIN IMMEDIATE", err);
}

static apr_status_t commit(simg_db *db, simg_problem *err)
{
    return run_plain(db, "COMMIT", err);
}

static void rollback(simg_db *db)
{
    simg_problem unused;

    if (!sqlite3_get_autocommit(handle_of(db)) && run_plain(db, "ROLLBACK", &unused) != APR_SUCCESS)
        db->broken = 1;
    leave_gate(db);
}

static apr_status_t version(apr_int64_t *out, simg_db *db, simg_problem *err)
{
    simg_db_call call = { .sql = "PRAGMA user_version", .fn = simg_row_number, .baton = out };

    return run(db, &call, err);
}

static apr_status_t set_version(simg_db *db, apr_int64_t v, simg_problem *err)
{
    char sql[64];

    apr_snprintf(sql, sizeof(sql), "PRAGMA user_version = %" APR_INT64_T_FMT, v);
    return script(db, sql, err);
}

/* A connection to a file that was removed or replaced would go on reading and writing what nobody sees. */
static int is_stale(simg_db *db)
{
    int moved = 0;

    return sqlite3_file_control(handle_of(db), "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved;
}

/* An open connection does not notice that its folder was made read-only until it writes; that a lock can be
 * had is only known by taking it. */
static apr_status_t check(simg_db *db, simg_problem *err)
{
    apr_status_t rv;

    if (!simg_db_file_writable(db->target)) {
        db->broken = 1;
        return simg_db_fail(db, APR_EACCES, err, "StoryImgIndex: it or its folder is not writable");
    }
    rv = begin(db, err);
    rollback(db);
    return rv;
}

/* While several processes turn a new file to WAL at once, SQLite refuses some of them without waiting. And where root
 * looks into the index, -wal and -shm are root's for a moment before SQLite gives them to the owner of the file. */
static int may_pass(int code, apr_time_t since)
{
    apr_time_t waited = apr_time_now() - since;

    code &= 0xff;
    return (code == SQLITE_BUSY && waited < apr_time_from_msec(BUSY_MS)) ||
           (code == SQLITE_CANTOPEN && waited < apr_time_from_msec(OWNED_MS));
}

static int turn_to_wal(sqlite3 *db)
{
    apr_time_t since = apr_time_now();
    int code;

    do {
        code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    } while (may_pass(code, since) && sqlite3_sleep(5));
    return code;
}

static int set_up(sqlite3 *db)
{
    int code;

    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
    code = turn_to_wal(db);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    return code == SQLITE_OK ? simg_db_lower_add(db) : code;
}

static void close_link(simg_db *db)
{
    link_t *l = db->link;

    while (l->nkept)
        sqlite3_finalize(l->kept[--l->nkept].stmt);
    sqlite3_close(l->db);
    free(l);
    db->link = NULL;
}

static apr_status_t open_link(simg_db *db, simg_problem *err)
{
    link_t *l = calloc(1, sizeof(*l));
    apr_status_t rv = APR_SUCCESS;
    int code;

    if (!l)
        return simg_db_fail(db, APR_ENOMEM, err, "no memory");
    db->link = l;
    simg_db_file_make(db->target);
    code = sqlite3_open_v2(db->target, &l->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK && sqlite3_db_readonly(l->db, "main"))
        code = SQLITE_READONLY;
    if (code == SQLITE_OK)
        code = set_up(l->db);
    if (code != SQLITE_OK)
        rv = fail(db, code, err);
    if (rv != APR_SUCCESS)
        close_link(db);
    return rv;
}

static apr_int64_t row_int(const simg_row *row, int i)
{
    return sqlite3_column_int64(row->at, i);
}

static const char *row_text(const simg_row *row, int i)
{
    return (const char *)sqlite3_column_text(row->at, i);
}

static int row_is_null(const simg_row *row, int i)
{
    return sqlite3_column_type(row->at, i) == SQLITE_NULL;
}

const simg_db_driver simg_db_sqlite = {
    .scheme = "sqlite3:",
    .open = open_link,
    .close = close_link,
    .is_stale = is_stale,
    .check = check,
    .run = run,
    .script = script,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .version = version,
    .set_version = set_version,
    .row_int = row_int,
    .row_text = row_text,
    .row_is_null = row_is_null,
};
