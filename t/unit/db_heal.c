/* SPDX-License-Identifier: Apache-2.0 */
/* The database is gone, replaced, locked, full, broken or not writable: the answer is 503, and all is well again
 * once it is back. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <sqlite3.h>

#include "index/images.h"
#include "scratch.h"
#include "tap.h"

static apr_pool_t *pool;
static char folder[256], file[300];

static simg_index *open_index(void)
{
    simg_problem err = { 0 };
    simg_index *index = NULL;

    simg_index_open(&index, apr_pstrcat(pool, "sqlite3:", file, NULL), pool, &err);
    return index;
}

static void begin(const char *name)
{
    snprintf(folder, sizeof(folder), "%s/%s", scratch, name);
    snprintf(file, sizeof(file), "%s/i.db", folder);
    mkdir(folder, 0700);
}

static apr_status_t add(simg_index *index, const char *name, simg_problem *err)
{
    const simg_image image = { .filename = name, .kind = "story", .created_at = 1738355170123000 };

    *err = (simg_problem){ 0 };
    return simg_images_add(index, &image, err);
}

static apr_status_t ready(simg_index *index, simg_problem *err)
{
    *err = (simg_problem){ 0 };
    return simg_index_ready(index, err);
}

/* Number of images; -1: a problem. */
static int count(simg_index *index)
{
    const simg_image_query query = { .limit = 10 };
    simg_problem err = { 0 };
    simg_image_list list;

    if (simg_images_list(&list, index, &query, pool, &err) == APR_SUCCESS)
        return list.images->nelts == list.total ? (int)list.total : -2;
    return err.status == 503 && err.cause && !strcmp(err.code, "index-unavailable") ? -1 : -3;
}

static int is_503(apr_status_t rv, const simg_problem *err)
{
    if (rv != APR_SUCCESS)
        printf("# %s\n", err->cause);
    return rv != APR_SUCCESS && rv != APR_ENOENT && rv != APR_EEXIST && err->rv == rv && err->status == 503 &&
           err->cause && !strcmp(err->code, "index-unavailable") && !strstr(err->detail, scratch);
}

static void test_lifecycle(void)
{
    simg_problem err;
    simg_index *index;

    begin("nothing");
    rmdir(folder);
    index = open_index();
    ok(index != NULL, "an index that is not there can be opened");
    ok(is_503(ready(index, &err), &err), "but not used: no folder");
    ok(is_503(add(index, "a.png", &err), &err), "nothing can be added");
    is_int(count(index), -1, "nor listed");
    mkdir(folder, 0700);
    is_int(ready(index, &err), APR_SUCCESS, "ready once the folder is there");
    is_int(add(index, "a.png", &err), APR_SUCCESS, "added");
    is_int(count(index), 1, "listed");
}

static void test_removed(void)
{
    simg_problem err;
    simg_index *index;

    begin("removed");
    index = open_index();
    add(index, "a.png", &err);
    add(index, "b.png", &err);
    unlink(file);
    is_int(ready(index, &err), APR_SUCCESS, "file removed: an empty one takes its place");
    is_int(count(index), 0, "which is empty, whatever the old log says");
    is_int(add(index, "a.png", &err), APR_SUCCESS, "and takes rows");
    is_int(count(index), 1, "one row");
    is_int(count(open_index()), 1, "seen by other connections as well");
}

static void test_moved(void)
{
    char away[300];
    simg_problem err;
    simg_index *index;

    begin("moved");
    snprintf(away, sizeof(away), "%s.away", folder);
    index = open_index();
    add(index, "a.png", &err);
    rename(folder, away);
    ok(is_503(ready(index, &err), &err), "folder moved: not ready");
    ok(is_503(add(index, "b.png", &err), &err), "nothing can be added");
    rename(away, folder);
    is_int(ready(index, &err), APR_SUCCESS, "ready once it is back");
    is_int(count(index), 1, "with its row");
    rename(folder, away);
    mkdir(folder, 0700);
    is_int(add(index, "a.png", &err), APR_SUCCESS, "another folder in its place is used");
    is_int(count(index), 1, "with its own rows");
}

static void test_borrowed_while_removed(void)
{
    apr_int64_t n = -1;
    simg_problem err = { 0 };
    simg_index *index;
    simg_db *db;

    begin("borrowed");
    index = open_index();
    add(index, "a.png", &err);
    simg_index_borrow(&db, index, &err);
    unlink(file);
    add(index, "b.png", &err);
    add(index, "c.png", &err);
    simg_db_run(db, "SELECT COUNT(*) FROM image", NULL, 0, simg_row_number, &n, &err);
    is_int(n, 1, "a connection in use goes on with the file it has");
    simg_index_return(index, db);
    is_int(count(index), 2, "and does not harm the new one when it ends");
    simg_index_borrow(&db, index, &err);
    n = -1;
    simg_db_run(db, "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'", NULL, 0,
                simg_row_number, &n, &err);
    is_int(n, 0, "the new file is sound");
    simg_index_return(index, db);
}

static void write_file(const char *text, int count_of_it)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    while (count_of_it-- > 0)
        if (write(fd, text, strlen(text)) < 0)
            break;
    close(fd);
}

static void test_garbage(void)
{
    simg_problem err;
    simg_index *index;

    begin("garbage");
    write_file("<html>This is not a database</html>\n", 1000);
    index = open_index();
    ok(is_503(ready(index, &err), &err), "not a database: not ready");
    is_int(count(index), -1, "nor listed");
    write_file("", 0);
    is_int(ready(index, &err), APR_SUCCESS, "an empty file is as good as none");
    add(index, "a.png", &err);
    is_int(count(index), 1, "it takes rows");
}

static void test_corrupt(void)
{
    simg_problem err;
    simg_index *index;
    apr_pool_t *before = pool;
    int i, fd;

    begin("corrupt");
    apr_pool_create(&pool, before);
    index = open_index();
    for (i = 0; i < 300; i++)
        add(index, apr_psprintf(pool, "%d.png", i), &err);
    apr_pool_destroy(pool);
    pool = before;
    fd = open(file, O_WRONLY);
    for (i = 4096; i < 120000; i += 512)
        if (pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, i) < 0)
            break;
    close(fd);
    index = open_index();
    ok(is_503(ready(index, &err), &err), "corrupt: not ready");
    is_int(count(index), -1, "nor listed");
    unlink(file);
    is_int(ready(index, &err), APR_SUCCESS, "ready once it is removed");
}

static void test_locked(void)
{
    simg_problem err = { 0 };
    simg_index *index;
    sqlite3 *other;
    simg_db *db;

    begin("locked");
    index = open_index();
    add(index, "a.png", &err);
    sqlite3_open(file, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    simg_index_borrow(&db, index, &err);
    simg_db_run(db, "PRAGMA busy_timeout = 50", NULL, 0, NULL, NULL, &err);
    simg_index_return(index, db);
    ok(is_503(add(index, "b.png", &err), &err) && err.rv == APR_TIMEUP, "locked for long: nothing can be added");
    is_int(count(index), 1, "but listed");
    simg_index_borrow(&db, index, &err);
    simg_db_run(db, "PRAGMA busy_timeout = 50", NULL, 0, NULL, NULL, &err);
    simg_index_return(index, db);
    ok(is_503(ready(index, &err), &err), "not ready");
    sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
    is_int(ready(index, &err), APR_SUCCESS, "ready once the lock is gone");
    is_int(add(index, "b.png", &err), APR_SUCCESS, "added");
    sqlite3_close(other);
}

/* A transaction that the database ended by itself must not go on half. */
static void test_full(void)
{
    struct rlimit small, large;
    simg_problem err = { 0 };
    simg_index *index;
    simg_db *db;
    char *big = apr_palloc(pool, 200001);
    simg_value args[2] = { simg_value_text(big), simg_value_text("left.png") };

    memset(big, 'x', 200000);
    big[200000] = '\0';
    begin("full");
    signal(SIGXFSZ, SIG_IGN);
    index = open_index();
    add(index, "a.png", &err);
    getrlimit(RLIMIT_FSIZE, &large);
    small = large;
    small.rlim_cur = 200000;
    setrlimit(RLIMIT_FSIZE, &small);
    ok(is_503(add(index, big, &err), &err), "disk full: nothing can be added");
    is_int(count(index), 1, "but listed");
    simg_index_borrow(&db, index, &err);
    simg_db_begin(db, &err);
    simg_db_run(db, "UPDATE image SET model = 'm' || $1", args, 2, NULL, NULL, &err);
    ok(is_503(simg_db_commit(db, &err), &err), "nor changed");
    err = (simg_problem){ 0 };
    ok(is_503(simg_db_run(db, "UPDATE image SET filename = $2", args, 2, NULL, NULL, &err), &err),
       "the connection answers nothing more");
    setrlimit(RLIMIT_FSIZE, &large);
    simg_index_return(index, db);
    is_int(add(index, "b.png", &err), APR_SUCCESS, "added once there is room");
    is_int(count(index), 2, "and nothing is left of what failed");
}

/* Is it ready, for who opens it now and closes it again? */
static apr_status_t ready_once(simg_problem *err)
{
    apr_pool_t *before = pool;
    apr_status_t rv;

    apr_pool_create(&pool, before);
    rv = ready(open_index(), err);
    if (rv != APR_SUCCESS)
        err->cause = apr_pstrdup(before, err->cause);
    apr_pool_destroy(pool);
    pool = before;
    return rv;
}

/* As it is when SQLite runs as root: a file beside it is not ours at first. */
static void test_not_ours_yet(void)
{
    char shm[310];
    simg_problem err;
    int status = -1;
    pid_t other;

    begin("owned");
    snprintf(shm, sizeof(shm), "%s-shm", file);
    is_int(ready_once(&err), APR_SUCCESS, "made");
    is_int(symlink("nowhere", shm), 0, "what is beside it cannot be opened");
    fflush(stdout);
    other = fork();
    if (other == 0) {
        apr_sleep(apr_time_from_msec(40));
        _exit(unlink(shm));
    }
    is_int(ready_once(&err), APR_SUCCESS, "for a moment: waited for");
    waitpid(other, &status, 0);
    is_int(status, 0, "the moment was in between");
    is_int(symlink("nowhere", shm), 0, "again");
    ok(is_503(ready_once(&err), &err), "not waited for without end");
}

/* The superuser may write anywhere: the rest is done as nobody. @return what the parent should find */
static int read_only_child(void)
{
    simg_problem err;
    simg_index *index;
    int good = 0;

    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 99;
    index = open_index();
    good += add(index, "a.png", &err) == APR_SUCCESS && ready(index, &err) == APR_SUCCESS;
    chmod(folder, 0500);
    good += is_503(ready(index, &err), &err);
    chmod(folder, 0700);
    good += ready(index, &err) == APR_SUCCESS;
    chmod(file, 0400);
    good += is_503(ready(index, &err), &err);
    good += is_503(ready(open_index(), &err), &err);
    good += is_503(add(open_index(), "b.png", &err), &err);
    chmod(file, 0600);
    good += add(index, "b.png", &err) == APR_SUCCESS && ready(index, &err) == APR_SUCCESS;
    fflush(stdout);
    return good;
}

static void test_read_only(void)
{
    int status = 0;
    pid_t child;

    begin("readonly");
    chmod(scratch, 0711);
    if (geteuid() == 0 && chown(folder, 65534, 65534) != 0)
        printf("# cannot give the folder away\n");
    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(read_only_child());
    waitpid(child, &status, 0);
    is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 7, "folder or file made read-only, and writable again");
}

/* However often it fails: nothing piles up. */
static void test_many_failures(void)
{
    struct stat st;
    simg_problem err;
    simg_index *index;
    int i, fd, failed = 0;

    begin("many");
    rmdir(folder);
    index = open_index();
    for (i = 0; i < 3000; i++)
        failed += ready(index, &err) != APR_SUCCESS;
    is_int(failed, 3000, "three thousand failures");
    fd = open("/dev/null", O_RDONLY);
    ok(fd < 200 && fstat(fd, &st) == 0, "leave no descriptors open (next is %d)", fd);
    close(fd);
    mkdir(folder, 0700);
    is_int(ready(index, &err), APR_SUCCESS, "and then it is ready");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    plan(7 + 5 + 6 + 3 + 4 + 3 + 5 + 6 + 6 + 1 + 3);
    test_lifecycle();
    test_removed();
    test_moved();
    test_borrowed_while_removed();
    test_garbage();
    test_corrupt();
    test_locked();
    test_full();
    test_not_ours_yet();
    test_read_only();
    test_many_failures();
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
