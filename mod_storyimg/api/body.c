/* SPDX-License-Identifier: Apache-2.0 */
#include "api/body.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"

/** application/json, or a type built on it. Anything that a page of another site may post without asking, such as a
 * form or a body without a type, is refused: it would spend money where access goes by address. */
static int is_json(const char *type)
{
    apr_size_t len = type ? strcspn(type, "; \t") : 0;

    return (len == 16 && !strncasecmp(type, "application/json", 16)) ||
           (len > 5 && !strncasecmp(type + len - 5, "+json", 5));
}

apr_status_t simg_body_read(json_t **out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    const char *why = "not JSON";
    apr_size_t len = 0;
    char *data = NULL;
    apr_status_t rv;

    if (!is_json(in->content_type))
        return simg_problem_set(err, in->p, "unsupported-media-type", APR_EINVAL, "the body must be application/json");
    rv = in->read_body(in, &data, &len, (apr_size_t)site->settings->max_body, err);
    if (rv != APR_SUCCESS)
        return rv;
    *out = simg_json_parse(data, len, &why, in->p);
    return *out ? APR_SUCCESS : simg_problem_set(err, in->p, "invalid-body", APR_EINVAL, "body: %s", why);
}
