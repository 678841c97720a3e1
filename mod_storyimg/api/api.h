/* SPDX-License-Identifier: Apache-2.0 */
/** What one request does, without httpd: a request struct in, a response struct out. */
#ifndef SIMG_API_API_H
#define SIMG_API_API_H

#include <apr_tables.h>
#include <jansson.h>

#include "work/site.h"

#define SIMG_PARAMS_MAX 2

typedef struct simg_request simg_request;
struct simg_request {
    const char *method;          /* as sent; HEAD is treated as GET */
    const char *path;            /* below the mount point, decoded once, begins with '/' */
    const char *mount;           /* the path of the mount point, "/api"; "" for the root */
    const char *query;           /* after the '?', not decoded; NULL: none */
    const char *content_type;    /* NULL: none */
    apr_off_t content_length;    /* as announced; -1: not told */
    const char *const *hosts;    /* this very site, as it may be called: "example.com:8080"; ended by NULL */
    const char *if_none_match;   /* NULL: none */
    const char *accept;          /* NULL: none */
    const char *idempotency_key; /* NULL: none */
    const char *last_event_id;   /* NULL: none */
    const char *user;            /* whom Apache has authenticated; NULL: nobody */
    const char *id;              /* of this request in the ledger; set by simg_api_dispatch for what costs money */
    apr_pool_t *p;
    /** Read the body, at most max bytes. Called at most once, and only by handlers that take one.
     * Problems: "body-too-large", "invalid-request" (it broke off). */
    apr_status_t (*read_body)(const simg_request *request, char **data, apr_size_t *len, apr_size_t max,
                              simg_problem *err);
    /** The same without keeping it: take is given each piece, as it comes. @return of take: 0 to go on; else the rest is
     * not wanted, which is success. */
    apr_status_t (*read_pieces)(const simg_request *request, int (*take)(void *baton, const char *data, apr_size_t len),
                                void *baton, simg_problem *err);
    /** Send a piece of an event stream, at once; the first one sends the header before it.
     * @return APR_ECONNABORTED (or another) if the client is gone. */
    apr_status_t (*send)(const simg_request *request, const char *data, apr_size_t len);
    /** @return 1 if the client has hung up, as far as that can be seen without sending. */
    int (*is_gone)(const simg_request *request);
    /** @return 1 if this process is to end soon: a stream that can be resumed ends then. */
    int (*is_stopping)(const simg_request *request);
    void *transport;                     /* for read_body and send */
    const void *replay;                  /* for a body that is read a second time (api/idempotency.c) */
    const char *params[SIMG_PARAMS_MAX]; /* what stood for {name} in the route */
};

typedef struct simg_response {
    int status;
    apr_table_t *headers; /* beside Content-Type */
    json_t *json;         /* owned by the request's pool; NULL: no body (304), or a text */
    const char *text;     /* a body that is no JSON; NULL: none */
    const char *type;     /* Content-Type of the text */
    int streamed;         /* 1: everything was sent by request->send */
} simg_response;

/** Answer a request. Problems of every kind, 404 and 405 among them; for 405, out->headers carries Allow. */
apr_status_t simg_api_dispatch(simg_response *out, simg_request *in, const simg_site *site, simg_problem *err);

/** A problem as a client reads it: RFC 9457, with the members that older clients read. Owned by p. */
json_t *simg_api_problem_json(const simg_problem *err, apr_pool_t *p);

/* One function per route. */
typedef apr_status_t simg_api_fn(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err);
simg_api_fn simg_api_character_analyze, simg_api_health, simg_api_image_analyze,
    simg_api_image_change, simg_api_image_delete, simg_api_image_get,
    simg_api_images_list, simg_api_job_cancel, simg_api_job_events, simg_api_job_get, simg_api_job_retry,
    simg_api_jobs_list, simg_api_metrics, simg_api_single, simg_api_stories_list, simg_api_story_delete,
    simg_api_story_generate, simg_api_story_get,
    simg_api_subject_delete, simg_api_suggestions, simg_api_upload;

#endif
