/* SPDX-License-Identifier: Apache-2.0 */
#include "api/replay.h"

#include <string.h>

#include "api/answer.h"
#include "api/events.h"
#include "api/jobs.h"
#include "api/single.h"
#include "base/json.h"

#define LOOK apr_time_from_sec(1)

static apr_status_t get_story(simg_story_row *story, const simg_request *in, const simg_site *site,
                              const simg_request_row *row, simg_problem *err)
{
    apr_status_t rv = simg_stories_get(story, site->index, row->story_id, in->p, err);

    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        return simg_problem_set(err, in->p, "story-not-found", rv, "the story of this key was removed");
    return rv;
}

/** The same events once more; the words come as one piece. */
static apr_status_t stream(simg_response *out, const simg_request *in, const simg_site *site,
                           const simg_request_row *row, simg_problem *err)
{
    simg_story_row story;
    apr_status_t rv = get_story(&story, in, site, row, err);

    if (rv != APR_SUCCESS)
        return rv;
    out->streamed = 1;
    simg_events_send(in, 0, "text", json_pack("{s:o}", "text", simg_json_string(story.text)), in->p);
    simg_events_send(in, 0, "story", simg_answer_story(&story, json_array(), in->p), in->p);
    if (story.job_id)
        simg_events_follow(in, site, story.job_id, 0, 0);
    else
        simg_events_send(in, 0, "done", json_pack("{s:s}", "status", "completed"), in->p);
    return APR_SUCCESS;
}

static int is_pending(const simg_story_row *story)
{
    int status = story->job_status ? simg_job_status_read(story->job_status) : -1;

    return status >= 0 && !simg_job_is_over((simg_job_status)status);
}

/** The first one streamed, or its process ended: the story is answered when its job is over. */
static apr_status_t from_index(simg_response *out, const simg_request *in, const simg_site *site,
                               const simg_request_row *row, simg_problem *err)
{
    simg_story_row story;
    apr_status_t rv;

    for (;;) {
        apr_uint32_t heard = simg_bell_count(site->bell);

        rv = get_story(&story, in, site, row, err);
        if (rv != APR_SUCCESS || !is_pending(&story) || in->is_stopping(in))
            break;
        simg_bell_wait(site->bell, heard, LOOK);
    }
    if (rv == APR_SUCCESS && story.single)
        return simg_single_answer(out, in, site, &story, NULL, err);
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, simg_answer_stored_story(&story, site, in->p));
    return rv;
}

/** A failure is given again as what it was. */
static apr_status_t fail(const simg_request *in, const json_t *body, simg_problem *err)
{
    const char *code = json_string_value(json_object_get(body, "code"));
    const char *detail = json_string_value(json_object_get(body, "detail"));

    return simg_problem_set(err, in->p, code ? code : "internal", APR_EGENERAL, "%s", detail ? detail : "");
}

apr_status_t simg_replay(simg_response *out, const simg_request *in, const simg_site *site, const simg_request_row *row,
                         simg_problem *err)
{
    json_t *body = row->body ? simg_json_parse_lenient(row->body, strlen(row->body), NULL, in->p) : NULL;

    apr_table_setn(out->headers, "Idempotency-Replayed", "true");
    if (row->status >= 400)
        return fail(in, body, err);
    /* only a job's pages are asked for by a path with a parameter */
    if (!body && in->params[0])
        return simg_job_accepted(out, in, site, err);
    if (row->story_id && !in->params[0] && simg_events_wanted(in))
        return stream(out, in, site, row, err);
    if (!body && row->story_id)
        return from_index(out, in, site, row, err);
    if (!body)
        return simg_problem_set(err, in->p, "outcome-unknown", APR_EGENERAL,
                                "the first answer of this key was a stream, and was not kept");
    out->status = row->status;
    if (row->location)
        apr_table_setn(out->headers, "Location", row->location);
    out->json = body;
    return APR_SUCCESS;
}
