/* SPDX-License-Identifier: Apache-2.0 */
/** Is this fit for a child? POST /moderations, which costs nothing. */
#include "provider/openai.h"

#include <string.h>

#include <apr_strings.h>

#define PATH "/moderations"
#define ANSWER_MAX (1024 * 1024)
#define CATEGORIES_MAX 500

typedef struct moderation {
    simg_moderation_call *c;
    simg_openai_body *body;
} moderation;

static json_t *input_of(const simg_moderation_call *c)
{
    json_t *input;
    int i;

    if (!c->texts)
        return json_pack("[{s:s, s:{s:s}}]", "type", "image_url", "image_url", "url",
                         simg_openai_data_url(c->type, c->image, c->image_len, c->call.p));
    input = json_array();
    for (i = 0; i < c->texts->nelts; i++)
        json_array_append_new(input, json_string(APR_ARRAY_IDX(c->texts, i, const char *)));
    return input;
}

static const char *request_of(const simg_moderation_call *c)
{
    apr_pool_t *p = c->call.p;

    return simg_json_text(
        simg_json_own(p, json_pack("{s:s, s:o}", "model", c->call.model->name, "input", input_of(c))), p);
}

static int take_body(void *baton, int status, const char *data, apr_size_t len)
{
    const moderation *m = baton;

    (void)status;
    return simg_openai_body_add(m->body, data, len);
}

static int is_plain(const char *name)
{
    return strlen(name) < 60 && strspn(name, "abcdefghijklmnopqrstuvwxyz-_/") == strlen(name);
}

/* Only plain words are named, since they go to the log. */
static const char *add_categories(const char *all, const json_t *categories, apr_pool_t *p)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)categories, name, value)
        if (json_is_true(value) && is_plain(name) && strlen(all) < CATEGORIES_MAX)
            all = apr_pstrcat(p, all, *all ? ", " : "", name, NULL);
    return all;
}

/* 0 if an answer says nothing of one of those that were asked about. */
static int read_results(simg_moderation_call *c, const json_t *results)
{
    int n = c->texts ? c->texts->nelts : 1, i;

    c->flagged = apr_pcalloc(c->call.p, (apr_size_t)n * sizeof(*c->flagged));
    c->categories = "";
    for (i = 0; i < n; i++) {
        const json_t *result = json_array_get(results, (apr_size_t)i);
        const json_t *flagged = json_object_get(result, "flagged");

        if (!json_is_boolean(flagged))
            return 0;
        c->flagged[i] = json_is_true(flagged);
        if (c->flagged[i])
            c->categories = add_categories(c->categories, json_object_get(result, "categories"), c->call.p);
    }
    return 1;
}

static void read_answer(const moderation *m)
{
    simg_call *c = &m->c->call;
    const char *why = "not a verdict for each";
    const json_t *answer = simg_json_parse_lenient(m->body->data, m->body->len, &why, c->p);

    simg_openai_take_usage(c, answer, "input_tokens", "output_tokens");
    if (read_results(m->c, json_object_get(answer, "results"))) {
        c->outcome = SIMG_OUTCOME_MADE;
        return;
    }
    simg_call_fail(c, SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", "the upstream's answer holds no verdict");
    simg_problem_cause(&c->problem, c->p, "%s/%s: %s", c->model->provider->name, c->model->name, why);
}

static void done(void *baton, const simg_http_result *r)
{
    moderation *m = baton;

    if (simg_openai_succeeded(r))
        read_answer(m);
    else
        simg_openai_fail(&m->c->call, r, m->body);
    m->c->done(m->c);
}

void simg_openai_moderate(simg_loop *loop, simg_moderation_call *c)
{
    moderation *m = apr_pcalloc(c->call.p, sizeof(*m));
    simg_http_handlers handlers = { take_body, done, m };
    simg_problem err;

    m->c = c;
    m->body = simg_openai_body_make(ANSWER_MAX, c->call.p);
    c->call.input_tokens = c->call.output_tokens = -1;
    if (simg_openai_post(loop, &c->call, PATH, request_of(c), ANSWER_MAX, &handlers, &err) == APR_SUCCESS)
        return;
    c->call.outcome = SIMG_OUTCOME_NOTHING;
    c->call.problem = err;
    c->done(c);
}
