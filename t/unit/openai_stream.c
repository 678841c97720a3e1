/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that come as a stream, from a scripted server: a word in the base URL says what it does. */
#include "provider/openai.h"

#include <signal.h>

#include <apr_strings.h>

#include "openai_scripts.h"
#include "provider/offline.h"
#include "story/pages.h"
#include "tap.h"
#include "upstream.h"

#define SSE "Content-Type: text/event-stream\r\n"
#define EVENT(json) "data: " json "\n\n"
#define CHUNK(rest) EVENT("{\"id\":\"c\",\"model\":\"gpt-x-2026\",\"choices\":[{\"index\":0," rest "}]}")
#define PART(words) CHUNK("\"delta\":{\"content\":\"" words "\"},\"finish_reason\":null")
#define STOP CHUNK("\"delta\":{},\"finish_reason\":\"stop\"")
#define USAGE EVENT("{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9}}")
#define DONE "data: [DONE]\n\n"
#define STORY PART("Once ") PART("upon\\n") PART("Illustration: a fox\\n\\na ") PART("time.")
#define FORM                                                                                                           \
    PART("{\\\"title\\\":\\\"T\\\",\\\"pages\\\":[{\\\"text\\\":\\\"On")                                               \
    PART("ce\\\",\\\"scene\\\":\\\"fox\\\"},") PART("{\\\"text\\\":\\\"upon\\\\nit\\\"}]}")

/* How an answer is cut: its end, if anything, comes late or never. */
typedef enum manner { WHOLE, OPEN, CUT, RESET, DRIP, HELD } manner;

typedef struct rule {
    const char *word;
    manner manner;
    const char *headers, *body;
    /* what the call must come to */
    simg_outcome outcome;
    const char *code;
    const char *text, *given; /* given: NULL: the text */
} rule;

#define TOLD "Once upon\nIllustration: a fox\n\na time."
#define GIVEN "Once upon\na time."
#define FORM_TOLD "{\"title\":\"T\",\"pages\":[{\"text\":\"Once\",\"scene\":\"fox\"},{\"text\":\"upon\\nit\"}]}"
#define FORM_GIVEN "Once\n\nupon\nit"
#define MADE SIMG_OUTCOME_MADE, NULL
#define UNKNOWN(code) SIMG_OUTCOME_UNKNOWN, code, NULL
#define REFUSED SIMG_OUTCOME_REFUSED, "content-policy", NULL

static const rule rules[] = {
    { "whole", WHOLE, SSE, STORY STOP USAGE DONE, MADE, TOLD, GIVEN },
    { "open", OPEN, SSE, STORY STOP USAGE DONE, MADE, TOLD, GIVEN },
    { "drip", DRIP, SSE, STORY STOP USAGE DONE, MADE, TOLD, GIVEN },
    { "form", WHOLE, SSE, FORM STOP DONE, MADE, FORM_TOLD, FORM_GIVEN },
    { "form-drip", DRIP, SSE, FORM STOP USAGE, MADE, FORM_TOLD, FORM_GIVEN },
    { "no-type", OPEN, "", STORY STOP DONE, MADE, TOLD, GIVEN },
    { "comments", WHOLE, SSE, "\n: hello\n\n" PART("Once") ": wait\n\ndata:\n\n" STOP DONE, MADE, "Once", NULL },
    { "role", WHOLE, SSE,
      CHUNK("\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}") PART("Once") DONE, MADE, "Once",
      NULL },
    { "parts", WHOLE, SSE,
      CHUNK("\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"On\"},{\"type\":\"x\"},{\"type\":\"text\",\"text\":"
            "\"ce\"}]}") DONE,
      MADE, "Once", NULL },
    { "one-chunk", WHOLE, SSE, CHUNK("\"delta\":{\"content\":\"Once\"},\"finish_reason\":\"length\""), MADE, "Once",
      NULL },
    { "done-alone", WHOLE, SSE, PART("Once") DONE, MADE, "Once", NULL },
    { "done-no-blank", OPEN, SSE, PART("Once") "data: [DONE]", MADE, "Once", NULL },
    { "done-held", HELD, SSE, PART("Once") DONE, MADE, "Once", NULL },
    { "end-cut", CUT, SSE, PART("Once") STOP, MADE, "Once", NULL },
    { "end-reset", RESET, SSE, PART("Once") STOP, MADE, "Once", NULL },
    { "end-late", HELD, SSE, PART("Once") STOP, MADE, "Once", NULL },
    { "end-garbage", WHOLE, SSE, PART("Once") STOP EVENT("gar"), MADE, "Once", NULL },
    { "end-error", WHOLE, SSE, PART("Once") STOP EVENT(ERROR("server_error")), MADE, "Once", NULL },
    { "cut", CUT, SSE, STORY, UNKNOWN("outcome-unknown"), "Once upon" },
    { "reset", RESET, SSE, STORY, UNKNOWN("outcome-unknown"), "Once upon" },
    { "late", HELD, SSE, STORY, UNKNOWN("upstream-timeout"), "Once upon" },
    { "ended", OPEN, SSE, STORY, UNKNOWN("outcome-unknown"), "Once upon" },
    { "half", OPEN, SSE, STORY "data: {\"choices\":[{", UNKNOWN("outcome-unknown"), "Once upon" },
    { "cut-first", CUT, SSE, "data: {", UNKNOWN("outcome-unknown"), "" },
    { "refusal", WHOLE, SSE, CHUNK("\"delta\":{\"refusal\":\"No" SECRET_WORDS "\"}") STOP DONE, REFUSED, "" },
    { "filter", WHOLE, SSE, STORY CHUNK("\"delta\":{},\"finish_reason\":\"content_filter\"") DONE, REFUSED,
      "Once upon" },
    { "policy", WHOLE, SSE, EVENT(ERROR("content_policy_violation")), REFUSED, "" },
    { "policy-late", WHOLE, SSE, STORY EVENT(ERROR("content_filter")) STOP DONE, REFUSED, "Once upon" },
    { "error", WHOLE, SSE, EVENT(ERROR("server_error")) DONE, UNKNOWN("bad-upstream-answer"), "" },
    { "error-quota", WHOLE, SSE, EVENT(ERROR("insufficient_quota")), UNKNOWN("bad-upstream-answer"), "" },
    { "error-late", WHOLE, SSE, STORY EVENT(ERROR("server_error")) STOP DONE, UNKNOWN("bad-upstream-answer"),
      "Once upon" },
    { "error-event", WHOLE, SSE, "event: error\ndata: {\"message\":\"" SECRET_WORDS "\"}\n\n" DONE,
      UNKNOWN("bad-upstream-answer"), "" },
    { "error-words", WHOLE, SSE, EVENT("{\"error\":\"" SECRET_WORDS "\"}"), UNKNOWN("bad-upstream-answer"), "" },
    { "garbage", WHOLE, SSE, STORY EVENT(SECRET_WORDS) STOP DONE, UNKNOWN("bad-upstream-answer"), "Once upon" },
    { "list", WHOLE, SSE, EVENT("[]") PART("Once") STOP DONE, UNKNOWN("bad-upstream-answer"), "" },
    { "types", WHOLE, SSE,
      EVENT("{\"choices\":7,\"usage\":[],\"model\":{}}") EVENT("{\"choices\":[7]}") CHUNK("\"delta\":[]")
          CHUNK("\"delta\":{\"content\":7,\"refusal\":{}},\"finish_reason\":8") DONE,
      UNKNOWN("bad-upstream-answer"), "" },
    { "silent", WHOLE, SSE, STOP DONE, UNKNOWN("bad-upstream-answer"), "" },
    { "nothing", WHOLE, SSE, "", UNKNOWN("bad-upstream-answer"), "" },
    { "html", WHOLE, "", "<html>" SECRET_WORDS "</html>", UNKNOWN("bad-upstream-answer"), "" },
    { "json", WHOLE, JSON, "\r\n" WORDS("{\"content\":\"Once. Upon a time.\"}"), MADE, "Once. Upon a time.", NULL },
    { "json-drip", DRIP, JSON, WORDS("{\"content\":\"Once\"}"), MADE, "Once", NULL },
    { "json-as-sse", OPEN, SSE, WORDS("{\"content\":\"Once\"}"), MADE, "Once", NULL },
    { "json-form", WHOLE, JSON, WORDS("{\"content\":\"{\\\"pages\\\":[{\\\"text\\\":\\\"Once\\\"}]}\"}"), MADE,
      "{\"pages\":[{\"text\":\"Once\"}]}", "Once" },
    { "json-refusal", WHOLE, JSON, WORDS("{\"content\":null,\"refusal\":\"No.\"}"), REFUSED, "" },
    { "json-cut", CUT, JSON, "{\"choices\":[{\"message\":{\"content\":\"Once", UNKNOWN("outcome-unknown"), "" },
};

static upstream *server;
static apr_pool_t *pool;

static const rule *rule_of(const char *word)
{
    size_t i;

    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (!strcmp(rules[i].word, word))
            return &rules[i];
    return NULL;
}

static int serve_rule(int fd, const rule *r)
{
    size_t len = strlen(r->body), at, n;

    if (r->manner == WHOLE || r->manner == CUT || r->manner == RESET)
        up_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n", len + 10 * (r->manner != WHOLE), r->headers);
    else
        up_say(fd, "HTTP/1.1 200 OK\r\n%s\r\n", r->headers);
    for (at = 0; at < len; at += n) {
        n = r->manner == DRIP && len - at > 17 ? 17 : len - at;
        up_write(fd, r->body + at, n);
        usleep(r->manner == DRIP ? 500 : 0);
    }
    if (r->manner == HELD)
        usleep(1200000);
    if (r->manner == RESET)
        usleep(50000);
    return r->manner == RESET ? UP_RESET : UP_CLOSE;
}

/* Texts without an end, until nobody listens or enough is said. */
static int serve_long(int fd, const char *word)
{
    static const char *const loops[][2] = { { "long-text", PART("0123456789abcdef0123456789abcdef") },
                                            { "long-event", "data: 0123456789abcdef0123456789abcdef\n" },
                                            { "long-line", "0123456789abcdef0123456789abcdef" },
                                            { "long-stream", ": 0123456789abcdef0123456789abcdef\n" } };
    size_t i, n, said = 0;

    up_say(fd, "HTTP/1.1 200 OK\r\n" SSE "\r\n%s", strcmp(word, "long-line") ? "" : "data: ");
    for (i = 0; i < 4 && strcmp(loops[i][0], word); i++)
        continue;
    while (i < 4 && said < 20000000) {
        char text[65536];

        for (n = 0; n + strlen(loops[i][1]) < sizeof(text); n += strlen(loops[i][1]))
            strcpy(text + n, loops[i][1]);
        up_write(fd, text, n);
        said += n;
    }
    up_say(fd, "%s", "\n\n" STOP DONE);
    return UP_CLOSE;
}

static int serve(upstream *u, int fd, const char *path)
{
    char word[100] = "";
    const rule *r;

    if (sscanf(path, "/%99[^/]/v1/chat/completions", word) != 1)
        return UP_CLOSE;
    r = rule_of(word);
    if (r)
        return serve_rule(fd, r);
    if (!strncmp(word, "long-", 5))
        return serve_long(fd, word);
    if (!strcmp(word, "plain") && strstr(u->last, "response_format"))
        up_answer(fd, 400, JSON, ERROR("unsupported_parameter"));
    else if (!strcmp(word, "plain"))
        up_answer(fd, 200, SSE, STORY STOP DONE);
    else if (!strcmp(word, "429"))
        up_answer(fd, 429, "Retry-After: 20\r\n" SSE, EVENT(ERROR("rate_limit_exceeded")));
    else if (!strcmp(word, "500"))
        up_answer(fd, 500, SSE, STORY STOP DONE);
    else if (!strcmp(word, "400-policy"))
        up_answer(fd, 400, JSON, ERROR("content_policy_violation"));
    return UP_CLOSE;
}

typedef struct listener {
    char words[2 * 1024 * 1024];
    size_t len;
    int pieces, done, late;
} listener;

static void told(simg_text_call *c)
{
    ((listener *)c->baton)->done++;
}

static void on_piece(simg_text_call *c, const char *words, apr_size_t len)
{
    listener *l = c->baton;

    l->late += l->done;
    l->pieces++;
    if (l->len + len < sizeof(l->words))
        memcpy(l->words + l->len, words, len);
    l->len += len;
    l->words[l->len] = '\0';
}

static const simg_settings *settings_for(const char *word)
{
    simg_settings *s = apr_pcalloc(pool, sizeof(*s));

    s->openai_base_url = apr_psprintf(pool, "http://127.0.0.1:%d/%s/v1", server->port, word);
    s->openai_key = KEY;
    s->timeout = apr_time_from_msec(strstr(word, "late") ? 500 : 20000);
    return s;
}

static simg_text_call tell(const char *word, listener *l)
{
    static const simg_model model = { &simg_openai, "gpt-x" };
    simg_text_call c = { .call = { .model = &model, .settings = settings_for(word) },
                         .system = "You write.",
                         .user = "Lila",
                         .pages = 3,
                         .done = told,
                         .on_piece = on_piece,
                         .baton = l };
    simg_problem err;
    simg_loop *loop;
    apr_pool_t *p;

    l->len = 0;
    l->words[0] = '\0';
    l->pieces = l->done = l->late = 0;
    /* The call's own pool goes with the loop's; what it came to is looked at after that. */
    apr_pool_create(&c.call.p, pool);
    apr_pool_create(&p, pool);
    simg_loop_create(&loop, NULL, p, &err);
    simg_openai_write(loop, &c);
    simg_loop_run(loop, &err);
    apr_pool_destroy(p);
    ok(l->done == 1 && !l->late, "%s: told once, after the words", word);
    return c;
}

static int leaks(const simg_problem *e)
{
    const char *all = apr_pstrcat(pool, e->detail, "\n", e->title, "\n", e->cause, NULL);

    return strstr(all, KEY) || strstr(all, SECRET_WORDS);
}

static void check(const rule *r, const simg_text_call *c, const listener *l)
{
    is_int(c->call.outcome, r->outcome, "  outcome");
    is_str(l->words, r->given ? r->given : r->text, "  the words that were given");
    if (r->outcome == SIMG_OUTCOME_MADE) {
        is_str(c->text, r->text, "  the text");
        is_str(c->call.model_used, "gpt-x-2026", "  the model that really did it");
        return;
    }
    is_str(c->call.problem.code, r->code, "  its problem");
    ok(c->call.problem.detail && !leaks(&c->call.problem), "  nothing leaks: %s",
       c->call.problem.cause ? c->call.problem.cause : "-");
}

static void test_rules(listener *l)
{
    size_t i;

    for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        apr_time_t began = apr_time_now();
        simg_text_call c;

        up_requests(server);
        c = tell(rules[i].word, l);
        check(&rules[i], &c, l);
        is_int(up_requests(server), 1, "  asked once");
        if (!strcmp(rules[i].word, "done-held"))
            ok(apr_time_now() - began < apr_time_from_msec(1000), "  nobody waits for more than [DONE]");
        apr_pool_destroy(c.call.p);
    }
}

static void test_details(listener *l)
{
    simg_text_call c = tell("whole", l);
    char *said = up_last(server);

    ok(c.call.input_tokens == 7 && c.call.output_tokens == 9, "usage");
    ok(l->pieces >= 2, "in %d pieces", l->pieces);
    ok(strstr(said, "\r\nAccept: text/event-stream\r\n") != NULL, "what is accepted");
    ok(strstr(said, "\"content\":\"Lila\"}],\"stream\":true,\"response_format\":{") != NULL, "a stream is asked for");
    ok(!strstr(said, "stream_options"), "and nothing else");
    free(said);
    c = tell("done-alone", l);
    ok(c.call.input_tokens == -1 && c.call.output_tokens == -1, "no usage is told");

    up_requests(server);
    c = tell("plain", l);
    is_str(l->words, GIVEN, "asked again without response_format");
    is_int(up_requests(server), 2, "at once");
    said = up_last(server);
    ok(strstr(said, "\"stream\":true}") != NULL, "again as a stream");
    free(said);
    c = tell("plain", l);
    is_str(c.text, TOLD, "the text");
    is_int(up_requests(server), 1, "and remembered");
}

static void test_errors(listener *l)
{
    simg_text_call c = tell("429", l);

    is_int(c.call.outcome, SIMG_OUTCOME_NOTHING, "429: outcome");
    is_int(c.call.problem.retry_after, apr_time_from_sec(20), "when to come again");
    c = tell("500", l);
    is_int(c.call.outcome, SIMG_OUTCOME_NOTHING, "500: outcome");
    is_int(l->pieces, 0, "the words of an error are not given");
    c = tell("400-policy", l);
    is_int(c.call.outcome, SIMG_OUTCOME_REFUSED, "400: outcome");
    is_str(c.call.problem.code, "content-policy", "its problem");
}

static void test_limits(listener *l)
{
    static const char *const words[] = { "long-text", "long-event", "long-line", "long-stream" };
    size_t i;

    for (i = 0; i < 4; i++) {
        simg_text_call c = tell(words[i], l);

        is_int(c.call.outcome, SIMG_OUTCOME_UNKNOWN, "  outcome");
        is_str(c.call.problem.code, "bad-upstream-answer", "  its problem");
        ok(l->len <= SIMG_OPENAI_TEXT_MAX, "  %zu bytes given: %s", l->len, c.call.problem.cause);
        apr_pool_destroy(c.call.p);
    }
}

/* The offline writer gives its words in the same form. */
static void test_offline(listener *l)
{
    static const simg_model model = { &simg_offline, "offline" };
    apr_array_header_t *none = apr_array_make(pool, 1, sizeof(simg_sister)),
                       *parts = apr_array_make(pool, 5, sizeof(const char *));
    simg_order order = { .character = { "Lila", 6, none, none, none, NULL, NULL }, .prompt = "a fox" };
    simg_text_call c = { .call = { .model = &model, .p = pool },
                         .order = &order,
                         .pages = 3,
                         .done = told,
                         .on_piece = on_piece,
                         .baton = l };
    simg_story *story;
    int i;

    memset(l, 0, sizeof(*l));
    simg_offline.write(NULL, &c);
    ok(l->done == 1 && !l->late && l->pieces > 3, "told once, after %d pieces", l->pieces);
    story = simg_pages_cut(c.text, 3, NULL, pool);
    for (i = 0; i < story->pages->nelts; i++) {
        if (i)
            APR_ARRAY_PUSH(parts, const char *) = "\n\n";
        APR_ARRAY_PUSH(parts, const char *) = APR_ARRAY_IDX(story->pages, i, simg_page).text;
    }
    is_str(l->words, apr_array_pstrcat(pool, parts, 0), "the words of all pages");
}

int main(void)
{
    listener *l = calloc(1, sizeof(*l));

    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_http_init(pool);
    server = up_start(serve);
    test_rules(l);
    test_details(l);
    test_errors(l);
    test_limits(l);
    test_offline(l);
    apr_pool_destroy(pool);
    apr_terminate();
    free(l);
    return done_testing();
}
