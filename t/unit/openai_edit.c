/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures drawn after a reference: the form as a server sees it, and everything that can go wrong with its file. */
#include "provider/openai.h"

#include <signal.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "form.h"
#include "openai_scripts.h"
#include "tap.h"

#define MEGABYTES(n) ((size_t)(n) << 20)
#define REFUSED(code) "{\"error\":{\"code\":\"" code "\",\"message\":\"" SECRET_WORDS " " KEY "\"}}"

static upstream *server;
static apr_pool_t *pool;
static long upload_kb;     /* resident when the last body had come */
static const char *shrink; /* a file to cut short when a request has begun */

static const script cases[] = {
    { "b64", 200, JSON, PICTURE, SIMG_OUTCOME_MADE, NULL },
    { "early", 413, JSON, REFUSED("too_large"), SIMG_OUTCOME_UNFIT, "upstream-refused" },
    { "filter", 400, JSON, REFUSED("moderation_blocked"), SIMG_OUTCOME_REFUSED, "content-policy" },
    { "busy", 429, "Retry-After: 2\r\nRetry-After-Ms: 1250\r\n", REFUSED("x"), SIMG_OUTCOME_NOTHING, "rate-limited" },
    { "key", 401, JSON, REFUSED("invalid_api_key"), SIMG_OUTCOME_UNFIT, "upstream-auth" },
    { "500", 500, JSON, REFUSED("server_error"), SIMG_OUTCOME_NOTHING, "upstream-error" },
    { "middle", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "outcome-unknown" },
    { "reset", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "outcome-unknown" },
    { "silent", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "upstream-timeout" },
    { "deaf", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "upstream-timeout" },
};

static const script *case_of(const char *word)
{
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (!strcmp(cases[i].word, word))
            return &cases[i];
    return NULL;
}

static int serve(upstream *u, int fd, const char *path)
{
    char word[100] = "";
    const script *s;

    sscanf(path, "/%99[^/]/", word);
    s = case_of(word);
    if (!s || !strcmp(word, "middle"))
        return UP_RESET;
    if (shrink && truncate(shrink, 100))
        return UP_CLOSE;
    if (!strcmp(word, "deaf"))
        usleep(900000);
    else if (strcmp(word, "early"))
        form_keep(u, fd);
    upload_kb = form_resident_kb();
    if (!strcmp(word, "silent"))
        usleep(900000);
    if (s->status)
        up_answer(fd, s->status, s->headers, s->body);
    /* To close with bytes unread would reset the connection, and the answer with it. */
    if (!strcmp(word, "early"))
        form_keep(u, fd);
    return s->status ? UP_CLOSE : UP_RESET;
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

/* One picture after the file at `path`. */
static simg_image_call edit(tray *t, const char *word, const char *name, const char *path)
{
    simg_settings *s = apr_pcalloc(pool, sizeof(*s));
    simg_reference reference = { path, "image/webp", "character-image-1-ab.webp" };
    simg_brief brief = { .prompt = "Lila | \"the brave\"\r\n--x\r\n",
                         .reference = &reference,
                         .size = "1024x1536",
                         .quality = "hd",
                         .style = "vivid",
                         .format = "jpg" };
    simg_model model = { &simg_openai, name };
    simg_image_call c = { .call = { .model = &model, .settings = s }, .brief = &brief, .done = drawn };
    simg_problem err;
    simg_loop *loop;

    *t = (tray){ .sink = { tray_write, tray_rewind } };
    s->openai_base_url = apr_psprintf(pool, "http://127.0.0.1:%d/%s/v1/", server->port, word);
    s->openai_key = KEY;
    s->azure_key = "az-not-for-openai";
    s->timeout = apr_time_from_msec(!strcmp(word, "silent") || !strcmp(word, "deaf") ? 300 : 20000);
    c.sink = &t->sink;
    c.baton = t;
    apr_pool_create(&c.call.p, pool);
    simg_loop_create(&loop, NULL, c.call.p, &err);
    simg_openai.draw(loop, &c);
    simg_loop_run(loop, &err);
    if (c.call.outcome != SIMG_OUTCOME_MADE) {
        c.call.problem.detail = apr_pstrdup(pool, c.call.problem.detail);
        c.call.problem.cause = apr_pstrdup(pool, c.call.problem.cause);
    }
    apr_pool_destroy(c.call.p);
    return c;
}

/* A field as it must stand in the form. */
static const char *field(const char *boundary, const char *name, const char *value)
{
    return apr_pstrcat(pool, "--", boundary, "\r\nContent-Disposition: form-data; name=\"", name, "\"\r\n\r\n", value,
                       "\r\n", NULL);
}

static void test_request(void)
{
    static const char type[] = "\r\nContent-Type: multipart/form-data; boundary=";
    char *path = form_file("small.webp", 3000), boundary[100] = "", *said, *body, *file, *want;
    const char *before, *after;
    size_t len, file_len, n;
    tray t;

    edit(&t, "b64", "gpt-image-2", path);
    is_str(t.bytes, "hello picture", "the picture");
    said = up_last(server);
    ok(!strncmp(said, "POST /b64/v1/images/edits HTTP/1.1\r\n", 36), "where to");
    ok(strstr(said, "\r\nAuthorization: Bearer " KEY "\r\n") && strstr(said, "\r\nAccept: application/json\r\n"),
       "the headers");
    ok(!strstr(said, "az-not") && !strcasestr(said, "\r\napi-key:"), "the other key stays here");
    ok(!strcasestr(said, "\r\nExpect:") && !strcasestr(said, "chunked"), "no question first, and a known length");
    ok(strstr(said, type) && sscanf(strstr(said, type) + sizeof(type) - 1, "%99s", boundary) == 1, "a form");
    before = apr_pstrcat(
        pool, field(boundary, "model", "gpt-image-2"), field(boundary, "prompt", "Lila   \"the brave\"\r\n--x\r\n"),
        field(boundary, "n", "1"), field(boundary, "size", "1024x1536"), field(boundary, "quality", "high"),
        field(boundary, "output_format", "jpeg"), field(boundary, "input_fidelity", "high"), "--", boundary,
        "\r\nContent-Disposition: form-data; name=\"image[]\"; "
        "filename=\"character-image-1-ab.webp\"\r\nContent-Type: image/webp\r\n\r\n",
        NULL);
    after = apr_pstrcat(pool, "\r\n--", boundary, "--\r\n", NULL);
    file = form_slurp(path, &file_len);
    body = form_kept(&len);
    n = strlen(before);
    want = apr_pcalloc(pool, n + file_len + strlen(after) + 1);
    memcpy(want, before, n);
    memcpy(want + n, file, file_len);
    memcpy(want + n + file_len, after, strlen(after));
    ok(len == n + file_len + strlen(after) && !memcmp(body, want, len), "every byte of the form");
    if (len < n || memcmp(body, before, n))
        printf("# got %.*s\n", (int)(len < n ? len : n), body);
    free(said);
    free(body);
    free(file);
    free(path);
}

static void test_families(void)
{
    static const struct {
        const char *model;
        int fidelity;
    } rows[] = { { "gpt-image-1", 1 }, { "gpt-image-1-mini", 0 },    { "gpt-image-1.5", 1 },
                 { "gpt-image-2", 1 }, { "gpt-image-2.6-flare", 1 }, { "chatgpt-image-latest", 1 } };
    char *path = form_file("tiny.webp", 10), *body;
    size_t i, len;
    tray t;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        edit(&t, "b64", rows[i].model, path);
        body = form_kept(&len);
        ok(!memmem(body, len, "name=\"input_fidelity\"\r\n\r\nhigh\r\n", 31) == !rows[i].fidelity, "%s: fidelity: %s",
           rows[i].model, rows[i].fidelity ? "high" : "not sent");
        ok(!memmem(body, len, "style", 5) && !memmem(body, len, "response_format", 15), "  nothing of other families");
        free(body);
    }
    free(path);
}

/* A picture on its way takes no memory, and arrives as it lies there. */
static void test_large(void)
{
    char *small = form_file("tiny.webp", 10), *path = form_file("large.webp", MEGABYTES(5)), *body, *file;
    size_t len, file_len;
    apr_time_t began;
    long before;
    tray t;

    edit(&t, "b64", "gpt-image-2", small);
    before = form_resident_kb();
    began = apr_time_now();
    edit(&t, "b64", "gpt-image-2", path);
    printf("# 5 MB in %d ms, %ld KB more resident\n", (int)apr_time_as_msec(apr_time_now() - began),
           upload_kb - before);
    is_str(t.bytes, "hello picture", "5 MB: the picture");
#ifdef __SANITIZE_ADDRESS__
    ok(upload_kb - before < 4096, "under 4 MB more in memory (with the sanitizer's own)");
#else
    ok(upload_kb - before < 512, "under 512 KB more in memory");
#endif
    file = form_slurp(path, &file_len);
    body = form_kept(&len);
    ok(len > file_len && memmem(body, len, file, file_len) != NULL, "every byte of it");
    free(body);
    free(file);
    free(path);
    free(small);
}

static void test_ends(void)
{
    char *path = form_file("large.webp", MEGABYTES(5));
    size_t i;
    tray t;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const script *s = &cases[i];
        simg_image_call c = edit(&t, s->word, "gpt-image-2", path);
        const simg_problem *e = &c.call.problem;

        if (!is_int(c.call.outcome, s->outcome, s->word))
            continue;
        is_int(t.done, 1, "  told once");
        is_int(up_requests(server), 1, "  asked once");
        is_int(form_is_open(path), 0, "  its file is closed");
        if (!s->code)
            continue;
        is_str(e->code, s->code, "  its problem");
        ok(!strstr(e->detail, SECRET_WORDS) && !strstr(e->cause, SECRET_WORDS) && !strstr(e->cause, KEY) &&
               !strstr(e->cause, scratch),
           "  nothing leaks: %s", e->cause);
        if (!strcmp(s->word, "busy"))
            is_int(e->retry_after, apr_time_from_msec(1250), "  when to come again, to the millisecond");
    }
    free(path);
}

static void check_gone(const char *what, const char *path)
{
    simg_image_call c;
    tray t;

    c = edit(&t, "b64", "gpt-image-2", path);
    if (!is_int(c.call.outcome, SIMG_OUTCOME_UNFIT, what))
        return;
    is_str(c.call.problem.code, "reference-gone", "  its problem");
    is_int(c.call.problem.status, 404, "  its status");
    ok(!strstr(c.call.problem.detail, scratch), "  no path for the client");
    ok(c.call.problem.cause && strstr(c.call.problem.cause, "image[]: ") && !strstr(c.call.problem.cause, path),
       "  nor for the log: %s", c.call.problem.cause);
    is_int(t.done, 1, "  told once");
    is_int(up_connections(server), 0, "  nobody was asked");
    is_int(form_is_open(path), 0, "  nothing is left open");
}

static void test_gone(void)
{
    char *path = form_file("real.webp", 100);
    const char *link = apr_pstrcat(pool, scratch, "/link.webp", NULL);
    const char *fifo = apr_pstrcat(pool, scratch, "/fifo.webp", NULL);

    up_connections(server);
    ok(symlink(path, link) == 0 && mkfifo(fifo, 0600) == 0, "what may lie there");
    check_gone("a symlink to a good file", link);
    check_gone("no file", apr_pstrcat(pool, scratch, "/none.webp", NULL));
    check_gone("a FIFO", fifo);
    check_gone("a folder", scratch);
    check_gone("a file where a folder should be", apr_pstrcat(pool, path, "/x.webp", NULL));
    free(path);
}

/* Cut short under way: what the server has got is not known, so nobody is asked again. */
static void test_shrinking(void)
{
    char *path = form_file("shrinking.webp", 10);
    simg_image_call c;
    tray t;

    ok(truncate(path, (off_t)MEGABYTES(64)) == 0, "a file");
    shrink = path;
    c = edit(&t, "b64", "gpt-image-2", path);
    shrink = NULL;
    is_int(c.call.outcome, SIMG_OUTCOME_UNKNOWN, "that becomes shorter");
    is_str(c.call.problem.code, "outcome-unknown", "  its problem");
    is_int(t.done, 1, "  told once");
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
    test_request();
    test_families();
    test_large();
    up_requests(server);
    test_ends();
    test_gone();
    test_shrinking();
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
