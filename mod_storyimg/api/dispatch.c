/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include <string.h>

#include <apr_strings.h>

#include "api/idempotency.h"
#include "base/json.h"
#include "base/utf8.h"

/* COSTS: may spend money, so it is written down, and takes an Idempotency-Key. WAITS: keeps its thread for long, so
 * only so many may at once. */
enum { COSTS = 1, WAITS = 2 };

static const struct route {
    const char *method, *pattern;
    simg_api_fn *handler;
    int flags;
} routes[] = {
    { "GET", "/health", simg_api_health, 0 },
    { "GET", "/metrics", simg_api_metrics, 0 },
    { "GET", "/images/generated", simg_api_images_list, 0 },
    { "GET", "/images/generated/{filename}", simg_api_image_get, 0 },
    { "PATCH", "/images/generated/{filename}", simg_api_image_change, 0 },
    { "DELETE", "/images/generated/{filename}", simg_api_image_delete, 0 },
    { "POST", "/stories/generate", simg_api_story_generate, COSTS | WAITS },
    { "POST", "/stories/suggestions", simg_api_suggestions, COSTS | WAITS },
    { "GET", "/stories", simg_api_stories_list, 0 },
    { "GET", "/stories/illustrations/jobs", simg_api_jobs_list, 0 },
    { "GET", "/stories/illustrations/job/{id}", simg_api_job_get, 0 },
    { "DELETE", "/stories/illustrations/job/{id}", simg_api_job_cancel, 0 },
    { "GET", "/stories/illustrations/job/{id}/events", simg_api_job_events, WAITS },
    { "POST", "/stories/illustrations/job/{id}/retry", simg_api_job_retry, COSTS },
    { "GET", "/stories/{id}", simg_api_story_get, 0 },
    { "DELETE", "/stories/{id}", simg_api_story_delete, 0 },
    { "POST", "/images/generate-illustration", simg_api_single, COSTS | WAITS },
    { "POST", "/images/generate-character-consistent-illustration", simg_api_single, COSTS | WAITS },
    { "POST", "/images/generate-with-gpt-image-1", simg_api_single, COSTS | WAITS },
    { "POST", "/images/generate-character-portrait", simg_api_single, COSTS | WAITS },
    { "POST", "/upload", simg_api_upload, 0 },
    { "POST", "/character/analyze-image", simg_api_character_analyze, COSTS | WAITS },
    { "POST", "/images/analyze-character-image", simg_api_image_analyze, COSTS | WAITS },
    { "DELETE", "/subjects/{subject}", simg_api_subject_delete, 0 },
};

#define RETRY_AFTER apr_time_from_sec(10)
#define ROUTES (int)(sizeof(routes) / sizeof(*routes))

/** @return 1 if path is of this pattern; what stands for {…} goes to params. */
static int match(const char *pattern, const char *path, const char **params, apr_pool_t *p)
{
    int n = 0;

    while (*pattern && *path) {
        if (*pattern == '{') {
            apr_size_t len = strcspn(path, "/");

            if (len == 0 || n == SIMG_PARAMS_MAX)
                return 0;
            params[n++] = apr_pstrmemdup(p, path, len);
            path += len;
            pattern += strcspn(pattern, "}") + 1;
        } else if (*pattern++ != *path++) {
            return 0;
        }
    }
    return !*pattern && !*path;
}

static int is_method(const char *asked, const char *of_route)
{
    return !strcmp(asked, of_route) || (!strcmp(asked, "HEAD") && !strcmp(of_route, "GET"));
}

/** A literal route wins over one with a parameter: POST-only /stories/generate is not the story "generate". */
static int literal(const struct route *r)
{
    return strchr(r->pattern, '{') == NULL;
}

static void allow(apr_table_t *headers, const char *method)
{
    apr_table_mergen(headers, "Allow", method);
    if (!strcmp(method, "GET"))
        apr_table_mergen(headers, "Allow", "HEAD");
}

/** The route, or NULL; *known becomes one of this path if it has other methods, which then stand in Allow. */
static const struct route *find(simg_request *in, apr_table_t *headers, const struct route **known)
{
    int only_literal = 0, i, pass;

    *known = NULL;
    for (pass = 0; pass < 2 && !only_literal; pass++) {
        for (i = 0; i < ROUTES; i++) {
            if (literal(&routes[i]) != (pass == 0) || !match(routes[i].pattern, in->path, in->params, in->p))
                continue;
            if (is_method(in->method, routes[i].method))
                return &routes[i];
            allow(headers, routes[i].method);
            *known = &routes[i];
            only_literal = 1;
        }
    }
    return NULL;
}

static apr_status_t run(const struct route *route, simg_response *out, simg_request *in, const simg_site *site,
                        simg_problem *err)
{
    return route->flags & COSTS ? simg_idempotent(out, in, site, route->handler, err)
                                : route->handler(out, in, site, err);
}

/** Other sites of this server need their threads too. */
static apr_status_t run_waiting(const struct route *route, simg_response *out, simg_request *in, const simg_site *site,
                                simg_problem *err)
{
    apr_status_t rv;

    if (!simg_slots_enter(site->slots, site->waiting_max)) {
        simg_problem_set(err, in->p, "too-many-waiting", APR_EGENERAL, "too many requests are waiting; try again soon");
        simg_problem_cause(err, in->p, "StoryImgMaxWaiting %d", site->waiting_max);
        err->retry_after = RETRY_AFTER;
        return err->rv;
    }
    rv = run(route, out, in, site, err);
    simg_slots_leave(site->slots);
    return rv;
}

/** @param known  receives the route that the path is one of; NULL: none */
static apr_status_t answer(const struct route **known, simg_response *out, simg_request *in, const simg_site *site,
                           simg_problem *err)
{
    const struct route *route;

    *known = NULL;
    out->status = 200;
    out->headers = apr_table_make(in->p, 4);
    out->json = NULL;
    if (!simg_utf8_valid(in->path, strlen(in->path)))
        return simg_problem_set(err, in->p, "invalid-request", APR_EINVAL, "path: not UTF-8");
    route = find(in, out->headers, known);
    if (route) {
        *known = route;
        apr_table_unset(out->headers, "Allow");
        return route->flags & WAITS ? run_waiting(route, out, in, site, err) : run(route, out, in, site, err);
    }
    if (*known)
        return simg_problem_set(err, in->p, "method-not-allowed", APR_EINVAL, "%s is not allowed here; use %s",
                                in->method, apr_table_get(out->headers, "Allow"));
    return simg_problem_set(err, in->p, "not-found", APR_ENOENT, "there is nothing at this path of the API");
}

/** A client may send any word as its method. */
static const char *method_of(const simg_request *in)
{
    static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };
    apr_size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(*methods); i++)
        if (!strcmp(in->method, methods[i]))
            return methods[i];
    return "other";
}

/** What the client is told. A stream has begun as a success. */
static const char *status_of(apr_status_t rv, const simg_response *out, const simg_request *in, const simg_problem *err)
{
    int failed = err->status ? err->status : 500;

    return apr_itoa(in->p, rv == APR_SUCCESS || out->streamed ? out->status : failed);
}

apr_status_t simg_api_dispatch(simg_response *out, simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_time_t began = apr_time_now();
    const struct route *known;
    apr_status_t rv = answer(&known, out, in, site, err);
    const char *route = known ? known->pattern : "other";

    simg_metrics_observe(site->metrics, site->name, SIMG_METRIC_request_seconds, SIMG_LABELS(route),
                         apr_time_now() - began);
    simg_metrics_add(site->metrics, site->name, SIMG_METRIC_requests,
                     SIMG_LABELS(route, method_of(in), status_of(rv, out, in, err)), 1);
    return rv;
}

json_t *simg_api_problem_json(const simg_problem *err, apr_pool_t *p)
{
    const char *type = apr_pstrcat(p, SIMG_DOCS_URL, "/problems.md#", err->code, NULL);

    return simg_json_own(p, json_pack("{s:s, s:s, s:i, s:s, s:s, s:b, s:s}", "type", type, "title", err->title,
                                      "status", err->status, "detail", err->detail, "code", err->code, "success", 0,
                                      "error", err->detail));
}
