/* SPDX-License-Identifier: Apache-2.0 */
/* The list of models of the OpenAI provider, against a scripted server: a word in the base URL says what it does. */
#include "provider/openai.h"

#include <signal.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "provider/offline.h"
#include "tap.h"
#include "upstream.h"

#define KEY "sk-test-0123456789"
#define SECRET_WORDS "raw-words-of-the-upstream"
#define JSON "Content-Type: application/json\r\n"

static upstream *server;
static apr_pool_t *pool;

typedef struct script {
    const char *word;
    int status;
    const char *headers, *body;
    /* what the call must come to */
    simg_outcome outcome;
    const char *code; /* of the problem */
    const char *list; /* "name" or "name=shutdown", joined by spaces */
} script;

static const script scripts[] = {
    { "two", 200, JSON,
      "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-image-2\",\"object\":\"model\",\"created\":1686935002,"
      "\"owned_by\":\"openai\",\"shutdown_date\":null},{\"id\":\"gpt-4o\",\"shutdown_date\":\"2027-01-14\"}]}",
      SIMG_OUTCOME_MADE, NULL, "gpt-image-2 gpt-4o=2027-01-14T00:00:00.000Z" },
    { "dates", 200, JSON,
      "{\"data\":[{\"id\":\"a\",\"shutdown_date\":1800000000},{\"id\":\"b\",\"shutdown_at\":\"2026-12-01T12:00:00Z\"},"
      "{\"id\":\"c\",\"shutdown_at\":1800000001},{\"id\":\"d\",\"shutdown_date\":\"soon\",\"shutdown_at\":1800000002},"
      "{\"id\":\"e\",\"shutdown_date\":\"2026-12-01\",\"shutdown_at\":\"2030-01-01\"}]}",
      SIMG_OUTCOME_MADE, NULL,
      "a=2027-01-15T08:00:00.000Z b=2026-12-01T12:00:00.000Z c=2027-01-15T08:00:01.000Z d=2027-01-15T08:00:02.000Z "
      "e=2026-12-01T00:00:00.000Z" },
    { "odd-dates", 200, JSON,
      "{\"data\":[{\"id\":\"a\",\"shutdown_date\":-5},{\"id\":\"b\",\"shutdown_date\":0},"
      "{\"id\":\"c\",\"shutdown_date\":1800000000000},{\"id\":\"d\",\"shutdown_date\":9223372036854775807},"
      "{\"id\":\"e\",\"shutdown_date\":1e300},{\"id\":\"f\",\"shutdown_date\":true},"
      "{\"id\":\"g\",\"shutdown_date\":\"2026-13-45\"},{\"id\":\"h\",\"shutdown_date\":{}},"
      "{\"id\":\"i\",\"shutdown_date\":\"1066-10-14\"}]}",
      SIMG_OUTCOME_MADE, NULL, "a b c d e f g h i" },
    { "huge-date", 200, JSON,
      "{\"data\":[{\"id\":\"a\",\"shutdown_date\":99999999999999999999},{\"id\":\"b\",\"shutdown_date\":1800000000}]}",
      SIMG_OUTCOME_MADE, NULL, "a b=2027-01-15T08:00:00.000Z" },
    { "odd-rows", 200, JSON,
      "{\"data\":[null,7,\"gpt-4o\",[],{},{\"id\":null},{\"id\":5},{\"id\":\"\"},{\"id\":\"new\\nline\"},"
      "{\"id\":\"good\"},{\"id\":[\"x\"]},{\"id\":\"org/with space\"}]}",
      SIMG_OUTCOME_MADE, NULL, "good org/with space" },
    { "bare", 200, JSON, "[{\"id\":\"a\"}]", SIMG_OUTCOME_MADE, NULL, "a" },
    { "none", 200, JSON, "{\"object\":\"list\",\"data\":[]}", SIMG_OUTCOME_MADE, NULL, "" },
    { "null", 200, JSON, "{\"object\":\"list\",\"data\":null}", SIMG_OUTCOME_MADE, NULL, "" },
    { "no-more", 200, JSON, "{\"data\":[{\"id\":\"a\"}],\"has_more\":false}", SIMG_OUTCOME_MADE, NULL, "a" },
    { "more", 200, JSON, "{\"data\":[{\"id\":\"a\"}],\"has_more\":true}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer",
      NULL },
    { "object", 200, JSON, "{\"models\":[]}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", NULL },
    { "data-object", 200, JSON, "{\"data\":{}}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", NULL },
    { "text", 200, "", "<html>" SECRET_WORDS, SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", NULL },
    { "nothing", 200, "", "", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", NULL },
    { "half", 200, JSON, "{\"data\":[{\"id\":\"a\"},", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", NULL },
    { "401", 401, JSON, "{\"error\":{\"code\":\"invalid_api_key\",\"message\":\"" SECRET_WORDS " " KEY "\"}}",
      SIMG_OUTCOME_UNFIT, "upstream-auth", NULL },
    { "404", 404, "", SECRET_WORDS, SIMG_OUTCOME_UNFIT, "upstream-refused", NULL },
    { "429", 429, "Retry-After: 7\r\n", "", SIMG_OUTCOME_NOTHING, "rate-limited", NULL },
    { "503", 503, "", "", SIMG_OUTCOME_NOTHING, "upstream-error", NULL },
    { "302", 302, "Location: http://127.0.0.2/\r\n", "", SIMG_OUTCOME_UNFIT, "upstream-error", NULL },
    { "reset", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "outcome-unknown", NULL },
};

#define COUNT (sizeof(scripts) / sizeof(scripts[0]))

/* n models with names of this many characters. */
static int serve_many(int fd, int n, int width)
{
    int i;

    up_say(fd, "HTTP/1.1 200 OK\r\n\r\n{\"data\":[");
    for (i = 0; i < n; i++)
        up_say(fd, "%s{\"id\":\"%0*d\"}", i ? "," : "", width, i);
    up_say(fd, "]}");
    return UP_CLOSE;
}

static int serve(upstream *u, int fd, const char *path)
{
    char word[100] = "", rest[100] = "";
    int n, width;
    size_t i;

    (void)u;
    if (sscanf(path, "/many-%d-%d/v1/models", &n, &width) == 2)
        return serve_many(fd, n, width);
    sscanf(path, "/%99[^/]/v1/%99s", word, rest);
    if (!strcmp(word, "slow"))
        usleep(900000);
    for (i = 0; i < COUNT; i++)
        if (!strcmp(scripts[i].word, word) && !strcmp(rest, "models") && scripts[i].status)
            up_answer(fd, scripts[i].status, scripts[i].headers, scripts[i].body);
    return strcmp(word, "reset") ? UP_CLOSE : UP_RESET;
}

static void listed(simg_models_call *c)
{
    ++*(int *)c->baton;
}

static simg_models_call ask(const char *word, int port)
{
    simg_settings *s = apr_pcalloc(pool, sizeof(*s));
    simg_model *model = apr_pcalloc(pool, sizeof(*model));
    int done = 0;
    simg_models_call c = { .call = { .model = model, .settings = s, .p = pool }, .done = listed, .baton = &done };
    simg_problem err;
    simg_loop *loop;
    apr_pool_t *p;

    *model = (simg_model){ &simg_openai, "gpt-image-2" };
    s->openai_base_url = apr_psprintf(pool, "http://127.0.0.1:%d/%s/v1/", port, word);
    s->openai_key = KEY;
    s->timeout = apr_time_from_msec(!strcmp(word, "slow") ? 300 : 20000);
    apr_pool_create(&p, pool);
    simg_loop_create(&loop, NULL, p, &err);
    simg_openai.list(loop, &c);
    simg_loop_run(loop, &err);
    apr_pool_destroy(p);
    is_int(done, 1, apr_pstrcat(pool, word, ": told once", NULL));
    return c;
}

static const char *words_of(const apr_array_header_t *models)
{
    const char *all = "";
    int i;

    for (i = 0; i < models->nelts; i++) {
        const simg_model_info *m = &APR_ARRAY_IDX(models, i, simg_model_info);

        all = apr_pstrcat(pool, all, i ? " " : "", m->name, m->shutdown ? "=" : "",
                          m->shutdown ? simg_clock_iso(m->shutdown, pool) : "", NULL);
    }
    return all;
}

static int leaks(const simg_problem *e)
{
    const char *all = apr_pstrcat(pool, e->detail, "\n", e->title, "\n", e->cause, NULL);

    return strstr(all, KEY) || strstr(all, SECRET_WORDS);
}

static void test_scripts(void)
{
    size_t i;

    for (i = 0; i < COUNT; i++) {
        const script *s = &scripts[i];
        simg_models_call c = ask(s->word, server->port);

        is_int(c.call.outcome, s->outcome, "  outcome");
        if (s->list)
            is_str(words_of(c.models), s->list, "  its models");
        if (s->code)
            is_str(c.call.problem.code, s->code, "  its problem");
        if (s->code)
            ok(c.call.problem.detail && !leaks(&c.call.problem), "  nothing leaks: %s", c.call.problem.cause);
    }
}

static void test_details(void)
{
    simg_models_call c = ask("two", server->port);
    char *said = up_last(server);

    ok(!strncmp(said, "GET /two/v1/models HTTP/1.1\r\n", 29), "one slash, the right path");
    ok(strstr(said, "\r\nAuthorization: Bearer " KEY "\r\n") != NULL, "the key");
    ok(!strstr(said, "Content-Type") && !strstr(said, "Content-Length"), "no body");
    is_str(c.call.model_used, "gpt-image-2", "a model is named, as in all calls");
    ok(c.call.input_tokens == -1 && c.call.output_tokens == -1, "and no tokens");
    free(said);
    c = ask("429", server->port);
    is_int(c.call.problem.retry_after, apr_time_from_sec(7), "when to come again");
    c = ask("slow", server->port);
    is_str(c.call.problem.code, "upstream-timeout", "too slow");
    c = ask("two", 1);
    is_str(c.call.problem.code, "upstream-unreachable", "nobody there");
    is_int(c.call.outcome, SIMG_OUTCOME_NOTHING, "nobody there: outcome");
    ok(!simg_offline.list, "the offline provider has no list");
}

static void test_bounds(void)
{
    simg_models_call c = ask("many-10000-20", server->port);

    is_int(c.call.outcome, SIMG_OUTCOME_MADE, "10,000 models");
    is_int(c.models->nelts, 10000, "  all of them");
    c = ask("many-10001-20", server->port);
    is_str(c.call.problem.code, "bad-upstream-answer", "more: a part of a list is none");
    is_int(c.models->nelts, 0, "  not even a part");
    c = ask("many-8000-1000", server->port);
    ok(c.call.outcome != SIMG_OUTCOME_MADE && !c.models->nelts, "8 MB: %s", c.call.problem.cause);
    c = ask("many-1-256", server->port);
    is_int(c.models->nelts, 1, "a name of 256 bytes");
    c = ask("many-1-257", server->port);
    is_int(c.models->nelts, 0, "a longer one is skipped");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_http_init(pool);
    server = up_start(serve);
    test_scripts();
    test_details();
    test_bounds();
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}
