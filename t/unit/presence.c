/* SPDX-License-Identifier: Apache-2.0 */
/* Who is alive, as other processes see it; and a name that is tidied away in the very moment in which it is taken. */
#include "work/presence.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "scratch.h"
#include "tap.h"

enum { TAKES = 5000, SWEEPERS = 2 };

static apr_pool_t *pool;
static const char *state;

/* What others do between the moment in which the file of this owner is opened and that in which it is locked; once. */
static void (*meanwhile)(void);
static const char *meanwhile_of;

static const char *file_of(const char *owner)
{
    return apr_pstrcat(pool, state, "/workers/", owner, ".lock", NULL);
}

static int is_file_of(int fd, const char *owner)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 && stat(file_of(owner), &named) == 0 && held.st_ino == named.st_ino;
}

/* In place of the C library's. */
int flock(int fd, int operation)
{
    void (*others)(void) = meanwhile;

    if (others && is_file_of(fd, meanwhile_of)) {
        meanwhile = NULL;
        others();
    }
    return (int)syscall(SYS_flock, fd, operation);
}

static int has_file(const char *owner)
{
    struct stat st;

    return stat(file_of(owner), &st) == 0;
}

static const char *seen(const char *owner)
{
    static const char *const words[] = { "gone", "alive", "unknown" };

    return words[simg_presence_of(state, owner, pool)];
}

/** A process that says that it lives, as owner, and then waits to be killed. @return once it has said so */
static pid_t live_as(const char *owner)
{
    int told[2];
    char word = 'n';
    pid_t pid;

    fflush(stdout);
    if (pipe(told) != 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        word = simg_presence_take(state, owner, pool) == APR_SUCCESS ? 'y' : 'n';
        if (write(told[1], &word, 1) == 1)
            for (;;)
                pause();
        _exit(1);
    }
    close(told[1]);
    ok(read(told[0], &word, 1) == 1 && word == 'y', "%s lives", owner);
    close(told[0]);
    return pid;
}

static void kill_hard(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void test_life(void)
{
    pid_t ada, ben;
    struct stat st;

    is_str(seen("ada"), "unknown", "nobody has said anything");
    simg_presence_sweep(state, pool);
    simg_presence_forget(state, "ada", pool);
    ok(stat(apr_pstrcat(pool, state, "/workers", NULL), &st) != 0, "and looking leaves no trace");
    ada = live_as("ada");
    ben = live_as("ben");
    ok(stat(apr_pstrcat(pool, state, "/workers", NULL), &st) == 0 && (st.st_mode & 0777) == 0700,
       "in a private folder");
    is_str(seen("ada"), "alive", "one lives");
    is_str(seen("ada"), "alive", "however often it is asked");
    ok(simg_presence_take(state, "ada", pool) != APR_SUCCESS, "nobody else can say that it is her");
    is_str(seen("ada"), "alive", "and trying does her no harm");
    kill_hard(ada);
    is_str(seen("ada"), "gone", "killed, it is gone");
    is_str(seen("ben"), "alive", "the other is not");
    is_str(seen("eve"), "unknown", "of a third nothing is known");
    simg_presence_sweep(state, pool);
    ok(!has_file("ada") && has_file("ben"), "the sweep removes the file of the dead alone");
    is_str(seen("ada"), "unknown", "who is not known any more");
    is_str(seen("ben"), "alive", "the living one still lives");
    kill_hard(ben);
    ok(has_file("ben"), "a file stays until somebody tidies up");
    simg_presence_forget(state, "ben", pool);
    ok(!has_file("ben"), "that is forgotten");
}

/* A stopped process is not a dead one; one that ends orderly leaves at once. */
static void test_ends(void)
{
    pid_t slow = live_as("slow");
    apr_pool_t *p;

    kill(slow, SIGSTOP);
    is_str(seen("slow"), "alive", "stopped is not gone");
    kill_hard(slow);
    is_str(seen("slow"), "gone", "killed in its sleep");
    apr_pool_create(&p, pool);
    is_int(simg_presence_take(state, "me", p), APR_SUCCESS, "this process");
    is_str(seen("me"), "alive", "sees itself");
    apr_pool_destroy(p);
    is_str(seen("me"), "gone", "until its pool is cleared");
    is_int(simg_presence_take(state, "me", pool), APR_SUCCESS, "a name can be taken again");
    is_str(seen("me"), "alive", "and lives again");
}

/** A child of httpd is forked from a process, and starts programs: neither holds its lock. */
static void test_programs(void)
{
    apr_pool_t *p;
    pid_t pid;

    apr_pool_create(&p, pool);
    simg_presence_take(state, "starter", p);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        execl("/bin/sleep", "sleep", "60", (char *)NULL);
        _exit(1);
    }
    usleep(200000);
    apr_pool_destroy(p);
    is_str(seen("starter"), "gone", "a program that it started does not keep it alive");
    kill_hard(pid);
}

/* A symlink in the folder is nobody's word: what it points to is neither locked nor removed. */
static void test_links(void)
{
    const char *target = apr_pstrcat(pool, state, "/target", NULL);
    const char *link = apr_pstrcat(pool, state, "/workers/link.lock", NULL);
    struct stat st;
    FILE *f = fopen(target, "w");

    if (f)
        fclose(f);
    ok(symlink(target, link) == 0, "a symlink");
    is_str(seen("link"), "unknown", "says nothing");
    ok(simg_presence_take(state, "link", pool) != APR_SUCCESS, "is not taken");
    simg_presence_sweep(state, pool);
    ok(stat(target, &st) == 0, "nor is its target swept away");
    unlink(link);
}

static pid_t phoenix;

static void tidy_away(void)
{
    simg_presence_sweep(state, pool);
    ok(!has_file("tidied"), "a name is tidied away while it is taken");
}

static void die_and_rise(void)
{
    simg_presence_forget(state, "phoenix", pool);
    phoenix = live_as("phoenix");
}

static void test_moments(void)
{
    meanwhile = tidy_away;
    meanwhile_of = "tidied";
    is_int(simg_presence_take(state, "tidied", pool), APR_SUCCESS, "then it is taken again");
    ok(has_file("tidied"), "its file is in place");
    is_str(seen("tidied"), "alive", "and its owner seen");
    kill_hard(live_as("phoenix"));
    meanwhile = die_and_rise;
    meanwhile_of = "phoenix";
    simg_presence_sweep(state, pool);
    ok(!meanwhile && has_file("phoenix"), "a name taken anew while the dead one's is swept away stays");
    is_str(seen("phoenix"), "alive", "and its owner is seen");
    kill_hard(phoenix);
}

static pid_t sweep_on_and_on(void)
{
    pid_t pid;
    apr_pool_t *p;

    fflush(stdout);
    pid = fork();
    if (pid)
        return pid;
    apr_pool_create(&p, NULL);
    for (;;) {
        apr_pool_clear(p);
        simg_presence_sweep(state, p);
        simg_presence_of(state, "racer", p);
    }
}

/** Take a name that is gone, or none, while others tidy up. @return how often it was not held, or not seen, after. */
static int race(int *refused)
{
    int unseen = 0, i;
    apr_pool_t *p;

    apr_pool_create(&p, NULL);
    for (i = 0; i < TAKES; i++) {
        apr_pool_clear(p);
        if (simg_presence_take(state, "racer", p) != APR_SUCCESS)
            ++*refused;
        else
            unseen += !has_file("racer") || simg_presence_of(state, "racer", p) != SIMG_PRESENCE_ALIVE;
    }
    apr_pool_destroy(p);
    return unseen;
}

static void test_race(void)
{
    pid_t sweepers[SWEEPERS];
    int refused = 0, i;

    for (i = 0; i < SWEEPERS; i++)
        sweepers[i] = sweep_on_and_on();
    is_int(race(&refused), 0, "whoever has said that it lives is seen, whatever others tidy up meanwhile");
    is_int(refused, 0, "and nobody is kept from saying so");
    for (i = 0; i < SWEEPERS; i++)
        kill_hard(sweepers[i]);
}

int main(void)
{
    plan(40);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    state = apr_pstrcat(pool, scratch_begin(), "/state", NULL);
    mkdir(state, 0700);
    test_life();
    test_ends();
    test_programs();
    test_links();
    test_moments();
    test_race();
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
