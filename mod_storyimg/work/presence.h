/* SPDX-License-Identifier: Apache-2.0 */
/** Who is alive: each process holds a lock on a file of its own, which the kernel lets go of when the process ends,
 * however it ends. What a dead one had under way is then taken up at once, not only when its lease has run out. */
#ifndef SIMG_WORK_PRESENCE_H
#define SIMG_WORK_PRESENCE_H

#include <apr_pools.h>

/** Say that `owner` lives: lock STATE/workers/OWNER.lock. Held, by this process alone, until p is cleared or the
 * process ends; the file itself stays until somebody sees that it is nobody's. Makes the folder if it is missing. */
apr_status_t simg_presence_take(const char *state_dir, const char *owner, apr_pool_t *p);

typedef enum simg_presence {
    SIMG_PRESENCE_GONE,   /* the process has ended, for certain */
    SIMG_PRESENCE_ALIVE,  /* it runs, on this machine */
    SIMG_PRESENCE_UNKNOWN /* that cannot be known here (another machine, no such file): only its leases tell */
} simg_presence;

simg_presence simg_presence_of(const char *state_dir, const char *owner, apr_pool_t *p);

/** Remove the file of an owner that is gone. */
void simg_presence_forget(const char *state_dir, const char *owner, apr_pool_t *p);

/** Remove the files of all owners that are gone; after what they left was taken up. */
void simg_presence_sweep(const char *state_dir, apr_pool_t *p);

#endif
