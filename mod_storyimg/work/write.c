/* SPDX-License-Identifier: Apache-2.0 */
#include "work/write.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "queue/page.h"
#include "story/prompt.h"
#include "work/ledger.h"

/* A picture book needs room for a beginning, a trial and an end, however few of its scenes are drawn. */
#define PAGES_AT_LEAST 6
#define IDEAS 5

/** A text on its way through the chain of writers. */
typedef struct asking {
    simg_text_call call;
    const simg_site *site;
    simg_loop *loop;
    simg_page_life stands;
    simg_watch *timer;
    const simg_writing *writing;
    const char *call_id; /* in the ledger */
    apr_pool_t *p;
} asking;

static void attempt(asking *a);

static void time_has_come(void *baton, int timed_out)
{
    asking *a = baton;

    (void)timed_out;
    simg_loop_unwatch(a->timer);
    attempt(a);
}

static void again(asking *a)
{
    const simg_call *c = &a->call.call;

    simg_log_write(a->site->log, SIMG_WARNING, c->problem.rv, SIMGLOG(0101) "writer %s/%s: %s%s%s; %s",
                   c->model->provider->name, c->model->name, c->problem.code, c->problem.cause ? ": " : "",
                   c->problem.cause ? c->problem.cause : "", a->stands.tries ? "trying again" : "asking the next");
    if (a->stands.wait)
        a->timer = simg_loop_watch(a->loop, -1, apr_time_now() + a->stands.wait, time_has_come, a, a->p);
    else
        attempt(a);
}

static void answered(simg_text_call *c)
{
    asking *a = c->baton;
    int made = c->call.outcome == SIMG_OUTCOME_MADE;

    simg_ledger_close(a->site, a->call_id, c->call.outcome, made ? simg_price_text(a->site->prices, &c->call) : -1);
    a->stands = simg_page_next(&a->stands, c->call.outcome, c->call.problem.retry_after, a->site->writers->nelts,
                               simg_clock_random());
    if (a->stands.state == SIMG_PAGE_PENDING)
        again(a);
}

static void attempt(asking *a)
{
    simg_call *c = &a->call.call;

    a->stands = simg_page_sent(&a->stands);
    *c = (simg_call){ .model = &APR_ARRAY_IDX(a->site->writers, a->stands.link, simg_model),
                      .settings = a->site->settings,
                      .log = a->site->log,
                      .p = a->p,
                      .input_tokens = -1,
                      .output_tokens = -1 };
    if (simg_ledger_open(&a->call_id, a->site, a->writing->request_id, "text", c->model, a->p, &c->problem) ==
        APR_SUCCESS)
        c->model->provider->write(a->loop, &a->call);
    else
        a->stands.state = SIMG_PAGE_FAILED;
}

static void on_piece(simg_text_call *c, const char *words, apr_size_t len)
{
    asking *a = c->baton;

    a->writing->on_piece(a->writing->baton, words, len);
}

/** Ask the writers in order, by the rules of a page's life, until one has written. */
static apr_status_t ask(asking *a, const simg_site *site, const simg_writing *writing, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = simg_loop_create(&a->loop, site->log, p, err);

    if (rv != APR_SUCCESS)
        return rv;
    a->site = site;
    a->p = p;
    a->writing = writing;
    a->call.on_piece = writing->on_piece ? on_piece : NULL;
    a->call.done = answered;
    a->call.baton = a;
    attempt(a);
    rv = simg_loop_run(a->loop, err);
    if (rv != APR_SUCCESS || a->stands.state == SIMG_PAGE_SAVED)
        return rv;
    *err = a->call.call.problem;
    return err->rv;
}

apr_status_t simg_write_story(simg_manuscript *out, const simg_site *site, const simg_order *order,
                              const simg_writing *writing, apr_pool_t *p, simg_problem *err)
{
    asking a = { .call = { .kind = SIMG_TEXT_STORY, .order = order } };
    int pages = order->pages > PAGES_AT_LEAST ? order->pages : PAGES_AT_LEAST;
    apr_status_t rv;

    a.call.pages = pages;
    a.call.system = simg_prompt_story_system(pages, p);
    a.call.user = simg_prompt_story_user(order, p);
    rv = ask(&a, site, writing, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    out->story = simg_pages_cut(a.call.text, pages, apr_pstrcat(p, "A story for ", order->character.name, NULL), p);
    if (!out->story)
        return simg_problem_set(err, p, "bad-upstream-answer", APR_EGENERAL, "the language model sent no story");
    out->model = a.call.call.model_used;
    out->cost = simg_price_text(site->prices, &a.call.call);
    return APR_SUCCESS;
}

static void add_idea(json_t *ideas, const char *title, const char *description, apr_pool_t *p)
{
    if (!description || !description[0] || json_array_size(ideas) >= IDEAS)
        return;
    if (title && title[0])
        description = apr_pstrcat(p, title, ": ", description, NULL);
    json_array_append_new(ideas, json_string(description));
}

/** The ideas of an answer: an array, or an object with one; each an object or a bare sentence. */
static json_t *read_ideas(const char *text, apr_pool_t *p)
{
    json_t *answer = simg_json_parse(text, strlen(text), NULL, p);
    json_t *list = json_is_object(answer) ? json_object_get(answer, "ideas") : answer;
    json_t *ideas = simg_json_own(p, json_array());
    apr_size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (json_is_string(item))
            add_idea(ideas, NULL, json_string_value(item), p);
        else
            add_idea(ideas, json_string_value(json_object_get(item, "title")),
                     json_string_value(json_object_get(item, "description")), p);
    }
    return ideas;
}

/** The same from prose: one idea per numbered or dashed line. */
static json_t *read_idea_lines(const char *text, apr_pool_t *p)
{
    json_t *ideas = simg_json_own(p, json_array());
    char *copy = apr_pstrdup(p, text), *state = NULL, *line;

    for (line = apr_strtok(copy, "\r\n", &state); line; line = apr_strtok(NULL, "\r\n", &state)) {
        char *idea = line + strspn(line, " \t0123456789.)-*#");

        if (idea != line && strlen(idea) > 10)
            add_idea(ideas, NULL, idea, p);
    }
    return ideas;
}

apr_status_t simg_write_suggestions(json_t **ideas, const char **model, const simg_site *site, const simg_order *order,
                                    const simg_writing *writing, apr_pool_t *p, simg_problem *err)
{
    asking a = { .call = { .kind = SIMG_TEXT_SUGGESTIONS, .order = order } };
    apr_status_t rv;

    a.call.system = simg_prompt_suggestions_system(p);
    a.call.user = simg_prompt_suggestions_user(order, p);
    rv = ask(&a, site, writing, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    *ideas = read_ideas(a.call.text, p);
    if (!json_array_size(*ideas))
        *ideas = read_idea_lines(a.call.text, p);
    if (!json_array_size(*ideas))
        return simg_problem_set(err, p, "bad-upstream-answer", APR_EGENERAL, "the language model sent no ideas");
    *model = a.call.call.model_used;
    return APR_SUCCESS;
}
