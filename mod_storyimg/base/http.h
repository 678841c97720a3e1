/* SPDX-License-Identifier: Apache-2.0 */
/** Outgoing HTTP calls over libcurl, as transfers of a loop. */
#ifndef SIMG_BASE_HTTP_H
#define SIMG_BASE_HTTP_H

#include <apr_tables.h>

#include "base/loop.h"

/** A field of a form (RFC 7578). */
typedef struct simg_http_part {
    const char *name;
    const char *text;     /* its value; NULL: a file */
    const char *path;     /* the file: opened when the call is started, symlinks not followed, read as it is sent */
    const char *filename; /* as the server is told it */
    const char *type;     /* its media type */
} simg_http_part;

/** What to send. All strings are copied or must outlive the call's pool. */
typedef struct simg_http_request {
    const char *method; /* "GET", "POST" */
    const char *url;
    apr_table_t *headers; /* names and values; CR or LF in one of them refuses the call; may be NULL */
    const char *body;     /* NULL: none */
    apr_size_t body_len;
    const apr_array_header_t *parts; /* of simg_http_part: sent as multipart/form-data, in place of a body; NULL: none */
    apr_interval_time_t timeout;         /* the whole exchange, 0 is not allowed */
    apr_interval_time_t connect_timeout; /* 0: 10 s */
    apr_interval_time_t stall_timeout;   /* give up if nothing comes for this long once the body has begun; 0: none */
    apr_off_t max_body;                  /* more than this from the server ends the call: "too-large" below */
    int guarded;       /* 1: an address a stranger gave us: GET only, https only, no private address, no
                          proxy, no key, at most three redirects, each checked (base/netrule.h).
                          0: the administrator's own: http or https, no redirects */
    const char *allow; /* for guarded: StoryImgFetchAllow */
} simg_http_request;

typedef enum simg_http_end {
    SIMG_HTTP_ANSWERED,  /* a status and a whole body (whatever the status) */
    SIMG_HTTP_NOT_SENT,  /* no connection, no name, TLS refused: nothing reached a server */
    SIMG_HTTP_FORBIDDEN, /* guarded: the URL, a redirect or an address is not allowed; nothing was sent there */
    SIMG_HTTP_TIMED_OUT, /* sent, but no (whole) answer in time */
    SIMG_HTTP_BROKEN,    /* sent, but reset, cut short, or not HTTP */
    SIMG_HTTP_TOO_LARGE, /* more than max_body */
    SIMG_HTTP_STOPPED    /* on_body said stop */
} simg_http_end;

typedef struct simg_http_result {
    simg_http_end end;
    int status;                      /* HTTP status; 0 if none came */
    const char *content_type;        /* NULL if none; in the call's pool */
    apr_interval_time_t retry_after; /* from Retry-After (seconds or HTTP date), bounded to 1 h; 0: none */
    const char *cause;               /* for the log: curl's words, host and port; never a header, query or key.
                                        NULL if ANSWERED */
} simg_http_result;

typedef struct simg_http_handlers {
    /** A piece of the body. status is that of the answer. @return 0 to go on, else stop. It may neither start nor end
     * a call. */
    int (*on_body)(void *baton, int status, const char *data, apr_size_t len);
    /** Called exactly once, from simg_loop_turn, unless the pool is cleared before. It may start calls, and clear the
     * pool of this one. */
    void (*on_done)(void *baton, const simg_http_result *result);
    void *baton;
} simg_http_handlers;

/** Start a call. It belongs to p: clearing p ends it silently.
 * Problem only if it could not be started ("internal"); then no handler is called. APR_ENOENT: a file of the parts is
 * not there, is a symlink or is no regular file. */
apr_status_t simg_http_start(simg_loop *loop, const simg_http_request *request, const simg_http_handlers *handlers,
                             apr_pool_t *p, simg_problem *err);

/** curl_global_init, once per process, before threads; ended with p. */
apr_status_t simg_http_init(apr_pool_t *p);

#endif
