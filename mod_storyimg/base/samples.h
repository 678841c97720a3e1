/* SPDX-License-Identifier: Apache-2.0 */
/** Numbers at one moment, and the text that Prometheus reads them from (exposition format 0.0.4). Pure. */
#ifndef SIMG_BASE_SAMPLES_H
#define SIMG_BASE_SAMPLES_H

#include <apr_tables.h>

#include "base/metric.h"

typedef struct simg_sample {
    simg_metric metric;
    const char *labels; /* `kind="story"`; "": none */
    apr_int64_t numbers[SIMG_METRIC_NUMBERS];
} simg_sample;

/** Add a counter or gauge to an array of simg_sample. @param labels  as in base/metrics.h */
void simg_samples_set(apr_array_header_t *samples, simg_metric metric, const char *const *labels, apr_int64_t number);

/** The sum of all series of a metric (of a histogram: how many observations) that have this label.
 * @param label  NULL: of all */
apr_int64_t simg_samples_sum(const apr_array_header_t *samples, simg_metric metric, const char *label,
                             const char *value);

/** A number in millionths as a decimal one: "12.5". */
const char *simg_samples_decimal(apr_int64_t millionths, apr_pool_t *p);

/** All of them as text, by name, then by labels. The array is sorted. Counters that have no labels are told even where
 * nothing was counted. */
const char *simg_samples_text(apr_array_header_t *samples, apr_pool_t *p);

#endif
