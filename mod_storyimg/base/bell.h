/* SPDX-License-Identifier: Apache-2.0 */
/** News within one process: a job has come, a page has ended. Threads wait for it, and one loop turns at it. Other
 * processes are not told; who waits therefore looks again after a while by itself. */
#ifndef SIMG_BASE_BELL_H
#define SIMG_BASE_BELL_H

#include "base/loop.h"

typedef struct simg_bell simg_bell;

apr_status_t simg_bell_create(simg_bell **out, apr_pool_t *p);

/** There is news. From any thread; never blocks for long; NULL is no bell. */
void simg_bell_ring(simg_bell *bell);

/** How often it has rung so far: take it before looking, and give it to simg_bell_wait after. */
apr_uint32_t simg_bell_count(simg_bell *bell);

/** Wait until it has rung more often than `seen`, at most `timeout`. @return the count now. */
apr_uint32_t simg_bell_wait(simg_bell *bell, apr_uint32_t seen, apr_interval_time_t timeout);

/** The loop that is woken by each ring, in place of any other; NULL: none. When this returns the old one is not
 * touched any more. */
void simg_bell_attach(simg_bell *bell, simg_loop *loop);

#endif
