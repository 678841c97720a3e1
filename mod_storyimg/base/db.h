/* SPDX-License-Identifier: Apache-2.0 */
/** A small door to an SQL database: SQLite now, PostgreSQL beside it later, the same statements for both.
 *
 * Statements have $1 .. $n for their arguments; each connection keeps the 48 last used ones prepared. One
 * connection serves one thread at a time; simg_dbpool lends them out. A connection that met an error (not: a
 * constraint) answers nothing more and is not kept, so the next one borrowed finds out whether the database
 * is back. */
#ifndef SIMG_BASE_DB_H
#define SIMG_BASE_DB_H

#include "base/problem.h"

typedef struct simg_db simg_db;
typedef struct simg_dbpool simg_dbpool;
typedef struct simg_row simg_row;

typedef struct simg_value {
    enum { SIMG_VALUE_NULL, SIMG_VALUE_INT, SIMG_VALUE_TEXT } kind;
    apr_int64_t i;
    const char *s; /* UTF-8; must outlive the call only */
} simg_value;

/** Values for the arguments of a statement. simg_value_text(NULL) is SQL's NULL. */
simg_value simg_value_int(apr_int64_t i);
simg_value simg_value_text(const char *s);

/** One row; valid during the call. @return APR_SUCCESS to go on; anything else ends the statement and is
 * returned, with *err filled. */
typedef apr_status_t simg_row_fn(void *baton, const simg_row *row, simg_problem *err);

/** Column i of a row: 0 / NULL where the column is NULL. Texts are copied to p. */
apr_int64_t simg_row_int(const simg_row *row, int i);
const char *simg_row_text(const simg_row *row, int i, apr_pool_t *p);
int simg_row_is_null(const simg_row *row, int i);

/** A simg_row_fn for answers of one number: column 0 goes to the apr_int64_t that baton points to. */
apr_status_t simg_row_number(void *baton, const simg_row *row, simg_problem *err);

/** Make ready to connect. Opens nothing.
 * @param where  `sqlite3:PATH` (absolute)
 * Problem: "index-unavailable"; here and below its texts live as long as p. Connections are opened on demand,
 * kept, and closed with p. Drop inherited ones by making the pool after fork only. */
apr_status_t simg_dbpool_create(simg_dbpool **out, const char *where, apr_pool_t *p, simg_problem *err);

/** Borrow a connection; give it back as soon as possible, always (simg_dbpool_put). Opens one if none is
 * idle. At most four are out at a time: who comes later waits up to ten seconds for one, so never hold two. A
 * connection on which a transaction was left open is rolled back when it is given back. */
apr_status_t simg_dbpool_get(simg_db **out, simg_dbpool *pool, simg_problem *err);
void simg_dbpool_put(simg_dbpool *pool, simg_db *db);

/** Run one statement. fn may be NULL; it runs no statement on this connection.
 * @return APR_SUCCESS; APR_EEXIST if a UNIQUE constraint refused it (an answer: *err is left alone); what fn
 *         returned; else a problem "index-unavailable" (locked for longer than the busy time-out, gone, full,
 *         corrupt), cause with SQL for the log, which is never APR_EEXIST or APR_ENOENT. */
apr_status_t simg_db_run(simg_db *db, const char *sql, const simg_value *args, int nargs, simg_row_fn *fn, void *baton,
                         simg_problem *err);
/** Rows that the last simg_db_run on this connection wrote. */
apr_int64_t simg_db_changed(const simg_db *db);

/** Would it take a write now? Found out without writing: the place is writable and no one holds the lock for
 * long. */
apr_status_t simg_db_check(simg_db *db, simg_problem *err);

/** BEGIN IMMEDIATE / COMMIT / ROLLBACK. Rollback never fails. */
apr_status_t simg_db_begin(simg_db *db, simg_problem *err);
apr_status_t simg_db_commit(simg_db *db, simg_problem *err);
void simg_db_rollback(simg_db *db);

/** Bring the schema up to date: run, in order and each in a transaction of its own, the scripts (several
 * statements each) whose number is above the version stored in the database. Safe when several processes
 * start at once. scripts ends with NULL; script i makes version i + 1. A database of a later version than we
 * know is refused. */
apr_status_t simg_db_migrate(simg_db *db, const char *const *scripts, simg_problem *err);

#endif
