/* SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"

static void test_many(void)
{
    enum { MANY = 20 };
    static heard h[MANY];
    simg_http_request q = asking(url(server->port, "/nap"));
    apr_time_t began = apr_time_now();
    simg_problem err;
    apr_pool_t *p;
    int i, good = 0, left;

    apr_pool_create(&p, pool);
    for (i = 0; i < MANY; i++)
        begin(&h[i], &q, p);
    simg_loop_run(loop, &err);
    for (i = 0; i < MANY; i++)
        good += h[i].calls == 1 && !strcmp(h[i].body, "nap");
    is_int(good, MANY, "twenty at once");
    ok(apr_time_now() - began < apr_time_from_msec(1500), "side by side");

    h[0] = (heard){ 0 };
    q.url = url(server->port, "/slow");
    begin(&h[0], &q, p);
    simg_loop_turn(loop, apr_time_from_msec(50), &left, &err);
    is_int(left, 1, "one under way");
    apr_pool_destroy(p);
    simg_loop_turn(loop, 0, &left, &err);
    is_int(left, 0, "none after its pool was cleared");
    is_int(h[0].calls, 0, "and nobody was told");
}

static void *wake_later(void *data)
{
    (void)data;
    pause_ms(100);
    simg_loop_wake(loop);
    return NULL;
}

static void test_loop(void)
{
    simg_http_request q = asking(url(server->port, "/slow"));
    simg_loop *kept = loop;
    heard h = { 0 };
    simg_problem err;
    apr_time_t began = apr_time_now();
    pthread_t thread;
    apr_pool_t *p, *longer;
    int left = -1;

    pthread_create(&thread, NULL, wake_later, NULL);
    simg_loop_turn(loop, apr_time_from_sec(10), &left, &err);
    pthread_join(thread, NULL);
    ok(apr_time_now() - began < apr_time_from_sec(5), "woken by another thread");
    is_int(left, 0, "with nothing under way");

    apr_pool_create(&p, pool);
    apr_pool_create(&longer, pool);
    simg_loop_create(&loop, NULL, p, &err);
    begin(&h, &q, longer);
    simg_loop_turn(loop, apr_time_from_msec(50), &left, &err);
    apr_pool_destroy(p);
    loop = kept;
    apr_pool_destroy(longer);
    is_int(h.calls, 0, "a loop may end before its calls");
}

static int ignore(void *baton, int status, const char *data, apr_size_t len)
{
    (void)baton;
    (void)status;
    (void)data;
    return len == 0;
}

static void clear_own(void *baton, const simg_http_result *result)
{
    ok(result->end == SIMG_HTTP_ANSWERED, "a call is told");
    apr_pool_destroy(baton);
}

static void test_clear_in_done(void)
{
    simg_http_request q = asking(url(server->port, "/x"));
    simg_http_handlers handlers = { ignore, clear_own, NULL };
    simg_problem err;
    apr_pool_t *p;
    int left;

    apr_pool_create(&p, pool);
    handlers.baton = p;
    simg_http_start(loop, &q, &handlers, p, &err);
    simg_loop_run(loop, &err);
    simg_loop_turn(loop, 0, &left, &err);
    is_int(left, 0, "and may clear its own pool there");
}

int main(void)
{
    asking_begin();
    test_many();
    test_loop();
    test_clear_in_done();
    return asking_end();
}
