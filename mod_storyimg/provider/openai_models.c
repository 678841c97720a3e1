/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/openai.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/clock.h"

#define ANSWER_MAX (4 * 1024 * 1024)
#define MODELS_MAX 10000
#define NAME_MAX_LEN 256
#define LAST_SECOND 253402300799.0 /* of the year 9999 */

typedef struct list {
    simg_models_call *c;
    simg_openai_body *body;
} list;

static int is_name(const char *s)
{
    apr_size_t i;

    for (i = 0; s && s[i]; i++)
        if (i >= NAME_MAX_LEN || apr_iscntrl(s[i]))
            return 0;
    return s && i;
}

/* A date, or seconds since 1970; anything else is not told. */
static apr_time_t time_of(const json_t *j)
{
    apr_time_t t = 0;
    double seconds = json_number_value(j);

    if (seconds > 0 && seconds <= LAST_SECOND)
        return apr_time_from_sec((apr_int64_t)seconds);
    return simg_clock_parse(&t, json_string_value(j)) && t > 0 ? t : 0;
}

static void take_models(simg_models_call *c, const json_t *data)
{
    size_t i;

    for (i = 0; i < json_array_size(data); i++) {
        const json_t *entry = json_array_get(data, i);
        const char *name = json_string_value(json_object_get(entry, "id"));
        apr_time_t shutdown = time_of(json_object_get(entry, "shutdown_date"));

        if (!is_name(name))
            continue;
        if (!shutdown)
            shutdown = time_of(json_object_get(entry, "shutdown_at"));
        *(simg_model_info *)apr_array_push(c->models) = (simg_model_info){ apr_pstrdup(c->call.p, name), shutdown };
    }
}

/* A model that is missing is taken as gone, so a part of a list is none. Some servers say null for no models, some
 * send the list bare. */
static void read_answer(list *l)
{
    simg_call *c = &l->c->call;
    const char *why = "no list in it";
    const json_t *answer = simg_json_parse_lenient(l->body->data, l->body->len, &why, c->p);
    const json_t *data = json_is_array(answer) ? answer : json_object_get(answer, "data");

    if (json_array_size(data) > MODELS_MAX)
        why = "too many";
    else if (json_is_true(json_object_get(answer, "has_more")))
        why = "a part of a list";
    else if (json_is_array(data) || json_is_null(data)) {
        take_models(l->c, data);
        c->model_used = c->model->name;
        c->outcome = SIMG_OUTCOME_MADE;
        return;
    }
    simg_call_fail(c, SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", "the upstream's answer is no list of models");
    simg_problem_cause(&c->problem, c->p, "%s: models: %s", c->model->provider->name, why);
}

static int take_body(void *baton, int status, const char *data, apr_size_t len)
{
    list *l = baton;

    (void)status;
    return simg_openai_body_add(l->body, data, len);
}

static void done(void *baton, const simg_http_result *r)
{
    list *l = baton;

    if (simg_openai_succeeded(r))
        read_answer(l);
    else
        simg_openai_fail(&l->c->call, r, l->body);
    l->c->done(l->c);
}

void simg_openai_list(simg_loop *loop, simg_models_call *c)
{
    list *l = apr_pcalloc(c->call.p, sizeof(*l));
    simg_http_handlers handlers = { take_body, done, l };
    simg_problem err;

    l->c = c;
    l->body = simg_openai_body_make(ANSWER_MAX, c->call.p);
    c->models = apr_array_make(c->call.p, 100, sizeof(simg_model_info));
    c->call.input_tokens = c->call.output_tokens = -1;
    if (simg_openai_get(loop, &c->call, "/models", ANSWER_MAX, &handlers, &err) == APR_SUCCESS)
        return;
    c->call.outcome = SIMG_OUTCOME_NOTHING;
    c->call.problem = err;
    c->done(c);
}
