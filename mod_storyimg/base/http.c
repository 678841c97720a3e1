/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <apr_strings.h>
#include <curl/curl.h>

#include "base/http_form.h"
#include "base/http_headers.h"
#include "base/netrule.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

#define RECEIVE_BUFFER 16384L
#define MAX_REDIRECTS 3
#define CONNECT_TIMEOUT apr_time_from_sec(10)

typedef struct call {
    apr_pool_t *p;
    simg_loop *loop;
    CURL *easy;
    struct curl_slist *headers;
    curl_mime *form; /* what is sent, if it is a form */
    simg_http_request request;
    simg_http_handlers handlers;
    const char *url, *scheme, *host; /* of this hop, as libcurl understood them */
    int port;
    int trusted; /* guarded: the administrator allowed this host */
    int sent;    /* bytes of a request may have left */
    int refused_address;
    int stopped; /* a callback ended it: then `stop` says how */
    simg_http_end stop;
    int redirects;
    apr_off_t received;
    apr_time_t began, heard;
    simg_watch *timer; /* watches for a stall, or ends a call that never began; NULL: none */
    char words[CURL_ERROR_SIZE];
} call;

static apr_status_t call_end(void *data)
{
    call *c = data;

    if (c->timer)
        simg_loop_unwatch(c->timer);
    if (c->easy) {
        simg_loop_abandon(c->loop, c->easy);
        curl_easy_cleanup(c->easy);
    }
    curl_mime_free(c->form);
    curl_slist_free_all(c->headers);
    c->timer = NULL;
    c->easy = NULL;
    c->form = NULL;
    c->headers = NULL;
    return APR_SUCCESS;
}

static void read_answer(simg_http_result *r, const call *c)
{
    long status = 0;
    char *type = NULL;

    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
    r->status = (int)status;
    r->content_type = apr_pstrdup(c->p, type);
    r->retry_after = simg_http_headers_retry_after(c->easy);
}

static void finish(call *c, simg_http_end end, const char *cause)
{
    simg_http_handlers handlers = c->handlers;
    simg_http_result r = { .end = end };

    read_answer(&r, c);
    if (end != SIMG_HTTP_ANSWERED)
        r.cause = apr_psprintf(c->p, "%s:%d: %s", c->host ? c->host : "?", c->port, cause);
    simg_log_write(simg_loop_log(c->loop), SIMG_DEBUG, APR_SUCCESS,
                   SIMGLOG(0301) "%s %s:%d: end %d, status %d, %" APR_OFF_T_FMT " bytes, %" APR_TIME_T_FMT " ms",
                   c->request.method, c->host ? c->host : "?", c->port, end, r.status, c->received,
                   apr_time_as_msec(apr_time_now() - c->began));
    apr_pool_cleanup_run(c->p, c, call_end);
    /* The last word: the callback may clear the pool that c lies in. */
    handlers.on_done(handlers.baton, &r);
}

/* Read one URL into the call. NULL, or why it may not be asked. */
static const char *take_url(call *c, const char *text)
{
    CURLU *u = curl_url();
    char *url = NULL, *scheme = NULL, *host = NULL, *port = NULL;
    const char *why = NULL;

    if (curl_url_set(u, CURLUPART_URL, text, c->request.guarded ? CURLU_DISALLOW_USER : 0) ||
        curl_url_get(u, CURLUPART_URL, &url, 0) || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) || curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT)) {
        why = "not a URL that may be asked";
    } else {
        c->url = apr_pstrdup(c->p, url);
        c->scheme = apr_pstrdup(c->p, scheme);
        c->host = apr_pstrdup(c->p, host);
        c->port = (int)strtol(port, NULL, 10);
        c->trusted = c->request.guarded && simg_netrule_host_allowed(c->request.allow, host, c->port);
        if (strcmp(scheme, "https") && (strcmp(scheme, "http") || (c->request.guarded && !c->trusted)))
            why = "only https may be asked";
    }
    curl_free(url);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return why;
}

/* After name resolution, for each address that libcurl is about to try. */
static curl_socket_t open_socket(void *baton, curlsocktype purpose, struct curl_sockaddr *a)
{
    call *c = baton;

    (void)purpose;
    if (c->request.guarded && !c->trusted && simg_netrule_is_private(&a->addr)) {
        c->refused_address = 1;
        return CURL_SOCKET_BAD;
    }
    /* Close-on-exec, which libcurl forgets: programs that the server starts must not hold our connections. */
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int is_redirect(const call *c, long status)
{
    return c->request.guarded && status >= 301 && status <= 308 && (status <= 303 || status >= 307);
}

static size_t stop_with(call *c, simg_http_end end)
{
    c->stopped = 1;
    c->stop = end;
    return 0;
}

static void stalled(void *baton, int timed_out)
{
    call *c = baton;

    (void)timed_out;
    if (c->heard + c->request.stall_timeout > apr_time_now())
        simg_loop_rearm(c->timer, c->heard + c->request.stall_timeout);
    else
        finish(c, SIMG_HTTP_TIMED_OUT, "the answer has stopped coming");
}

static size_t take_body(char *data, size_t size, size_t n, void *baton)
{
    call *c = baton;
    size_t len = size * n;
    long status = 0;

    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    c->heard = apr_time_now();
    c->received += len;
    if (c->received > c->request.max_body)
        return stop_with(c, SIMG_HTTP_TOO_LARGE);
    if (is_redirect(c, status))
        return len;
    if (c->request.stall_timeout && !c->timer)
        c->timer = simg_loop_watch(c->loop, -1, c->heard + c->request.stall_timeout, stalled, c, c->p);
    if (c->handlers.on_body(c->handlers.baton, (int)status, data, len))
        return stop_with(c, SIMG_HTTP_STOPPED);
    return len;
}

/* Money depends on this: 0 only if no byte of a request can have left. One can leave once the connection
 * stands, with TLS once the handshake is done; no connection is shared or reused, so these times are ours. */
static int request_left(const call *c)
{
    curl_off_t ready = 0;

    if (strcmp(c->scheme, "https"))
        curl_easy_getinfo(c->easy, CURLINFO_CONNECT_TIME_T, &ready);
    else
        curl_easy_getinfo(c->easy, CURLINFO_APPCONNECT_TIME_T, &ready);
    return ready > 0;
}

static simg_http_end end_of(const call *c, CURLcode code, int left)
{
    if (c->stopped)
        return c->stop;
    if (code == CURLE_OK)
        return SIMG_HTTP_ANSWERED;
    if (c->refused_address && !left)
        return SIMG_HTTP_FORBIDDEN;
    if (code == CURLE_FILESIZE_EXCEEDED)
        return SIMG_HTTP_TOO_LARGE;
    if (!c->sent)
        return SIMG_HTTP_NOT_SENT;
    return code == CURLE_OPERATION_TIMEDOUT ? SIMG_HTTP_TIMED_OUT : SIMG_HTTP_BROKEN;
}

/* libcurl's detailed words only as long as the server has said nothing that they could quote. */
static const char *words_of(const call *c, CURLcode code)
{
    if (c->stopped)
        return c->stop == SIMG_HTTP_TOO_LARGE ? "the answer is too large" : "the rest was not wanted";
    if (c->refused_address)
        return "an address that may not be asked";
    return !c->sent && c->words[0] ? c->words : curl_easy_strerror(code);
}

static void transfer_done(void *baton, int code);

static apr_status_t begin_hop(call *c, simg_problem *err)
{
    apr_interval_time_t left = c->began + c->request.timeout - apr_time_now();
    apr_interval_time_t reach = c->request.connect_timeout ? c->request.connect_timeout : CONNECT_TIMEOUT;

    curl_easy_setopt(c->easy, CURLOPT_URL, c->url);
    curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, left < 1000 ? 1L : (long)apr_time_as_msec(left));
    curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)apr_time_as_msec(reach) + 1);
    c->received = 0;
    c->refused_address = 0;
    c->words[0] = '\0';
    return simg_loop_transfer(c->loop, c->easy, transfer_done, c, err);
}

static void follow(call *c, const char *target)
{
    const char *why = ++c->redirects > MAX_REDIRECTS ? "too many redirects" : take_url(c, target);
    simg_problem err;

    if (c->timer)
        simg_loop_unwatch(c->timer);
    c->timer = NULL;
    if (why)
        finish(c, SIMG_HTTP_FORBIDDEN, why);
    else if (begin_hop(c, &err) != APR_SUCCESS)
        finish(c, SIMG_HTTP_BROKEN, "a redirect could not be followed");
}

static void transfer_done(void *baton, int code)
{
    call *c = baton;
    int left = request_left(c);
    char *target = NULL;
    long status = 0;

    c->sent = c->sent || left;
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && is_redirect(c, status))
        curl_easy_getinfo(c->easy, CURLINFO_REDIRECT_URL, &target);
    if (target)
        follow(c, target);
    else
        finish(c, end_of(c, code, left), words_of(c, code));
}

static void never_began(void *baton, int timed_out)
{
    (void)timed_out;
    finish(baton, SIMG_HTTP_FORBIDDEN, "a URL that may not be asked");
}

static apr_status_t refuse(apr_pool_t *p, apr_status_t rv, const char *cause, simg_problem *err)
{
    simg_problem_set(err, p, "internal", rv, "an outgoing call could not be started");
    return simg_problem_cause(err, p, "%s", cause);
}

static void set_limits(const call *c)
{
    curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c->easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
    curl_easy_setopt(c->easy, CURLOPT_UPLOAD_BUFFERSIZE, RECEIVE_BUFFER);
    curl_easy_setopt(c->easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)c->request.max_body);
    curl_easy_setopt(c->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c->easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    /* On a reused connection that turns out dead libcurl sends a request a second time by itself: it could be
     * paid twice. And an address that was not checked for this call would be used. */
    curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(c->easy, CURLOPT_FORBID_REUSE, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    /* A proxy would resolve names in our place, unchecked. */
    if (c->request.guarded)
        curl_easy_setopt(c->easy, CURLOPT_PROXY, "");
}

static void set_request(call *c)
{
    const simg_http_request *q = &c->request;

    if (c->form) {
        curl_easy_setopt(c->easy, CURLOPT_MIMEPOST, c->form);
    } else if (q->body) {
        curl_easy_setopt(c->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_len);
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, q->body);
    }
    if (strcmp(q->method, q->body || c->form ? "POST" : "GET"))
        curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, q->method);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
    curl_easy_setopt(c->easy, CURLOPT_USERAGENT, "mod_storyimg/" PACKAGE_VERSION);
    curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->words);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETDATA, c);
}

apr_status_t simg_http_start(simg_loop *loop, const simg_http_request *request, const simg_http_handlers *handlers,
                             apr_pool_t *p, simg_problem *err)
{
    call *c = apr_pcalloc(p, sizeof(*c));
    apr_status_t rv;
    const char *why;

    *c = (call){ .p = p, .loop = loop, .request = *request, .handlers = *handlers, .began = apr_time_now() };
    if (request->timeout <= 0)
        return refuse(p, APR_EINVAL, "a call without a time limit", err);
    if (request->guarded && (request->body || request->parts || strcmp(request->method, "GET")))
        return refuse(p, APR_EINVAL, "a guarded call only reads", err);
    c->easy = curl_easy_init();
    if (!c->easy)
        return refuse(p, APR_ENOMEM, "no memory", err);
    apr_pool_cleanup_register(p, c, call_end, apr_pool_cleanup_null);
    why = simg_http_headers_make(&c->headers, request, p);
    if (why)
        return refuse(p, APR_EINVAL, why, err);
    why = take_url(c, request->url);
    if (why && !request->guarded)
        return refuse(p, APR_EINVAL, why, err);
    if (why) {
        c->timer = simg_loop_watch(loop, -1, c->began, never_began, c, p);
        return APR_SUCCESS;
    }
    if (request->parts) {
        rv = simg_http_form_make(&c->form, c->easy, request->parts, &why, p);
        if (rv != APR_SUCCESS)
            return refuse(p, rv, why, err);
    }
    set_limits(c);
    set_request(c);
    return begin_hop(c, err);
}

static apr_status_t global_end(void *data)
{
    (void)data;
    curl_global_cleanup();
    return APR_SUCCESS;
}

apr_status_t simg_http_init(apr_pool_t *p)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return APR_EGENERAL;
    apr_pool_cleanup_register(p, NULL, global_end, apr_pool_cleanup_null);
    return APR_SUCCESS;
}
