/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "api/answer.h"
#include "api/events.h"
#include "api/jobs.h"
#include "api/order.h"
#include "api/tell.h"
#include "base/clock.h"
#include "base/json.h"
#include "queue/claims.h"
#include "queue/requests.h"
#include "story/prompt.h"
#include "work/run_job.h"
#include "work/runner.h"

/** Everything that can be refused is refused here, before any money is spent. */
static apr_status_t prepare(simg_telling *t, simg_problem *err)
{
    const simg_request *in = t->in;
    apr_status_t rv = simg_order_read(&t->order, &t->character, in, t->site, err);

    if (rv == APR_SUCCESS)
        rv = simg_site_reserve(t->site, in->id, t->order.illustrate ? t->order.pages : 0, in->p, err);
    if (rv != APR_SUCCESS || !t->order.story_id || !t->site->settings->save)
        return rv;
    rv = simg_stories_get(&t->row, t->site->index, t->order.story_id, in->p, err);
    if (rv == APR_SUCCESS)
        return simg_problem_set(err, in->p, "story-exists", APR_EEXIST, "storyId: a story of this id exists already");
    return err->status ? rv : APR_SUCCESS;
}

static simg_job make_job(const simg_telling *t, int held)
{
    apr_time_t now = simg_clock_now();

    return (simg_job){ .id = t->job_id,
                       .site = t->site->name,
                       .story_id = t->row.id,
                       .status = SIMG_JOB_QUEUED,
                       .kind = t->order.descriptor ? "consistent" : "story",
                       .epoch = apr_time_as_msec(now),
                       .brief = simg_runner_brief(&t->order, t->in->p),
                       .holder = held ? t->site->owner : NULL,
                       .held_until = held ? now + SIMG_LEASE : 0,
                       .created_at = now / 1000 * 1000,
                       .updated_at = now / 1000 * 1000 };
}

static const simg_page *page_of(const simg_story *story, int number)
{
    int i;

    for (i = 0; i < story->pages->nelts; i++)
        if (APR_ARRAY_IDX(story->pages, i, simg_page).number == number)
            return &APR_ARRAY_IDX(story->pages, i, simg_page);
    return NULL;
}

static apr_array_header_t *job_pages(const simg_telling *t)
{
    apr_pool_t *p = t->in->p;
    apr_array_header_t *pages = apr_array_make(p, t->pictures->nelts, sizeof(simg_job_page));
    int i;

    for (i = 0; i < t->pictures->nelts; i++) {
        int number = APR_ARRAY_IDX(t->pictures, i, simg_picture).row.number;
        const simg_page *page = page_of(t->text.story, number);

        APR_ARRAY_PUSH(pages, simg_job_page) =
            (simg_job_page){ number, simg_prompt_scene(&t->order, page, t->text.story->title, p) };
    }
    return pages;
}

/** Story, job and pages, and the request that they are for: one transaction. */
static apr_status_t write_all(const simg_telling *t, simg_db *db, int held, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_stories_add_in(db, &t->row, err);
    if (rv == APR_SUCCESS && t->job_id) {
        simg_job job = make_job(t, held);

        rv = simg_jobs_add(db, &job, job_pages(t), err);
    }
    if (rv == APR_SUCCESS)
        rv = simg_requests_told(db, t->in->id, t->row.id, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

static apr_status_t write_down(simg_telling *t, int held, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, t->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = write_all(t, db, held, err);
    simg_db_rollback(db);
    if (APR_STATUS_IS_EEXIST(rv) && !err->status) {
        /* taken while we wrote: what is paid for is told all the same */
        t->row.id = simg_clock_id(t->in->p);
        rv = write_all(t, db, held, err);
        simg_db_rollback(db);
    }
    simg_index_return(t->site->index, db);
    return rv;
}

/** The index went away after the text was paid for: the client gets the text, and no picture is bought that could not
 * be written down first. */
static void leave_undrawn(simg_telling *t, const simg_problem *err)
{
    int i;

    simg_log_write(t->site->log, SIMG_ERROR, err->rv, SIMGLOG(0401) "story %s: nothing more is drawn for now: %s%s%s",
                   t->row.id, err->code, err->cause ? ": " : "", err->cause ? err->cause : "");
    for (i = 0; i < t->pictures->nelts; i++) {
        simg_page_row *row = &APR_ARRAY_IDX(t->pictures, i, simg_picture).row;

        row->error_code = err->code;
        row->error_message = err->detail;
    }
}

/** Draw the job in this thread, and answer with what the index then holds. */
static apr_status_t draw_and_answer(simg_response *out, simg_telling *t, simg_problem *err)
{
    simg_story_row row;
    apr_status_t rv = simg_run_job(t->site, t->job_id, t->in->p, err);

    if (rv == APR_SUCCESS)
        rv = simg_stories_get(&row, t->site->index, t->row.id, t->in->p, err);
    if (rv == APR_SUCCESS) {
        simg_answer_data(out, t->in, simg_answer_stored_story(&row, t->site, t->in->p));
    } else if (err->status) {
        leave_undrawn(t, err);
        simg_tell_answer(out, t);
    } else {
        return simg_problem_set(err, t->in->p, "story-not-found", rv, "the story was removed while it was drawn");
    }
    return APR_SUCCESS;
}

/** The text is there, the pictures follow. */
static void answer_pending(simg_response *out, const simg_telling *t)
{
    out->status = 202;
    apr_table_setn(out->headers, "Location", simg_job_path(t->in, t->job_id));
    simg_tell_answer(out, t);
}

static apr_status_t tell_saved(simg_response *out, simg_telling *t, simg_problem *err)
{
    int async = t->order.async < 0 ? t->site->settings->async : t->order.async;
    apr_status_t rv;

    t->job_id = t->pictures->nelts ? simg_clock_id(t->in->p) : NULL;
    rv = write_down(t, !async && !t->streaming, err);
    if (rv != APR_SUCCESS) {
        t->job_id = NULL;
        leave_undrawn(t, err);
    }
    t->row.job_id = t->job_id;
    t->row.job_status = t->job_id ? simg_job_status_name(SIMG_JOB_QUEUED) : NULL;
    if (t->streaming)
        simg_tell_stream(out, t);
    else if (!t->job_id)
        simg_tell_answer(out, t);
    else if (async)
        answer_pending(out, t);
    else
        return draw_and_answer(out, t, err);
    simg_bell_ring(t->site->bell);
    return APR_SUCCESS;
}

apr_status_t simg_api_story_generate(simg_response *out, const simg_request *in, const simg_site *site,
                                     simg_problem *err)
{
    simg_telling t = { .in = in, .site = site, .streaming = simg_events_wanted(in) };
    simg_writing writing = { .request_id = in->id, .baton = &t };
    apr_status_t rv = prepare(&t, err);

    if (t.streaming)
        writing.on_piece = simg_tell_piece;
    if (rv == APR_SUCCESS)
        rv = simg_write_story(&t.text, site, &t.order, &writing, in->p, err);
    if (rv != APR_SUCCESS && t.spoken) {
        simg_tell_failed(out, &t, err);
        return rv;
    }
    if (rv != APR_SUCCESS)
        return rv;
    simg_tell_choose(&t);
    return site->settings->save ? tell_saved(out, &t, err) : simg_tell_unsaved(out, &t, err);
}
