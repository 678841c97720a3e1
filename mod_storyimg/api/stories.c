/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"
#include "api/query.h"
#include "base/json.h"
#include "work/sweep.h"

static const int limits[2] = { 1, 1000 };

apr_status_t simg_api_story_get(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_story_row row;
    apr_status_t rv = APR_ENOENT;

    if (site->settings->save)
        rv = simg_stories_get(&row, site->index, in->params[0], in->p, err);
    if (rv == APR_SUCCESS && row.single)
        rv = APR_ENOENT;
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        return simg_problem_set(err, in->p, "story-not-found", rv, "no such story");
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, simg_answer_stored_story(&row, site, in->p));
    return rv;
}

/** What is still being drawn for it is not kept when it comes. */
apr_status_t simg_api_story_delete(simg_response *out, const simg_request *in, const simg_site *site,
                                   simg_problem *err)
{
    const char *id = in->params[0];
    simg_swept_story c = { 0 };
    apr_status_t rv = site->settings->save ? simg_sweep_story(&c, site, id, in->p, err) : APR_SUCCESS;

    if (rv == APR_SUCCESS && !c.stories)
        return simg_problem_set(err, in->p, "story-not-found", APR_ENOENT, "no such story");
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in,
                         json_pack("{s:s, s:i, s:i, s:i, s:i}", "id", id, "stories", c.stories, "jobs", c.jobs,
                                   "images", c.images, "requests", c.requests));
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
        json_array_append_new(data,
                              simg_answer_stored_story(&APR_ARRAY_IDX(found.stories, i, simg_story_row), site, in->p));
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
