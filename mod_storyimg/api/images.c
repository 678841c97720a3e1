/* SPDX-License-Identifier: Apache-2.0 */
#include "index/images.h"

#include "api/answer.h"
#include "api/body.h"
#include "api/query.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/reader.h"
#include "work/sweep.h"

static const int limits[2] = { 1, 1000 };

static json_t *image_json(const simg_image *image, const simg_site *site, apr_pool_t *p)
{
    json_t *j = json_pack("{s:s, s:s, s:I, s:s, s:s, s:i}", "filename", image->filename, "url",
                          simg_answer_local_url(site, image->filename, p), "size", (json_int_t)image->size, "createdAt",
                          simg_clock_iso(image->created_at, p), "kind", image->kind, "pageNumber", image->page_number);

    json_object_set_new(j, "thumbnailUrl", json_string(simg_answer_thumbnail_url(site, image->filename, p)));
    json_object_set_new(j, "storyId", simg_json_string(image->story_id));
    json_object_set_new(j, "description", simg_json_string(image->description));
    json_object_set_new(j, "model", simg_json_string(image->model));
    json_object_set_new(j, "width", json_integer(image->width));
    json_object_set_new(j, "height", json_integer(image->height));
    json_object_set_new(j, "sha256", simg_json_string(image->sha256));
    json_object_set_new(j, "keep", json_boolean(image->keep));
    if (image->duplicate_of)
        json_object_set_new(j, "duplicateOf", json_string(image->duplicate_of));
    return j;
}

static apr_status_t read_query(simg_image_query *q, const simg_request *in, simg_problem *err)
{
    static const struct {
        const char *name;
        apr_size_t offset;
    } texts[] = {
        { "cursor", APR_OFFSETOF(simg_image_query, cursor) },
        { "kind", APR_OFFSETOF(simg_image_query, kind) },
        { "storyId", APR_OFFSETOF(simg_image_query, story_id) },
        { "model", APR_OFFSETOF(simg_image_query, model) },
        { "q", APR_OFFSETOF(simg_image_query, q) },
    };
    apr_status_t rv = simg_query_number(&q->limit, in, "limit", limits, 100, err);
    apr_size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(*texts) && rv == APR_SUCCESS; i++)
        rv = simg_query_text((const char **)((char *)q + texts[i].offset), in, texts[i].name, err);
    if (rv == APR_SUCCESS)
        rv = simg_query_time(&q->from, in, "from", err);
    if (rv == APR_SUCCESS)
        rv = simg_query_time(&q->to, in, "to", err);
    if (rv == APR_SUCCESS && q->from && q->to && q->from > q->to)
        rv = simg_problem_set(err, in->p, "invalid-query", APR_EINVAL, "from: must not be later than to");
    return rv;
}

static apr_status_t list(simg_response *out, const simg_request *in, const simg_image_query *q, const simg_site *site,
                         simg_problem *err)
{
    simg_image_list found;
    json_t *data;
    apr_status_t rv = simg_images_list(&found, site->index, q, in->p, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    data = json_array();
    for (i = 0; i < found.images->nelts; i++)
        json_array_append_new(data, image_json(&APR_ARRAY_IDX(found.images, i, simg_image), site, in->p));
    simg_answer_list(out, in, data, found.total, found.next_cursor);
    if (found.total_at_least)
        json_object_set_new(json_object_get(out->json, "meta"), "totalAtLeast", json_true());
    return APR_SUCCESS;
}

apr_status_t simg_api_images_list(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_image_query q = { 0 };
    apr_int64_t generation;
    apr_status_t rv = read_query(&q, in, err);

    if (rv != APR_SUCCESS)
        return rv;
    if (!site->settings->save) {
        simg_answer_list(out, in, json_array(), 0, NULL);
        return APR_SUCCESS;
    }
    rv = simg_index_generation(&generation, site->index, err);
    if (rv != APR_SUCCESS || simg_answer_unchanged(out, in, generation, site))
        return rv;
    return list(out, in, &q, site, err);
}

static apr_status_t not_found(const simg_request *in, simg_problem *err)
{
    return simg_problem_set(err, in->p, "image-not-found", APR_ENOENT, "no such image");
}

apr_status_t simg_api_image_get(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_image image;
    apr_status_t rv = APR_ENOENT;

    if (site->settings->save)
        rv = simg_images_get(&image, site->index, in->params[0], in->p, err);
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        return not_found(in, err);
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, image_json(&image, site, in->p));
    return rv;
}

typedef struct change {
    int keep;
} change;

static const simg_member changes[] = {
    { "keep", SIMG_MEMBER_BOOLEAN, 1, 0, 0, APR_OFFSETOF(change, keep), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

apr_status_t simg_api_image_change(simg_response *out, const simg_request *in, const simg_site *site,
                                   simg_problem *err)
{
    json_t *body = NULL;
    change wanted = { 0 };
    apr_status_t rv = simg_body_read(&body, in, site, err);

    if (rv == APR_SUCCESS)
        rv = simg_reader_object(&wanted, body, changes, "", in->p, err);
    if (rv == APR_SUCCESS)
        rv = site->settings->save ? simg_images_keep(site->index, site->name, in->params[0], wanted.keep, err) : APR_ENOENT;
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        return not_found(in, err);
    return rv == APR_SUCCESS ? simg_api_image_get(out, in, site, err) : rv;
}

apr_status_t simg_api_image_delete(simg_response *out, const simg_request *in, const simg_site *site,
                                   simg_problem *err)
{
    const char *name = in->params[0];
    int removed = 0;
    apr_status_t rv = site->settings->save ? simg_sweep_image(&removed, site, name, in->p, err) : APR_SUCCESS;

    if (rv == APR_SUCCESS && !removed)
        return not_found(in, err);
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, json_pack("{s:s, s:i}", "filename", name, "images", removed));
    return rv;
}
