/* SPDX-License-Identifier: Apache-2.0 */
/** The numbers of a site: those that are counted, and those that are asked for at the moment. */
#ifndef SIMG_API_METRICS_H
#define SIMG_API_METRICS_H

#include "work/site.h"

/** Of simg_sample (base/samples.h). What the index knows is missing if it does not answer; SIMG_METRIC_index_up says so.
 * Costs the same however many pictures there are. */
apr_array_header_t *simg_metrics_gather(const simg_site *site, apr_pool_t *p);

#endif
