/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include "base/clock.h"
#include "base/json.h"
#include "work/watch.h"

/** What a monitor may know of a problem: its kind and public sentence. */
static void add_degraded(json_t *list, const char *part, const simg_problem *err)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "part", part, "code", err->code, "detail", err->detail));
}

apr_status_t simg_api_health(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_problem found = { 0 };
    json_t *degraded = json_array();
    json_t *health, *models;

    (void)err;
    if (simg_site_ready(site, 1, in->p, &found) != APR_SUCCESS)
        add_degraded(degraded, "storage", &found);
    models = simg_watch_found(site, in->p);
    json_array_extend(degraded, models);
    json_decref(models);
    health = json_pack("{s:s, s:s, s:s, s:s}", "status", "OK", "message",
                       json_array_size(degraded) ? "degraded: see what is listed" : "stories can be told", "timestamp",
                       simg_clock_iso(simg_clock_now(), in->p), "version", PACKAGE_VERSION);
    if (json_array_size(degraded))
        json_object_set(health, "degraded", degraded);
    json_decref(degraded);
    out->json = simg_json_own(in->p, health);
    return APR_SUCCESS;
}
