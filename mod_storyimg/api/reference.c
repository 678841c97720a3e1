/* SPDX-License-Identifier: Apache-2.0 */
#include "api/reference.h"

#include "story/upload_name.h"
#include "work/uploads.h"

apr_status_t simg_reference_find(simg_upload_row *out, const char *url, const char *member, const simg_request *in,
                                 const simg_site *site, simg_problem *err)
{
    const simg_upload_place place = { site->settings->upload_url, in->hosts };
    const char *name = simg_upload_name_of(url, &place);

    if (!name)
        return simg_problem_set(err, in->p, "invalid-body", APR_EINVAL, "%s: must be one of this site's own uploads",
                                member);
    return simg_uploads_find(out, site, name, in->p, err);
}
