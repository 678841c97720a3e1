/* SPDX-License-Identifier: Apache-2.0 */
/* What a hero looks like, in words. */
#include <string.h>

#include <apr_strings.h>

#include "api/answer.h"
#include "api/body.h"
#include "api/reference.h"
#include "base/json.h"
#include "base/reader.h"
#include "work/describe.h"
#include "work/moderate.h"

#define AT(member) APR_OFFSETOF(question, member)
#define PER_CENT 100.0

typedef struct question {
    const char *image_url, *traits;
} question;

static const simg_member with_traits[] = {
    { "imageUrl", SIMG_MEMBER_TEXT, 1, 1, 2000, AT(image_url), NULL, 0 },
    { "traits", SIMG_MEMBER_TEXT, 0, 1, 1000, AT(traits), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static const simg_member image_alone[] = {
    { "imageUrl", SIMG_MEMBER_TEXT, 1, 1, 2000, AT(image_url), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

typedef struct finding {
    question asked;
    simg_upload_row upload;
    simg_description said;
} finding;

static apr_status_t find(finding *out, const simg_member *members, const simg_request *in, const simg_site *site,
                         simg_problem *err)
{
    simg_looking looking = { .request_id = in->id };
    json_t *body = NULL;
    apr_status_t rv = simg_body_read(&body, in, site, err);

    *out = (finding){ .asked = { NULL, NULL } };
    if (rv == APR_SUCCESS)
        rv = simg_reader_object(&out->asked, body, members, "", in->p, err);
    if (rv == APR_SUCCESS)
        rv = simg_reference_find(&out->upload, out->asked.image_url, "imageUrl", in, site, err);
    looking.traits = out->asked.traits;
    if (rv == APR_SUCCESS && looking.traits)
        rv = simg_moderate_text(site, looking.traits, in->p, err);
    return rv == APR_SUCCESS ? simg_describe(&out->said, site, &out->upload, &looking, in->p, err) : rv;
}

/** The part after the slash, as in other answers. */
static const char *model_of(const simg_description *said)
{
    const char *slash = strchr(said->model, '/');

    return slash ? slash + 1 : said->model;
}

apr_status_t simg_api_character_analyze(simg_response *out, const simg_request *in, const simg_site *site,
                                        simg_problem *err)
{
    finding f;
    apr_status_t rv = find(&f, with_traits, in, site, err);

    if (rv == APR_SUCCESS)
        simg_answer_data(out, in,
                         json_pack("{s:s, s:s, s:s, s:o, s:b}", "descriptor", f.said.words, "hash", f.upload.sha256,
                                   "model", model_of(&f.said), "confidence",
                                   f.said.confidence < 0 ? json_null() : json_real(f.said.confidence / PER_CENT),
                                   "cached", f.said.cached));
    return rv;
}

apr_status_t simg_api_image_analyze(simg_response *out, const simg_request *in, const simg_site *site,
                                    simg_problem *err)
{
    finding f;
    apr_status_t rv = find(&f, image_alone, in, site, err);

    if (rv == APR_SUCCESS)
        simg_answer_data(out, in,
                         json_pack("{s:s, s:s}", "analysis", f.said.words, "imageUrl", f.asked.image_url));
    return rv;
}
