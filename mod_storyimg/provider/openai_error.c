/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/openai.h"

#include <string.h>
#include <strings.h>

typedef struct rule {
    int from, to;     /* statuses */
    const char *word; /* the code or the type; NULL: any */
    simg_verdict verdict;
} rule;

#define POLICY                                                                                                         \
    {                                                                                                                  \
        SIMG_OUTCOME_REFUSED, "content-policy", "the upstream's content policy refused this"                           \
    }
#define QUOTA                                                                                                          \
    {                                                                                                                  \
        SIMG_OUTCOME_UNFIT, "insufficient-quota", "the quota at the upstream is used up"                               \
    }
#define AUTH                                                                                                           \
    {                                                                                                                  \
        SIMG_OUTCOME_UNFIT, "upstream-auth", "the upstream refused our credentials"                                    \
    }
#define NO_MODEL                                                                                                       \
    {                                                                                                                  \
        SIMG_OUTCOME_UNFIT, "upstream-refused", "the upstream does not have this model"                                \
    }
#define NONSENSE                                                                                                       \
    {                                                                                                                  \
        SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer", "the upstream's answer makes no sense"                            \
    }
#define TOO_LATE                                                                                                       \
    {                                                                                                                  \
        SIMG_OUTCOME_UNKNOWN, "upstream-timeout", "the upstream did not answer in time"                                \
    }
#define UNREACHABLE                                                                                                    \
    {                                                                                                                  \
        SIMG_OUTCOME_NOTHING, "upstream-unreachable", "the upstream cannot be reached"                                 \
    }

/* The first that fits counts. */
static const rule rules[] = {
    { 400, 499, "insufficient_quota", QUOTA },
    { 400, 499, "billing_hard_limit_reached", QUOTA },
    { 402, 402, NULL, QUOTA },
    { 429, 429, NULL, { SIMG_OUTCOME_NOTHING, "rate-limited", "the upstream has too many requests" } },
    { 400, 499, "content_policy_violation", POLICY },
    { 400, 499, "moderation_blocked", POLICY },
    { 400, 499, "content_filter", POLICY },
    { 400, 499, "contentFilter", POLICY },
    { 400, 499, "ResponsibleAIPolicyViolation", POLICY },
    { 400, 499, "invalid_prompt", POLICY },
    { 401, 401, NULL, AUTH },
    { 403, 403, NULL, AUTH },
    { 400, 499, "model_not_found", NO_MODEL },
    { 404, 404, NULL, NO_MODEL },
    { 400, 499, NULL, { SIMG_OUTCOME_UNFIT, "upstream-refused", "the upstream refused the request" } },
    { 500, 599, NULL, { SIMG_OUTCOME_NOTHING, "upstream-error", "the upstream failed" } },
    { 300, 399, NULL, { SIMG_OUTCOME_UNFIT, "upstream-error", "the upstream sent us elsewhere" } },
    { 0, 999, NULL, NONSENSE },
};

static const simg_verdict ends[] = {
    [SIMG_HTTP_ANSWERED] = NONSENSE,
    [SIMG_HTTP_NOT_SENT] = UNREACHABLE,
    [SIMG_HTTP_FORBIDDEN] = UNREACHABLE,
    [SIMG_HTTP_TIMED_OUT] = TOO_LATE,
    [SIMG_HTTP_BROKEN] = { SIMG_OUTCOME_UNKNOWN, "outcome-unknown", "the upstream's answer broke off" },
    [SIMG_HTTP_TOO_LARGE] = NONSENSE,
    [SIMG_HTTP_STOPPED] = NONSENSE,
};

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

simg_openai_error simg_openai_error_read(const char *body, apr_size_t len, apr_pool_t *p)
{
    static const char *const inner[] = { "innererror", "inner_error" };
    const json_t *all = len ? simg_json_parse_lenient(body, len, NULL, p) : NULL;
    const json_t *error = json_object_get(all, "error");
    const json_t *said = json_is_object(error) ? error : all;
    simg_openai_error e = { text_of(said, "code"), text_of(said, "type"), text_of(said, "message"), NULL };
    size_t i;

    if (json_is_string(error))
        e.message = json_string_value(error);
    for (i = 0; i < sizeof(inner) / sizeof(inner[0]) && !e.inner; i++)
        e.inner = text_of(json_object_get(said, inner[i]), "code");
    return e;
}

static int says(const simg_openai_error *e, const char *word)
{
    const char *const said[] = { e->code, e->type, e->inner };
    size_t i;

    for (i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        if (said[i] && !strcasecmp(said[i], word))
            return 1;
    return 0;
}

const simg_verdict *simg_openai_verdict(int status, const simg_openai_error *e)
{
    const rule *r = rules;

    while (status < r->from || status > r->to || (r->word && !says(e, r->word)))
        r++;
    return &r->verdict;
}

const simg_verdict *simg_openai_end_verdict(simg_http_end end)
{
    return &ends[end];
}
