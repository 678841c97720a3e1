/* SPDX-License-Identifier: Apache-2.0 */
/** What a kind of database provides; included by base/db.c and the drivers only. */
#ifndef SIMG_BASE_DB_DRIVER_H
#define SIMG_BASE_DB_DRIVER_H

#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>

#include "base/db.h"

typedef struct simg_db_driver simg_db_driver;

struct simg_row {
    const simg_db_driver *driver;
    void *at; /* the driver's own */
};

/** The arguments of simg_db_run in one piece. */
typedef struct simg_db_call {
    const char *sql;
    const simg_value *args;
    int nargs;
    simg_row_fn *fn;
    void *baton;
} simg_db_call;

struct simg_db {
    const simg_db_driver *driver;
    simg_dbpool *pool;
    const char *target; /* where, without the scheme */
    void *link;         /* the driver's own; NULL: not open */
    int broken;         /* set by the driver: answers nothing more, is closed when given back */
    apr_int64_t changed;
    simg_db *next; /* in the list of idle ones */
};

/** Those that take a problem fill it (by simg_db_fail) if they fail. */
struct simg_db_driver {
    const char *scheme; /* what `where` begins with */
    /* Makes link; leaves nothing behind if it fails. */
    apr_status_t (*open)(simg_db *db, simg_problem *err);
    void (*close)(simg_db *db);
    /* 1: the database is no longer at its place. */
    int (*is_stale)(simg_db *db);
    /* Would it take a write? */
    apr_status_t (*check)(simg_db *db, simg_problem *err);
    apr_status_t (*run)(simg_db *db, const simg_db_call *call, simg_problem *err);
    apr_status_t (*script)(simg_db *db, const char *sql, simg_problem *err);
    apr_status_t (*begin)(simg_db *db, simg_problem *err);
    apr_status_t (*commit)(simg_db *db, simg_problem *err);
    /* Does nothing if no transaction is open. */
    void (*rollback)(simg_db *db);
    apr_status_t (*version)(apr_int64_t *out, simg_db *db, simg_problem *err);
    /* Part of the transaction it runs in. */
    apr_status_t (*set_version)(simg_db *db, apr_int64_t version, simg_problem *err);
    apr_int64_t (*row_int)(const simg_row *row, int i);
    /* Valid during the row; NULL if the column is. */
    const char *(*row_text)(const simg_row *row, int i);
    int (*row_is_null)(const simg_row *row, int i);
};

extern const simg_db_driver simg_db_sqlite;

/** Fill *err with "index-unavailable" and its cause. rv is never stored as APR_ENOENT or APR_EEXIST, which
 * are answers.
 * @return err->rv */
apr_status_t simg_db_fail(const simg_db *db, apr_status_t rv, simg_problem *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** One writer per process at a time, for drivers whose database has one writer anyway: threads that queue
 * here wait less than threads that poll a lock file. @return APR_TIMEUP after `wait`. */
apr_status_t simg_db_gate_enter(simg_dbpool *pool, apr_interval_time_t wait);
void simg_db_gate_leave(simg_dbpool *pool);

#endif
