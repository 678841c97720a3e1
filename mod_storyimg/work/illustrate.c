/* SPDX-License-Identifier: Apache-2.0 */
#include "work/illustrate.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "index/images.h"
#include "queue/page.h"
#include "store/store.h"
#include "story/prompt.h"

/** What the pages of one commission share. */
typedef struct studio {
    const simg_site *site;
    simg_commission *c;
    simg_store *store;
    simg_loop *loop;
    const char *kind;  /* of the files: "story" or "consistent" */
    apr_int64_t epoch; /* milliseconds since 1970 */
    apr_pool_t *p;
} studio;

/** One page on its way. */
typedef struct life {
    simg_image_call call; /* of the attempt under way */
    studio *studio;
    simg_picture *picture;
    simg_brief brief;
    simg_upload *upload;
    simg_page_life stands; /* in the chain of illustrators */
    simg_watch *timer;     /* while it waits */
    apr_pool_t *p;         /* of the attempt's call */
    apr_pool_t *kept;      /* of the attempt's upload: cleared as soon as it is known to be for nothing */
} life;

static void attempt(life *l);

static void log_problem(const life *l, int level, const char *what, const simg_problem *err)
{
    simg_log_write(l->studio->site->log, level, err->rv, SIMGLOG(0201) "story %s page %d: %s: %s%s%s",
                   l->studio->c->story_id, l->picture->row.number, what, err->code, err->cause ? ": " : "",
                   err->cause ? err->cause : "");
}

/** An operator must act on these; the rest is the world's usual weather. */
static int level_of(const simg_problem *err)
{
    static const char *const serious[] = { "storage-unwritable",
                                           "storage-full",
                                           "index-unavailable",
                                           "upstream-auth",
                                           "insufficient-quota",
                                           "internal",
                                           NULL };
    int i;

    for (i = 0; serious[i]; i++)
        if (!strcmp(serious[i], err->code))
            return SIMG_ERROR;
    return SIMG_WARNING;
}

/** Write down how the page ended. An index that is gone must not take the answer with it. */
static void record(life *l)
{
    simg_problem err = { 0 };

    if (!l->studio->site->settings->save)
        return;
    if (simg_stories_page(l->studio->site->index, l->studio->c->story_id, &l->picture->row, &err) != APR_SUCCESS &&
        err.status)
        log_problem(l, SIMG_ERROR, "page not recorded", &err);
}

/** What a page says of its failure: the kind of problem, except where a page has a word of its own for it. */
static const char *error_code(const simg_problem *err, simg_outcome outcome)
{
    if (outcome == SIMG_OUTCOME_REFUSED)
        return "content_policy";
    return outcome == SIMG_OUTCOME_UNKNOWN && !strcmp(err->code, "upstream-timeout") ? "outcome-unknown" : err->code;
}

static void fail(life *l, const simg_problem *err, simg_outcome outcome)
{
    log_problem(l, level_of(err), "not drawn", err);
    l->picture->row.error_code = error_code(err, outcome);
    l->picture->row.error_message = apr_pstrdup(l->studio->p, err->detail);
    record(l);
    apr_pool_clear(l->kept);
}

static void list_image(life *l)
{
    const simg_page_row *row = &l->picture->row;
    simg_image image = { .filename = row->filename,
                         .kind = l->studio->kind,
                         .page_number = row->number,
                         .story_id = l->studio->c->story_id,
                         .subject = l->studio->c->order->subject,
                         .description = row->scene,
                         .model = row->model,
                         .width = row->width,
                         .height = row->height,
                         .size = row->size,
                         .sha256 = row->sha256 };
    simg_problem err = { 0 };

    image.created_at = simg_clock_now() / 1000 * 1000;
    if (simg_images_add(l->studio->site->index, &image, &err) != APR_SUCCESS && err.status)
        log_problem(l, SIMG_ERROR, "picture saved but not listed", &err);
}

/** The bytes are all there: let them become a file with a name, or hand them on if nothing is saved. */
static apr_status_t keep_bytes(life *l, simg_problem *err)
{
    simg_page_row *row = &l->picture->row;
    simg_upload *u = l->upload;
    apr_status_t rv = simg_upload_seal(u, l->p, err);

    if (rv != APR_SUCCESS)
        return rv;
    row->width = (int)u->sniff.width;
    row->height = (int)u->sniff.height;
    row->size = u->size;
    row->sha256 = apr_pstrdup(l->studio->p, u->sha256);
    if (!l->studio->site->settings->save) {
        l->picture->bytes = simg_upload_bytes(u, &l->picture->bytes_len);
        return APR_SUCCESS;
    }
    rv = simg_upload_commit(&row->filename, u, l->studio->kind, l->studio->epoch, row->number, l->studio->p, err);
    if (rv == APR_SUCCESS)
        list_image(l);
    return rv;
}

static void keep(life *l)
{
    simg_page_row *row = &l->picture->row;
    simg_problem err = { 0 };

    row->model = apr_pstrdup(l->studio->p, l->call.call.model_used);
    row->url = l->call.url ? apr_pstrdup(l->studio->p, l->call.url) : NULL;
    row->cost = strcmp(l->call.call.model->provider->name, "offline") ? -1 : 0;
    if (row->url && !l->studio->site->settings->save)
        return;
    if (keep_bytes(l, &err) != APR_SUCCESS) {
        row->model = row->url = row->sha256 = NULL;
        row->width = row->height = 0;
        row->size = 0;
        fail(l, &err, SIMG_OUTCOME_UNKNOWN);
        return;
    }
    record(l);
}

static void time_has_come(void *baton, int timed_out)
{
    life *l = baton;

    (void)timed_out;
    simg_loop_unwatch(l->timer);
    attempt(l);
}

/** The page goes on: another try, now or after a while. */
static void again(life *l)
{
    log_problem(l, SIMG_WARNING, l->stands.tries ? "trying again" : "asking the next illustrator",
                &l->call.call.problem);
    apr_pool_clear(l->kept);
    if (l->stands.wait)
        l->timer =
            simg_loop_watch(l->studio->loop, -1, apr_time_now() + l->stands.wait, time_has_come, l, l->studio->p);
    else
        attempt(l);
}

static void drawn(simg_image_call *call)
{
    life *l = call->baton;

    l->stands = simg_page_next(&l->stands, call->call.outcome, call->call.problem.retry_after,
                               l->studio->site->illustrators->nelts, simg_clock_random());
    if (l->stands.state == SIMG_PAGE_SAVED)
        keep(l);
    else if (l->stands.state == SIMG_PAGE_PENDING)
        again(l);
    else
        fail(l, &call->call.problem, call->call.outcome);
}

/** Ask one illustrator. The file is begun before the call is sent: no money is spent on what cannot be kept. */
static void attempt(life *l)
{
    studio *s = l->studio;
    simg_problem err = { 0 };

    l->stands = simg_page_sent(&l->stands);
    apr_pool_create(&l->p, s->p);
    if (simg_upload_begin(&l->upload, s->store, l->kept, &err) != APR_SUCCESS) {
        fail(l, &err, SIMG_OUTCOME_NOTHING);
        return;
    }
    l->call = (simg_image_call){ .brief = &l->brief, .sink = &l->upload->sink, .done = drawn, .baton = l };
    l->call.url_suffices = !s->site->settings->save;
    l->call.call = (simg_call){ .model = &APR_ARRAY_IDX(s->site->illustrators, l->stands.link, simg_model),
                                .settings = s->site->settings,
                                .log = s->site->log,
                                .p = l->p,
                                .input_tokens = -1,
                                .output_tokens = -1 };
    l->call.call.model->provider->draw(s->loop, &l->call);
}

static const simg_page *page_of(const simg_story *story, int number)
{
    int i;

    for (i = 0; i < story->pages->nelts; i++)
        if (APR_ARRAY_IDX(story->pages, i, simg_page).number == number)
            return &APR_ARRAY_IDX(story->pages, i, simg_page);
    return NULL;
}

static void begin(studio *s, simg_picture *picture)
{
    const simg_order *order = s->c->order;
    const simg_page *page = page_of(s->c->story, picture->row.number);
    life *l = apr_pcalloc(s->p, sizeof(*l));

    l->studio = s;
    l->picture = picture;
    apr_pool_create(&l->kept, s->p);
    l->brief = (simg_brief){ .prompt = simg_prompt_scene(order, page, s->c->story->title, s->p),
                             .scene = page->scene,
                             .character = &order->character,
                             .descriptor = order->descriptor,
                             .story_key = s->c->story_id,
                             .page_number = page->number,
                             .size = order->size,
                             .quality = order->quality,
                             .style = order->style,
                             .format = s->site->settings->format };
    attempt(l);
}

apr_status_t simg_illustrate(simg_commission *c, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    studio s = { .site = site, .c = c, .p = p };
    apr_status_t rv = simg_store_open(&s.store, site->settings, p, err);
    int i;

    if (rv == APR_SUCCESS)
        rv = simg_loop_create(&s.loop, site->log, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    s.kind = c->order->descriptor ? "consistent" : "story";
    s.epoch = apr_time_as_msec(simg_clock_now());
    for (i = 0; i < c->pictures->nelts; i++)
        begin(&s, &APR_ARRAY_IDX(c->pictures, i, simg_picture));
    return simg_loop_run(s.loop, err);
}
