/* SPDX-License-Identifier: Apache-2.0 */
#include "api/single.h"

#include <string.h>

#include <apr_strings.h>

#include "api/answer.h"
#include "api/order.h"
#include "api/tell.h"
#include "base/clock.h"
#include "base/json.h"
#include "work/run_job.h"

/* What each route draws. */
static const struct way {
    const char *path, *kind; /* kind NULL: as the description says */
    int reference;           /* 0: the hero's picture is not used, 1: if there is one, 2: it must be there */
    int portrait;
} ways[] = {
    { "/images/generate-illustration", "story", 0, 0 },
    { "/images/generate-character-consistent-illustration", NULL, 1, 0 },
    { "/images/generate-with-gpt-image-1", "gptimg", 2, 0 },
    { "/images/generate-character-portrait", "portrait", 1, 1 },
};

/* The last row stands for a path that is none of them, which has no route. */
static const struct way *way_of(const simg_request *in)
{
    const struct way *w = ways, *last = ways + sizeof(ways) / sizeof(*ways) - 1;

    while (w < last && strcmp(w->path, in->path) != 0)
        w++;
    return w;
}

static const simg_page_row *page_of(const simg_story_row *row)
{
    return &APR_ARRAY_IDX(row->pages, 0, simg_page_row);
}

static json_t *portrait_of(const simg_page_row *page, const simg_story_row *row, const simg_picture *unsaved,
                           const simg_site *site, apr_pool_t *p)
{
    json_t *drawn = simg_answer_illustration(page, unsaved, site, p);
    json_t *character = json_loads(row->character, 0, NULL);

    json_object_set(drawn, "imageUrl", json_object_get(drawn, "url"));
    json_object_del(drawn, "url");
    json_object_set_new(drawn, "character", character ? character : json_null());
    return drawn;
}

/** "content_policy" is the word of a page; the kinds of problems have dashes. */
static apr_status_t page_problem(const simg_page_row *page, const simg_request *in, simg_problem *err)
{
    char *code = apr_pstrdup(in->p, page->error_code), *c;

    for (c = code; *c; c++)
        if (*c == '_')
            *c = '-';
    return simg_problem_set(err, in->p, code, APR_EGENERAL, "%s",
                            page->error_message ? page->error_message : "the picture was not drawn");
}

apr_status_t simg_single_answer(simg_response *out, const simg_request *in, const simg_site *site,
                                const simg_story_row *row, const simg_picture *unsaved, simg_problem *err)
{
    const simg_page_row *page = unsaved ? &unsaved->row : page_of(row);

    if (page->error_code)
        return page_problem(page, in, err);
    if (!page->filename && !unsaved)
        return simg_problem_set(err, in->p, "outcome-unknown", APR_EGENERAL, "the picture is not there yet");
    simg_answer_data(out, in,
                     way_of(in)->portrait ? portrait_of(page, row, unsaved, site, in->p)
                                          : simg_answer_illustration(page, unsaved, site, in->p));
    return APR_SUCCESS;
}

static apr_status_t refuse(const simg_request *in, const char *code, const char *why, simg_problem *err)
{
    return simg_problem_set(err, in->p, code, APR_EINVAL, "%s", why);
}

/** The hero's picture, as far as this route uses it. */
static apr_status_t choose_reference(simg_telling *t, const struct way *way, simg_problem *err)
{
    if (way->reference == 2 && !t->order.reference)
        return refuse(t->in, "invalid-body", "character.imageUrl: required", err);
    if (way->reference == 2 && !t->site->editors->nelts)
        return refuse(t->in, "illustrator-unavailable", "nobody here draws from a picture", err);
    if (!way->reference)
        t->order.reference = NULL;
    return APR_SUCCESS;
}

static apr_status_t prepare(simg_telling *t, const struct way *way, simg_problem *err)
{
    apr_pool_t *p = t->in->p;
    simg_story *story = apr_pcalloc(p, sizeof(*story));
    simg_page page = { .number = way->portrait ? 0 : 1, .text = "" };
    apr_status_t rv = simg_order_read_single(&t->order, &t->character, &page, &story->title, way->portrait, t->in,
                                             t->site, err);

    if (rv == APR_SUCCESS)
        rv = simg_site_reserve(t->site, t->in->id, 1, p, err);
    if (rv == APR_SUCCESS)
        rv = choose_reference(t, way, err);
    if (rv != APR_SUCCESS)
        return rv;
    if (way->portrait)
        page.scene = apr_pstrcat(p, "A portrait of ", t->order.character.name, ", smiling", NULL);
    story->text = "";
    story->pages = apr_array_make(p, 1, sizeof(simg_page));
    APR_ARRAY_PUSH(story->pages, simg_page) = page;
    t->text = (simg_manuscript){ .story = story, .model = "" };
    rv = simg_tell_judge_order(t, err);
    if (rv == APR_SUCCESS && way->reference)
        simg_tell_look(t);
    /* a portrait is drawn from words: what a picture would be good for, a portrait is there already */
    if (way->portrait)
        t->order.reference = NULL;
    t->text.cost = t->looks_cost;
    simg_tell_choose(t);
    return rv;
}

/** Drawn by this thread, as a job; what the index then holds is the answer. */
static apr_status_t draw_saved(simg_response *out, simg_telling *t, simg_problem *err)
{
    simg_story_row row;
    apr_status_t rv;

    t->job_id = simg_clock_id(t->in->p);
    rv = simg_tell_write(t, 1, err);
    if (rv == APR_SUCCESS)
        rv = simg_run_job(t->site, t->job_id, t->in->p, err);
    if (rv == APR_SUCCESS)
        rv = simg_stories_get(&row, t->site->index, t->row.id, t->in->p, err);
    if (rv == APR_SUCCESS)
        return simg_single_answer(out, t->in, t->site, &row, NULL, err);
    return err->status ? rv : refuse(t->in, "story-not-found", "what was asked for was removed", err);
}

static apr_status_t draw_unsaved(simg_response *out, simg_telling *t, const struct way *way, simg_problem *err)
{
    simg_commission c = { .order = &t->order,
                          .story = t->text.story,
                          .story_id = t->row.id,
                          .request_id = t->in->id,
                          .pictures = t->pictures,
                          .portrait = way->portrait,
                          .only_edits = way->reference == 2 };
    apr_status_t rv = simg_illustrate(&c, t->site, t->in->p, err);

    if (rv != APR_SUCCESS)
        return rv;
    return simg_single_answer(out, t->in, t->site, &t->row, &APR_ARRAY_IDX(t->pictures, 0, simg_picture), err);
}

apr_status_t simg_api_single(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    const struct way *way = way_of(in);
    simg_telling t = { .in = in, .site = site, .single = 1, .kind = way->kind };
    apr_status_t rv = prepare(&t, way, err);

    if (rv != APR_SUCCESS)
        return rv;
    return site->settings->save ? draw_saved(out, &t, err) : draw_unsaved(out, &t, way, err);
}
