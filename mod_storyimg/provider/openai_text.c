/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/openai.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include <apr_strings.h>

#define ANSWER_MAX (4 * SIMG_OPENAI_TEXT_MAX)
#define PATH "/chat/completions"
#define STREAM_MAX (16 * SIMG_OPENAI_TEXT_MAX)

#define TEXT_MEMBER(name) "\"" name "\":{\"type\":\"string\"}"
/* A list of objects with two texts each, as "strict" wants it: all members required, no others allowed. */
#define LIST_OF(a, b)                                                                                                  \
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{" TEXT_MEMBER(a) "," TEXT_MEMBER(              \
        b) "},\"required\":[\"" a "\",\"" b "\"],\"additionalProperties\":false}}"

static const struct {
    const char *name, *schema;
} formats[] = {
    [SIMG_TEXT_STORY] = { "story",
                          "{\"type\":\"object\",\"properties\":{" TEXT_MEMBER("title") ",\"pages\":" LIST_OF(
                              "text", "scene") "},\"required\":[\"title\",\"pages\"],\"additionalProperties\":false}" },
    [SIMG_TEXT_SUGGESTIONS] = { "suggestions",
                                "{\"type\":\"object\",\"properties\":{\"ideas\":" LIST_OF(
                                    "title",
                                    "description") "},\"required\":[\"ideas\"],\"additionalProperties\":false}" },
};

/** How the answer comes, as its first bytes tell: a server may ignore the wish for a stream. */
typedef enum form { FORM_OPEN, FORM_WHOLE, FORM_STREAM } form;

typedef struct text {
    simg_text_call *c;
    simg_loop *loop;
    simg_openai_body *body;
    simg_openai_stream *stream; /* NULL: not asked for */
    form form;
    int plain; /* asked without response_format */
} text;

/* Servers (with their model) that refuse response_format, as hashes, for all threads of this process. A slot
 * that two of them share costs one request more. */
static _Atomic uint32_t refusing[64];

static uint32_t refusing_key(const simg_call *c)
{
    const char *parts[] = { c->model->provider->endpoint->url(c, PATH), "\n", c->model->name };
    uint32_t hash = 2166136261u;
    const char *s;
    int i;

    for (i = 0; i < 3; i++)
        for (s = parts[i]; *s; s++)
            hash = (hash ^ (unsigned char)*s) * 16777619u;
    return hash ? hash : 1;
}

static int is_refusing(const simg_call *c)
{
    uint32_t key = refusing_key(c);

    return atomic_load(&refusing[key % 64]) == key;
}

static void remember_refusing(const simg_call *c)
{
    uint32_t key = refusing_key(c);

    atomic_store(&refusing[key % 64], key);
}

static json_t *message(const char *role, const char *content)
{
    return json_pack("{s:s, s:s}", "role", role, "content", content);
}

static json_t *format_of(simg_text_kind kind)
{
    json_t *schema = json_loads(formats[kind].schema, 0, NULL);

    return json_pack("{s:s, s:{s:s, s:b, s:o}}", "type", "json_schema", "json_schema", "name", formats[kind].name,
                     "strict", 1, "schema", schema);
}

static const char *request_of(const text *t)
{
    const simg_text_call *c = t->c;
    json_t *body = simg_json_own(c->call.p, json_object());

    json_object_set_new(body, "model", json_string(c->call.model->name));
    json_object_set_new(body, "messages", json_pack("[oo]", message("system", c->system), message("user", c->user)));
    json_object_set_new(body, "stream", json_boolean(c->on_piece != NULL));
    if (!t->plain)
        json_object_set_new(body, "response_format", format_of(c->kind));
    return simg_json_text(body, c->call.p);
}

const char *simg_openai_words(const json_t *message, apr_pool_t *p)
{
    const json_t *content = json_object_get(message, "content");
    const char *all = json_string_value(content);
    apr_array_header_t *parts = apr_array_make(p, 1, sizeof(const char *));
    apr_size_t i;

    for (i = 0; i < json_array_size(content); i++) {
        const json_t *part = json_array_get(content, i);
        const char *type = json_string_value(json_object_get(part, "type"));
        const char *words = json_string_value(json_object_get(part, "text"));

        if (type && !strcmp(type, "text") && words)
            APR_ARRAY_PUSH(parts, const char *) = words;
    }
    if (parts->nelts)
        all = apr_array_pstrcat(p, parts, 0);
    return all && all[0] ? all : NULL;
}

int simg_openai_refuses(const json_t *choice, const json_t *message)
{
    const char *reason = json_string_value(json_object_get(choice, "finish_reason"));
    const char *refusal = json_string_value(json_object_get(message, "refusal"));

    return (refusal && refusal[0]) || (reason && !strcmp(reason, "content_filter"));
}

void simg_openai_refuse(simg_call *c)
{
    simg_call_fail(c, SIMG_OUTCOME_REFUSED, "content-policy", "the upstream will not write this");
}

static void read_answer(text *t)
{
    simg_call *c = &t->c->call;
    const char *why = "no words in it";
    const json_t *answer = simg_json_parse_lenient(t->body->data, t->body->len, &why, c->p);
    const json_t *choice = json_array_get(json_object_get(answer, "choices"), 0);
    const json_t *message = json_object_get(choice, "message");
    const char *words = simg_openai_words(message, c->p);

    simg_openai_take_usage(c, answer, "prompt_tokens", "completion_tokens");
    if (simg_openai_refuses(choice, message)) {
        simg_openai_refuse(c);
    } else if (!words || strlen(words) > SIMG_OPENAI_TEXT_MAX) {
        simg_call_fail(c, SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", "the upstream's answer holds no text");
        simg_problem_cause(&c->problem, c->p, "%s/%s: %s", c->model->provider->name, c->model->name,
                           words ? "too long" : why);
    } else {
        t->c->text = apr_pstrdup(c->p, words);
        c->outcome = SIMG_OUTCOME_MADE;
        simg_text_hand_over(t->c);
    }
}

/* An object at the start is no stream: to one it would be a field that nobody knows. */
static form form_of(const text *t, int status, const char *data, apr_size_t len)
{
    apr_size_t i = 0;

    if (!t->stream || status >= 300)
        return FORM_WHOLE;
    while (i < len && strchr(" \t\r\n", data[i]))
        i++;
    return i == len ? FORM_OPEN : data[i] == '{' ? FORM_WHOLE : FORM_STREAM;
}

static int take_body(void *baton, int status, const char *data, apr_size_t len)
{
    text *t = baton;

    if (t->form == FORM_OPEN)
        t->form = form_of(t, status, data, len);
    if (t->form == FORM_STREAM)
        return simg_openai_stream_feed(t->stream, data, len);
    return simg_openai_body_add(t->body, data, len);
}

static int start(text *t);

/* A server that does not know response_format says 400, or 422 if it checks by a schema; nothing was made. One that
 * gives another reason, such as a used-up quota, would only say it again. */
static int is_worth_plain(const text *t, const simg_http_result *r)
{
    return !t->plain && (r->status == 400 || r->status == 422) && !strcmp(t->c->call.problem.code, "upstream-refused");
}

static void judge(text *t, const simg_http_result *r)
{
    if (t->form == FORM_STREAM)
        simg_openai_stream_end(t->stream, r);
    else if (simg_openai_succeeded(r))
        read_answer(t);
    else
        simg_openai_fail(&t->c->call, r, t->body);
}

static void done(void *baton, const simg_http_result *r)
{
    text *t = baton;
    simg_call *c = &t->c->call;

    judge(t, r);
    if (t->plain && (t->form == FORM_STREAM || simg_openai_succeeded(r)) && !is_refusing(c))
        remember_refusing(c);
    if (is_worth_plain(t, r)) {
        t->plain = 1;
        if (start(t))
            return;
    }
    t->c->done(t->c);
}

/* 0 if it could not be started; then the call has failed. */
static int start(text *t)
{
    simg_call *c = &t->c->call;
    simg_http_handlers handlers = { take_body, done, t };
    const char *json = request_of(t);
    apr_status_t rv;
    simg_problem err;

    t->body = simg_openai_body_make(ANSWER_MAX, c->p);
    t->form = FORM_OPEN;
    if (!t->c->on_piece) {
        rv = simg_openai_post(t->loop, c, PATH, json, ANSWER_MAX, &handlers, &err);
    } else {
        t->stream = simg_openai_stream_make(t->c);
        rv = t->stream ? simg_openai_post_stream(t->loop, c, PATH, json, STREAM_MAX, &handlers, &err)
                       : simg_problem_set(&err, c->p, "internal", APR_ENOMEM, "out of memory");
    }
    if (rv == APR_SUCCESS)
        return 1;
    c->outcome = SIMG_OUTCOME_NOTHING;
    c->problem = err;
    return 0;
}

void simg_openai_write(simg_loop *loop, simg_text_call *c)
{
    text *t = apr_pcalloc(c->call.p, sizeof(*t));

    t->c = c;
    t->loop = loop;
    t->plain = is_refusing(&c->call);
    c->call.input_tokens = c->call.output_tokens = -1;
    if (!start(t))
        c->done(c);
}
