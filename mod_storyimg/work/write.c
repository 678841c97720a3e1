/* SPDX-License-Identifier: Apache-2.0 */
#include "work/write.h"

#include <apr_strings.h>

#include "story/prompt.h"
#include "work/ask.h"

/* A picture book needs room for a beginning, a trial and an end, however few of its scenes are drawn. */
#define PAGES_AT_LEAST 6
#define IDEAS 5

/** A text on its way through the chain of writers. */
typedef struct asking {
    simg_text_call call;
    simg_ask ask;
    const simg_writing *writing;
} asking;

static void answered(simg_text_call *c)
{
    simg_ask_answered(&((asking *)c->baton)->ask);
}

static void on_piece(simg_text_call *c, const char *words, apr_size_t len)
{
    const asking *a = c->baton;

    a->writing->on_piece(a->writing->baton, words, len);
}

static void start(simg_ask *ask, simg_loop *loop)
{
    asking *a = ask->baton;

    a->call.call.model->provider->write(loop, &a->call);
}

static apr_int64_t cost(const simg_ask *ask)
{
    return simg_price_text(ask->site->prices, ask->call);
}

/** Ask the writers in order until one has written. */
static apr_status_t ask(asking *a, const simg_site *site, const simg_writing *writing, apr_pool_t *p, simg_problem *err)
{
    a->writing = writing;
    a->call.on_piece = writing->on_piece ? on_piece : NULL;
    a->call.done = answered;
    a->call.baton = a;
    a->ask = (simg_ask){ .site = site,
                         .chain = site->writers,
                         .request_id = writing->request_id,
                         .kind = "text",
                         .role = "writer",
                         .call = &a->call.call,
                         .send = start,
                         .cost = cost,
                         .baton = a };
    return simg_ask_run(&a->ask, p, err);
}

apr_status_t simg_write_story(simg_manuscript *out, const simg_site *site, const simg_order *order,
                              const simg_writing *writing, apr_pool_t *p, simg_problem *err)
{
    asking a = { .call = { .kind = SIMG_TEXT_STORY, .order = order } };
    int pages = order->pages > PAGES_AT_LEAST ? order->pages : PAGES_AT_LEAST;
    apr_status_t rv;

    a.call.pages = pages;
    a.call.system = simg_prompt_story_system(site->prompts, pages, p);
    a.call.user = simg_prompt_story_user(site->prompts, order, p);
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

    a.call.system = simg_prompt_suggestions_system(site->prompts, p);
    a.call.user = simg_prompt_suggestions_user(site->prompts, order, p);
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
