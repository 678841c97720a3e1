/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "api/answer.h"
#include "api/events.h"
#include "api/jobs.h"
#include "api/order.h"
#include "api/tell.h"
#include "base/clock.h"
#include "base/json.h"
#include "work/moderate.h"
#include "work/run_job.h"

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

    t->job_id = simg_tell_drawable(t) ? simg_clock_id(t->in->p) : NULL;
    rv = simg_tell_write(t, !async && !t->streaming, err);
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

/** The text, and which of its pages are drawn. Where stories are judged none is told before. */
static apr_status_t write_text(simg_telling *t, simg_problem *err)
{
    simg_writing writing = { .request_id = t->in->id, .baton = t };
    int judged = simg_moderate_wanted(t->site);
    apr_status_t rv;

    simg_tell_look(t);
    if (t->streaming && !judged)
        writing.on_piece = simg_tell_piece;
    rv = simg_write_story(&t->text, t->site, &t->order, &writing, t->in->p, err);
    if (rv != APR_SUCCESS)
        return rv;
    t->text.cost = simg_tell_sum(t->text.cost, t->looks_cost);
    simg_tell_choose(t);
    rv = simg_tell_judge_story(t, err);
    if (rv == APR_SUCCESS && t->streaming && judged)
        simg_tell_piece(t, t->text.story->text, strlen(t->text.story->text));
    return rv;
}

apr_status_t simg_api_story_generate(simg_response *out, const simg_request *in, const simg_site *site,
                                     simg_problem *err)
{
    simg_telling t = { .in = in, .site = site, .streaming = simg_events_wanted(in) };
    apr_status_t rv = prepare(&t, err);

    if (rv == APR_SUCCESS)
        rv = simg_tell_judge_order(&t, err);
    if (rv == APR_SUCCESS)
        rv = write_text(&t, err);
    if (rv != APR_SUCCESS && t.spoken) {
        simg_tell_failed(out, &t, err);
        return rv;
    }
    if (rv != APR_SUCCESS)
        return rv;
    return site->settings->save ? tell_saved(out, &t, err) : simg_tell_unsaved(out, &t, err);
}
