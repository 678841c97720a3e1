/* SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"
#include "form.h"

static heard get(const char *path)
{
    simg_http_request q = asking(url(server->port, path));

    return ask(&q);
}

static void test_answers(void)
{
    simg_http_request q = asking(url(server->port, "/x"));
    heard h = get("/x");
    char *said;

    is_int(h.calls, 1, "on_done once");
    is_int(h.r.end, SIMG_HTTP_ANSWERED, "200: answered");
    is_int(h.r.status, 200, "200: status");
    is_str(h.body, "hello", "200: body");
    is_str(h.r.content_type, "text/plain", "200: type");
    ok(!h.r.cause, "200: no cause");

    q.method = "POST";
    q.body = "{\"a\":1}";
    q.body_len = 7;
    q.headers = apr_table_make(pool, 2);
    apr_table_set(q.headers, "Content-Type", "application/json");
    apr_table_set(q.headers, "Authorization", "Bearer k");
    ask(&q);
    said = up_last(server);
    ok(!strncmp(said, "POST /x HTTP/1.1\r\n", 18), "POST: line");
    ok(strstr(said, "\r\nContent-Type: application/json\r\n") != NULL, "POST: type");
    ok(strstr(said, "\r\nAuthorization: Bearer k\r\n") != NULL, "POST: key");
    ok(strstr(said, "\r\nUser-Agent: mod_storyimg/") != NULL, "POST: agent");
    ok(strstr(said, "\r\n\r\n{\"a\":1}") != NULL, "POST: body");
    ok(!strstr(said, "Expect:") && !strstr(said, "Cookie"), "POST: nothing else");
    free(said);

    h = get("/busy");
    is_int(h.r.end, SIMG_HTTP_ANSWERED, "429: answered");
    is_int(h.r.status, 429, "429: status");
    is_str(h.body, "busy", "429: body");
    is_int(h.r.retry_after, apr_time_from_sec(7), "429: Retry-After");
    is_int(get("/busy-ms").r.retry_after, apr_time_from_msec(250), "429: Retry-After-Ms, the finer one");
    is_int(get("/busy-odd").r.retry_after, apr_time_from_sec(7), "429: Retry-After-Ms that cannot be read");
    is_int(get("/busy-long").r.retry_after, apr_time_from_sec(3600), "Retry-After is bounded");
    h = get("/hop/1");
    ok(h.r.end == SIMG_HTTP_ANSWERED && h.r.status == 302, "our own upstream: a redirect is an answer");
}

static void test_ends(void)
{
    static const struct {
        const char *path;
        simg_http_end end;
        int status;
    } cases[] = {
        { "/reset", SIMG_HTTP_BROKEN, 0 },        { "/reset-mid", SIMG_HTTP_BROKEN, 200 },
        { "/cut", SIMG_HTTP_BROKEN, 200 },        { "/cut-chunked", SIMG_HTTP_BROKEN, 200 },
        { "/empty", SIMG_HTTP_BROKEN, 0 },        { "/garbage", SIMG_HTTP_BROKEN, 0 },
        { "/endless", SIMG_HTTP_TOO_LARGE, 200 },
    };
    simg_http_request q = asking(url(server->port, "/x"));
    heard h = { .stop = 1 };
    simg_problem err;
    apr_time_t began;
    size_t i;

    up_requests(server);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        /* A good call before each: a connection that could be reused must not lead to a second request. */
        get("/x");
        h = get(cases[i].path);
        is_int(h.r.end, cases[i].end, cases[i].path);
        is_int(h.r.status, cases[i].status, "  its status");
        is_int(up_requests(server), 2, "  asked once");
        ok(h.r.cause && strstr(h.r.cause, "127.0.0.1:"), "  cause: %s", h.r.cause);
    }
    q.max_body = 4;
    is_int(ask(&q).r.end, SIMG_HTTP_TOO_LARGE, "a length that is too large");
    q = asking(url(server->port, "/slow"));
    q.timeout = apr_time_from_msec(300);
    began = apr_time_now();
    is_int(ask(&q).r.end, SIMG_HTTP_TIMED_OUT, "slow: timed out");
    ok(apr_time_now() - began < apr_time_from_msec(900), "slow: in time");
    q = asking(url(server->port, "/stall"));
    q.stall_timeout = apr_time_from_msec(300);
    began = apr_time_now();
    is_int(ask(&q).r.end, SIMG_HTTP_TIMED_OUT, "stalled: timed out");
    ok(apr_time_now() - began < apr_time_from_msec(900), "stalled: in time");
    q.url = url(server->port, "/trickle");
    is_int(ask(&q).r.end, SIMG_HTTP_ANSWERED, "slow but steady: answered");
    q.url = url(server->port, "/nap");
    q.stall_timeout = apr_time_from_msec(50);
    is_int(ask(&q).r.end, SIMG_HTTP_ANSWERED, "silence before the answer is no stall");

    h = (heard){ .stop = 1 };
    q = asking(url(server->port, "/x"));
    begin(&h, &q, pool);
    simg_loop_run(loop, &err);
    is_int(h.r.end, SIMG_HTTP_STOPPED, "on_body said stop");
}

static void test_not_sent(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(at);
    simg_http_request q;
    heard h;

    bind(fd, (struct sockaddr *)&at, sizeof(at));
    getsockname(fd, (struct sockaddr *)&at, &len);
    q = asking(apr_psprintf(pool, "http://127.0.0.1:%d/?key=SECRET", ntohs(at.sin_port)));
    q.method = "POST";
    q.body = "{}";
    q.body_len = 2;
    h = ask(&q);
    is_int(h.r.end, SIMG_HTTP_NOT_SENT, "refused connection: not sent");
    is_int(h.r.status, 0, "refused connection: no status");
    ok(h.r.cause && !strstr(h.r.cause, "SECRET"), "cause without the query: %s", h.r.cause);
    close(fd);

    up_requests(server);
    q.url = apr_psprintf(pool, "https://127.0.0.1:%d/", server->port);
    h = ask(&q);
    is_int(h.r.end, SIMG_HTTP_NOT_SENT, "no TLS there: not sent");
    is_int(up_requests(server), 0, "and no request was seen");
}

static simg_http_request form(int n, const simg_http_part *parts)
{
    simg_http_request q = asking(url(server->port, "/x"));
    apr_array_header_t *all = apr_array_make(pool, n, sizeof(*parts));
    int i;

    for (i = 0; i < n; i++)
        *(simg_http_part *)apr_array_push(all) = parts[i];
    q.method = "POST";
    q.parts = all;
    return q;
}

static void test_forms(void)
{
    char *path = form_file("a.png", 5), *empty = form_file("b.png", 0);
    simg_http_part parts[] = { { .name = "words", .text = "\xc3\xa9\r\n" },
                               { .name = "none", .text = "" },
                               { .name = "nil", .path = empty, .filename = "b", .type = "image/webp" },
                               { .name = "pic", .path = path, .filename = "a\"\r\nX: y.png", .type = "image/png" } };
    simg_http_request q = form(4, parts);
    char *said, *body;
    heard h = ask(&q);

    is_int(h.r.end, SIMG_HTTP_ANSWERED, "form: answered");
    said = up_last(server);
    ok(!strncmp(said, "POST /x HTTP/1.1\r\n", 18), "form: line");
    ok(strstr(said, "\r\nContent-Type: multipart/form-data; boundary=") != NULL, "form: type");
    ok(strstr(said, "\r\nContent-Length: ") && !strstr(said, "Expect") && !strstr(said, "chunked"),
       "form: its length is known, nothing is asked first");
    body = strstr(said, "\r\n\r\n");
    ok(strstr(body, "; name=\"words\"\r\n\r\n\xc3\xa9\r\n\r\n--") != NULL, "form: words");
    ok(strstr(body, "; name=\"none\"\r\n\r\n\r\n--") != NULL, "form: no words");
    ok(strstr(body, "; name=\"pic\"; filename=\"a%22%0D%0AX: y.png\"\r\nContent-Type: image/png\r\n\r\n") != NULL,
       "form: a file, whatever its name");
    ok(strstr(body, "\r\nContent-Type: image/webp\r\n\r\n\r\n--") != NULL, "form: an empty file");
    free(said);

    /* A key for a stranger would not be worse. */
    q.guarded = 1;
    ok(begin(&h, &q, pool) != APR_SUCCESS, "form: none for strangers");
    parts[3].path = "/nowhere/at/all";
    q = form(4, parts);
    up_connections(server);
    is_int(begin(&h, &q, pool), APR_ENOENT, "form: a file that is not there");
    parts[3].path = scratch;
    q = form(4, parts);
    is_int(begin(&h, &q, pool), APR_ENOENT, "form: a folder");
    is_int(up_connections(server), 0, "form: nobody was asked");
    free(path);
    free(empty);
}

/* The pool of a call goes while its file is on its way. */
static void test_abandoned_form(void)
{
    char *path = form_file("large.png", 4 << 20);
    simg_http_part part = { .name = "pic", .path = path, .filename = "a.png", .type = "image/png" };
    simg_http_request q = form(1, &part);
    int left, i;
    heard h = { 0 };
    simg_problem err;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    q.url = url(server->port, "/slow");
    is_int(begin(&h, &q, p), APR_SUCCESS, "abandoned: begun");
    for (i = 0; i < 5; i++)
        simg_loop_turn(loop, apr_time_from_msec(2), &left, &err);
    is_int(form_is_open(path), 1, "abandoned: its file is open");
    apr_pool_destroy(p);
    is_int(h.calls, 0, "abandoned: no handler");
    is_int(form_is_open(path), 0, "abandoned: its file is closed");
    free(path);
}

static void test_refused_starts(void)
{
    simg_http_request q = asking(url(server->port, "/x"));
    heard h = { 0 };

    q.headers = apr_table_make(pool, 1);
    apr_table_set(q.headers, "X-Name", "a\r\nX-Evil: 1");
    ok(begin(&h, &q, pool) != APR_SUCCESS, "CR LF in a header's value");
    apr_table_clear(q.headers);
    apr_table_set(q.headers, "X-Na\nme", "a");
    ok(begin(&h, &q, pool) != APR_SUCCESS, "LF in a header's name");
    apr_table_clear(q.headers);
    apr_table_set(q.headers, "Authorization", "Bearer key");
    q.guarded = 1;
    ok(begin(&h, &q, pool) != APR_SUCCESS, "a key for a stranger");
    q = asking("nonsense");
    ok(begin(&h, &q, pool) != APR_SUCCESS, "not a URL");
    q = asking("ftp://127.0.0.1/");
    ok(begin(&h, &q, pool) != APR_SUCCESS, "not HTTP");
    q = asking(url(server->port, "/x"));
    q.timeout = 0;
    ok(begin(&h, &q, pool) != APR_SUCCESS, "no time limit");
    is_int(h.calls, 0, "no handler was called");
}

int main(void)
{
    scratch_begin();
    asking_begin();
    test_answers();
    test_ends();
    test_not_sent();
    test_forms();
    test_abandoned_form();
    test_refused_starts();
    scratch_end();
    return asking_end();
}
