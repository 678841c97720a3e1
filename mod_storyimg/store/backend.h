/* SPDX-License-Identifier: Apache-2.0 */
/** What one kind of store does; for the files of this folder alone. What all have in common (looking at the
 * bytes, hashing, the size limit, making names) is in store.c. */
#ifndef SIMG_STORE_BACKEND_H
#define SIMG_STORE_BACKEND_H

#include <apr_file_io.h>

#include "store/store.h"
#include "store/thumbs.h"

/** How to find what an earlier life has left; names are checked: no folder, no leading dot. "APR_ENOENT" below leaves
 * *err alone. */
typedef struct simg_store_recovery {
    /** The row of a committed object is written: its witness may go. */
    void (*done)(simg_upload *u);
    /** As simg_store_parts, into *names, which is empty. */
    apr_status_t (*parts)(apr_array_header_t *names, simg_store *store, apr_pool_t *p, simg_problem *err);
    /** Open what is under way for read, and fill u->impl; it stays where it is when p is cleared.
     * @param links  receives how many names it has, its temporary one included
     * @return APR_ENOENT: not there */
    apr_status_t (*reopen)(simg_upload *u, simg_store *store, const char *name, int *links, apr_pool_t *p,
                           simg_problem *err);
    /** The same for a visible object, which will only be read and closed. */
    apr_status_t (*look)(simg_upload *u, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    /** The next bytes of an opened one, at most *len; 0: its end. */
    apr_status_t (*read)(simg_upload *u, char *buf, apr_size_t *len, simg_problem *err);
    void (*close)(simg_upload *u);
    /** 1 if a reopened one is called so as well. */
    int (*is_called)(const simg_upload *u, const char *name, apr_pool_t *p);
    /** As the functions of store.h. */
    apr_status_t (*part_drop)(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    apr_status_t (*scan)(simg_store *store, simg_store_scan_fn *fn, void *baton, apr_pool_t *p, simg_problem *err);
    apr_status_t (*exists)(int *there, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    apr_status_t (*is_saving)(int *saving, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    apr_status_t (*share)(simg_store *store, const char *original, const char *name, apr_pool_t *p);
} simg_store_recovery;

/** Thumbnails (store/thumbs.h); names are checked. */
typedef struct simg_store_thumbs {
    /** As simg_thumb_begin: fill t->original and t->impl. */
    apr_status_t (*begin)(simg_thumb *t, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    apr_status_t (*write)(simg_thumb *t, const void *data, apr_size_t len, simg_problem *err);
    /** As simg_thumb_commit. */
    apr_status_t (*publish)(simg_thumb *t, apr_pool_t *p, simg_problem *err);
    /** @param name  of the thumbnail. An absent one is success. */
    apr_status_t (*remove)(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    /** What was removed stays removed, also after a power cut. */
    apr_status_t (*settle)(simg_store *store, apr_pool_t *p, simg_problem *err);
} simg_store_thumbs;

/** Every call may block, and is made from any thread; no two at once for one upload. */
typedef struct simg_store_backend {
    const char *name;
    /** Fill store->impl. Problem: "storage-unwritable", "storage-full". */
    apr_status_t (*open)(simg_store *store, const simg_settings *s, simg_problem *err);
    /** Is there room for so many bytes more, and may we write? The same problems. */
    apr_status_t (*ready)(simg_store *store, apr_int64_t bytes, apr_pool_t *p, simg_problem *err);
    /** Fill u->impl. What it holds goes with p, unless publish came as far as to have all bytes kept. name is checked;
     * NULL: any. Problem: "storage-unwritable" with APR_EEXIST if it is under way already. */
    apr_status_t (*begin)(simg_upload *u, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    apr_status_t (*write)(simg_upload *u, const void *data, apr_size_t len, simg_problem *err);
    /** Forget what was written. */
    apr_status_t (*rewind)(simg_upload *u, simg_problem *err);
    /** The file that it lies in, open for reading; NULL: it lies in memory. */
    apr_file_t *(*file)(const simg_upload *u);
    /** As simg_upload_replace, for the bytes. */
    apr_status_t (*replace)(simg_upload *u, simg_upload *with, apr_pool_t *p, simg_problem *err);
    /** What was written stays under its temporary name, for recovery. NULL: nothing outlives an upload. */
    apr_status_t (*keep)(simg_upload *u, simg_problem *err);
    /** Give what was written its name, for good; its temporary one stays, as the witness. If it is called so already,
     * that is success. @return APR_EEXIST, *err left alone, if another object has the name: then called again with
     * another name. p is for scratch: the problem's words belong in the pool of begin. */
    apr_status_t (*publish)(simg_upload *u, const char *name, apr_pool_t *p, simg_problem *err);
    /** Remove an object; an absent one is success. The name is checked: no folder, no leading dot. */
    apr_status_t (*remove)(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);
    /** What was removed stays removed, also after a power cut. */
    apr_status_t (*settle)(simg_store *store, apr_pool_t *p, simg_problem *err);
    const simg_store_recovery *recovery; /* NULL: nothing outlives an upload */
    const simg_store_thumbs *thumbs;     /* NULL: there are none */
} simg_store_backend;

struct simg_store {
    const simg_store_backend *backend;
    apr_pool_t *pool; /* the store's own; used while opening only, since threads share the store */
    void *impl;
};

#endif
