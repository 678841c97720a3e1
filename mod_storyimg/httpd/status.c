/* SPDX-License-Identifier: Apache-2.0 */
/* Our part of the page of mod_status: each site in a few numbers. */
#include "httpd/server.h"

#include <apr_optional_hooks.h>
#include <apr_strings.h>
#include <http_main.h>
#include <http_protocol.h>
#include <mod_status.h>

#include "api/metrics.h"

/** One number of a site. */
typedef struct figure {
    const char *key, *title; /* for ?auto, for people */
    simg_metric metric;
    const char *label, *value; /* of the series that are added up; NULL: of all */
} figure;

static const figure figures[] = {
    { "PagesSent", "Pages being drawn", SIMG_METRIC_pages, "state", "sent" },
    { "PagesPending", "Pages waiting", SIMG_METRIC_pages, "state", "pending" },
    { "ImagesSaved", "Pictures saved", SIMG_METRIC_saved, NULL, NULL },
    { "CallsMade", "Calls: made", SIMG_METRIC_calls, "outcome", "made" },
    { "CallsNothing", "nothing made", SIMG_METRIC_calls, "outcome", "nothing" },
    { "CallsUnfit", "not accepted", SIMG_METRIC_calls, "outcome", "unfit" },
    { "CallsRefused", "refused", SIMG_METRIC_calls, "outcome", "refused" },
    { "CallsUnknown", "unknown", SIMG_METRIC_calls, "outcome", "unknown" },
    { "CostDollars", "Dollars", SIMG_METRIC_cost, NULL, NULL },
};

#define FIGURES (sizeof(figures) / sizeof(*figures))

static const simg_site *site_of(const server_rec *s)
{
    const storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);

    return server->tells ? server->site : NULL;
}

/** NULL: not known now, as the index does not answer. */
static const char *number(const figure *f, const apr_array_header_t *samples, apr_pool_t *p)
{
    apr_int64_t n = simg_samples_sum(samples, f->metric, f->label, f->value);

    if (f->metric == SIMG_METRIC_pages && !simg_samples_sum(samples, SIMG_METRIC_index_up, NULL, NULL))
        return NULL;
    return simg_metric_kinds[f->metric].millionths ? simg_samples_decimal(n, p)
                                                   : apr_psprintf(p, "%" APR_INT64_T_FMT, n);
}

static void put_site(request_rec *r, const simg_site *site, int i, int flags)
{
    const apr_array_header_t *samples = simg_metrics_gather(site, r->pool);
    int for_programs = flags & AP_STATUS_SHORT, in_table = !(flags & AP_STATUS_NOTABLE);
    const char *name = ap_escape_html(r->pool, site->name);
    apr_size_t f;

    if (for_programs)
        ap_rprintf(r, "StoryImg[%d]Site: %s\n", i, site->name);
    else
        ap_rvputs(r, in_table ? "<tr><td>" : "<dt>", name, in_table ? "</td>" : "</dt>\n", NULL);
    for (f = 0; f < FIGURES; f++) {
        const char *value = number(&figures[f], samples, r->pool);

        if (for_programs && value)
            ap_rprintf(r, "StoryImg[%d]%s: %s\n", i, figures[f].key, value);
        else if (!for_programs && in_table)
            ap_rvputs(r, "<td>", value ? value : "?", "</td>", NULL);
        else if (!for_programs)
            ap_rvputs(r, "<dd>", figures[f].title, ": ", value ? value : "?", "</dd>\n", NULL);
    }
    if (!for_programs && in_table)
        ap_rputs("</tr>\n", r);
}

static void put_head(request_rec *r, int waiting, int flags)
{
    apr_size_t f;

    if (flags & AP_STATUS_SHORT) {
        ap_rprintf(r, "StoryImgRequestsWaiting: %d\n", waiting);
        return;
    }
    ap_rprintf(r, "<hr />\n<h2>Illustrated stories</h2>\n<p>Requests that wait for a model: %d. Counted since the "
                  "server was started.</p>\n", waiting);
    if (flags & AP_STATUS_NOTABLE) {
        ap_rputs("<dl>\n", r);
        return;
    }
    ap_rputs("<table border=\"0\"><tr><th>Site</th>", r);
    for (f = 0; f < FIGURES; f++)
        ap_rvputs(r, "<th>", figures[f].title, "</th>", NULL);
    ap_rputs("</tr>\n", r);
}

static int show(request_rec *r, int flags)
{
    const server_rec *s;
    int n = 0;

    for (s = ap_server_conf; s; s = s->next) {
        const simg_site *site = site_of(s);

        if (!site)
            continue;
        if (!n)
            put_head(r, simg_slots_waiting(site->slots), flags);
        put_site(r, site, n++, flags);
    }
    if (n && !(flags & AP_STATUS_SHORT))
        ap_rputs(flags & AP_STATUS_NOTABLE ? "</dl>\n" : "</table>\n", r);
    return OK;
}

void storyimg_status_register(apr_pool_t *p)
{
    (void)p;
    APR_OPTIONAL_HOOK(ap, status_hook, show, NULL, NULL, APR_HOOK_MIDDLE);
}
