/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "api/answer.h"
#include "base/json.h"
#include "work/intake.h"

/** The members at the top are read there by clients written for the first story-book server. */
static void answer(simg_response *out, const simg_request *in, const simg_upload_row *row, const simg_site *site)
{
    const char *path = apr_pstrcat(in->p, site->settings->upload_url, row->filename, NULL);

    simg_answer_data(out, in,
                     json_pack("{s:s, s:s, s:i, s:i, s:I, s:s}", "filename", row->filename, "path", path, "width",
                               row->width, "height", row->height, "size", (json_int_t)row->size, "sha256",
                               row->sha256));
    json_object_set_new(out->json, "message", json_string("Image uploaded successfully"));
    json_object_set_new(out->json, "filename", json_string(row->filename));
    json_object_set_new(out->json, "path", json_string(path));
}

apr_status_t simg_api_upload(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_upload_row row;
    simg_intake *intake;
    apr_status_t rv = simg_intake_begin(&intake, site, in->content_type, in->content_length, in->p, err);

    if (rv == APR_SUCCESS)
        rv = in->read_pieces(in, simg_intake_take, intake, err);
    if (rv == APR_SUCCESS)
        rv = simg_intake_end(&row, intake, err);
    if (rv == APR_SUCCESS)
        answer(out, in, &row, site);
    return rv;
}
