/* SPDX-License-Identifier: Apache-2.0 */
/** Time and randomness come in here, and nowhere else, so that tests can set them. */
#ifndef SIMG_BASE_CLOCK_H
#define SIMG_BASE_CLOCK_H

#include <apr_pools.h>
#include <apr_time.h>

/** Now; or what simg_clock_set fixed. */
apr_time_t simg_clock_now(void);

/** For tests: stand still at t; 0 lets time run again. */
void simg_clock_set(apr_time_t t);

/** 64 random bits of the operating system; or the next of a sequence that simg_clock_seed started. */
apr_uint64_t simg_clock_random(void);

/** For tests: make simg_clock_random repeatable; 0 makes it random again. */
void simg_clock_seed(apr_uint64_t seed);

/** A new identifier of 26 characters [0-9a-hjkmnp-tv-z]: 48 bits of time in ms, 80 random bits (ULID, in lower case):
 * sorts by age. */
const char *simg_clock_id(apr_pool_t *p);

/** When an identifier was made (milliseconds); 0 if it is none of ours. */
apr_time_t simg_clock_id_time(const char *id);

/** ISO 8601, UTC, milliseconds: 2026-02-01T12:34:56.789Z. */
const char *simg_clock_iso(apr_time_t t, apr_pool_t *p);

/** The reverse; also takes a date alone, seconds, and an offset (+02:00). @return 1 and *out, or 0. */
int simg_clock_parse(apr_time_t *out, const char *iso);

#endif
