/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"

#include <string.h>

#include <apr_base64.h>
#include <apr_strings.h>

#include "api/query.h"
#include "base/clock.h"
#include "base/json.h"
#include "queue/job.h"
#include "store/thumbs.h"

void simg_answer_data(simg_response *out, const simg_request *in, json_t *data)
{
    out->json = simg_json_own(in->p, json_pack("{s:b, s:o}", "success", 1, "data", data));
}

void simg_answer_list(simg_response *out, const simg_request *in, json_t *data, apr_int64_t total, const char *next)
{
    json_t *meta = json_pack("{s:I, s:o}", "total", (json_int_t)total, "nextCursor", simg_json_string(next));

    simg_answer_data(out, in, data);
    json_object_set_new(out->json, "meta", meta);
    if (next)
        apr_table_setn(out->headers, "Link", apr_psprintf(in->p, "<%s>; rel=\"next\"", simg_query_next(in, next)));
}

/** FNV-1a (RFC draft-eastlake-fnv): an ETag must differ when its input does, nobody gains by making two alike. */
static apr_uint64_t mix(apr_uint64_t h, const char *s)
{
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * APR_UINT64_C(1099511628211);
    return (h ^ 0xff) * APR_UINT64_C(1099511628211);
}

/** @return 1 if a field value of If-None-Match names this tag, by weak comparison (RFC 9110, 13.1.2). */
static int names_tag(const char *field, const char *tag)
{
    return !strcmp(field, "*") || strstr(field, tag) != NULL;
}

int simg_answer_unchanged(simg_response *out, const simg_request *in, apr_int64_t generation, const simg_site *site)
{
    apr_uint64_t h = mix(APR_UINT64_C(14695981039346656037), in->path);
    const char *tag;

    h = mix(h, in->query ? in->query : "");
    h = mix(h, in->mount);
    h = mix(h, site->settings->generated_url);
    tag = apr_psprintf(in->p, "\"%" APR_INT64_T_FMT "-%" APR_UINT64_T_HEX_FMT "\"", generation, h);
    apr_table_setn(out->headers, "ETag", apr_pstrcat(in->p, "W/", tag, NULL));
    apr_table_setn(out->headers, "Cache-Control", "no-cache");
    if (!in->if_none_match || !names_tag(in->if_none_match, tag))
        return 0;
    out->status = 304;
    return 1;
}

const char *simg_answer_local_url(const simg_site *site, const char *filename, apr_pool_t *p)
{
    return apr_pstrcat(p, site->settings->generated_url, filename, NULL);
}

const char *simg_answer_thumbnail_url(const simg_site *site, const char *filename, apr_pool_t *p)
{
    return apr_pstrcat(p, site->settings->generated_url, SIMG_THUMBS_FOLDER "/", simg_thumb_name(filename, p), NULL);
}

static json_t *base64_of(const simg_picture *picture, apr_pool_t *p)
{
    char *text = apr_palloc(p, (apr_size_t)apr_base64_encode_len((int)picture->bytes_len));

    apr_base64_encode(text, picture->bytes, (int)picture->bytes_len);
    return json_string_nocheck(text);
}

static json_t *error_of(const simg_page_row *row)
{
    return json_pack("{s:s, s:o}", "code", row->error_code, "message", simg_json_string(row->error_message));
}

/** Where the picture is: the provider's URL, our own, or the bytes. */
static void add_place(json_t *j, const simg_page_row *row, const simg_picture *picture, const simg_site *site,
                      apr_pool_t *p)
{
    const char *local = row->filename ? simg_answer_local_url(site, row->filename, p) : NULL;

    if (row->url || local)
        json_object_set_new(j, "url", json_string(row->url ? row->url : local));
    if (local) {
        json_object_set_new(j, "localUrl", json_string(local));
        json_object_set_new(j, "thumbnailUrl", json_string(simg_answer_thumbnail_url(site, row->filename, p)));
    }
    if (picture && picture->bytes)
        json_object_set_new(j, "b64_json", base64_of(picture, p));
}

static void add_bytes_facts(json_t *j, const simg_page_row *row)
{
    if (!row->sha256)
        return;
    json_object_set_new(j, "width", json_integer(row->width));
    json_object_set_new(j, "height", json_integer(row->height));
    json_object_set_new(j, "size", json_integer(row->size));
    json_object_set_new(j, "sha256", json_string(row->sha256));
}

json_t *simg_answer_illustration(const simg_page_row *row, const simg_picture *picture, const simg_site *site,
                                 apr_pool_t *p)
{
    json_t *j = json_object();

    if (!row->error_code)
        add_place(j, row, picture, site, p);
    json_object_set_new(j, "description", simg_json_string(row->scene));
    json_object_set_new(j, "pageNumber", json_integer(row->number));
    if (row->error_code) {
        json_object_set_new(j, "error", error_of(row));
        return j;
    }
    json_object_set_new(j, "model", simg_json_string(row->model));
    json_object_set_new(j, "characterReferenced", json_boolean(row->referenced));
    add_bytes_facts(j, row);
    json_object_set_new(j, "costUsd", simg_json_dollars(row->cost));
    if (row->reused)
        json_object_set_new(j, "reused", json_true());
    json_object_set_new(j, "aiGenerated", json_true());
    return j;
}

/** 1 if pictures may still come by themselves. */
static int is_pending(const simg_story_row *row)
{
    int status = row->job_status ? simg_job_status_read(row->job_status) : -1;

    return status >= 0 && !simg_job_is_over((simg_job_status)status);
}

static json_t *metadata_of(const simg_story_row *row, apr_pool_t *p)
{
    return json_pack("{s:s, s:o, s:i, s:b, s:o, s:b, s:o}", "generatedAt", simg_clock_iso(row->created_at, p), "model",
                     simg_json_string(row->model), "wordCount", row->word_count, "characterDescriptorUsed",
                     row->descriptor_used, "illustrationJobId", simg_json_string(row->job_id), "illustrationsPending",
                     is_pending(row), "costUsd", simg_json_dollars(row->cost));
}

json_t *simg_answer_story(const simg_story_row *row, json_t *illustrations, apr_pool_t *p)
{
    json_t *character = json_loads(row->character, 0, NULL);

    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id", row->id, "story", row->text, "title", row->title,
                     "character", character ? character : json_null(), "metadata", metadata_of(row, p), "illustrations",
                     illustrations);
}

/** The whole cost is known only if every part of it is. */
static apr_int64_t add_costs(apr_int64_t sum, const simg_page_row *row)
{
    if (!row->filename || sum < 0)
        return sum;
    return row->cost < 0 ? -1 : sum + row->cost;
}

json_t *simg_answer_stored_story(const simg_story_row *stored, const simg_site *site, apr_pool_t *p)
{
    simg_story_row row = *stored;
    int i;

    for (i = 0; i < row.pages->nelts; i++)
        row.cost = add_costs(row.cost, &APR_ARRAY_IDX(row.pages, i, simg_page_row));
    return simg_answer_story(&row, simg_answer_results(&row, site, p), p);
}

json_t *simg_answer_results(const simg_story_row *row, const simg_site *site, apr_pool_t *p)
{
    json_t *drawn = json_array();
    int i;

    for (i = 0; i < row->pages->nelts; i++) {
        const simg_page_row *page = &APR_ARRAY_IDX(row->pages, i, simg_page_row);

        if (page->wanted && (page->filename || page->error_code))
            json_array_append_new(drawn, simg_answer_illustration(page, NULL, site, p));
    }
    return drawn;
}
