/* SPDX-License-Identifier: Apache-2.0 */
/* The database door while all is well. What happens when it is not: db_heal.c. */
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "base/db.h"
#include "scratch.h"
#include "tap.h"

static const char *const two[] = {
    "CREATE TABLE pet (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, age INTEGER NOT NULL);"
    "CREATE INDEX pet_by_age ON pet (age);",
    "ALTER TABLE pet ADD COLUMN food TEXT;",
    NULL,
};
static const char *const one[] = { "CREATE TABLE pet (id INTEGER PRIMARY KEY);", NULL };
static const char *const bad[] = { two[0], "CREATE TABLE half (id INTEGER); CREATE TABLE pet (id INTEGER);", NULL };

static simg_dbpool *pool_at(const char *name, apr_pool_t *p)
{
    simg_problem err = { 0 };
    simg_dbpool *pool = NULL;

    simg_dbpool_create(&pool, apr_psprintf(p, "sqlite3:%s/%s", scratch, name), p, &err);
    return pool;
}

static simg_db *get(simg_dbpool *pool)
{
    simg_problem err = { 0 };
    simg_db *db = NULL;

    if (simg_dbpool_get(&db, pool, &err) != APR_SUCCESS)
        printf("# %s\n", err.cause);
    return db;
}

static apr_status_t add_pet(simg_db *db, const char *name, apr_int64_t age, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(name), simg_value_int(age) };

    return simg_db_run(db, "INSERT INTO pet (name, age) VALUES ($1, $2)", args, 2, NULL, NULL, err);
}

static apr_int64_t number(simg_db *db, const char *sql)
{
    simg_problem err = { 0 };
    apr_int64_t n = -999;

    if (simg_db_run(db, sql, NULL, 0, simg_row_number, &n, &err) != APR_SUCCESS)
        printf("# %s\n", err.cause);
    return n;
}

typedef struct seen {
    apr_pool_t *p;
    int rows, null;
    apr_int64_t i;
    const char *s;
} seen;

static apr_status_t look(void *baton, const simg_row *row, simg_problem *err)
{
    seen *s = baton;

    (void)err;
    s->rows++;
    s->s = simg_row_text(row, 0, s->p);
    s->i = simg_row_int(row, 1);
    s->null = simg_row_is_null(row, 0) * 2 + simg_row_is_null(row, 1);
    return APR_SUCCESS;
}

static apr_status_t stop_at_two(void *baton, const simg_row *row, simg_problem *err)
{
    (void)row;
    if (++*(int *)baton < 2)
        return APR_SUCCESS;
    *err = (simg_problem){ .code = "internal" };
    return APR_BADARG;
}

static void test_where(apr_pool_t *p)
{
    static const char *const wrong[] = { "", "sqlite3:", "sqlite3:relative", "mysql:/x", "/x", "sqlite3::memory:" };
    simg_dbpool *pool = NULL;
    size_t i;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        simg_problem err = { 0 };

        ok(simg_dbpool_create(&pool, wrong[i], p, &err) != APR_SUCCESS && err.status == 503, "refused: '%s'", wrong[i]);
    }
}

static void test_values(simg_db *db, apr_pool_t *p)
{
    static const char text[] = "R\xc3\xa4uber %_! 'x\"; DROP TABLE pet; -- \xf0\x9f\x90\xbb";
    const simg_value args[] = { simg_value_text(text), simg_value_int(APR_INT64_MIN), simg_value_text(NULL) };
    simg_problem err = { 0 };
    seen s = { .p = p };

    simg_db_run(db, "SELECT $1, $2", args, 2, look, &s, &err);
    is_str(s.s, text, "text comes back byte for byte");
    is_int(s.i, APR_INT64_MIN, "the smallest number comes back");
    is_int(s.null, 0, "neither is NULL");
    simg_db_run(db, "SELECT $3, $2 + 1 + (CASE WHEN $2 < 0 THEN 1 ELSE 0 END)", args, 3, look, &s, &err);
    is_int(s.i, APR_INT64_MIN + 2, "an argument may stand twice, and in any order");
    ok(s.s == NULL && s.null == 2, "NULL is NULL");
    simg_db_run(db, "SELECT 'x', 1 WHERE $1 IS NULL", args, 1, look, &s, &err);
    s.rows = 0;
    simg_db_run(db, "SELECT 'x', 1 WHERE $1 IS NULL", NULL, 0, look, &s, &err);
    is_int(s.rows, 1, "no argument is left over from the call before");
    simg_db_run(db, "SELECT lower($1), 0",
                &(simg_value){ SIMG_VALUE_TEXT, 0, "AZ[ \xc3\x84\xc3\x9f \xce\xa9 \xd0\x96 \xff" }, 1, look, &s, &err);
    is_str(s.s, "az[ \xc3\xa4\xc3\x9f \xcf\x89 \xd0\xb6 \xff", "lower() knows more than A to Z");
}

static void test_answers(simg_db *db)
{
    simg_problem err = { .code = "untouched" };
    apr_status_t rv = add_pet(db, "Bo", 3, &err);
    int rows = 0;

    is_int(rv, APR_SUCCESS, "a row is added");
    is_int(simg_db_changed(db), 1, "one row was written");
    is_int(add_pet(db, "Bo", 4, &err), APR_EEXIST, "a second row of that name: APR_EEXIST");
    is_str(err.code, "untouched", "which is an answer, not a problem");
    is_int(simg_db_changed(db), 0, "no row was written");
    is_int(add_pet(db, "Cy", 3, &err), APR_SUCCESS, "the connection goes on after it");
    simg_db_run(db, "UPDATE pet SET age = age + 1", NULL, 0, NULL, NULL, &err);
    is_int(simg_db_changed(db), 2, "two rows were written");
    number(db, "SELECT COUNT(*) FROM pet");
    is_int(simg_db_changed(db), 0, "a SELECT writes none");
    rv = simg_db_run(db, "SELECT id FROM pet UNION ALL SELECT id FROM pet", NULL, 0, stop_at_two, &rows, &err);
    ok(rv == APR_BADARG && rows == 2 && !strcmp(err.code, "internal"), "a row function can stop, with its own words");
    is_int(number(db, "SELECT COUNT(*) FROM pet"), 2, "the connection goes on after it");
}

/* NOT NULL is no answer: nobody asked. */
static void test_constraint(simg_db *db)
{
    simg_problem err = { 0 };
    apr_status_t rv = simg_db_run(db, "INSERT INTO pet (name) VALUES ('Di')", NULL, 0, NULL, NULL, &err);

    ok(rv != APR_SUCCESS && rv != APR_EEXIST, "another constraint is a problem");
    is_str(err.code, "index-unavailable", "of the kind that is promised");
    ok(err.cause && !strstr(err.cause, "INSERT INTO pet"), "the cause for the log tells no statement either");
    ok(!strstr(err.detail, "pet") && !strstr(err.detail, scratch), "the detail tells neither statement nor path");
    is_int(number(db, "SELECT COUNT(*) FROM pet"), 2, "the connection goes on after it");
}

static void test_transactions(simg_dbpool *pool)
{
    simg_problem err = { 0 };
    simg_db *db = get(pool);

    simg_db_begin(db, &err);
    add_pet(db, "Ed", 1, &err);
    simg_db_rollback(db);
    is_int(number(db, "SELECT COUNT(*) FROM pet"), 2, "rolled back");
    simg_db_rollback(db);
    simg_db_begin(db, &err);
    add_pet(db, "Ed", 1, &err);
    is_int(simg_db_commit(db, &err), APR_SUCCESS, "committed");
    simg_db_begin(db, &err);
    add_pet(db, "Flo", 1, &err);
    simg_dbpool_put(pool, db);
    db = get(pool);
    is_int(number(db, "SELECT COUNT(*) FROM pet"), 3, "what was left open is rolled back when given back");
    is_int(add_pet(db, "Flo", 1, &err), APR_SUCCESS, "and the lock is free");
    is_int(simg_db_check(db, &err), APR_SUCCESS, "it would take a write");
    is_int(number(db, "SELECT COUNT(*) FROM pet"), 4, "finding out wrote nothing");
    simg_dbpool_put(pool, db);
}

static long mode_of(const char *name)
{
    char path[256];
    struct stat st;

    snprintf(path, sizeof(path), "%s%s", scratch, name);
    return stat(path, &st) == 0 ? (long)(st.st_mode & 07777) : -1;
}

static void test_settings(simg_db *db)
{
    is_int(number(db, "SELECT COUNT(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), 1, "WAL");
    is_int(number(db, "PRAGMA synchronous"), 2, "synchronous is FULL");
    is_int(number(db, "PRAGMA foreign_keys"), 1, "foreign keys are on");
    is_int(number(db, "PRAGMA busy_timeout"), 5000, "a locked database is waited for");
    is_int(mode_of("/a.db"), 0600, "nobody else may read the file, whatever the umask");
    is_int(mode_of("/a.db-wal"), 0600, "nor its log");
}

static void test_migrate(simg_dbpool *pool, apr_pool_t *p)
{
    simg_problem err = { 0 };
    simg_db *db = get(pool);

    is_int(simg_db_migrate(db, two, &err), APR_SUCCESS, "two scripts run");
    is_int(simg_db_migrate(db, two, &err), APR_SUCCESS, "and are not run again");
    is_int(number(db, "SELECT COUNT(*) FROM pragma_table_info('pet') WHERE name = 'food'"), 1, "both did their work");
    ok(simg_db_migrate(db, one, &err) != APR_SUCCESS && err.status == 503 && strstr(err.cause, "newer"),
       "a database of a newer program is refused");
    simg_dbpool_put(pool, db);
    pool = pool_at("bad.db", p);
    db = get(pool);
    err = (simg_problem){ 0 };
    ok(simg_db_migrate(db, bad, &err) != APR_SUCCESS && err.status == 503 && strstr(err.cause, "already exists"),
       "a script that fails is a problem");
    simg_dbpool_put(pool, db);
    db = get(pool);
    is_int(number(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'half'"), 0, "it leaves nothing behind");
    is_int(number(db, "PRAGMA user_version"), 1, "the scripts before it stay");
    simg_dbpool_put(pool, db);
}

/* Counted by their logs: SQLite keeps descriptors of the file itself for the next connection. */
static int open_files(const char *name)
{
    char path[64], target[512];
    int fd, n = 0;

    for (fd = 0; fd < 1024; fd++) {
        ssize_t len;
        const char *base;

        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        len = readlink(path, target, sizeof(target) - 1);
        target[len < 0 ? 0 : len] = '\0';
        base = strrchr(target, '/');
        n += base && !strcmp(base, name);
    }
    return n;
}

typedef struct loan {
    simg_dbpool *pool;
    simg_db *db;
} loan;

static void *APR_THREAD_FUNC give_back_later(apr_thread_t *thread, void *data)
{
    loan *l = data;

    (void)thread;
    apr_sleep(apr_time_from_msec(200));
    simg_dbpool_put(l->pool, l->db);
    return NULL;
}

static void test_pool(apr_pool_t *parent)
{
    apr_pool_t *p;
    simg_dbpool *pool;
    simg_db *db[5];
    apr_thread_t *giver;
    loan last_out;
    apr_status_t ended;
    int i, differ = 1;

    apr_pool_create(&p, parent);
    pool = pool_at("many.db", p);
    for (i = 0; i < 4; i++) {
        db[i] = get(pool);
        differ = differ && number(db[i], "PRAGMA user_version") == 0 && (i == 0 || db[i] != db[i - 1]);
    }
    ok(differ && open_files("/many.db-wal") == 4, "four connections at once");
    last_out.pool = pool;
    last_out.db = db[3];
    apr_thread_create(&giver, NULL, give_back_later, &last_out, p);
    db[4] = get(pool);
    ok(db[4] == db[3], "the fifth waits for one to come back");
    apr_thread_join(&ended, giver);
    for (i = 0; i < 3; i++)
        simg_dbpool_put(pool, db[i]);
    simg_dbpool_put(pool, db[4]);
    is_int(open_files("/many.db-wal"), 4, "all are kept");
    db[1] = get(pool);
    simg_dbpool_put(pool, db[1]);
    is_int(open_files("/many.db-wal"), 4, "and used again");
    apr_pool_destroy(p);
    is_int(open_files("/many.db-wal"), 0, "all are closed with the memory pool");
}

/* More texts than a connection keeps prepared. */
static void test_statements(simg_dbpool *pool, apr_pool_t *p)
{
    simg_db *db = get(pool);
    int i, round, right = 0;

    for (round = 0; round < 3; round++)
        for (i = 0; i < 100; i++)
            right += number(db, apr_psprintf(p, "SELECT %d", i)) == i;
    is_int(right, 300, "a hundred statements, each answered by its own text");
    simg_dbpool_put(pool, db);
}

int main(void)
{
    apr_pool_t *p;
    simg_dbpool *pool;
    simg_db *db;

    apr_initialize();
    apr_pool_create(&p, NULL);
    scratch_begin();
    umask(0);
    plan(6 + 7 + 7 + 10 + 5 + 6 + 6 + 5 + 1);
    test_where(p);
    pool = pool_at("a.db", p);
    test_migrate(pool, p);
    db = get(pool);
    test_values(db, p);
    test_answers(db);
    test_constraint(db);
    simg_dbpool_put(pool, db);
    test_transactions(pool);
    db = get(pool);
    test_settings(db);
    simg_dbpool_put(pool, db);
    test_pool(p);
    test_statements(pool, p);
    apr_pool_destroy(p);
    apr_terminate();
    scratch_end();
    return done_testing();
}
