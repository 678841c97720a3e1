/* SPDX-License-Identifier: Apache-2.0 */
/** How many requests of the whole server wait, counted in shared memory: a slot per child, so that a killed child takes
 * its share with it. Without locks (C11 atomics). */
#ifndef SIMG_BASE_SLOTS_H
#define SIMG_BASE_SLOTS_H

#include <apr_pools.h>

typedef struct simg_slots simg_slots;

/** Bytes of shared memory for so many children, with some room for those of an older generation. */
apr_size_t simg_slots_size(int children);

/** Make the memory ready. By the parent, once. */
void simg_slots_init(void *memory, int children);

/** Take a slot for this process. By each child, once, before its threads; given back with p. A slot whose process is
 * gone is taken over. @return never NULL: where no slot is free, one whose requests are counted in the last slot. */
simg_slots *simg_slots_open(void *memory, apr_pool_t *p);

/** One more waits. @return 1; or 0 if `limit` of the whole server wait already (then nothing is counted). Shares of
 * processes that are gone are struck out before anybody is refused. slots may be NULL: always 1. */
int simg_slots_enter(simg_slots *slots, int limit);
void simg_slots_leave(simg_slots *slots);

/** How many wait at the moment, everywhere. */
int simg_slots_waiting(const simg_slots *slots);

#endif
