/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/openai.h"

#include <string.h>

#include <apr_strings.h>

#include "base/base64.h"
#include "base/json_stream.h"
#include "provider/family.h"

#define IMAGE_MAX (64 * 1024 * 1024)
#define ANSWER_MAX (96 * 1024 * 1024) /* such an image as base64, and what stands around it */
#define COPY_MAX (256 * 1024)
#define ERROR_MAX (64 * 1024)
#define URL_MAX 4096
#define PIECE 8192
#define STALL apr_time_from_sec(30)
#define FETCHES 3
#define FETCH_PAUSE apr_time_from_sec(1)

/* Why the stream was stopped from inside. */
enum { GOING_ON, SINK_FAILED, NOT_BASE64 };

/* The pool of a call never shrinks while it lasts, so a picture passes through these few bytes. */
typedef struct image {
    simg_image_call *c;
    simg_loop *loop;
    simg_json_stream *stream; /* the answer without its picture */
    simg_openai_body *error;  /* the body of an answer with an error status */
    simg_base64 base64;
    apr_off_t written; /* bytes given to the sink */
    int whole;         /* the picture's last character has come */
    int fetches;       /* downloads begun */
    simg_watch *timer; /* before another one */
    int stop;
    simg_problem sink_problem;
} image;

static void fail_unmade(image *m, const char *code, const char *message, const char *cause)
{
    simg_call *c = &m->c->call;

    simg_call_fail(c, SIMG_OUTCOME_UNKNOWN, code, "%s", message);
    if (cause)
        simg_problem_cause(&c->problem, c->p, "%s/%s: %s", c->model->provider->name, c->model->name, cause);
}

static void fail_sink(image *m)
{
    m->c->call.outcome = SIMG_OUTCOME_UNKNOWN;
    m->c->call.problem = m->sink_problem;
}

static void fail_picture(image *m)
{
    fail_unmade(m, "bad-image", "the upstream's picture is broken", "not base64");
}

static int store(image *m, const void *data, apr_size_t len)
{
    if (len && m->c->sink->write(m->c->sink, data, len, &m->sink_problem) != APR_SUCCESS) {
        m->stop = SINK_FAILED;
        return m->stop;
    }
    m->written += len;
    return GOING_ON;
}

static int decode(image *m, const char *text, apr_size_t len)
{
    unsigned char bytes[(PIECE + 3) / 4 * 3];

    while (len && !m->stop) {
        apr_size_t n = len < PIECE ? len : PIECE;
        apr_size_t got = simg_base64_feed(&m->base64, text, n, bytes);

        if (got == (apr_size_t)-1)
            m->stop = NOT_BASE64;
        else
            store(m, bytes, got);
        text += n;
        len -= n;
    }
    return m->stop;
}

/* A piece of a picture in the answer. Only the first counts, as only one was asked for. */
static int take_text(void *baton, int nth, const char *text, size_t len)
{
    image *m = baton;

    if (nth > 0)
        return GOING_ON;
    if (!len && !simg_base64_end(&m->base64))
        m->stop = NOT_BASE64;
    m->whole = !len && !m->stop && m->written;
    return len ? decode(m, text, len) : m->stop;
}

static int take_body(void *baton, int status, const char *data, apr_size_t len)
{
    image *m = baton;

    if (status >= 200 && status < 300)
        return simg_json_stream_feed(m->stream, data, len);
    simg_openai_body_add(m->error, data, len);
    return 0;
}

static int take_download(void *baton, int status, const char *data, apr_size_t len)
{
    return status == 200 ? store(baton, data, len) : 0;
}

static int download(image *m, const char *url);

static void download_again(void *baton, int timed_out)
{
    image *m = baton;

    (void)timed_out;
    simg_loop_unwatch(m->timer);
    if (download(m, m->c->url))
        m->c->done(m->c);
}

/* The picture is paid for and waits for an hour at its URL; to ask for it costs nothing, and may be tried again: not
 * after a time-out, which has used up the time of a call. 1 if it will be. */
static int is_worth_another(image *m, const simg_http_result *r)
{
    int passing = r->end == SIMG_HTTP_NOT_SENT || r->end == SIMG_HTTP_BROKEN ||
                  (r->end == SIMG_HTTP_ANSWERED && (r->status == 408 || r->status == 429 || r->status >= 500));

    if (!passing || m->stop || m->fetches >= FETCHES || m->c->sink->rewind(m->c->sink, &m->sink_problem) != APR_SUCCESS)
        return 0;
    m->written = 0;
    m->timer = simg_loop_watch(m->loop, -1, apr_time_now() + FETCH_PAUSE * m->fetches, download_again, m, m->c->call.p);
    return 1;
}

static void download_done(void *baton, const simg_http_result *r)
{
    image *m = baton;

    if (is_worth_another(m, r))
        return;
    if (m->stop == SINK_FAILED)
        fail_sink(m);
    else if (r->end == SIMG_HTTP_FORBIDDEN)
        fail_unmade(m, "fetch-refused", "the upstream's URL of the picture is not allowed", r->cause);
    else if (r->end != SIMG_HTTP_ANSWERED || r->status != 200 || !m->written)
        fail_unmade(m, "fetch-failed", "the picture could not be downloaded",
                    r->cause ? r->cause : apr_psprintf(m->c->call.p, "status %d", r->status));
    else
        m->c->call.outcome = SIMG_OUTCOME_MADE;
    if (m->c->call.outcome != SIMG_OUTCOME_MADE)
        m->c->url = NULL;
    m->c->done(m->c);
}

/* 1 if the answer ends here, 0 if the download has begun. */
static int download(image *m, const char *url)
{
    simg_image_call *c = m->c;
    simg_http_request q = { .method = "GET",
                            .url = url,
                            .timeout = c->call.settings->timeout,
                            .stall_timeout = STALL,
                            .max_body = IMAGE_MAX,
                            .guarded = 1,
                            .allow = c->call.settings->fetch_allow };
    simg_http_handlers handlers = { take_download, download_done, m };

    m->fetches++;
    c->url = apr_pstrdup(c->call.p, url);
    if (c->url_suffices) {
        c->call.outcome = SIMG_OUTCOME_MADE;
        return 1;
    }
    if (simg_http_start(m->loop, &q, &handlers, c->call.p, &c->call.problem) == APR_SUCCESS)
        return 0;
    c->url = NULL;
    c->call.outcome = SIMG_OUTCOME_UNKNOWN;
    return 1;
}

/* data:image/...;base64,... is no place to go to, but the picture itself. */
static void take_data_url(image *m, const char *url)
{
    const char *comma = strchr(url, ',');

    if (strncmp(url, "data:image/", 11) || !comma || strncmp(comma - 7, ";base64", 7)) {
        fail_unmade(m, "fetch-refused", "the upstream's URL of the picture is not allowed", "a data: URL");
        return;
    }
    decode(m, comma + 1, strlen(comma + 1));
    if (m->stop == SINK_FAILED)
        fail_sink(m);
    else if (m->stop || !simg_base64_end(&m->base64) || !m->written)
        fail_picture(m);
    else
        m->c->call.outcome = SIMG_OUTCOME_MADE;
}

static int is_plain_url(const char *url)
{
    apr_size_t i;

    for (i = 0; url[i]; i++)
        if (i >= URL_MAX || url[i] <= ' ' || url[i] > '~')
            return 0;
    return i > 0;
}

/* The picture is elsewhere. 1 if the answer ends here. */
static int take_url(image *m, const char *url)
{
    /* Bytes of another entry of the list may have come before. */
    if (m->written && m->c->sink->rewind(m->c->sink, &m->sink_problem) != APR_SUCCESS) {
        fail_sink(m);
        return 1;
    }
    m->written = 0;
    simg_base64_init(&m->base64);
    if (!strncmp(url, "data:", 5)) {
        take_data_url(m, url);
        return 1;
    }
    if (is_plain_url(url))
        return download(m, url);
    fail_unmade(m, "fetch-refused", "the upstream's URL of the picture is not allowed", "not a URL");
    return 1;
}

/* The answer has come. A picture that is whole is paid for and kept, even if the end of the answer around it was
 * lost. 1 if that is the end of the call. */
static int read_answer(image *m)
{
    simg_call *c = &m->c->call;
    const char *why = "no picture in it";
    size_t len;
    const char *copy = simg_json_stream_copy(m->stream, &len);
    const json_t *answer = simg_json_parse_lenient(copy, len, &why, c->p);
    const json_t *first = json_array_get(json_object_get(answer, "data"), 0);
    const char *url = json_string_value(json_object_get(first, "url"));

    simg_openai_take_usage(c, answer, "input_tokens", "output_tokens");
    if (m->whole && (!answer || json_is_string(json_object_get(first, "b64_json")))) {
        c->outcome = SIMG_OUTCOME_MADE;
        return 1;
    }
    if (url && url[0])
        return take_url(m, url);
    fail_unmade(m, "bad-upstream-answer", "the upstream's answer holds no picture", why);
    return 1;
}

static void done(void *baton, const simg_http_result *r)
{
    image *m = baton;
    int ended = 1;

    if (m->stop == SINK_FAILED)
        fail_sink(m);
    else if (m->stop == NOT_BASE64)
        fail_picture(m);
    else if (simg_openai_succeeded(r) || m->whole)
        ended = read_answer(m);
    else
        simg_openai_fail(&m->c->call, r, m->error);
    if (ended)
        m->c->done(m->c);
}

static apr_status_t stream_free(void *stream)
{
    simg_json_stream_free(stream);
    return APR_SUCCESS;
}

static apr_status_t ask(image *m, simg_problem *err)
{
    const simg_image_call *c = m->c;
    const simg_model *model = c->call.model;
    simg_http_handlers handlers = { take_body, done, m };
    const char *json;

    if (c->brief->reference)
        return simg_openai_edit(m->loop, c, ANSWER_MAX, &handlers, err);
    json = simg_family_request(simg_openai_family(model->provider->endpoint, model->name), model->name, c->brief,
                               c->call.p);
    return simg_openai_post(m->loop, &c->call, "/images/generations", json, ANSWER_MAX, &handlers, err);
}

void simg_openai_draw(simg_loop *loop, simg_image_call *c)
{
    image *m = apr_pcalloc(c->call.p, sizeof(*m));
    simg_problem err;

    m->c = c;
    m->loop = loop;
    m->error = simg_openai_body_make(ERROR_MAX, c->call.p);
    m->stream = simg_json_stream_make("b64_json", COPY_MAX, take_text, m);
    c->url = NULL;
    c->call.input_tokens = c->call.output_tokens = -1;
    if (!m->stream) {
        simg_call_fail(&c->call, SIMG_OUTCOME_NOTHING, "internal", "out of memory");
        c->done(c);
        return;
    }
    apr_pool_cleanup_register(c->call.p, m->stream, stream_free, apr_pool_cleanup_null);
    if (ask(m, &err) == APR_SUCCESS)
        return;
    /* a picture that is gone does not come back by itself */
    c->call.outcome = !strcmp(err.code, "reference-gone") ? SIMG_OUTCOME_UNFIT : SIMG_OUTCOME_NOTHING;
    c->call.problem = err;
    c->done(c);
}
