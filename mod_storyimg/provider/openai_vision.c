/* SPDX-License-Identifier: Apache-2.0 */
/* Words about a picture: a chat whose question holds it. */
#include "provider/openai.h"

#include <string.h>

#include <apr_base64.h>
#include <apr_strings.h>

#define PATH "/chat/completions"
#define ANSWER_MAX (1024 * 1024)
#define WORDS_MAX (64 * 1024)

typedef struct vision {
    simg_vision_call *c;
    simg_openai_body *body;
} vision;

const char *simg_openai_data_url(const char *type, const void *bytes, apr_size_t len, apr_pool_t *p)
{
    static const char before[] = "data:", behind[] = ";base64,";
    char *url = apr_palloc(p, sizeof(before) + strlen(type) + sizeof(behind) + (apr_size_t)apr_base64_encode_len((int)len));
    char *to = stpcpy(stpcpy(stpcpy(url, before), type), behind);

    apr_base64_encode_binary(to, bytes, (int)len);
    return url;
}

static const char *request_of(const simg_vision_call *c)
{
    apr_pool_t *p = c->call.p;
    const char *url = simg_openai_data_url(c->type, c->image, c->image_len, p);
    json_t *body = simg_json_own(
        p, json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:[{s:s, s:s}, {s:s, s:{s:s}}]}], s:b}", "model", c->call.model->name,
                     "messages", "role", "system", "content", c->system, "role", "user", "content", "type", "text",
                     "text", c->user, "type", "image_url", "image_url", "url", url, "stream", 0));

    return simg_json_text(body, p);
}

static int take_body(void *baton, int status, const char *data, apr_size_t len)
{
    const vision *v = baton;

    (void)status;
    return simg_openai_body_add(v->body, data, len);
}

static void read_answer(const vision *v)
{
    simg_call *c = &v->c->call;
    const char *why = "no words in it";
    const json_t *answer = simg_json_parse_lenient(v->body->data, v->body->len, &why, c->p);
    const json_t *choice = json_array_get(json_object_get(answer, "choices"), 0);
    const json_t *message = json_object_get(choice, "message");
    const char *words = simg_openai_words(message, c->p);

    simg_openai_take_usage(c, answer, "prompt_tokens", "completion_tokens");
    if (simg_openai_refuses(choice, message)) {
        simg_openai_refuse(c);
    } else if (!words || strlen(words) > WORDS_MAX) {
        simg_call_fail(c, SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", "the upstream's answer holds no text");
        simg_problem_cause(&c->problem, c->p, "%s/%s: %s", c->model->provider->name, c->model->name,
                           words ? "too long" : why);
    } else {
        v->c->text = apr_pstrdup(c->p, words);
        c->outcome = SIMG_OUTCOME_MADE;
    }
}

static void done(void *baton, const simg_http_result *r)
{
    vision *v = baton;

    if (simg_openai_succeeded(r))
        read_answer(v);
    else
        simg_openai_fail(&v->c->call, r, v->body);
    v->c->done(v->c);
}

void simg_openai_describe(simg_loop *loop, simg_vision_call *c)
{
    vision *v = apr_pcalloc(c->call.p, sizeof(*v));
    simg_http_handlers handlers = { take_body, done, v };
    simg_problem err;

    v->c = c;
    v->body = simg_openai_body_make(ANSWER_MAX, c->call.p);
    c->call.input_tokens = c->call.output_tokens = -1;
    if (simg_openai_post(loop, &c->call, PATH, request_of(c), ANSWER_MAX, &handlers, &err) == APR_SUCCESS)
        return;
    c->call.outcome = SIMG_OUTCOME_NOTHING;
    c->call.problem = err;
    c->done(c);
}
