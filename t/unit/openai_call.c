/* SPDX-License-Identifier: Apache-2.0 */
/* Whole calls of the OpenAI provider against a scripted server: a word in the base URL says what it does. */
#include "provider/openai.h"

#include <signal.h>

#include <apr_strings.h>

#include "openai_scripts.h"
#include "tap.h"
#include "upstream.h"

#define BIG (60 * 1024 * 1024) /* bytes of the large picture */

static upstream *server;
static apr_pool_t *pool;

/* Text with the server's port in place of PORT. */
static const char *with_port(const char *text)
{
    static __thread char out[4096];
    const char *at = strstr(text, "PORT");

    if (!at)
        return text;
    snprintf(out, sizeof(out), "%.*s%d%s", (int)(at - text), text, server->port, at + 4);
    return out;
}

static int serve_file(int fd, const char *path)
{
    char away[100];

    snprintf(away, sizeof(away), "Location: https://127.0.0.2:%d/\r\n", server->port);
    if (!strncmp(path, "/file.png", 9))
        up_answer(fd, 200, "", "hello picture");
    else if (!strcmp(path, "/moved.png"))
        up_answer(fd, 302, "Location: /file.png\r\n", "moved");
    else if (!strcmp(path, "/away.png"))
        up_answer(fd, 302, away, "");
    else if (!strcmp(path, "/cut.png"))
        up_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
    else
        up_answer(fd, !strcmp(path, "/empty.png") ? 200 : 404, "", "");
    return UP_CLOSE;
}

static int serve_big(int fd)
{
    static char piece[16384];
    int i;

    memset(piece, 'A', sizeof(piece));
    up_say(fd, "HTTP/1.1 200 OK\r\n\r\n{\"data\":[{\"b64_json\":\"");
    for (i = 0; i < BIG / 3 * 4 / 16384; i++)
        up_write(fd, piece, sizeof(piece));
    up_say(fd, "\"}]}");
    return UP_CLOSE;
}

static const script *script_of(const char *word, int drawing)
{
    const script *table = drawing ? images : texts;
    size_t n = drawing ? sizeof(images) / sizeof(images[0]) : sizeof(texts) / sizeof(texts[0]), i;

    for (i = 0; i < n; i++)
        if (!strcmp(table[i].word, word))
            return &table[i];
    return NULL;
}

static int serve(upstream *u, int fd, const char *path)
{
    char word[100] = "", rest[100] = "";
    const script *s;
    char headers[200];

    if (sscanf(path, "/%99[^/]/v1/%99s", word, rest) != 2)
        return serve_file(fd, path);
    if (!strcmp(word, "big"))
        return serve_big(fd);
    if (!strcmp(word, "slow"))
        usleep(900000);
    if (!strcmp(word, "plain") && strstr(u->last, "response_format"))
        up_answer(fd, 400, JSON, ERROR("unsupported_parameter"));
    else if (!strcmp(word, "plain"))
        up_answer(fd, 200, JSON, WORDS("{\"content\":\"Once upon\"}"));
    s = script_of(word, !strcmp(rest, "images/generations"));
    if (!s || !s->status)
        return s ? UP_RESET : UP_CLOSE;
    snprintf(headers, sizeof(headers), "%s", with_port(s->headers));
    up_answer(fd, s->status, headers, with_port(s->body));
    return UP_CLOSE;
}

typedef struct tray {
    simg_sink sink;
    char bytes[100];
    apr_size_t len;
    int full, done;
    long peak_kb;
} tray;

static long resident_kb(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static apr_status_t tray_write(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err)
{
    tray *t = (tray *)sink;

    if (t->full)
        return simg_problem_set(err, pool, "storage-full", APR_ENOSPC, "full");
    if (t->len + len < sizeof(t->bytes))
        memcpy(t->bytes + t->len, data, len);
    else if (t->len % 65536 < len && resident_kb() > t->peak_kb)
        t->peak_kb = resident_kb();
    t->len += len;
    return APR_SUCCESS;
}

static apr_status_t tray_rewind(simg_sink *sink, simg_problem *err)
{
    tray *t = (tray *)sink;

    (void)err;
    memset(t->bytes, 0, sizeof(t->bytes));
    t->len = 0;
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

static const simg_settings *settings_for(const char *word, int port)
{
    simg_settings *s = apr_pcalloc(pool, sizeof(*s));

    s->openai_base_url = apr_psprintf(pool, "http://127.0.0.1:%d/%s/v1/", port, word);
    s->openai_key = KEY;
    s->timeout = apr_time_from_msec(!strcmp(word, "slow") ? 300 : 20000);
    s->fetch_allow = apr_psprintf(pool, "127.0.0.1:%d", server->port);
    return s;
}

static void run(const simg_call *call, simg_image_call *image, simg_text_call *text)
{
    simg_problem err;
    simg_loop *loop;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    simg_loop_create(&loop, NULL, p, &err);
    if (image)
        call->model->provider->draw(loop, image);
    else
        call->model->provider->write(loop, text);
    simg_loop_run(loop, &err);
    apr_pool_destroy(p);
}

static simg_image_call draw(tray *t, const char *word, int port)
{
    simg_brief brief = { .prompt = "a cat", .quality = "high", .format = "png" };
    simg_model model = { &simg_openai, "gpt-image-2" };
    simg_image_call c = { .call = { .model = &model, .settings = settings_for(word, port), .p = pool },
                          .brief = &brief,
                          .sink = &t->sink,
                          .done = drawn,
                          .baton = t };

    run(&c.call, &c, NULL);
    return c;
}

static simg_text_call tell(const char *word, simg_text_kind kind)
{
    int done = 0;
    simg_model model = { &simg_openai, "gpt-x" };
    simg_text_call c = { .call = { .model = &model, .settings = settings_for(word, server->port), .p = pool },
                         .kind = kind,
                         .system = "You write.",
                         .user = "Lila \"the brave\"",
                         .pages = 3,
                         .done = told,
                         .baton = &done };

    run(&c.call, NULL, &c);
    is_int(done, 1, apr_pstrcat(pool, word, ": told once", NULL));
    return c;
}

static int leaks(const simg_problem *e)
{
    const char *all = apr_pstrcat(pool, e->detail, "\n", e->title, "\n", e->cause, NULL);

    return strstr(all, KEY) || strstr(all, SECRET_WORDS);
}

static void check(const script *s, const simg_call *c)
{
    is_int(c->outcome, s->outcome, apr_pstrcat(pool, s->word, ": outcome", NULL));
    if (s->outcome == SIMG_OUTCOME_MADE)
        return;
    is_str(c->problem.code, s->code, "  its problem");
    ok(c->problem.detail && !leaks(&c->problem), "  nothing leaks: %s", c->problem.cause ? c->problem.cause : "-");
    is_int(c->problem.retry_after,
           s->headers && !strncmp(s->headers, "Retry-After:", 12) ? apr_time_from_sec(strtol(s->headers + 13, NULL, 10))
                                                                  : 0,
           "  when to come again");
}

static void test_images(void)
{
    size_t i;

    for (i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        tray t = { .sink = { tray_write, tray_rewind } };
        simg_image_call c = draw(&t, images[i].word, server->port);
        int made = images[i].outcome == SIMG_OUTCOME_MADE;

        check(&images[i], &c.call);
        is_int(t.done, 1, "  told once");
        if (made)
            is_str(t.bytes, "hello picture", "  the picture");
        if (made)
            is_str(c.call.model_used, "gpt-image-2", "  the model");
        ok(!c.url == (!made || strncmp(images[i].word, "url", 3)), "  URL: %s", c.url ? c.url : "none");
    }
}

static void test_image_details(void)
{
    tray t = { .sink = { tray_write, tray_rewind } };
    simg_image_call c = draw(&t, "b64", server->port);
    char *said = up_last(server);

    ok(c.call.input_tokens == 3 && c.call.output_tokens == 5, "usage");
    ok(!strncmp(said, "POST /b64/v1/images/generations HTTP/1.1\r\n", 42), "one slash, the right path");
    ok(strstr(said, "\r\nAuthorization: Bearer " KEY "\r\n") != NULL, "the key goes to the base URL");
    ok(strstr(said, "\r\n\r\n{\"model\":\"gpt-image-2\",\"prompt\":\"a cat\",") != NULL, "the request");
    free(said);
    t = (tray){ .sink = { tray_write, tray_rewind } };
    draw(&t, "url", server->port);
    said = up_last(server);
    ok(!strncmp(said, "GET /file.png?sig=1 ", 20), "the download");
    ok(!strstr(said, KEY) && !strcasestr(said, "authorization"), "the key does not go there");
    free(said);
    t = (tray){ .sink = { tray_write, tray_rewind }, .full = 1 };
    c = draw(&t, "b64", server->port);
    is_str(c.call.problem.code, "storage-full", "no room: the sink's own problem");
    is_int(c.call.outcome, SIMG_OUTCOME_UNKNOWN, "no room: outcome");
    c = draw(&t, "url", server->port);
    is_str(c.call.problem.code, "storage-full", "no room for a download");
    c = draw(&t, "b64", 1);
    is_int(c.call.outcome, SIMG_OUTCOME_NOTHING, "nobody there: nothing made");
    is_str(c.call.problem.code, "upstream-unreachable", "nobody there: its problem");
}

/* What passes through must not stay: a large picture costs no more memory than a small one. */
static void test_memory(void)
{
    tray t = { .sink = { tray_write, tray_rewind } };
    simg_image_call c;
    long before;
    apr_time_t began;

    draw(&t, "b64", server->port);
    t = (tray){ .sink = { tray_write, tray_rewind } };
    before = t.peak_kb = resident_kb();
    began = apr_time_now();
    c = draw(&t, "big", server->port);
    is_int(c.call.outcome, SIMG_OUTCOME_MADE, "a large picture");
    is_int(t.len, BIG, "its size");
    printf("# %d MB in %d ms, %ld KB more resident\n", BIG >> 20, (int)apr_time_as_msec(apr_time_now() - began),
           t.peak_kb - before);
#ifdef __SANITIZE_ADDRESS__
    ok(t.peak_kb - before < 32768, "less than half of it is ever in memory (with the sanitizer's own)");
#else
    ok(t.peak_kb - before < 256, "under 256 KB of it is ever in memory");
#endif
}

static void test_texts(void)
{
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        simg_text_call c;

        up_requests(server);
        c = tell(texts[i].word, SIMG_TEXT_STORY);
        check(&texts[i], &c.call);
        is_int(up_requests(server), strcmp(texts[i].word, "400") ? 1 : 2, "  how often it was asked");
        if (texts[i].outcome == SIMG_OUTCOME_MADE)
            is_str(c.text, "Once upon", "  the words");
    }
}

static void test_text_details(void)
{
    simg_text_call c = tell("words", SIMG_TEXT_STORY);
    char *said = up_last(server);

    is_str(c.call.model_used, "gpt-x-2026", "the model that really did it");
    ok(c.call.input_tokens == 7 && c.call.output_tokens == 9, "usage");
    is_str(strstr(said, "\r\n\r\n") + 4,
           "{\"model\":\"gpt-x\",\"messages\":[{\"role\":\"system\",\"content\":\"You write.\"},{\"role\":\"user\","
           "\"content\":\"Lila \\\"the brave\\\"\"}],\"stream\":false,\"response_format\":{\"type\":\"json_schema\","
           "\"json_schema\":{\"name\":\"story\",\"strict\":true,\"schema\":{\"type\":\"object\",\"properties\":"
           "{\"title\":{\"type\":\"string\"},\"pages\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
           "\"properties\":{\"text\":{\"type\":\"string\"},\"scene\":{\"type\":\"string\"}},\"required\":[\"text\","
           "\"scene\"],\"additionalProperties\":false}}},\"required\":[\"title\",\"pages\"],"
           "\"additionalProperties\":false}}}}",
           "the whole request");
    free(said);
    tell("words", SIMG_TEXT_SUGGESTIONS);
    said = up_last(server);
    ok(strstr(said, "\"ideas\":{\"type\":\"array\"") && strstr(said, "\"required\":[\"title\",\"description\"]"),
       "the form of suggestions");
    free(said);

    up_requests(server);
    c = tell("plain", SIMG_TEXT_STORY);
    is_str(c.text, "Once upon", "asked again without response_format");
    is_int(up_requests(server), 2, "at once");
    tell("plain", SIMG_TEXT_STORY);
    is_int(up_requests(server), 1, "and remembered");
    tell("400", SIMG_TEXT_STORY);
    tell("400", SIMG_TEXT_STORY);
    is_int(up_requests(server), 4, "but not if that was not the reason");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_http_init(pool);
    server = up_start(serve);
    test_images();
    test_image_details();
    test_memory();
    test_texts();
    test_text_details();
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}
