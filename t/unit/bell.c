/* SPDX-License-Identifier: Apache-2.0 */
/** base/bell: news that nobody misses. */
#include "tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <apr_general.h>
#include <curl/curl.h>

#include "base/bell.h"

#define LONG apr_time_from_sec(30)

static apr_pool_t *pool;
static simg_bell *bell;
static atomic_int stop, heard;

static void *ring_later(void *data)
{
    (void)data;
    usleep(50000);
    simg_bell_ring(bell);
    return NULL;
}

static void *ring_on(void *data)
{
    (void)data;
    while (!stop)
        simg_bell_ring(bell);
    return NULL;
}

static pthread_t thread_of(void *(*fn)(void *), void *data)
{
    pthread_t t;

    pthread_create(&t, NULL, fn, data);
    return t;
}

static void test_wait(void)
{
    apr_uint32_t seen = simg_bell_count(bell);
    apr_time_t began = apr_time_now();
    pthread_t t;

    is_int(seen, 0, "a new bell has not rung");
    is_int(simg_bell_wait(bell, seen, 20000), 0, "a wait without a ring ends");
    ok(apr_time_now() - began >= 20000, "but not before its time");
    began = apr_time_now();
    simg_bell_wait(bell, seen, 0);
    simg_bell_wait(bell, seen, -5);
    ok(apr_time_now() - began < apr_time_from_sec(5), "no time is no wait");
    simg_bell_ring(bell);
    is_int(simg_bell_wait(bell, seen, LONG), 1, "a ring since then ends it");
    ok(apr_time_now() - began < apr_time_from_sec(5), "at once");
    simg_bell_ring(bell);
    is_int(simg_bell_wait(bell, seen, APR_INT64_MAX), 2, "so do two, whatever the limit");
    began = apr_time_now();
    t = thread_of(ring_later, NULL);
    is_int(simg_bell_wait(bell, 2, APR_INT64_MAX), 3, "a ring during the wait");
    pthread_join(t, NULL);
    ok(apr_time_now() - began < apr_time_from_sec(5), "ends it without an end of its own");
    simg_bell_ring(NULL);
    ok(1, "no bell may be rung");
}

enum { CROWD = 8, RINGS = 2000 };

static void *listen_once(void *data)
{
    (void)data;
    simg_bell_wait(bell, simg_bell_count(bell), LONG);
    return NULL;
}

static void test_all_at_once(void)
{
    pthread_t listeners[CROWD];
    apr_time_t began = apr_time_now();
    int i;

    for (i = 0; i < CROWD; i++)
        listeners[i] = thread_of(listen_once, NULL);
    usleep(200000);
    simg_bell_ring(bell);
    for (i = 0; i < CROWD; i++)
        pthread_join(listeners[i], NULL);
    ok(apr_time_now() - began < LONG / 2, "one ring is for all that wait");
}

/* Each waits for what comes after what it knows: with a ring lost between the two it would sit here for long. */
static void *listen_on(void *data)
{
    apr_uint32_t seen = 0;

    (void)data;
    while (seen < CROWD * RINGS) {
        apr_time_t began = apr_time_now();

        seen = simg_bell_wait(bell, seen, LONG);
        if (apr_time_now() - began > LONG / 2)
            return NULL;
    }
    heard++;
    return NULL;
}

static void *ring_often(void *data)
{
    int i;

    (void)data;
    for (i = 0; i < RINGS; i++)
        simg_bell_ring(bell);
    return NULL;
}

static void test_crowd(void)
{
    pthread_t listeners[CROWD], ringers[CROWD];
    int i;

    simg_bell_create(&bell, pool);
    for (i = 0; i < CROWD; i++)
        listeners[i] = thread_of(listen_on, NULL);
    for (i = 0; i < CROWD; i++)
        ringers[i] = thread_of(ring_often, NULL);
    for (i = 0; i < CROWD; i++) {
        pthread_join(ringers[i], NULL);
        pthread_join(listeners[i], NULL);
    }
    is_int(simg_bell_count(bell), CROWD * RINGS, "no ring of eight threads is lost");
    is_int(heard, CROWD, "and all that listen hear the last one");
}

/* How long one turn takes that would wait for long. */
static apr_time_t turn(simg_loop *loop, apr_interval_time_t wait)
{
    apr_time_t began = apr_time_now();
    simg_problem err = { 0 };
    int left;

    simg_loop_turn(loop, wait, &left, &err);
    return apr_time_now() - began;
}

static void test_loop(void)
{
    simg_loop *loop, *other;
    simg_problem err = { 0 };
    pthread_t t;

    simg_loop_create(&loop, NULL, pool, &err);
    simg_loop_create(&other, NULL, pool, &err);
    simg_bell_attach(bell, loop);
    t = thread_of(ring_later, NULL);
    ok(turn(loop, LONG) < LONG / 2, "a ring turns the loop");
    pthread_join(t, NULL);
    simg_bell_ring(bell);
    ok(turn(loop, LONG) < LONG / 2, "also one before its turn");
    simg_bell_attach(bell, other);
    simg_bell_ring(bell);
    ok(turn(other, LONG) < LONG / 2, "another takes its place");
    ok(turn(loop, 50000) >= 40000, "and it is left alone");
    simg_bell_attach(bell, NULL);
    simg_bell_ring(bell);
    ok(turn(other, 50000) >= 40000, "so is that one in the end");
}

/* The sanitizers see it if a loop is woken that is gone. */
static void test_detach(void)
{
    pthread_t t = thread_of(ring_on, NULL);
    apr_uint32_t before = simg_bell_count(bell);
    simg_problem err = { 0 };
    int i, slow = 0;

    for (i = 0; i < 300; i++) {
        apr_pool_t *p;
        simg_loop *loop;

        apr_pool_create(&p, pool);
        simg_loop_create(&loop, NULL, p, &err);
        simg_bell_attach(bell, loop);
        slow += turn(loop, LONG) > LONG / 2;
        simg_bell_attach(bell, NULL);
        apr_pool_destroy(p);
    }
    stop = 1;
    pthread_join(t, NULL);
    is_int(slow, 0, "loops come and go while it rings");
    ok(simg_bell_count(bell) > before, "and it has rung");
}

int main(void)
{
    setbuf(stdout, NULL);
    apr_initialize();
    curl_global_init(CURL_GLOBAL_ALL);
    apr_pool_create(&pool, NULL);
    is_int(simg_bell_create(&bell, pool), APR_SUCCESS, "a bell is made");
    test_wait();
    test_all_at_once();
    test_crowd();
    test_loop();
    test_detach();
    apr_pool_destroy(pool);
    curl_global_cleanup();
    apr_terminate();
    return done_testing();
}
