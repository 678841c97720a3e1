/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "base/sse.h"
#include "provider/openai.h"
#include "story/pieces.h"

#define EVENT_MAX (4 * SIMG_OPENAI_TEXT_MAX)

struct simg_openai_stream {
    simg_text_call *c;
    simg_sse *sse;
    simg_pieces *pieces;
    simg_openai_body *text; /* all the words so far */
    json_t *told;           /* {"model", "usage"}, the last that a chunk had */
    apr_pool_t *scratch;    /* cleared after each event */
    int whole;              /* the model has finished; what comes then says at most what it cost */
    int refused;
    const simg_verdict *error; /* what an error among the events means; NULL: there was none */
    const char *why;           /* for the log: what is wrong with the answer */
};

static void take_words(void *baton, const char *words, size_t len)
{
    simg_text_call *c = baton;

    c->on_piece(c, words, len);
}

static apr_status_t stream_free(void *data)
{
    simg_openai_stream *s = data;

    simg_sse_free(s->sse);
    simg_pieces_free(s->pieces);
    s->sse = NULL;
    s->pieces = NULL;
    return APR_SUCCESS;
}

/* Final refusals are final here too. Of other errors nobody can tell what has been made, and paid for, by then. */
static int take_error(simg_openai_stream *s, const char *data, apr_size_t len)
{
    apr_pool_t *p = s->c->call.p;
    simg_openai_error e = simg_openai_error_read(data, len, s->scratch);

    s->error = simg_openai_verdict(400, &e);
    if (s->error->outcome != SIMG_OUTCOME_REFUSED)
        s->error = simg_openai_verdict(0, &e);
    s->why = apr_psprintf(p, "an error among the events, code %s, type %s", simg_openai_plain_word(e.code),
                          simg_openai_plain_word(e.type));
    return 1;
}

static int add_words(simg_openai_stream *s, const char *words)
{
    apr_size_t len = strlen(words);

    if (simg_openai_body_add(s->text, words, len)) {
        s->why = "too long";
        s->whole = 0;
        return 1;
    }
    simg_pieces_feed(s->pieces, words, len);
    return 0;
}

static void keep(json_t *told, const json_t *chunk, const char *member)
{
    json_t *value = json_object_get(chunk, member);

    if (value && !json_is_null(value))
        json_object_set(told, member, value);
}

static int take_chunk(simg_openai_stream *s, const json_t *chunk)
{
    const json_t *choice = json_array_get(json_object_get(chunk, "choices"), 0);
    const json_t *delta = json_object_get(choice, "delta");
    const char *reason = json_string_value(json_object_get(choice, "finish_reason"));
    const char *words = simg_openai_words(delta, s->scratch);

    keep(s->told, chunk, "model");
    keep(s->told, chunk, "usage");
    if (words && add_words(s, words))
        return 1;
    s->refused = s->refused || simg_openai_refuses(choice, delta);
    s->whole = s->whole || (reason && reason[0]);
    return 0;
}

static int read_event(simg_openai_stream *s, const char *name, const char *data, apr_size_t len)
{
    const json_t *chunk = simg_json_parse_lenient(data, len, &s->why, s->scratch);
    const json_t *error = json_object_get(chunk, "error");

    if (!json_is_object(chunk)) {
        s->why = apr_pstrcat(s->c->call.p, "an event: ", chunk ? "no object" : s->why, NULL);
        return 1;
    }
    if ((error && !json_is_null(error)) || !strcmp(name, "error"))
        return take_error(s, data, len);
    return take_chunk(s, chunk);
}

static int take_event(void *baton, const char *name, const char *data, size_t len)
{
    simg_openai_stream *s = baton;
    int stop;

    if (!len)
        return 0;
    if (!strncmp(data, "[DONE]", 6)) {
        s->whole = 1;
        return 1;
    }
    stop = read_event(s, name, data, len);
    apr_pool_clear(s->scratch);
    return stop;
}

simg_openai_stream *simg_openai_stream_make(simg_text_call *c)
{
    apr_pool_t *p = c->call.p;
    simg_openai_stream *s = apr_pcalloc(p, sizeof(*s));

    s->c = c;
    s->text = simg_openai_body_make(SIMG_OPENAI_TEXT_MAX, p);
    s->told = simg_json_own(p, json_object());
    s->sse = simg_sse_make(EVENT_MAX, take_event, s);
    s->pieces = simg_pieces_make(take_words, c);
    apr_pool_create(&s->scratch, p);
    apr_pool_cleanup_register(p, s, stream_free, apr_pool_cleanup_null);
    return s->sse && s->pieces ? s : NULL;
}

int simg_openai_stream_feed(simg_openai_stream *s, const char *data, apr_size_t len)
{
    int status = simg_sse_feed(s->sse, data, len);

    if (status == SIMG_SSE_TOO_LONG)
        s->why = "an event is too long";
    return status;
}

static void fail(simg_openai_stream *s, const simg_verdict *v)
{
    simg_call *c = &s->c->call;

    simg_call_fail(c, v->outcome, v->code, "%s", v->message);
    simg_problem_cause(&c->problem, c->p, "%s/%s: %s", c->model->provider->name, c->model->name, s->why);
}

/* It came to an end without the model's word that this is all. */
static void fail_unfinished(simg_openai_stream *s, const simg_http_result *r)
{
    static const simg_verdict silent = { SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer",
                                         "the upstream's answer holds no text" };
    int empty = !s->text->len && !s->why;

    if (r->end != SIMG_HTTP_ANSWERED && r->end != SIMG_HTTP_STOPPED) {
        simg_openai_fail(&s->c->call, r, NULL);
        return;
    }
    if (!s->why)
        s->why = empty ? "no words in it" : "not finished";
    fail(s, empty ? &silent : simg_openai_end_verdict(r->end == SIMG_HTTP_STOPPED ? r->end : SIMG_HTTP_BROKEN));
}

static void judge(simg_openai_stream *s, const simg_http_result *r)
{
    simg_call *c = &s->c->call;

    if (s->refused) {
        simg_openai_refuse(c);
    } else if (s->whole && s->text->len) {
        s->c->text = apr_pstrmemdup(c->p, s->text->data, s->text->len);
        c->outcome = SIMG_OUTCOME_MADE;
    } else if (s->error) {
        fail(s, s->error);
    } else {
        fail_unfinished(s, r);
    }
}

void simg_openai_stream_end(simg_openai_stream *s, const simg_http_result *r)
{
    if (r->end == SIMG_HTTP_ANSWERED)
        simg_openai_stream_feed(s, "\n\n", 2);
    simg_openai_take_usage(&s->c->call, s->told, "prompt_tokens", "completion_tokens");
    judge(s, r);
    if (s->c->call.outcome == SIMG_OUTCOME_MADE)
        simg_pieces_end(s->pieces);
    apr_pool_cleanup_run(s->c->call.p, s, stream_free);
}
