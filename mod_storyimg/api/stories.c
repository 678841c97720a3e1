/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "api/answer.h"
#include "api/order.h"
#include "api/query.h"
#include "base/clock.h"
#include "base/json.h"
#include "work/write.h"

static const int limits[2] = { 1, 1000 };

/** What one call to tell a story gathers on its way. */
typedef struct telling {
    simg_order order;
    json_t *character; /* as the client sent it */
    simg_manuscript text;
    simg_commission commission;
    simg_story_row row;
} telling;

/** Everything that can be refused is refused here, before any money is spent. */
static apr_status_t prepare(telling *t, const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_status_t rv = simg_order_read(&t->order, &t->character, in, site, err);

    if (rv == APR_SUCCESS)
        rv = simg_site_ready(site, t->order.illustrate ? t->order.pages : 0, in->p, err);
    if (rv != APR_SUCCESS || !t->order.story_id || !site->settings->save)
        return rv;
    rv = simg_stories_get(&t->row, site->index, t->order.story_id, in->p, err);
    if (rv == APR_SUCCESS)
        return simg_problem_set(err, in->p, "story-exists", APR_EEXIST, "storyId: a story of this id exists already");
    return err->status ? rv : APR_SUCCESS;
}

/** Which pages are drawn: spread over the story, under the story's own numbers. */
static void choose_pages(telling *t, apr_pool_t *p)
{
    const apr_array_header_t *pages = t->text.story->pages;
    int *picked = apr_pcalloc(p, (apr_size_t)t->order.pages * sizeof(*picked));
    int n = t->order.illustrate ? simg_pages_pick(picked, pages->nelts, t->order.pages) : 0;
    int i;

    t->commission.pictures = apr_array_make(p, n + 1, sizeof(simg_picture));
    for (i = 0; i < n; i++) {
        const simg_page *page = &APR_ARRAY_IDX(pages, picked[i], simg_page);

        APR_ARRAY_PUSH(t->commission.pictures, simg_picture) =
            (simg_picture){ .row = { .number = page->number, .scene = page->scene, .wanted = 1, .cost = -1 } };
    }
}

/** The story's row, with every page: also those that are not drawn keep their scene. */
static void make_row(telling *t, apr_pool_t *p)
{
    const simg_story *story = t->text.story;
    int i, k = 0;

    t->row = (simg_story_row){ .id = t->order.story_id ? t->order.story_id : simg_clock_id(p),
                               .title = story->title,
                               .text = story->text,
                               .character = simg_json_text(t->character, p),
                               .model = t->text.model,
                               .word_count = simg_pages_words(story->text),
                               .descriptor_used = t->order.descriptor != NULL,
                               .subject = t->order.subject,
                               .cost = t->text.cost };
    t->row.created_at = simg_clock_now() / 1000 * 1000;
    t->row.pages = apr_array_make(p, story->pages->nelts, sizeof(simg_page_row));
    for (i = 0; i < story->pages->nelts; i++) {
        const simg_page *page = &APR_ARRAY_IDX(story->pages, i, simg_page);
        int wanted = k < t->commission.pictures->nelts &&
                     APR_ARRAY_IDX(t->commission.pictures, k, simg_picture).row.number == page->number;

        APR_ARRAY_PUSH(t->row.pages, simg_page_row) =
            (simg_page_row){ .number = page->number, .scene = page->scene, .wanted = wanted, .cost = -1 };
        k += wanted;
    }
}

static apr_status_t write_down(telling *t, const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_status_t rv;

    if (!site->settings->save)
        return APR_SUCCESS;
    rv = simg_stories_add(site->index, &t->row, err);
    if (!APR_STATUS_IS_EEXIST(rv) || err->status)
        return rv;
    /* taken while we wrote: what is paid for is told all the same */
    t->row.id = simg_clock_id(in->p);
    return simg_stories_add(site->index, &t->row, err);
}

/** The index went away after the text was paid for: the client gets the text, and no picture is bought that could not
 * be written down first. */
static void leave_undrawn(telling *t, const simg_site *site, const simg_problem *err)
{
    int i;

    simg_log_write(site->log, SIMG_ERROR, err->rv, SIMGLOG(0401) "story %s: nothing more is drawn: %s%s%s", t->row.id,
                   err->code, err->cause ? ": " : "", err->cause ? err->cause : "");
    for (i = 0; i < t->commission.pictures->nelts; i++) {
        simg_page_row *row = &APR_ARRAY_IDX(t->commission.pictures, i, simg_picture).row;

        if (row->filename || row->url || row->error_code)
            continue;
        row->error_code = err->code;
        row->error_message = err->detail;
    }
}

static apr_status_t draw(telling *t, const simg_request *in, const simg_site *site, simg_problem *err)
{
    t->commission.order = &t->order;
    t->commission.story = t->text.story;
    t->commission.story_id = t->row.id;
    return t->commission.pictures->nelts ? simg_illustrate(&t->commission, site, in->p, err) : APR_SUCCESS;
}

/** The whole cost is known only if every part of it is. */
static apr_int64_t total_cost(const telling *t)
{
    apr_int64_t sum = t->row.cost;
    int i;

    for (i = 0; i < t->commission.pictures->nelts && sum >= 0; i++) {
        const simg_page_row *row = &APR_ARRAY_IDX(t->commission.pictures, i, simg_picture).row;

        sum = row->cost < 0 ? -1 : sum + row->cost;
    }
    return sum;
}

static void answer(simg_response *out, const telling *t, const simg_request *in, const simg_site *site)
{
    simg_story_row row = t->row;
    json_t *drawn = json_array();
    int i;

    for (i = 0; i < t->commission.pictures->nelts; i++) {
        const simg_picture *picture = &APR_ARRAY_IDX(t->commission.pictures, i, simg_picture);

        json_array_append_new(drawn, simg_answer_illustration(&picture->row, picture, site, in->p));
    }
    row.cost = total_cost(t);
    simg_answer_data(out, in, simg_answer_story(&row, drawn, in->p));
}

apr_status_t simg_api_story_generate(simg_response *out, const simg_request *in, const simg_site *site,
                                     simg_problem *err)
{
    telling t = { 0 };
    apr_status_t rv = prepare(&t, in, site, err);

    if (rv == APR_SUCCESS)
        rv = simg_write_story(&t.text, site, &t.order, in->p, err);
    if (rv != APR_SUCCESS)
        return rv;
    choose_pages(&t, in->p);
    make_row(&t, in->p);
    rv = write_down(&t, in, site, err);
    if (rv == APR_SUCCESS)
        rv = draw(&t, in, site, err);
    if (rv != APR_SUCCESS)
        leave_undrawn(&t, site, err);
    answer(out, &t, in, site);
    return APR_SUCCESS;
}

static apr_int64_t add_costs(apr_int64_t sum, const simg_page_row *row)
{
    if (!row->wanted || row->error_code || sum < 0)
        return sum;
    return row->cost < 0 ? -1 : sum + row->cost;
}

/** A story as the index knows it: the pages that were to be drawn are its illustrations. */
static json_t *stored_story(const simg_story_row *stored, const simg_site *site, apr_pool_t *p)
{
    simg_story_row row = *stored;
    json_t *drawn = json_array();
    int i;

    for (i = 0; i < row.pages->nelts; i++) {
        const simg_page_row *page = &APR_ARRAY_IDX(row.pages, i, simg_page_row);

        row.cost = add_costs(row.cost, page);
        if (page->wanted && (page->filename || page->error_code))
            json_array_append_new(drawn, simg_answer_illustration(page, NULL, site, p));
    }
    return simg_answer_story(&row, drawn, p);
}

apr_status_t simg_api_story_get(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_story_row row;
    apr_status_t rv = APR_ENOENT;

    if (site->settings->save)
        rv = simg_stories_get(&row, site->index, in->params[0], in->p, err);
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        return simg_problem_set(err, in->p, "story-not-found", rv, "no such story");
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, stored_story(&row, site, in->p));
    return rv;
}

static apr_status_t list(simg_response *out, const simg_request *in, int limit, const char *cursor,
                         const simg_site *site, simg_problem *err)
{
    simg_story_list found;
    json_t *data;
    apr_status_t rv = simg_stories_list(&found, site->index, limit, cursor, in->p, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    data = json_array();
    for (i = 0; i < found.stories->nelts; i++)
        json_array_append_new(data, stored_story(&APR_ARRAY_IDX(found.stories, i, simg_story_row), site, in->p));
    simg_answer_list(out, in, data, found.total, found.next_cursor);
    return APR_SUCCESS;
}

apr_status_t simg_api_stories_list(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_int64_t generation;
    const char *cursor = NULL;
    int limit = 0;
    apr_status_t rv = simg_query_number(&limit, in, "limit", limits, 100, err);

    if (rv == APR_SUCCESS)
        rv = simg_query_text(&cursor, in, "cursor", err);
    if (rv != APR_SUCCESS)
        return rv;
    if (!site->settings->save) {
        simg_answer_list(out, in, json_array(), 0, NULL);
        return APR_SUCCESS;
    }
    rv = simg_index_generation(&generation, site->index, err);
    if (rv != APR_SUCCESS || simg_answer_unchanged(out, in, generation, site))
        return rv;
    return list(out, in, limit, cursor, site, err);
}
