/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/openai.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define WORD_MAX 60
#define MODEL_MAX 100
#define ERROR_STATUS 300
#define JSON "application/json"

static int configured(const simg_settings *s)
{
    return s->openai_key || s->origin[SIMG_OPTION_openai_base_url] > SIMG_DEFAULT;
}

const char *simg_openai_base(const char *url, apr_pool_t *p)
{
    apr_size_t len = strlen(url);

    while (len && url[len - 1] == '/')
        len--;
    return apr_pstrmemdup(p, url, len);
}

static const char *url_of(const simg_call *c, const char *path)
{
    return apr_pstrcat(c->p, simg_openai_base(c->settings->openai_base_url, c->p), path, NULL);
}

static const char *key_of(const simg_settings *s)
{
    return s->openai_key;
}

static const simg_endpoint endpoint = {
    .url = url_of,
    .key_header = "Authorization",
    .key_prefix = "Bearer ",
    .key = key_of,
};

static int takes_reference(const char *model)
{
    return simg_family_takes_reference(simg_openai_family(&endpoint, model));
}

const simg_provider simg_openai = {
    .name = "openai",
    .configured = configured,
    .needs = "StoryImgOpenAIKeyFile or OPENAI_API_KEY, or StoryImgOpenAIBaseURL for a server that needs none",
    .endpoint = &endpoint,
    .takes_reference = takes_reference,
    .default_writer = "gpt-6-luna",
    .default_illustrator = "gpt-image-2.6-flare",
    .write = simg_openai_write,
    .draw = simg_openai_draw,
    .list = simg_openai_list,
    .describe = simg_openai_describe,
    .moderate = simg_openai_moderate,
};

static apr_status_t body_free(void *data)
{
    free(((simg_openai_body *)data)->data);
    return APR_SUCCESS;
}

simg_openai_body *simg_openai_body_make(apr_size_t limit, apr_pool_t *p)
{
    simg_openai_body *b = apr_pcalloc(p, sizeof(*b));

    b->limit = limit;
    apr_pool_cleanup_register(p, b, body_free, apr_pool_cleanup_null);
    return b;
}

static int body_grow(simg_openai_body *b, apr_size_t need)
{
    apr_size_t room = b->room ? b->room : 4096;
    char *data;

    while (room < need)
        room *= 2;
    data = realloc(b->data, room);
    if (!data)
        return 0;
    b->data = data;
    b->room = room;
    return 1;
}

int simg_openai_body_add(simg_openai_body *b, const char *data, apr_size_t len)
{
    apr_size_t n = len < b->limit - b->len ? len : b->limit - b->len;

    if (b->len + n > b->room && !body_grow(b, b->len + n))
        return 1;
    if (n)
        memcpy(b->data + b->len, data, n);
    b->len += n;
    return n < len;
}

const simg_family *simg_openai_family(const simg_endpoint *e, const char *model)
{
    const simg_family *f = simg_family_of(model);

    return e->usual && simg_family_is_unknown(f) ? simg_family_of(e->usual) : f;
}

/* What all requests have: where to, with which key, for how long. */
static simg_http_request request_of(const simg_call *c, const char *path, const char *accept, apr_off_t max_body)
{
    const simg_endpoint *e = c->model->provider->endpoint;
    const char *key = e->key(c->settings);
    simg_http_request q = { .method = "GET",
                            .url = e->url(c, path),
                            .headers = apr_table_make(c->p, 3),
                            .timeout = c->settings->timeout,
                            .max_body = max_body };

    apr_table_setn(q.headers, "Accept", accept);
    if (key)
        apr_table_setn(q.headers, e->key_header, apr_pstrcat(c->p, e->key_prefix, key, NULL));
    return q;
}

static apr_status_t post(simg_loop *loop, const simg_call *c, simg_http_request *q, const char *json,
                         const simg_http_handlers *handlers, simg_problem *err)
{
    q->method = "POST";
    q->body = json;
    q->body_len = strlen(json);
    apr_table_setn(q->headers, "Content-Type", JSON);
    return simg_http_start(loop, q, handlers, c->p, err);
}

apr_status_t simg_openai_post(simg_loop *loop, const simg_call *c, const char *path, const char *json,
                              apr_off_t max_body, const simg_http_handlers *handlers, simg_problem *err)
{
    simg_http_request q = request_of(c, path, JSON, max_body);

    return post(loop, c, &q, json, handlers, err);
}

apr_status_t simg_openai_post_stream(simg_loop *loop, const simg_call *c, const char *path, const char *json,
                                     apr_off_t max_body, const simg_http_handlers *handlers, simg_problem *err)
{
    simg_http_request q = request_of(c, path, "text/event-stream", max_body);

    return post(loop, c, &q, json, handlers, err);
}

apr_status_t simg_openai_post_form(simg_loop *loop, const simg_call *c, const char *path,
                                   const apr_array_header_t *parts, apr_off_t max_body,
                                   const simg_http_handlers *handlers, simg_problem *err)
{
    simg_http_request q = request_of(c, path, JSON, max_body);

    q.method = "POST";
    q.parts = parts;
    return simg_http_start(loop, &q, handlers, c->p, err);
}

apr_status_t simg_openai_get(simg_loop *loop, const simg_call *c, const char *path, apr_off_t max_body,
                             const simg_http_handlers *handlers, simg_problem *err)
{
    simg_http_request q = request_of(c, path, JSON, max_body);

    return simg_http_start(loop, &q, handlers, c->p, err);
}

int simg_openai_succeeded(const simg_http_result *r)
{
    return r->end == SIMG_HTTP_ANSWERED && r->status >= 200 && r->status < ERROR_STATUS;
}

const char *simg_openai_plain_word(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    apr_size_t len = s ? strlen(s) : 0;

    return len && len <= WORD_MAX && strspn(s, letters) == len ? s : "-";
}

void simg_openai_fail(simg_call *c, const simg_http_result *r, const simg_openai_body *body)
{
    simg_openai_error e = { NULL, NULL, NULL, NULL };
    /* A status of failure is the server's word, even if the connection broke behind it. */
    int told = r->status >= ERROR_STATUS;
    const simg_verdict *v;

    if (told)
        e = simg_openai_error_read(body->data, body->len, c->p);
    v = told ? simg_openai_verdict(r->status, &e) : simg_openai_end_verdict(r->end);
    simg_call_fail(c, v->outcome, v->code, "%s", v->message);
    c->problem.retry_after = r->retry_after;
    simg_problem_cause(&c->problem, c->p, "%s/%s: status %d, code %s, type %s, %s", c->model->provider->name,
                       c->model->name, r->status, simg_openai_plain_word(e.code), simg_openai_plain_word(e.type),
                       r->cause ? r->cause : "answered");
}

static apr_int64_t tokens(const json_t *usage, const char *member)
{
    const json_t *n = json_object_get(usage, member);

    return json_is_integer(n) && json_integer_value(n) >= 0 ? json_integer_value(n) : -1;
}

static int is_name(const char *s)
{
    apr_size_t len = s ? strlen(s) : 0, i;

    for (i = 0; i < len; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return 0;
    return len && len <= MODEL_MAX;
}

void simg_openai_take_usage(simg_call *c, const json_t *answer, const char *input, const char *output)
{
    const json_t *usage = json_object_get(answer, "usage");
    const char *model = json_string_value(json_object_get(answer, "model"));

    c->model_used = is_name(model) ? apr_pstrdup(c->p, model) : c->model->name;
    c->input_tokens = tokens(usage, input);
    c->output_tokens = tokens(usage, output);
}
