/* SPDX-License-Identifier: Apache-2.0 */
#include "api/tell.h"

#include "api/answer.h"
#include "api/events.h"
#include "base/clock.h"
#include "base/json.h"

/** Which pages are drawn: spread over the story, under the story's own numbers. */
static void choose_pages(simg_telling *t)
{
    apr_pool_t *p = t->in->p;
    const apr_array_header_t *pages = t->text.story->pages;
    int *picked = apr_pcalloc(p, (apr_size_t)t->order.pages * sizeof(*picked));
    int n = t->order.illustrate ? simg_pages_pick(picked, pages->nelts, t->order.pages) : 0;
    int i;

    t->pictures = apr_array_make(p, n + 1, sizeof(simg_picture));
    for (i = 0; i < n; i++) {
        const simg_page *page = &APR_ARRAY_IDX(pages, picked[i], simg_page);

        APR_ARRAY_PUSH(t->pictures, simg_picture) =
            (simg_picture){ .row = { .number = page->number, .scene = page->scene, .wanted = 1, .cost = -1 } };
    }
}

/** The story's row, with every page: also those that are not drawn keep their scene. */
void simg_tell_choose(simg_telling *t)
{
    apr_pool_t *p = t->in->p;
    const simg_story *story = t->text.story;
    int i, k = 0;

    choose_pages(t);
    if (t->pictures->nelts)
        t->order.user = simg_pseudonym_of(t->site->pseudonyms, t->order.subject, t->in->user, p);
    t->row = (simg_story_row){ .id = t->order.story_id ? t->order.story_id : simg_clock_id(p),
                               .title = story->title,
                               .text = story->text,
                               .character = simg_json_text(t->character, p),
                               .model = t->text.model,
                               .word_count = simg_pages_words(story->text),
                               .descriptor_used = t->order.descriptor != NULL,
                               .subject = t->order.subject,
                               .site = t->site->name,
                               .upload = t->order.reference,
                               .single = t->single,
                               .cost = t->text.cost };
    t->row.created_at = simg_clock_now() / 1000 * 1000;
    t->row.pages = apr_array_make(p, story->pages->nelts, sizeof(simg_page_row));
    for (i = 0; i < story->pages->nelts; i++) {
        const simg_page *page = &APR_ARRAY_IDX(story->pages, i, simg_page);
        int wanted = k < t->pictures->nelts && APR_ARRAY_IDX(t->pictures, k, simg_picture).row.number == page->number;

        APR_ARRAY_PUSH(t->row.pages, simg_page_row) =
            (simg_page_row){ .number = page->number, .scene = page->scene, .wanted = wanted, .cost = -1 };
        k += wanted;
    }
}

static int has_outcome(const simg_picture *picture)
{
    return picture->row.error_code || picture->row.url || picture->bytes;
}

/** The whole cost is known only if every part of it is. */
static apr_int64_t total_cost(const simg_telling *t)
{
    apr_int64_t sum = t->row.cost;
    int i;

    for (i = 0; i < t->pictures->nelts && sum >= 0; i++) {
        const simg_picture *picture = &APR_ARRAY_IDX(t->pictures, i, simg_picture);

        if (has_outcome(picture) && !picture->row.error_code)
            sum = picture->row.cost < 0 ? -1 : sum + picture->row.cost;
    }
    return sum;
}

static json_t *story_json(const simg_telling *t, int with_pictures)
{
    simg_story_row row = t->row;
    json_t *drawn = json_array();
    int i;

    for (i = 0; with_pictures && i < t->pictures->nelts; i++) {
        const simg_picture *picture = &APR_ARRAY_IDX(t->pictures, i, simg_picture);

        if (has_outcome(picture))
            json_array_append_new(drawn, simg_answer_illustration(&picture->row, picture, t->site, t->in->p));
    }
    row.cost = total_cost(t);
    return simg_answer_story(&row, drawn, t->in->p);
}

void simg_tell_answer(simg_response *out, const simg_telling *t)
{
    simg_answer_data(out, t->in, story_json(t, 1));
}

/** Events before the job's have no number: a story that is being written cannot be resumed. */
static void say(simg_telling *t, const char *name, json_t *data)
{
    apr_pool_t *p;

    apr_pool_create(&p, t->in->p);
    simg_events_send(t->in, 0, name, data, p);
    apr_pool_destroy(p);
    t->spoken = 1;
}

void simg_tell_piece(void *baton, const char *words, apr_size_t len)
{
    say(baton, "text", json_pack("{s:o}", "text", json_stringn(words, len)));
}

static void say_picture(void *baton, const simg_picture *picture)
{
    simg_telling *t = baton;
    const simg_page_row *row = &picture->row;

    if (row->error_code)
        say(t, "problem",
            json_pack("{s:i, s:o, s:{s:s, s:o}}", "pageNumber", row->number, "description",
                      simg_json_string(row->scene), "error", "code", row->error_code, "message",
                      simg_json_string(row->error_message)));
    else
        say(t, "illustration", simg_answer_illustration(row, picture, t->site, t->in->p));
}

static void say_done(simg_telling *t, const char *status)
{
    say(t, "done", json_pack("{s:s}", "status", status));
}

void simg_tell_stream(simg_response *out, simg_telling *t)
{
    int i;

    out->streamed = 1;
    say(t, "story", story_json(t, 0));
    for (i = 0; t->job_id && i < t->pictures->nelts; i++)
        if (APR_ARRAY_IDX(t->pictures, i, simg_picture).row.error_code)
            say_picture(t, &APR_ARRAY_IDX(t->pictures, i, simg_picture));
    if (t->job_id) {
        simg_bell_ring(t->site->bell);
        simg_events_follow(t->in, t->site, t->job_id, 0, 0);
        return;
    }
    for (i = 0; i < t->pictures->nelts; i++)
        say_picture(t, &APR_ARRAY_IDX(t->pictures, i, simg_picture));
    say_done(t, t->pictures->nelts ? "failed" : "completed");
}

void simg_tell_failed(simg_response *out, simg_telling *t, const simg_problem *err)
{
    out->streamed = 1;
    say(t, "problem", json_pack("{s:{s:s, s:s}}", "error", "code", err->code, "message", err->detail));
    say_done(t, "failed");
}

apr_status_t simg_tell_unsaved(simg_response *out, simg_telling *t, simg_problem *err)
{
    simg_commission c = { .order = &t->order,
                          .story = t->text.story,
                          .story_id = t->row.id,
                          .request_id = t->in->id,
                          .pictures = t->pictures,
                          .baton = t };
    apr_status_t rv = APR_SUCCESS;

    if (t->streaming) {
        say(t, "story", story_json(t, 0));
        c.on_picture = say_picture;
    }
    if (t->pictures->nelts)
        rv = simg_illustrate(&c, t->site, t->in->p, err);
    if (t->streaming && rv == APR_SUCCESS)
        say_done(t, !t->pictures->nelts || simg_tell_drawable(t) ? "completed" : "failed");
    else if (t->streaming)
        simg_tell_failed(out, t, err);
    else if (rv == APR_SUCCESS)
        simg_tell_answer(out, t);
    out->streamed = t->streaming;
    return rv;
}
