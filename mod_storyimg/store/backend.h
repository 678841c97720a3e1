/* SPDX-License-Identifier: Apache-2.0 */
/** What one kind of store does; for the files of this folder alone. What all have in common (looking at the
 * bytes, hashing, the size limit, making names) is in store.c. */
#ifndef SIMG_STORE_BACKEND_H
#define SIMG_STORE_BACKEND_H

#include "store/store.h"

/** Every call may block, and is made from any thread; no two at once for one upload. */
typedef struct simg_store_backend {
    const char *name;
    /** Fill store->impl. Problem: "storage-unwritable", "storage-full". */
    apr_status_t (*open)(simg_store *store, const simg_settings *s, simg_problem *err);
    /** Is there room for so many bytes more, and may we write? The same problems. */
    apr_status_t (*ready)(simg_store *store, apr_int64_t bytes, apr_pool_t *p, simg_problem *err);
    /** Fill u->impl. What it holds goes with p, unless it was published. */
    apr_status_t (*begin)(simg_upload *u, simg_store *store, apr_pool_t *p, simg_problem *err);
    apr_status_t (*write)(simg_upload *u, const void *data, apr_size_t len, simg_problem *err);
    /** Forget what was written. */
    apr_status_t (*rewind)(simg_upload *u, simg_problem *err);
    /** Give what was written its name, for good. @return APR_EEXIST, *err left alone, if another has it: then
     * called again with another name. p is for scratch: the problem's words belong in the pool of begin. */
    apr_status_t (*publish)(simg_upload *u, const char *name, apr_pool_t *p, simg_problem *err);
    /** Remove an object; an absent one is success. The name is checked: no folder, no leading dot. */
    apr_status_t (*remove)(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
} simg_store_backend;

struct simg_store {
    const simg_store_backend *backend;
    apr_pool_t *pool; /* the store's own; used while opening only, since threads share the store */
    void *impl;
};

#endif
