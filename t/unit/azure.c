/* SPDX-License-Identifier: Apache-2.0 */
/* Azure OpenAI: other addresses, another key, its own errors; and no key ever goes to the other one. */
#include "provider/azure.h"

#include <signal.h>

#include <apr_strings.h>

#include "form.h"
#include "provider/openai.h"
#include "tap.h"

#define OPENAI_KEY "sk-test-0123456789"
#define AZURE_KEY "az-test-9876543210"
#define SAID "raw-words-of-the-upstream"
#define PICTURE                                                                                                        \
    "{\"created\":1,\"data\":[{\"b64_json\":\"aGVsbG8gcGljdHVyZQ==\",\"prompt_filter_results\":{}}],\"usage\":"        \
    "{\"input_tokens\":3,\"output_tokens\":5}}"
#define CHAT(reason)                                                                                                   \
    "{\"model\":\"gpt-6-2026\",\"prompt_filter_results\":[],\"choices\":[{\"message\":{\"content\":\"Once upon\"},"    \
    "\"finish_reason\":\"" reason "\",\"content_filter_results\":{}}],\"usage\":{\"prompt_tokens\":7}}"

static upstream *server;
static apr_pool_t *pool;

/* What Azure answers, by the first part of the endpoint's path. */
static const struct answer {
    const char *word;
    int status;
    const char *headers, *body;
    simg_outcome outcome;
    const char *code;
} answers[] = {
    { "good", 200, "", "", SIMG_OUTCOME_MADE, NULL },
    { "filter", 400, "",
      "{\"error\":{\"code\":\"content_filter\",\"message\":\"" SAID "\",\"status\":400,\"innererror\":{\"code\":"
      "\"ResponsibleAIPolicyViolation\"}}}",
      SIMG_OUTCOME_REFUSED, "content-policy" },
    { "filter2", 400, "", "{\"error\":{\"code\":\"contentFilter\",\"message\":\"" SAID "\"}}", SIMG_OUTCOME_REFUSED,
      "content-policy" },
    { "filter3", 400, "", "{\"error\":{\"code\":\"content_policy_violation\",\"inner_error\":{}}}",
      SIMG_OUTCOME_REFUSED, "content-policy" },
    { "filter4", 400, "",
      "{\"error\":{\"code\":\"BadRequest\",\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}",
      SIMG_OUTCOME_REFUSED, "content-policy" },
    { "filter5", 400, "",
      "{\"error\":{\"code\":null,\"inner_error\":{\"code\":\"ResponsibleAIPolicyViolation\",\"x\":1}}}",
      SIMG_OUTCOME_REFUSED, "content-policy" },
    { "blocked", 400, "", "{\"error\":{\"code\":\"moderation_blocked\",\"type\":\"image_generation_user_error\"}}",
      SIMG_OUTCOME_REFUSED, "content-policy" },
    { "gone", 404, "", "{\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"" SAID "\"}}", SIMG_OUTCOME_UNFIT,
      "upstream-refused" },
    { "gone2", 404, "", "{\"error\":{\"code\":\"404\",\"message\":\"Resource not found\"}}", SIMG_OUTCOME_UNFIT,
      "upstream-refused" },
    { "key", 401, "", "{\"error\":{\"code\":\"401\",\"message\":\"" SAID "\"}}", SIMG_OUTCOME_UNFIT, "upstream-auth" },
    { "key2", 401, "", "{\"statusCode\":401,\"message\":\"" SAID "\"}", SIMG_OUTCOME_UNFIT, "upstream-auth" },
    { "wall", 403, "", "{\"error\":{\"code\":\"AccessDenied\"}}", SIMG_OUTCOME_UNFIT, "upstream-auth" },
    { "version", 400, "", "{\"error\":{\"code\":\"BadRequest\",\"innererror\":[1]}}", SIMG_OUTCOME_UNFIT,
      "upstream-refused" },
    { "busy", 429, "Retry-After: 30\r\nretry-after-ms: 1500\r\n", "{\"error\":{\"code\":\"429\"}}",
      SIMG_OUTCOME_NOTHING, "rate-limited" },
    { "500", 500, "", "{\"error\":{\"code\":\"InternalServerError\"}}", SIMG_OUTCOME_NOTHING, "upstream-error" },
};

static int serve(upstream *u, int fd, const char *path)
{
    const char *good = strstr(path, "/images/") ? PICTURE : CHAT("stop");
    size_t i;

    form_keep(u, fd);
    if (!strncmp(path, "/late-filter/", 13))
        good = CHAT("content_filter");
    for (i = 1; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (!strncmp(path + 1, answers[i].word, strcspn(path + 1, "/")) &&
            strlen(answers[i].word) == strcspn(path + 1, "/")) {
            up_answer(fd, answers[i].status, answers[i].headers, answers[i].body);
            return UP_CLOSE;
        }
    up_answer(fd, 200, "Content-Type: application/json\r\n", good);
    return UP_CLOSE;
}

typedef struct tray {
    simg_sink sink;
    char bytes[100];
    apr_size_t len;
    int done;
} tray;

static apr_status_t tray_write(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err)
{
    tray *t = (tray *)sink;

    (void)err;
    if (t->len + len < sizeof(t->bytes))
        memcpy(t->bytes + t->len, data, len);
    t->len += len;
    return APR_SUCCESS;
}

static apr_status_t tray_rewind(simg_sink *sink, simg_problem *err)
{
    (void)err;
    ((tray *)sink)->len = 0;
    return APR_SUCCESS;
}

static void drawn(simg_image_call *c)
{
    ((tray *)c->baton)->done++;
}

static void told(simg_text_call *c)
{
    ++*(int *)c->baton;
}

/* Both keys are there, as in a chain of both. */
static const simg_settings *settings_for(const char *word)
{
    simg_settings *s = apr_pcalloc(pool, sizeof(*s));

    s->openai_base_url = apr_psprintf(pool, "http://127.0.0.1:%d/openai/v1", server->port);
    s->openai_key = OPENAI_KEY;
    s->azure_endpoint = apr_psprintf(pool, "http://127.0.0.1:%d/%s//", server->port, word);
    s->azure_key = AZURE_KEY;
    s->azure_api_version = "2025-04-01-preview";
    s->timeout = apr_time_from_sec(20);
    return s;
}

static simg_image_call draw(tray *t, const simg_provider *provider, const char *name, const char *word,
                            const simg_reference *reference)
{
    simg_brief brief = { .prompt = "a cat", .reference = reference, .quality = "high", .style = "vivid" };
    simg_model model = { provider, name };
    simg_image_call c = { .call = { .model = &model, .settings = settings_for(word), .p = pool },
                          .brief = &brief,
                          .sink = &t->sink,
                          .done = drawn,
                          .baton = t };
    simg_problem err;
    simg_loop *loop;

    *t = (tray){ .sink = { tray_write, tray_rewind } };
    simg_loop_create(&loop, NULL, pool, &err);
    provider->draw(loop, &c);
    simg_loop_run(loop, &err);
    is_int(t->done, 1, apr_pstrcat(pool, provider->name, "/", name, ": told once", NULL));
    return c;
}

static simg_text_call tell(const char *name, const char *word)
{
    int done = 0;
    simg_model model = { &simg_azure, name };
    simg_text_call c = { .call = { .model = &model, .settings = settings_for(word), .p = pool },
                         .system = "You write.",
                         .user = "Lila",
                         .pages = 3,
                         .done = told,
                         .baton = &done };
    simg_problem err;
    simg_loop *loop;

    simg_loop_create(&loop, NULL, pool, &err);
    simg_azure.write(loop, &c);
    simg_loop_run(loop, &err);
    is_int(done, 1, apr_pstrcat(pool, word, ": told once", NULL));
    return c;
}

static int begins(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

/* What was asked last. The one key is there, the other nowhere, neither in a header nor in the body. */
static void check_asked(const char *line, int azure)
{
    char *said = up_last(server), *body;
    size_t len;

    ok(begins(said, apr_pstrcat(pool, "POST ", line, " HTTP/1.1\r\n", NULL)), "  %s", line);
    if (!begins(said, "POST ") || !strstr(said, line))
        printf("# %.200s\n", said);
    ok(azure ? strstr(said, "\r\napi-key: " AZURE_KEY "\r\n") != NULL
             : strstr(said, "\r\nAuthorization: Bearer " OPENAI_KEY "\r\n") != NULL,
       "  its key");
    ok(azure ? !strcasestr(said, "\r\nAuthorization:") : !strcasestr(said, "\r\napi-key:"), "  and no other header");
    body = form_kept(&len);
    ok(!strstr(said, azure ? OPENAI_KEY : AZURE_KEY) && !memmem(body, len, OPENAI_KEY, strlen(OPENAI_KEY)) &&
           !memmem(body, len, AZURE_KEY, strlen(AZURE_KEY)),
       "  the other key stays here");
    free(body);
    free(said);
}

static void check_body(const char *want, const char *name)
{
    size_t len;
    char *body = form_kept(&len);

    is_str(body, want, name);
    free(body);
}

static void test_texts(void)
{
    simg_text_call c = tell("gpt-6", "good");
    size_t len;
    char *body;

    is_str(c.text, "Once upon", "a text");
    is_str(c.call.model_used, "gpt-6-2026", "  who really wrote it");
    check_asked("/good/openai/deployments/gpt-6/chat/completions?api-version=2025-04-01-preview", 1);
    body = form_kept(&len);
    ok(begins(body, "{\"model\":\"gpt-6\",\"messages\":["), "  the request");
    free(body);
    c = tell("gpt-6", "late-filter");
    is_int(c.call.outcome, SIMG_OUTCOME_REFUSED, "filtered after it was written");
    is_str(c.call.problem.code, "content-policy", "  its problem");
}

static void test_images(void)
{
    tray t;
    simg_image_call c = draw(&t, &simg_azure, "my-drawer", "good", NULL);

    is_str(t.bytes, "hello picture", "a picture");
    is_str(c.call.model_used, "my-drawer", "  its model");
    check_asked("/good/openai/deployments/my-drawer/images/generations?api-version=2025-04-01-preview", 1);
    check_body("{\"model\":\"my-drawer\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1024x1024\",\"quality\":\"high\","
               "\"output_format\":\"png\"}",
               "  as of gpt-image-2");
    draw(&t, &simg_azure, "dall-e-3-sweden", "good", NULL);
    check_body("{\"model\":\"dall-e-3-sweden\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1024x1024\",\"quality\":\"hd\","
               "\"style\":\"vivid\",\"response_format\":\"url\"}",
               "  a name that says more");
    draw(&t, &simg_openai, "gpt-image-2", "good", NULL);
    check_asked("/openai/v1/images/generations", 0);
}

static void test_edits(void)
{
    char *path = form_file("hero.png", 1000), *file, *body;
    simg_reference hero = { path, "image/png", "hero.png" };
    size_t len, file_len;
    tray t;

    draw(&t, &simg_azure, "my-drawer", "good", &hero);
    is_str(t.bytes, "hello picture", "a picture after a reference");
    check_asked("/good/openai/deployments/my-drawer/images/edits?api-version=2025-04-01-preview", 1);
    body = form_kept(&len);
    file = form_slurp(path, &file_len);
    ok(memmem(body, len, file, file_len) != NULL, "  with the reference");
    ok(memmem(body, len, "name=\"model\"\r\n\r\nmy-drawer\r\n", 27) != NULL, "  its model");
    ok(memmem(body, len, "name=\"input_fidelity\"\r\n\r\nhigh\r\n", 31) != NULL, "  its fidelity");
    free(body);
    free(file);
    draw(&t, &simg_openai, "gpt-image-2", "good", &hero);
    check_asked("/openai/v1/images/edits", 0);
    free(path);
}

static void test_errors(void)
{
    char *path = form_file("hero.png", 1000);
    simg_reference hero = { path, "image/png", "hero.png" };
    size_t i;
    tray t;

    for (i = 1; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const struct answer *a = &answers[i];
        simg_image_call c = draw(&t, &simg_azure, "my-drawer", a->word, i % 2 ? &hero : NULL);
        const simg_problem *e = &c.call.problem;

        is_int(c.call.outcome, a->outcome, a->word);
        is_str(e->code, a->code, "  its problem");
        ok(!strstr(e->detail, SAID) && !strstr(e->cause, SAID) && !strstr(e->cause, AZURE_KEY) &&
               begins(e->cause, "azure/my-drawer: "),
           "  nothing leaks: %s", e->cause);
        if (a->status == 429)
            is_int(e->retry_after, apr_time_from_msec(1500), "  when to come again, to the millisecond");
        is_str(tell("gpt-6", a->word).call.problem.code, a->code, "  and of a text");
    }
    free(path);
}

int main(void)
{
    scratch_begin();
    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_http_init(pool);
    server = up_start(serve);
    test_texts();
    test_images();
    test_edits();
    test_errors();
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
