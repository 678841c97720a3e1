/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_portable.h>
#include <apr_strings.h>

#define SAID 500
#define PIECE 8192
#define PIECES_PER_TURN 8
/* After both pipes are closed the end is near: a look every 2 ms. */
#define LOOK_AGAIN apr_time_from_msec(2)

typedef struct process {
    apr_pool_t *p;
    simg_process_handlers handlers;
    pid_t pid;
    int out, err;                      /* our ends of the pipes; -1: closed */
    simg_watch *out_watch, *err_watch; /* NULL: closed */
    simg_watch *clock;
    apr_time_t deadline;
    apr_size_t said_len;
    char said[SAID + 1];
} process;

static void close_pipe(int *fd, simg_watch **watch)
{
    if (*watch)
        simg_loop_unwatch(*watch);
    if (*fd >= 0)
        close(*fd);
    *watch = NULL;
    *fd = -1;
}

/* Wait for this child and no other: the server we live in has its own. Returns 0 while it runs. */
static int reap(process *s, int flags, int *exit_code)
{
    int status = 0;
    pid_t pid;

    do {
        pid = waitpid(s->pid, &status, flags);
    } while (pid < 0 && errno == EINTR);
    if (pid == 0)
        return 0;
    *exit_code = pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    s->pid = 0;
    return 1;
}

static apr_status_t process_end(void *data)
{
    process *s = data;
    int ignored;

    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        reap(s, 0, &ignored);
    }
    close_pipe(&s->out, &s->out_watch);
    close_pipe(&s->err, &s->err_watch);
    if (s->clock)
        simg_loop_unwatch(s->clock);
    s->clock = NULL;
    return APR_SUCCESS;
}

static void finish(process *s, int exit_code)
{
    apr_pool_cleanup_run(s->p, s, process_end);
    s->said[s->said_len] = '\0';
    /* The last word: the callback may clear the pool that s lies in. */
    s->handlers.on_exit(s->handlers.baton, exit_code, s->said);
}

static void look(process *s)
{
    apr_time_t next = apr_time_now() + LOOK_AGAIN;
    int exit_code;

    if (reap(s, WNOHANG, &exit_code))
        finish(s, exit_code);
    else
        simg_loop_rearm(s->clock, next < s->deadline ? next : s->deadline);
}

static void clock_fired(void *baton, int timed_out)
{
    process *s = baton;

    (void)timed_out;
    if (apr_time_now() >= s->deadline)
        finish(s, -1);
    else
        look(s);
}

/* Returns what read() said last: 0 at the end, 1 if there may be more, -1 if the taker wants no more. */
static int drain(int fd, int (*take)(process *s, const char *data, apr_size_t len), process *s)
{
    char piece[PIECE];
    int i;

    for (i = 0; i < PIECES_PER_TURN; i++) {
        ssize_t n = read(fd, piece, sizeof(piece));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 1 : 0;
        if (n == 0)
            return 0;
        if (take(s, piece, n))
            return -1;
    }
    return 1;
}

static int take_output(process *s, const char *data, apr_size_t len)
{
    return s->handlers.on_output(s->handlers.baton, data, len);
}

static int take_said(process *s, const char *data, apr_size_t len)
{
    apr_size_t room = SAID - s->said_len;
    apr_size_t n = len < room ? len : room;

    memcpy(s->said + s->said_len, data, n);
    s->said_len += n;
    return 0;
}

static void out_readable(void *baton, int timed_out)
{
    process *s = baton;
    int more = drain(s->out, take_output, s);

    (void)timed_out;
    if (more < 0) {
        finish(s, -1);
        return;
    }
    if (more == 0)
        close_pipe(&s->out, &s->out_watch);
    if (s->out < 0 && s->err < 0)
        look(s);
}

static void err_readable(void *baton, int timed_out)
{
    process *s = baton;

    (void)timed_out;
    if (drain(s->err, take_said, s) == 0)
        close_pipe(&s->err, &s->err_watch);
    if (s->out < 0 && s->err < 0)
        look(s);
}

/* A descriptor above the standard three, which are about to be replaced in the child. Takes fd over. */
static int above_standard(int fd)
{
    int raised;

    if (fd > STDERR_FILENO || fd < 0)
        return fd;
    raised = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(fd);
    return raised;
}

static int unnamed_file(void)
{
    char name[] = P_tmpdir "/storyimg-XXXXXX";
    int fd = memfd_create("storyimg-input", MFD_CLOEXEC);

    if (fd >= 0)
        return above_standard(fd);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return above_standard(fd);
}

/* The whole input in a file, at its beginning; -1 with errno. */
static int input_file(const char *input, apr_size_t len)
{
    int fd = unnamed_file();
    apr_size_t done = 0;

    while (fd >= 0 && done < len) {
        ssize_t n = write(fd, input + done, len - done);

        if (n < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        done += n > 0 ? n : 0;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* 0 or errno. */
static int make_pipe(int *ours, int *theirs)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC))
        return errno;
    *ours = above_standard(ends[0]);
    *theirs = above_standard(ends[1]);
    if (*ours < 0 || *theirs < 0 || fcntl(*ours, F_SETFL, O_NONBLOCK))
        return errno;
    return 0;
}

/* 0 or an errno. Threads of httpd block signals, and its children may ignore some: here is a clean start. */
static int spawn(pid_t *pid, const char *const *argv, int in, int out, int err)
{
    static const char *const env[] = { "LANG=C.UTF-8", NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
#endif
    rc = posix_spawn(pid, argv[0], &files, &attr, (char *const *)argv, (char *const *)env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    return rc;
}

/* 0 or an errno. Takes the descriptor `in` over. */
static int launch(process *s, const char *const *argv, int in)
{
    int theirs[3] = { in, -1, -1 };
    int rc, i;

    rc = theirs[0] < 0 ? errno : make_pipe(&s->out, &theirs[1]);
    if (!rc)
        rc = make_pipe(&s->err, &theirs[2]);
    if (!rc)
        rc = spawn(&s->pid, argv, theirs[0], theirs[1], theirs[2]);
    for (i = 0; i < 3; i++)
        if (theirs[i] >= 0)
            close(theirs[i]);
    if (rc)
        s->pid = 0;
    return rc;
}

static apr_status_t start(simg_loop *loop, process *s, const char *const *argv, int in, simg_problem *err)
{
    int rc = argv[0][0] == '/' ? 0 : EINVAL;

    if (rc && in >= 0)
        close(in);
    if (!rc)
        rc = launch(s, argv, in);
    if (rc) {
        process_end(s);
        simg_problem_set(err, s->p, "internal", APR_FROM_OS_ERROR(rc), "a helper program could not be started");
        return simg_problem_cause(err, s->p, "%s: %s", argv[0], strerror(rc));
    }
    s->out_watch = simg_loop_watch(loop, s->out, 0, out_readable, s, s->p);
    s->err_watch = simg_loop_watch(loop, s->err, 0, err_readable, s, s->p);
    s->clock = simg_loop_watch(loop, -1, s->deadline, clock_fired, s, s->p);
    apr_pool_cleanup_register(s->p, s, process_end, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

static process *make(apr_interval_time_t timeout, const simg_process_handlers *handlers, apr_pool_t *p)
{
    process *s = apr_pcalloc(p, sizeof(*s));

    s->p = p;
    s->handlers = *handlers;
    s->out = s->err = -1;
    s->deadline = apr_time_now() + timeout;
    return s;
}

apr_status_t simg_process_start(simg_loop *loop, const char *const *argv, const char *input, apr_size_t input_len,
                                apr_interval_time_t timeout, const simg_process_handlers *handlers, apr_pool_t *p,
                                simg_problem *err)
{
    return start(loop, make(timeout, handlers, p), argv, input_file(input, input_len), err);
}

apr_status_t simg_process_start_file(simg_loop *loop, const char *const *argv, apr_file_t *input,
                                     apr_interval_time_t timeout, const simg_process_handlers *handlers, apr_pool_t *p,
                                     simg_problem *err)
{
    apr_os_file_t fd;

    apr_os_file_get(&fd, input);
    lseek(fd, 0, SEEK_SET);
    return start(loop, make(timeout, handlers, p), argv, fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), err);
}
