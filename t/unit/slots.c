/* SPDX-License-Identifier: Apache-2.0 */
/** base/slots: a count of the whole server that survives its processes. */
#include "tap.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>

#include "base/slots.h"

enum { PROCESSES = 4, THREADS = 8, LIMIT = 10 };

/* What the processes of a test tell each other. */
typedef struct news {
    atomic_int inside, most, entered, refused, bad, go;
    pthread_barrier_t barrier;
} news;

static apr_pool_t *pool;
static news *shared;
static void *memory;
static simg_slots *mine; /* of this process */

/* What kill() says, if not the truth. */
static int kill_says;

int kill(pid_t pid, int sig)
{
    errno = kill_says;
    return kill_says ? -1 : (int)syscall(SYS_kill, pid, sig);
}

static void *map(apr_size_t size)
{
    void *m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (m == MAP_FAILED)
        exit(1);
    return m;
}

static void *fresh(int children)
{
    void *m = map(simg_slots_size(children));

    memset(m, 0xa5, simg_slots_size(children));
    simg_slots_init(m, children);
    return m;
}

/* A child that holds n places until it is killed; it has them when this returns. */
static pid_t holder(int n)
{
    int before = shared->entered, i;
    pid_t pid = fork();

    if (pid == 0) {
        simg_slots *s = simg_slots_open(memory, pool);

        for (i = 0; i < n; i++)
            shared->bad += !simg_slots_enter(s, 1000);
        shared->entered++;
        for (;;)
            pause();
    }
    while (shared->entered == before)
        usleep(500);
    return pid;
}

static void finish(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void test_alone(void)
{
    simg_slots *s;
    apr_pool_t *p;

    ok(simg_slots_enter(NULL, 0) == 1 && simg_slots_waiting(NULL) == 0, "without slots nobody is refused");
    simg_slots_leave(NULL);
    apr_pool_create(&p, pool);
    memory = fresh(2);
    s = simg_slots_open(memory, p);
    is_int(simg_slots_waiting(s), 0, "nobody waits");
    is_int(simg_slots_enter(s, 0), 0, "a limit of none refuses all");
    ok(simg_slots_enter(s, 2) && simg_slots_enter(s, 2), "two of two");
    is_int(simg_slots_enter(s, 2), 0, "but no third");
    is_int(simg_slots_waiting(s), 2, "who is refused is not counted");
    is_int(simg_slots_enter(s, 3), 1, "a higher limit");
    simg_slots_leave(s);
    simg_slots_leave(s);
    is_int(simg_slots_enter(s, 2), 1, "who leaves makes room");
    apr_pool_destroy(p);
    s = simg_slots_open(memory, pool);
    is_int(simg_slots_waiting(s), 0, "a process gives its slot back");
    simg_slots_leave(s);
    ok(simg_slots_enter(s, 5) && simg_slots_waiting(s) == 1, "never less than none");
    is_int(simg_slots_waiting(simg_slots_open(memory, pool)), 0, "our own number on a slot is an older process's");
}

/* Come and go, and count by another way how many are inside. */
static void *visitor(void *data)
{
    unsigned int seed = (unsigned int)(uintptr_t)&data;
    int i, now, most;

    for (i = 0; i < 400; i++) {
        if (!simg_slots_enter(mine, LIMIT)) {
            shared->refused++;
            usleep((useconds_t)rand_r(&seed) % 100);
            continue;
        }
        now = ++shared->inside;
        most = shared->most;
        while (now > most && !atomic_compare_exchange_weak(&shared->most, &most, now))
            continue;
        shared->entered++;
        usleep((useconds_t)rand_r(&seed) % 300);
        shared->inside--;
        simg_slots_leave(mine);
    }
    return NULL;
}

/* All at once; who gets in stays until all have tried. */
static void *rusher(void *data)
{
    int round, in;

    (void)data;
    for (round = 0; round < 50; round++) {
        pthread_barrier_wait(&shared->barrier);
        in = simg_slots_enter(mine, LIMIT);
        shared->inside += in;
        pthread_barrier_wait(&shared->barrier);
        shared->bad += shared->inside != LIMIT;
        pthread_barrier_wait(&shared->barrier);
        shared->inside -= in;
        if (in)
            simg_slots_leave(mine);
    }
    return NULL;
}

/* Four processes of eight threads that all do fn; how many processes failed. */
static int crowd(void *(*fn)(void *))
{
    int i, j, status, bad = 0;

    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            pthread_t threads[THREADS];

            mine = simg_slots_open(memory, pool);
            for (j = 0; j < THREADS; j++)
                pthread_create(&threads[j], NULL, fn, NULL);
            for (j = 0; j < THREADS; j++)
                pthread_join(threads[j], NULL);
            _exit(0);
        }
    while (wait(&status) > 0)
        bad += status != 0;
    return bad;
}

static void test_crowd(void)
{
    pthread_barrierattr_t attr;

    memory = fresh(PROCESSES);
    memset(shared, 0, sizeof(*shared));
    is_int(crowd(visitor), 0, "four processes of eight threads come and go");
    is_int(shared->most, LIMIT, "as many at once as may be, and never more");
    ok(shared->refused > 0 && shared->entered > 0, "some were refused (%d), some not (%d)", shared->refused,
       shared->entered);
    is_int(simg_slots_waiting(simg_slots_open(memory, pool)), 0, "nobody is left");

    pthread_barrierattr_init(&attr);
    pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&shared->barrier, &attr, PROCESSES * THREADS);
    memset(&shared->inside, 0, sizeof(shared->inside));
    is_int(crowd(rusher), 0, "all of them at one moment");
    is_int(shared->bad, 0, "exactly the limit gets in: no place goes to waste");
}

static void test_killed(void)
{
    simg_slots *s;
    pid_t a, b;
    int i;

    memory = fresh(2);
    memset(shared, 0, sizeof(*shared));
    s = simg_slots_open(memory, pool);
    a = holder(3);
    b = holder(2);
    is_int(simg_slots_waiting(s), 5, "two children hold five places");
    is_int(simg_slots_enter(s, 5), 0, "so five are too many");
    finish(a);
    is_int(simg_slots_waiting(s), 2, "one is killed, and its three do not count");
    ok(simg_slots_enter(s, 4) && simg_slots_enter(s, 4), "two get in where it was");
    is_int(simg_slots_enter(s, 4), 0, "no more");
    finish(b);
    is_int(simg_slots_enter(s, 3), 1, "the other's share is struck out as well");
    for (i = 0; i < 40; i++)
        finish(holder(2));
    is_int(simg_slots_waiting(s), 3, "slots of the dead are used again");
    is_int(shared->bad, 0, "and nobody was refused");
}

static void test_killed_anywhere(void)
{
    simg_slots *s;
    int i, j, most = 0;
    pid_t pid;

    memory = fresh(4);
    memset(shared, 0, sizeof(*shared));
    s = simg_slots_open(memory, pool);
    for (i = 0; i < 60; i++) {
        pid = fork();
        if (pid == 0) {
            pthread_t threads[THREADS];

            mine = simg_slots_open(memory, pool);
            for (j = 0; j < THREADS; j++)
                pthread_create(&threads[j], NULL, visitor, NULL);
            for (;;)
                pause();
        }
        usleep(1000 + (useconds_t)i * 100);
        j = simg_slots_waiting(s);
        most = j > most ? j : most;
        finish(pid);
    }
    ok(most > 0, "children were killed while up to %d of their threads were inside", most);
    is_int(simg_slots_waiting(s), 0, "wherever they were, nothing is left of them");
    for (i = 0; i < LIMIT; i++)
        simg_slots_enter(s, LIMIT);
    is_int(simg_slots_waiting(s), LIMIT, "and all places are free");
}

static void test_too_many(void)
{
    enum { MANY = 14 };
    pid_t pid[MANY];
    simg_slots *s;
    int i;

    memory = fresh(1);
    memset(shared, 0, sizeof(*shared));
    for (i = 0; i < MANY; i++)
        pid[i] = holder(1);
    s = simg_slots_open(memory, pool);
    is_int(simg_slots_waiting(s), MANY, "more processes than slots are counted all the same");
    is_int(simg_slots_enter(s, MANY), 0, "and limited");
    is_int(simg_slots_enter(s, MANY + 1), 1, "exactly");
    simg_slots_leave(s);
    is_int(simg_slots_waiting(s), MANY, "and may leave");
    for (i = 0; i < MANY; i++)
        finish(pid[i]);
    ok(simg_slots_waiting(s) < MANY, "those that had a slot are gone with their process");
}

/* In a process of another user. */
static int stranger(void)
{
    simg_slots *s;
    int bad;

    if (setgid(65534) || setuid(65534))
        return 64;
    s = simg_slots_open(memory, pool);
    bad = kill(getppid(), 0) == 0 || errno != EPERM;
    bad |= 2 * (simg_slots_waiting(s) != 2);
    bad |= 4 * simg_slots_enter(s, 2);
    return bad | 8 * (simg_slots_waiting(s) != 2);
}

static void test_foreign(void)
{
    simg_slots *s;
    int status = 0;
    pid_t pid;

    memory = fresh(2);
    memset(shared, 0, sizeof(*shared));
    s = simg_slots_open(memory, pool);
    pid = holder(2);
    kill_says = EPERM;
    is_int(simg_slots_waiting(s), 2, "a process that we may not touch is alive");
    is_int(simg_slots_enter(s, 2), 0, "and its share counts");
    kill_says = 0;
    finish(pid);
    is_int(simg_slots_enter(s, 2) + simg_slots_enter(s, 2), 2, "until it is gone");
    if (geteuid() == 0 && fork() == 0)
        _exit(stranger());
    if (geteuid() == 0)
        wait(&status);
    is_int(WEXITSTATUS(status), 0, "another user sees it so too");
}

/* A program that a child starts inherits its pools for a moment. */
static void test_fork(void)
{
    simg_slots *s;
    apr_pool_t *p;

    memory = fresh(2);
    apr_pool_create(&p, pool);
    s = simg_slots_open(memory, p);
    simg_slots_enter(s, 1);
    if (fork() == 0) {
        apr_pool_destroy(p);
        _exit(0);
    }
    wait(NULL);
    is_int(simg_slots_waiting(s), 1, "a process forked off us leaves our slot alone");
}

int main(void)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    shared = map(sizeof(*shared));
    test_alone();
    test_crowd();
    test_killed();
    test_killed_anywhere();
    test_too_many();
    test_foreign();
    test_fork();
    apr_terminate();
    return done_testing();
}
