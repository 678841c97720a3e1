/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_strings.h>

#include "tap.h"

static apr_pool_t *pool;
static simg_loop *loop;

typedef struct ran {
    int calls, exit_code, stop;
    char out[1 << 20], said[600];
    size_t len;
} ran;

static ran r;

static int on_output(void *baton, const char *data, apr_size_t len)
{
    ran *x = baton;

    if (x->len + len < sizeof(x->out))
        memcpy(x->out + x->len, data, len);
    x->len += len;
    return x->stop;
}

static void on_exit_(void *baton, int exit_code, const char *said)
{
    ran *x = baton;

    x->calls++;
    x->exit_code = exit_code;
    snprintf(x->said, sizeof(x->said), "%s", said);
}

static apr_status_t start(const char *const *argv, const char *input, size_t len, int ms, apr_pool_t *p)
{
    simg_process_handlers handlers = { on_output, on_exit_, &r };
    int stop = r.stop;
    simg_problem err;

    memset(&r, 0, sizeof(r));
    r.stop = stop;
    return simg_process_start(loop, argv, input, len, apr_time_from_msec(ms), &handlers, p, &err);
}

static apr_status_t run(const char *script, const char *input, size_t len, int ms)
{
    const char *argv[] = { "/bin/sh", "-c", script, NULL };
    simg_problem err;
    apr_status_t rv = start(argv, input, len, ms, pool);

    return rv == APR_SUCCESS ? simg_loop_run(loop, &err) : rv;
}

static void test_output(void)
{
    static char input[600000];
    char *fds;

    run("cat; exit 3", "picture", 7, 5000);
    is_str(r.out, "picture", "input comes out");
    is_int(r.exit_code, 3, "exit code");
    is_int(r.calls, 1, "told once");
    is_str(r.said, "", "nothing said");
    memset(input, 'x', sizeof(input));
    run("cat", input, sizeof(input), 5000);
    is_int(r.len, sizeof(input), "a large input, whole");
    ok(!memcmp(r.out, input, sizeof(input)), "and unchanged");
    run("echo bad >&2; exit 1", "", 0, 5000);
    is_str(r.said, "bad\n", "standard error is kept");
    run("head -c 100000 /dev/zero | tr '\\0' e >&2", "", 0, 5000);
    is_int(strlen(r.said), 500, "but not without end");
    is_int(r.exit_code, 0, "a chatty one is no failure");
    run("env", "", 0, 5000);
    ok(strstr(r.out, "LANG=C.UTF-8\n") && !strstr(r.out, "HOME=") && !strstr(r.out, "SECRET"), "a clean environment");
    run("exec >&- 2>&-; sleep 0.2; exit 5", "", 0, 5000);
    is_int(r.exit_code, 5, "waited for, also after it closed its pipes");
    run("ls /proc/self/fd", "", 0, 5000);
    fds = apr_pstrdup(pool, r.out);
    is_str(fds, "0\n1\n2\n3\n", "no inherited descriptors (3 is ls's own)");
}

/* Masks of the child itself: no shell between, which could change them. */
static void test_signals(void)
{
    const char *argv[] = { "/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL };
    unsigned long long blocked = 1, ignored = 1;
    sigset_t all, before;
    simg_problem err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    signal(SIGTERM, SIG_IGN);
    start(argv, "", 0, 5000, pool);
    simg_loop_run(loop, &err);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGTERM, SIG_DFL);
    /* glibc ignores its own two, 32 and 33. */
    ok(sscanf(r.out, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored) == 2 && !blocked && !(ignored & 0x7fffffff),
       "no signal blocked or ignored");
}

static void test_ends(void)
{
    apr_time_t began = apr_time_now();
    const char *none[] = { "/nonexistent/program", NULL };
    const char *relative[] = { "sh", "-c", "true", NULL };

    run("sleep 20", "", 0, 200);
    is_int(r.exit_code, -1, "time limit");
    run("exec >&- 2>&-; exec sleep 20", "", 0, 200);
    is_int(r.exit_code, -1, "time limit with closed pipes");
    run("exec yes", "", 0, 200);
    is_int(r.exit_code, -1, "time limit of one that never stops talking");
    ok(apr_time_now() - began < apr_time_from_sec(5), "in time");
    run("kill -9 $$", "", 0, 5000);
    is_int(r.exit_code, -1, "killed");
    r.stop = 1;
    run("exec yes", "", 0, 20000);
    is_int(r.exit_code, -1, "stopped by the taker");
    r.stop = 0;
    ok(start(none, "", 0, 1000, pool) != APR_SUCCESS, "a program that is not there");
    ok(start(relative, "", 0, 1000, pool) != APR_SUCCESS, "a relative path");
    is_int(r.calls, 0, "nobody told");
}

static void test_pool(void)
{
    const char *argv[] = { "/bin/sh", "-c", "echo $$; exec sleep 60", NULL };
    simg_problem err;
    apr_pool_t *p;
    pid_t other, started;
    int left, status, i;

    apr_pool_create(&p, pool);
    start(argv, "", 0, 60000, p);
    for (i = 0; i < 100 && !r.len; i++)
        simg_loop_turn(loop, apr_time_from_msec(50), &left, &err);
    started = (pid_t)strtol(r.out, NULL, 10);
    ok(started > 0 && !kill(started, 0), "it runs");
    apr_pool_destroy(p);
    ok(kill(started, 0), "gone and reaped with its pool");
    simg_loop_turn(loop, 0, &left, &err);
    is_int(left, 0, "nothing under way");
    is_int(r.calls, 0, "nobody told");

    other = fork();
    if (!other)
        _exit(7);
    run("true", "", 0, 5000);
    ok(waitpid(other, &status, 0) == other && WEXITSTATUS(status) == 7, "other children are left alone");
}

static int open_descriptors(void)
{
    int n = 0, fd;

    for (fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

int main(void)
{
    simg_problem err;
    int before;

    setenv("SECRET", "x", 1);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_loop_create(&loop, NULL, pool, &err);
    before = open_descriptors();
    test_output();
    test_signals();
    test_ends();
    test_pool();
    is_int(open_descriptors(), before, "no descriptor is left open");
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}
