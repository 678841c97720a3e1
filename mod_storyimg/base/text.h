/* SPDX-License-Identifier: Apache-2.0 */
/** Numbers, sizes and durations as people write them in a configuration; texts as numbers. Pure. */
#ifndef SIMG_BASE_TEXT_H
#define SIMG_BASE_TEXT_H

#include <apr_pools.h>
#include <apr_time.h>

/** Whole decimal number, optional sign, nothing else. @return 1 and *out, or 0. */
int simg_text_number(apr_int64_t *out, const char *s);

/** Bytes: `5M`, `256K`, `1G`, `1024`; K M G are 1024-based, either case, an optional B after them; a bare number counts in
 * `unit` bytes. @return 1 or 0. */
int simg_text_size(apr_int64_t *out, const char *s, apr_int64_t unit);

/** Duration: `120s`, `5min`, `2h`, `30d`, `250ms`; a bare number counts in `unit` (an apr_interval_time_t). @return 1
 * or 0. */
int simg_text_duration(apr_interval_time_t *out, const char *s, apr_interval_time_t unit);

/** on/off, true/false, yes/no, 1/0, any case. @return 1 and *out, or 0. */
int simg_text_flag(int *out, const char *s);

/** SHA-256 of bytes, as 64 hex digits. NULL if the cryptographic library fails. */
const char *simg_text_sha256(const void *data, apr_size_t len, apr_pool_t *p);

#endif
