/* SPDX-License-Identifier: Apache-2.0 */
/** Where objects lie. A store is one file and one row of the registry; each passes the contract test.
 *
 * An object becomes visible under its name only when it is whole and on disk; a name is never used twice. */
#ifndef SIMG_STORE_STORE_H
#define SIMG_STORE_STORE_H

#include "base/log.h"
#include "base/settings.h"
#include "base/sink.h"
#include "base/sniff.h"

typedef struct simg_store simg_store;
typedef struct simg_upload simg_upload;

/** An object under way: a sink that also watches what passes. Not more than 64 MB are taken. */
struct simg_upload {
    simg_sink sink;     /* give this to a provider; must stay first */
    simg_sniff sniff;   /* what the bytes are */
    apr_off_t size;     /* bytes so far */
    const char *sha256; /* 64 hex digits, after simg_upload_seal */
    void *impl;         /* the store's own */
};

/** Open the store of these settings for writing by this process. Creates what is missing. Problem: "storage-unwritable"
 * (500). With StoryImgSave off it is one that keeps nothing: objects lie in memory and go with their pool. */
apr_status_t simg_store_open(simg_store **out, const simg_settings *s, apr_pool_t *p, simg_problem *err);

/** Ready to take `count` images? Asked before money is spent. Problems: "storage-unwritable" (500), "storage-full"
 * (507: StoryImgMinFree, quota). */
apr_status_t simg_store_ready(simg_store *store, int count, apr_pool_t *p, simg_problem *err);

/** Begin an object. It is gone without a trace if p is cleared before commit. */
apr_status_t simg_upload_begin(simg_upload **out, simg_store *store, apr_pool_t *p, simg_problem *err);

/** All bytes were written: check that they are one whole PNG, JPEG or WebP and fill sha256. Problem "bad-image" (502).
 */
apr_status_t simg_upload_seal(simg_upload *u, apr_pool_t *p, simg_problem *err);

/** Give the sealed object its name, `<stem>-<epoch>-p<page>.<ext>`, the epoch raised until the name is free; durable on
 * return.
 * @param name   receives the name
 * @param epoch  milliseconds since 1970 */
apr_status_t simg_upload_commit(const char **name, simg_upload *u, const char *stem, apr_int64_t epoch, int page,
                                apr_pool_t *p, simg_problem *err);

/** The bytes of a sealed object that lies in memory (StoryImgSave off); NULL if it does not. They live as long as the
 * upload. */
const char *simg_upload_bytes(const simg_upload *u, apr_size_t *len);

/** Remove an object. An absent one is success. */
apr_status_t simg_store_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

#endif
