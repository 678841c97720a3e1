/* SPDX-License-Identifier: Apache-2.0 */
/** What the tests of base/http.h and base/loop.h share: a server with a script, and a call that waits. */
#ifndef ASKING_H
#define ASKING_H

#include <signal.h>

#include <apr_strings.h>

#include "base/http.h"
#include "tap.h"
#include "upstream.h"

static upstream *server, *other;
static apr_pool_t *pool;
static simg_loop *loop;

/* What one call brought. */
typedef struct heard {
    simg_http_result r;
    int calls;
    char body[4096];
    size_t len;
    int stop;
} heard;

static inline void pause_ms(int ms)
{
    apr_sleep(apr_time_from_msec(ms));
}

static inline int serve_slow(int fd, const char *path)
{
    if (!strcmp(path, "/slow")) {
        pause_ms(1500);
        up_answer(fd, 200, "", "late");
    } else if (!strcmp(path, "/stall")) {
        up_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        pause_ms(2500);
    } else if (!strcmp(path, "/nap")) {
        pause_ms(200);
        up_answer(fd, 200, "", "nap");
    } else if (!strcmp(path, "/trickle")) {
        int i;

        up_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
        for (i = 0; i < 6; i++, pause_ms(150))
            up_say(fd, "%d", i);
    }
    return UP_CLOSE;
}

static inline int serve_broken(int fd, const char *path)
{
    if (!strcmp(path, "/reset"))
        return UP_RESET;
    if (!strcmp(path, "/garbage"))
        up_say(fd, "no HTTP at all\r\n\r\n");
    if (!strcmp(path, "/cut") || !strcmp(path, "/reset-mid"))
        up_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    if (!strcmp(path, "/cut-chunked"))
        up_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    pause_ms(50);
    return !strcmp(path, "/reset-mid") ? UP_RESET : UP_CLOSE;
}

static inline int serve_redirect(int fd, const char *path)
{
    char header[200] = "";
    int n;

    if (sscanf(path, "/hop/%d", &n) == 1 && n > 0)
        snprintf(header, sizeof(header), "Location: /hop/%d\r\n", n - 1);
    if (!strcmp(path, "/to-private"))
        snprintf(header, sizeof(header), "Location: http://127.0.0.1:%d/\r\n", other->port);
    if (!strcmp(path, "/to-private-https"))
        snprintf(header, sizeof(header), "Location: https://localhost:%d/\r\n", other->port);
    if (!strcmp(path, "/to-user"))
        snprintf(header, sizeof(header), "Location: http://u:p@127.0.0.1:%d/ok\r\n", server->port);
    if (!strcmp(path, "/to-file"))
        snprintf(header, sizeof(header), "Location: file:///etc/passwd\r\n");
    up_answer(fd, header[0] ? 302 : 200, header, header[0] ? "moved" : "arrived");
    return UP_CLOSE;
}

static inline int serve(upstream *u, int fd, const char *path)
{
    static const struct {
        const char *path;
        int (*serve)(int fd, const char *path);
    } others[] = { { "/slow", serve_slow },    { "/stall", serve_slow },   { "/nap", serve_slow },
                   { "/trickle", serve_slow }, { "/reset", serve_broken }, { "/garbage", serve_broken },
                   { "/cut", serve_broken },   { "/empty", serve_broken }, { "/hop", serve_redirect },
                   { "/to-", serve_redirect } };
    size_t i;

    (void)u;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (!strncmp(path, others[i].path, strlen(others[i].path)))
            return others[i].serve(fd, path);
    if (!strcmp(path, "/busy"))
        up_answer(fd, 429, "Retry-After: 7\r\n", "busy");
    else if (!strcmp(path, "/busy-ms"))
        up_answer(fd, 429, "Retry-After: 7\r\nretry-after-ms: 250\r\n", "busy");
    else if (!strcmp(path, "/busy-odd"))
        up_answer(fd, 429, "Retry-After: 7\r\nRetry-After-Ms: 1e9\r\n", "busy");
    else if (!strcmp(path, "/busy-long"))
        up_answer(fd, 503, "Retry-After: 999999\r\n", "busy");
    else if (!strcmp(path, "/endless"))
        up_say(fd, "HTTP/1.1 200 OK\r\n\r\n%05000d", 1);
    else
        up_answer(fd, 200, "Content-Type: text/plain\r\n", "hello");
    return strcmp(path, "/endless") ? UP_KEEP : UP_CLOSE;
}

static inline int on_body(void *baton, int status, const char *data, apr_size_t len)
{
    heard *h = baton;

    (void)status;
    if (h->len + len < sizeof(h->body)) {
        memcpy(h->body + h->len, data, len);
        h->len += len;
    }
    return h->stop;
}

static inline void on_done(void *baton, const simg_http_result *r)
{
    heard *h = baton;

    h->r = *r;
    h->calls++;
}

static inline const char *url(int port, const char *path)
{
    return apr_psprintf(pool, "http://127.0.0.1:%d%s", port, path);
}

static inline simg_http_request asking(const char *address)
{
    return (simg_http_request){ .method = "GET", .url = address, .timeout = apr_time_from_sec(5), .max_body = 1000 };
}

static inline apr_status_t begin(heard *h, const simg_http_request *q, apr_pool_t *p)
{
    simg_http_handlers handlers = { on_body, on_done, h };
    simg_problem err;

    return simg_http_start(loop, q, &handlers, p, &err);
}

static inline heard ask(const simg_http_request *q)
{
    heard h = { 0 };
    simg_problem err;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    if (begin(&h, q, p) != APR_SUCCESS || simg_loop_run(loop, &err) != APR_SUCCESS)
        h.calls = -1;
    h.r.cause = h.r.cause ? apr_pstrdup(pool, h.r.cause) : NULL;
    h.r.content_type = h.r.content_type ? apr_pstrdup(pool, h.r.content_type) : NULL;
    apr_pool_destroy(p);
    return h;
}

static inline void asking_begin(void)
{
    simg_problem err;

    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_http_init(pool);
    simg_loop_create(&loop, NULL, pool, &err);
    server = up_start(serve);
    other = up_start(serve);
}

static inline int asking_end(void)
{
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}

#endif
