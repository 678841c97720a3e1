/* SPDX-License-Identifier: Apache-2.0 */
/** Numbers that all processes of a server count together, exactly, in memory they share: without locks (C11 atomics), so
 * that a process killed at any moment spoils nothing and nobody ever waits. */
#ifndef SIMG_BASE_METRICS_H
#define SIMG_BASE_METRICS_H

#include <apr_tables.h>
#include <apr_time.h>

#include "base/samples.h"

/** The shared memory itself: its address may differ from process to process. */
typedef struct simg_metrics simg_metrics;

/** How the memory is laid out: another version of us does not read what this one wrote. Raised with each change of
 * base/metrics.c, and of the buckets of base/metric.c. */
#define SIMG_METRICS_LAYOUT "1"

/** Bytes of shared memory for at least so many series. */
apr_size_t simg_metrics_size(int series);

/** Make the memory ready. By one process, once. */
simg_metrics *simg_metrics_init(void *memory, int series);

/** Add n (0 is allowed, less is ignored) to a counter of a site. What there is no room for is counted in
 * SIMG_METRIC_lost. Here and below metrics may be NULL: nothing happens.
 * @param labels  SIMG_LABELS(…); NULL if the metric has none */
void simg_metrics_add(simg_metrics *metrics, const char *site, simg_metric metric, const char *const *labels,
                      apr_int64_t n);

/** Add an observation to a histogram. */
void simg_metrics_observe(simg_metrics *metrics, const char *site, simg_metric metric, const char *const *labels,
                          apr_interval_time_t took);

/** All series of a site as they are now, in no order: of simg_sample, to which others may be added. */
apr_array_header_t *simg_metrics_read(const simg_metrics *metrics, const char *site, apr_pool_t *p);

#endif
