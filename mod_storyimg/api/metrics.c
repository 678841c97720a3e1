/* SPDX-License-Identifier: Apache-2.0 */
#include "api/metrics.h"

#include "api/api.h"
#include "base/clock.h"
#include "base/file.h"
#include "index/stock.h"
#include "queue/backlog.h"

#define TYPE "text/plain; version=0.0.4; charset=utf-8"

/** What the index says. */
typedef struct known {
    simg_stock stock;
    simg_backlog backlog;
} known;

static apr_status_t ask_index(known *k, const simg_site *site)
{
    simg_problem ignored = { 0 };
    simg_db *db;
    apr_status_t rv = site->index ? simg_index_borrow(&db, site->index, &ignored) : APR_EGENERAL;

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_stock_read(&k->stock, db, site->name, &ignored);
    if (rv == APR_SUCCESS)
        rv = simg_backlog_read(&k->backlog, db, site->name, simg_clock_now(), &ignored);
    simg_index_return(site->index, db);
    return rv;
}

static void add_known(apr_array_header_t *samples, const known *k)
{
    simg_samples_set(samples, SIMG_METRIC_images, NULL, k->stock.images);
    simg_samples_set(samples, SIMG_METRIC_images_bytes, NULL, k->stock.bytes);
    simg_samples_set(samples, SIMG_METRIC_stories, NULL, k->stock.stories);
    simg_samples_set(samples, SIMG_METRIC_jobs_open, NULL, k->backlog.jobs);
    simg_samples_set(samples, SIMG_METRIC_pages, SIMG_LABELS("pending"), k->backlog.pending);
    simg_samples_set(samples, SIMG_METRIC_pages, SIMG_LABELS("sent"), k->backlog.sent);
    simg_samples_set(samples, SIMG_METRIC_queue_oldest, NULL, k->backlog.overdue);
}

/* An index that is gone is no news for the log each time that somebody looks: the number says it. */
apr_array_header_t *simg_metrics_gather(const simg_site *site, apr_pool_t *p)
{
    apr_array_header_t *samples = simg_metrics_read(site->metrics, site->name, p);
    apr_int64_t bytes;
    known k;
    int up = ask_index(&k, site) == APR_SUCCESS;

    if (up)
        add_known(samples, &k);
    simg_samples_set(samples, SIMG_METRIC_index_up, NULL, up);
    if (simg_disk_free(&bytes, site->settings->generated_dir) == APR_SUCCESS)
        simg_samples_set(samples, SIMG_METRIC_disk_free, NULL, bytes);
    simg_samples_set(samples, SIMG_METRIC_waiting, NULL, simg_slots_waiting(site->slots));
    simg_samples_set(samples, SIMG_METRIC_build_info, SIMG_LABELS(PACKAGE_VERSION), 1);
    return samples;
}

apr_status_t simg_api_metrics(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    (void)err;
    out->text = simg_samples_text(simg_metrics_gather(site, in->p), in->p);
    out->type = TYPE;
    return APR_SUCCESS;
}
