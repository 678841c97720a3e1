/* SPDX-License-Identifier: Apache-2.0 */
/** Threads that do the same with each of many items: one for each processor, at most eight. */
#ifndef SIMG_CTL_CREW_H
#define SIMG_CTL_CREW_H

#include <apr_pools.h>

#include "ctl/digest.h"

typedef struct ctl_crew ctl_crew;

/** Do something with item number i. Called in any thread, each item once; worker is that thread's own. */
typedef void ctl_crew_fn(void *baton, int item, ctl_digest *worker);

/** Ended with p. Threads that cannot be had are missed in speed alone: the caller's is one of them. */
apr_status_t ctl_crew_create(ctl_crew **out, apr_pool_t *p);

/** All items, 0 .. n - 1, in any order; done on return. */
void ctl_crew_run(ctl_crew *crew, int n, ctl_crew_fn *fn, void *baton);

#endif
