/* SPDX-License-Identifier: Apache-2.0 */
#include "work/illustrate.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "queue/page.h"
#include "store/store.h"
#include "story/prompt.h"
#include "work/count.h"
#include "work/ledger.h"
#include "work/moderate.h"
#include "work/runner_row.h"

/** What the pages of one commission share. */
typedef struct studio {
    const simg_site *site;
    simg_commission *c;
    simg_store *store;
    simg_loop *loop;
    apr_pool_t *p;
} studio;

/** One page on its way. */
typedef struct life {
    simg_image_call call; /* of the attempt under way */
    studio *studio;
    simg_picture *picture;
    simg_brief brief;
    simg_upload *upload;
    simg_page_life stands; /* in the chain: editors first, if there is a reference, then illustrators */
    const char *prompt, *edit_prompt; /* for a drawing from words, and for one from the reference */
    simg_watch *timer;     /* while it waits */
    const char *call_id;   /* in the ledger; NULL: not written down */
    apr_time_t sent_at;
    apr_pool_t *p;         /* of the attempt's call */
    apr_pool_t *kept;      /* of the attempt's upload: cleared as soon as it is known to be for nothing */
} life;

static void attempt(life *l);

static void log_problem(const life *l, int level, const char *what, const simg_problem *err)
{
    simg_log_write(l->studio->site->log, level, err->rv, SIMGLOG(0202) "story %s page %d: %s: %s%s%s",
                   l->studio->c->story_id, l->picture->row.number, what, err->code, err->cause ? ": " : "",
                   err->cause ? err->cause : "");
}

static void ended(life *l)
{
    if (l->studio->c->on_picture)
        l->studio->c->on_picture(l->studio->c->baton, l->picture);
}

static void fail(life *l, const simg_problem *err, simg_outcome outcome)
{
    log_problem(l, simg_runner_level(err), "not drawn", err);
    l->picture->row.referenced = 0;
    l->picture->row.error_code = simg_runner_error_code(err, outcome);
    l->picture->row.error_message = apr_pstrdup(l->studio->p, err->detail);
    apr_pool_clear(l->kept);
    ended(l);
}

/** The bytes are all there: look at them, and hand them on. */
static apr_status_t look_at(life *l, simg_problem *err)
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
    l->picture->bytes = simg_upload_bytes(u, &l->picture->bytes_len);
    return APR_SUCCESS;
}

/** What is not fit, or cannot be judged where it must be, is not handed on. */
static void judged(void *baton, simg_judgement judgement, const simg_problem *why)
{
    life *l = baton;

    if (judgement == SIMG_FIT) {
        ended(l);
        return;
    }
    l->picture->row.model = NULL;
    l->picture->row.url = NULL;
    l->picture->row.sha256 = NULL;
    l->picture->bytes = NULL;
    fail(l, why, judgement == SIMG_UNFIT ? SIMG_OUTCOME_REFUSED : SIMG_OUTCOME_UNKNOWN);
}

static void keep(life *l)
{
    const simg_site *site = l->studio->site;
    simg_judging judging = { site, l->upload, judged, l };
    simg_page_row *row = &l->picture->row;
    simg_problem err = { 0 };

    row->model = apr_pstrdup(l->studio->p, l->call.call.model_used);
    row->url = l->call.url ? apr_pstrdup(l->studio->p, l->call.url) : NULL;
    row->cost = simg_price_image(site->prices, &l->call);
    if ((!row->url || simg_moderate_wanted(site)) && look_at(l, &err) != APR_SUCCESS) {
        row->model = NULL;
        fail(l, &err, SIMG_OUTCOME_UNKNOWN);
        return;
    }
    if (simg_moderate_wanted(site))
        simg_moderate_picture(l->studio->loop, &judging, l->studio->p);
    else
        ended(l);
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

/** How many are asked with the reference. */
static int editors(const life *l)
{
    return l->studio->c->order->reference ? l->studio->site->editors->nelts : 0;
}

static int links(const life *l)
{
    return editors(l) + (l->studio->c->only_edits ? 0 : l->studio->site->illustrators->nelts);
}

/** Who is asked now, and with what. */
static const simg_model *choose(life *l)
{
    const studio *s = l->studio;
    int edits = editors(l), link = l->stands.link;
    int edit = link < edits;

    l->brief.reference = edit ? simg_site_reference(s->site, s->c->order->reference, s->p) : NULL;
    l->brief.prompt = edit ? l->edit_prompt : l->prompt;
    l->picture->row.referenced = edit;
    return &APR_ARRAY_IDX(edit ? s->site->editors : s->site->illustrators, edit ? link : link - edits, simg_model);
}

static void drawn(simg_image_call *call)
{
    life *l = call->baton;
    const simg_site *site = l->studio->site;
    apr_int64_t cost = call->call.outcome == SIMG_OUTCOME_MADE ? simg_price_image(site->prices, call) : -1;

    simg_count_call(site, &call->call, l->brief.reference ? "edit" : "image", simg_count_since(l->sent_at), cost);
    simg_ledger_close(site, l->call_id, call->call.outcome, cost);
    l->stands = simg_page_next(&l->stands, call->call.outcome, call->call.problem.retry_after,
                               links(l), simg_clock_random());
    if (l->stands.state == SIMG_PAGE_SAVED)
        keep(l);
    else if (l->stands.state == SIMG_PAGE_PENDING)
        again(l);
    else
        fail(l, &call->call.problem, call->call.outcome);
}

/** Ask one illustrator. What can fail on our side fails before the call is sent. */
static void attempt(life *l)
{
    studio *s = l->studio;
    const simg_model *model = choose(l);
    simg_problem err = { 0 };

    l->stands = simg_page_sent(&l->stands);
    apr_pool_create(&l->p, s->p);
    if (simg_upload_begin(&l->upload, s->store, NULL, l->kept, &err) != APR_SUCCESS ||
        simg_ledger_open(&l->call_id, s->site, s->c->request_id, l->brief.reference ? "edit" : "image", model, l->p,
                         &err) != APR_SUCCESS) {
        fail(l, &err, SIMG_OUTCOME_NOTHING);
        return;
    }
    l->call = (simg_image_call){ .brief = &l->brief, .sink = &l->upload->sink, .done = drawn, .baton = l };
    l->call.url_suffices = !simg_moderate_wanted(s->site);
    l->call.call = (simg_call){ .model = model,
                                .settings = s->site->settings,
                                .log = s->site->log,
                                .p = l->p,
                                .input_tokens = -1,
                                .output_tokens = -1 };
    l->sent_at = simg_clock_now();
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
    l->prompt = s->c->portrait ? simg_prompt_portrait(s->site->prompts, order, s->p)
                               : simg_prompt_scene(s->site->prompts, order, page, s->c->story->title, s->p);
    l->edit_prompt = simg_prompt_scene_edit(s->site->prompts, order, page, s->c->story->title, s->p);
    l->brief = (simg_brief){ .scene = page->scene,
                             .character = &order->character,
                             .descriptor = order->descriptor,
                             .story_key = s->c->story_id,
                             .page_number = page->number,
                             .size = order->size,
                             .quality = order->quality,
                             .style = order->style,
                             .user = order->user,
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
    for (i = 0; i < c->pictures->nelts; i++) {
        simg_picture *picture = &APR_ARRAY_IDX(c->pictures, i, simg_picture);

        if (!picture->row.error_code)
            begin(&s, picture);
        else if (c->on_picture)
            c->on_picture(c->baton, picture);
    }
    return simg_loop_run(s.loop, err);
}
