/* SPDX-License-Identifier: Apache-2.0 */
#include "base/problem.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

static const simg_problem_kind kinds[] = {
    { "invalid-request", 400, "Invalid request" },
    { "invalid-body", 400, "Invalid request body" },
    { "invalid-query", 400, "Invalid query" },
    { "bad-cursor", 400, "Invalid cursor" },
    { "bad-event-id", 400, "Invalid Last-Event-ID" },
    { "bad-idempotency-key", 400, "Invalid Idempotency-Key" },
    { "not-found", 404, "No such resource" },
    { "story-not-found", 404, "No such story" },
    { "job-not-found", 404, "No such job" },
    { "image-not-found", 404, "No such image" },
    { "reference-gone", 404, "Uploaded picture gone" },
    { "method-not-allowed", 405, "Method not allowed" },
    { "story-exists", 409, "Story id already used" },
    { "job-finished", 409, "Job already finished" },
    { "body-too-large", 413, "Request body too large" },
    { "unsupported-media-type", 415, "Unsupported media type" },
    { "content-policy", 422, "Refused by content policy" },
    { "idempotency-key-reused", 422, "Idempotency-Key reused" },
    { "rate-limited", 429, "Too many requests upstream" },
    { "internal", 500, "Internal error" },
    { "storage-unwritable", 500, "Storage not writable" },
    { "upstream-auth", 502, "Upstream refused our credentials" },
    { "upstream-error", 502, "Upstream error" },
    { "upstream-refused", 502, "Upstream refused the request" },
    { "bad-upstream-answer", 502, "Unusable upstream answer" },
    { "bad-image", 502, "Unusable image from upstream" },
    { "fetch-refused", 502, "Image URL not allowed" },
    { "fetch-failed", 502, "Image could not be downloaded" },
    { "outcome-unknown", 502, "Outcome unknown" },
    { "upstream-unreachable", 503, "Upstream not reachable" },
    { "insufficient-quota", 503, "Upstream quota used up" },
    { "index-unavailable", 503, "Index not available" },
    { "illustrator-unavailable", 503, "No illustrator for this" },
    { "moderation-unavailable", 503, "Moderation not available" },
    { "analysis-unavailable", 503, "Image analysis not available" },
    { "thumbnail-unavailable", 503, "No thumbnail at the moment" },
    { "too-many-waiting", 503, "Too many requests are waiting" },
    { "upstream-timeout", 504, "Upstream did not answer in time" },
    { "storage-full", 507, "Storage full" },
    { NULL, 0, NULL },
};

const simg_problem_kind *simg_problem_kinds(void)
{
    return kinds;
}

static const simg_problem_kind *kind_of(const char *code)
{
    const simg_problem_kind *k;

    for (k = kinds; k->code; k++)
        if (!strcmp(k->code, code))
            return k;
    return kind_of("internal");
}

apr_status_t simg_problem_set(simg_problem *err, apr_pool_t *p, const char *code, apr_status_t rv, const char *fmt, ...)
{
    const simg_problem_kind *kind = kind_of(code);
    va_list ap;

    va_start(ap, fmt);
    *err = (simg_problem){ .status = kind->status,
                           .code = kind->code,
                           .title = kind->title,
                           .detail = apr_pvsprintf(p, fmt, ap),
                           .rv = rv == APR_SUCCESS ? APR_EGENERAL : rv };
    va_end(ap);
    return err->rv;
}

apr_status_t simg_problem_cause(simg_problem *err, apr_pool_t *p, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    err->cause = apr_pvsprintf(p, fmt, ap);
    va_end(ap);
    return err->rv;
}
