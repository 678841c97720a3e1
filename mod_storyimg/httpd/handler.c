/* SPDX-License-Identifier: Apache-2.0 */
/* request_rec to simg_request, simg_response to the client. */
#include "httpd/server.h"

#include <string.h>

#include <apr_buckets.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "base/json.h"

APLOG_USE_MODULE(storyimg);

#define PIECE 65536

static apr_status_t too_large(request_rec *r, apr_size_t max, simg_problem *err)
{
    return simg_problem_set(err, r->pool, "body-too-large", APR_ENOSPC,
                            "the body may have at most %" APR_SIZE_T_FMT " bytes", max);
}

static apr_status_t broke_off(request_rec *r, apr_status_t rv, simg_problem *err)
{
    return simg_problem_set(err, r->pool, "invalid-request", rv, "the body did not arrive whole");
}

/** Append what one brigade holds. *eos becomes 1 at its end. */
static apr_status_t take_brigade(apr_bucket_brigade *bb, char *data, apr_size_t *len, apr_size_t room, int *eos)
{
    apr_bucket *b;

    for (b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb) && !*eos; b = APR_BUCKET_NEXT(b)) {
        const char *piece;
        apr_size_t n;
        apr_status_t rv;

        *eos = APR_BUCKET_IS_EOS(b);
        if (APR_BUCKET_IS_METADATA(b))
            continue;
        rv = apr_bucket_read(b, &piece, &n, APR_BLOCK_READ);
        if (rv != APR_SUCCESS)
            return rv;
        if (n > room - *len)
            return APR_ENOSPC;
        memcpy(data + *len, piece, n);
        *len += n;
    }
    return APR_SUCCESS;
}

static apr_status_t read_body(const simg_request *in, char **data, apr_size_t *len, apr_size_t max, simg_problem *err)
{
    storyimg_exchange *exchange = in->transport;
    request_rec *r = exchange->r;
    const char *announced = apr_table_get(r->headers_in, "Content-Length");
    apr_bucket_brigade *bb;
    apr_status_t rv = APR_SUCCESS;
    int eos = 0;

    if (announced && apr_atoi64(announced) > (apr_int64_t)max)
        return too_large(r, max, err);
    *data = apr_palloc(r->pool, max + 1);
    *len = 0;
    bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    while (rv == APR_SUCCESS && !eos) {
        rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES, APR_BLOCK_READ, HUGE_STRING_LEN);
        if (rv == APR_SUCCESS)
            rv = take_brigade(bb, *data, len, max, &eos);
        apr_brigade_cleanup(bb);
    }
    exchange->drained = rv == APR_SUCCESS;
    if (rv == APR_ENOSPC)
        return too_large(r, max, err);
    return rv == APR_SUCCESS ? APR_SUCCESS : broke_off(r, rv, err);
}

/** @return of take, or 0. */
static int give_brigade(apr_status_t *rv, apr_bucket_brigade *bb, int (*take)(void *, const char *, apr_size_t),
                        void *baton, int *eos)
{
    int enough = 0;
    apr_bucket *b;

    for (b = APR_BRIGADE_FIRST(bb); b != APR_BRIGADE_SENTINEL(bb) && !*eos && !enough; b = APR_BUCKET_NEXT(b)) {
        const char *piece;
        apr_size_t n;

        *eos = APR_BUCKET_IS_EOS(b);
        if (APR_BUCKET_IS_METADATA(b))
            continue;
        *rv = apr_bucket_read(b, &piece, &n, APR_BLOCK_READ);
        if (*rv != APR_SUCCESS)
            break;
        enough = take(baton, piece, n);
    }
    return enough;
}

static apr_status_t read_pieces(const simg_request *in, int (*take)(void *baton, const char *data, apr_size_t len),
                                void *baton, simg_problem *err)
{
    storyimg_exchange *exchange = in->transport;
    request_rec *r = exchange->r;
    apr_bucket_brigade *bb = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    apr_status_t rv = APR_SUCCESS;
    int eos = 0, enough = 0;

    while (rv == APR_SUCCESS && !eos && !enough) {
        rv = ap_get_brigade(r->input_filters, bb, AP_MODE_READBYTES, APR_BLOCK_READ, PIECE);
        if (rv == APR_SUCCESS)
            enough = give_brigade(&rv, bb, take, baton, &eos);
        apr_brigade_cleanup(bb);
    }
    exchange->drained = eos;
    return rv == APR_SUCCESS ? APR_SUCCESS : broke_off(r, rv, err);
}

void storyimg_leave_body(const storyimg_exchange *exchange)
{
    request_rec *r = exchange->r;
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    if (!exchange->drained && (apr_table_get(r->headers_in, "Transfer-Encoding") || (length && strcmp(length, "0"))))
        r->connection->keepalive = AP_CONN_CLOSE;
}

/** The site with what <Location> or .htaccess say on top. */
static const simg_site *site_of(request_rec *r)
{
    storyimg_server *server = ap_get_module_config(r->server->module_config, &storyimg_module);
    const simg_settings *here = ap_get_module_config(r->per_dir_config, &storyimg_module);
    simg_site *site = apr_pmemdup(r->pool, server->site, sizeof(*site));

    if (here)
        site->settings = simg_settings_merge(server->site->settings, here, r->pool);
    return site;
}

static apr_off_t announced(request_rec *r)
{
    const char *length = apr_table_get(r->headers_in, "Content-Length");

    return length ? (apr_off_t)apr_atoi64(length) : -1;
}

/** How a browser calls this site, and what it is called by its administrator. */
static const char *const *hosts_of(request_rec *r)
{
    const char **hosts = apr_pcalloc(r->pool, 4 * sizeof(*hosts));
    const char *asked = apr_table_get(r->headers_in, "Host");
    const char *name = r->server->server_hostname;
    int n = 0;

    if (asked)
        hosts[n++] = asked;
    if (name) {
        hosts[n++] = name;
        hosts[n] = apr_psprintf(r->pool, "%s:%u", name, ap_get_server_port(r));
    }
    return hosts;
}

static void fill_request(simg_request *in, storyimg_exchange *exchange)
{
    request_rec *r = exchange->r;

    *in = (simg_request){ .method = r->method, .query = r->args, .user = r->user, .p = r->pool };
    in->content_type = apr_table_get(r->headers_in, "Content-Type");
    in->if_none_match = apr_table_get(r->headers_in, "If-None-Match");
    in->accept = apr_table_get(r->headers_in, "Accept");
    in->idempotency_key = apr_table_get(r->headers_in, "Idempotency-Key");
    in->last_event_id = apr_table_get(r->headers_in, "Last-Event-ID");
    in->content_length = announced(r);
    in->hosts = hosts_of(r);
    in->read_body = read_body;
    in->read_pieces = read_pieces;
    in->send = storyimg_stream_send;
    in->is_gone = storyimg_is_gone;
    in->is_stopping = storyimg_is_stopping;
    in->transport = exchange;
    storyimg_mount_split(&in->mount, &in->path, r);
}

/** @param text  NULL: no body */
static int send_text(request_rec *r, int status, const char *type, const char *text)
{
    r->status = status;
    ap_set_content_type(r, type);
    if (text) {
        ap_set_content_length(r, (apr_off_t)strlen(text));
        ap_rwrite(text, (int)strlen(text), r);
    }
    return OK;
}

void storyimg_retry_after(apr_table_t *headers, const simg_problem *err, apr_pool_t *p)
{
    if (err->retry_after)
        apr_table_setn(headers, "Retry-After",
                       apr_psprintf(p, "%" APR_TIME_T_FMT, apr_time_sec(err->retry_after + APR_USEC_PER_SEC - 1)));
}

static int send_json(request_rec *r, int status, const char *type, const json_t *body)
{
    return send_text(r, status, type, body ? simg_json_text(body, r->pool) : NULL);
}

static int send_problem(request_rec *r, simg_problem *err)
{
    if (!err->status) {
        /* a failure without its problem is a bug of ours; the client gets an answer all the same */
        simg_problem_set(err, r->pool, "internal", APR_EGENERAL, "internal error");
        simg_problem_cause(err, r->pool, "a failure that does not say why");
    }
    storyimg_log_problem(r, err);
    storyimg_retry_after(r->headers_out, err, r->pool);
    return send_json(r, err->status, "application/problem+json", simg_api_problem_json(err, r->pool));
}

/** A stream that has begun has its status; what went wrong in it is for the log alone, and a client that hung up is
 * not even that. */
static int end_stream(storyimg_exchange *exchange, apr_status_t rv, const simg_problem *err)
{
    if (rv != APR_SUCCESS && err->status && !exchange->r->connection->aborted)
        storyimg_log_problem(exchange->r, err);
    storyimg_stream_begin(exchange);
    return OK;
}

static int send_answer(request_rec *r, apr_status_t rv, const simg_response *out, simg_problem *err)
{
    if (out->headers)
        apr_table_overlap(r->headers_out, out->headers, APR_OVERLAP_TABLES_SET);
    if (!apr_table_get(r->headers_out, "Cache-Control"))
        apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    if (rv == APR_SUCCESS && out->text)
        return send_text(r, out->status, out->type, out->text);
    return rv == APR_SUCCESS ? send_json(r, out->status, "application/json", out->json) : send_problem(r, err);
}

int storyimg_handler(request_rec *r)
{
    storyimg_exchange exchange = { r, 0, 0 };
    simg_request in;
    simg_response out = { 0 };
    simg_problem err = { 0 };
    apr_status_t rv;

    if (!r->handler || strcmp(r->handler, "storyimg"))
        return DECLINED;
    fill_request(&in, &exchange);
    rv = simg_api_dispatch(&out, &in, site_of(r), &err);
    storyimg_leave_body(&exchange);
    if (exchange.streaming || (rv == APR_SUCCESS && out.streamed))
        return end_stream(&exchange, rv, &err);
    return send_answer(r, rv, &out, &err);
}
