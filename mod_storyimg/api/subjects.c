/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"
#include "work/erase.h"

#define SUBJECT_MAX 128

static int is_subject(const char *s)
{
    apr_size_t i;

    for (i = 0; s[i]; i++)
        if (i >= SUBJECT_MAX || s[i] <= ' ' || s[i] > '~')
            return 0;
    return i > 0;
}

/** Whether it has ever been there is told to nobody: nothing to erase is success, too. */
apr_status_t simg_api_subject_delete(simg_response *out, const simg_request *in, const simg_site *site,
                                     simg_problem *err)
{
    const char *subject = in->params[0];
    simg_erased c;
    apr_status_t rv;

    if (!is_subject(subject))
        return simg_problem_set(err, in->p, "invalid-request", APR_EINVAL,
                                "subject: must have 1 to 128 visible ASCII characters");
    rv = simg_erase(&c, site, subject, in->p, err);
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in,
                         json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "subject", subject, "stories",
                                   (json_int_t)c.stories, "jobs", (json_int_t)c.jobs, "images", (json_int_t)c.images,
                                   "uploads", (json_int_t)c.uploads, "descriptors", (json_int_t)c.descriptors,
                                   "requests", (json_int_t)c.requests));
    return rv;
}
