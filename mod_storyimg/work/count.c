/* SPDX-License-Identifier: Apache-2.0 */
#include "work/count.h"

#include <string.h>

#include "base/clock.h"

/** A call, wherever what is known of it stands. */
typedef struct ended {
    const char *provider, *model, *operation;
    simg_outcome outcome;
    apr_interval_time_t took; /* 0: not known */
    apr_int64_t cost;
} ended;

apr_interval_time_t simg_count_since(apr_time_t then)
{
    apr_interval_time_t took = simg_clock_now() - then;

    return took > 0 ? took : 1;
}

/** Judgements are free. What was surely not made costs nothing. */
static int may_have_cost(const ended *e)
{
    return strcmp(e->operation, "moderation") && (e->outcome == SIMG_OUTCOME_MADE || e->outcome == SIMG_OUTCOME_UNKNOWN);
}

static void count(const simg_site *site, const ended *e)
{
    const char *const *model = SIMG_LABELS(e->provider, e->model);

    simg_metrics_add(site->metrics, site->name, SIMG_METRIC_calls,
                     SIMG_LABELS(e->provider, e->model, e->operation, simg_outcome_name(e->outcome)), 1);
    if (e->took)
        simg_metrics_observe(site->metrics, site->name, SIMG_METRIC_call_seconds,
                             SIMG_LABELS(e->provider, e->operation), e->took);
    if (e->cost >= 0)
        simg_metrics_add(site->metrics, site->name, SIMG_METRIC_cost, model, e->cost);
    else if (may_have_cost(e))
        simg_metrics_add(site->metrics, site->name, SIMG_METRIC_cost_unknown, model, 1);
}

/* The names are those of the configuration: what an upstream calls itself could be anything. */
void simg_count_call(const simg_site *site, const simg_call *call, const char *operation, apr_interval_time_t took,
                     apr_int64_t cost)
{
    const ended e = { call->model->provider->name, call->model->name, operation, call->outcome, took, cost };

    count(site, &e);
}

/* A call of our own that took no time was not sent. How long one of a dead process took is not known; and one whose
 * bytes turn up later was counted before. */
void simg_count_page(const simg_site *site, const simg_claim *claim, const simg_claim_end *end, const char *filename)
{
    const char *operation = claim->reference ? "edit" : "image";
    const ended e = { claim->provider, claim->model, operation, end->outcome, end->took, end->cost };

    if (end->outcome == SIMG_OUTCOME_REUSED)
        simg_metrics_add(site->metrics, site->name, SIMG_METRIC_reused, NULL, 1);
    else if (!claim->ended && (end->took || claim->owner))
        count(site, &e);
    if (filename)
        simg_metrics_add(site->metrics, site->name, SIMG_METRIC_saved, SIMG_LABELS(claim->kind), 1);
}

void simg_count_removed(const simg_site *site, const char *reason, int pictures)
{
    simg_metrics_add(site->metrics, site->name, SIMG_METRIC_removed, SIMG_LABELS(reason), pictures);
}

void simg_count_deduplicated(const simg_site *site)
{
    simg_metrics_add(site->metrics, site->name, SIMG_METRIC_deduplicated, NULL, 1);
}

void simg_count_thumbnail(const simg_site *site)
{
    simg_metrics_add(site->metrics, site->name, SIMG_METRIC_thumbnails, NULL, 1);
}
