/* SPDX-License-Identifier: Apache-2.0 */
/* Event streams to the client, piece by piece, through whatever filters stand between. */
#include "httpd/server.h"

#include <ap_mpm.h>
#include <http_core.h>
#include <http_protocol.h>
#include <scoreboard.h>

void storyimg_stream_begin(storyimg_exchange *exchange)
{
    request_rec *r = exchange->r;

    if (exchange->streaming)
        return;
    exchange->streaming = 1;
    storyimg_leave_body(exchange);
    r->status = HTTP_OK;
    ap_set_content_type(r, "text/event-stream");
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    /* nginx would keep back what it has not got whole */
    apr_table_setn(r->headers_out, "X-Accel-Buffering", "no");
}

apr_status_t storyimg_stream_send(const simg_request *in, const char *data, apr_size_t len)
{
    storyimg_exchange *exchange = in->transport;
    request_rec *r = exchange->r;

    storyimg_stream_begin(exchange);
    /* who asked for the header alone is gone, as far as the stream is concerned */
    if (r->header_only || r->connection->aborted)
        return APR_ECONNABORTED;
    if (ap_rwrite(data, (int)len, r) < 0 || ap_rflush(r) < 0 || r->connection->aborted)
        return APR_ECONNABORTED;
    return APR_SUCCESS;
}

int storyimg_is_gone(const simg_request *in)
{
    const storyimg_exchange *exchange = in->transport;
    conn_rec *c = exchange->r->connection;
    int at_end = 0;

    /* the streams of HTTP/2 share a socket, which httpd watches itself */
    if (c->aborted || c->master)
        return c->aborted;
    return apr_socket_atreadeof(ap_get_conn_socket(c), &at_end) == APR_SUCCESS && at_end;
}

int storyimg_is_stopping(const simg_request *in)
{
    int state = AP_MPMQ_RUNNING, generation;

    (void)in;
    if (ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS && state == AP_MPMQ_STOPPING)
        return 1;
    /* prefork does not tell a busy child of a graceful restart; it sees that a younger generation is at work */
    return ap_mpm_query(AP_MPMQ_GENERATION, &generation) == APR_SUCCESS &&
           generation != ap_get_scoreboard_global()->running_generation;
}
