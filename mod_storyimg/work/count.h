/* SPDX-License-Identifier: Apache-2.0 */
/** What is counted of the work done (base/metric.h). A site without metrics counts nothing. */
#ifndef SIMG_WORK_COUNT_H
#define SIMG_WORK_COUNT_H

#include "queue/claims.h"
#include "work/site.h"

/** How long ago (simg_clock_now) this was; at least 1. */
apr_interval_time_t simg_count_since(apr_time_t then);

/** A call has ended, with call->outcome.
 * @param operation  "text", "image", "edit", "vision", "moderation"
 * @param cost       micro-dollars; -1: not known */
void simg_count_call(const simg_site *site, const simg_call *call, const char *operation, apr_interval_time_t took,
                     apr_int64_t cost);

/** The end of a claimed page is written down: its call, unless nothing was sent, and its picture.
 * @param filename  of the picture; NULL: it has none */
void simg_count_page(const simg_site *site, const simg_claim *claim, const simg_claim_end *end, const char *filename);

/** Pictures that went. @param reason  "age", "count", "size", "deleted", "erased" */
void simg_count_removed(const simg_site *site, const char *reason, int pictures);

/** One picture that was saved has the very bytes of another. */
void simg_count_deduplicated(const simg_site *site);

/** One thumbnail was made. */
void simg_count_thumbnail(const simg_site *site);

#endif
