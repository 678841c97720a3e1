/* SPDX-License-Identifier: Apache-2.0 */
/** One call that somebody left without an end; for recovery alone. */
#ifndef SIMG_WORK_SALVAGE_H
#define SIMG_WORK_SALVAGE_H

#include "queue/claims.h"
#include "store/store.h"
#include "work/site.h"

/** What was found and done. */
typedef struct simg_recovery {
    int finished; /* pictures whose bytes were whole on disk: saved after all */
    int unknown;  /* pages whose outcome nobody can know: ended as outcome-unknown */
    int damaged;  /* of these: their temporary files could not be read, and were kept */
    int removed;  /* temporary files of no use */
    int adopted;  /* files without a record that got one */
    int judged;   /* pictures that were judged in this round (work/moderate.h) */
    int waiting;  /* whole pictures that nobody can judge now: kept */
    int missing;  /* records without a file, removed */
} simg_recovery;

/** The store that the pictures of a site's jobs lie in, wherever saving is on. */
apr_status_t simg_salvage_store(simg_store **out, const simg_site *site, apr_pool_t *p, simg_problem *err);

/** Finish the call from its temporary file if that is one whole picture; else end its page as outcome-unknown and
 * remove the file. Nothing is done, and nothing counted, if another process is at it. */
apr_status_t simg_salvage(simg_recovery *counts, const simg_site *site, simg_store *store, const simg_claim *claim,
                          apr_pool_t *p, simg_problem *err);

#endif
