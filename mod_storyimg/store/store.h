/* SPDX-License-Identifier: Apache-2.0 */
/** Where objects lie. A store is one file and one row of the registry; each passes the contract test.
 *
 * An object becomes visible under its name only when it is whole and on disk; a name is never used twice.
 *
 * What is under way has a temporary name. It stays beside the final one, as the witness that the row of the index is
 * not written yet, until simg_upload_done: so whoever comes after a crash finds each object that is not listed, and
 * nothing is listed that is not there. */
#ifndef SIMG_STORE_STORE_H
#define SIMG_STORE_STORE_H

#include <apr_file_io.h>
#include <apr_tables.h>

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

/** The same for the pictures that clients upload: always on disk, in StoryImgUploadDir, with temporary files of its own.
 * A row of the index comes before the name: what a dead process left behind has no worth. */
apr_status_t simg_store_open_uploads(simg_store **out, const simg_settings *s, apr_pool_t *p, simg_problem *err);

/** Ready to take `count` images? Asked before money is spent. Problems: "storage-unwritable" (500), "storage-full"
 * (507: StoryImgMinFree, quota). */
apr_status_t simg_store_ready(simg_store *store, int count, apr_pool_t *p, simg_problem *err);

/** Begin an object. It is gone without a trace if p is cleared before commit.
 * @param name  by which it is found again after a crash: [0-9a-z]+, at most 64 of them, else "internal"; NULL: any. One
 *              that is under way already is "storage-unwritable", APR_EEXIST. */
apr_status_t simg_upload_begin(simg_upload **out, simg_store *store, const char *name, apr_pool_t *p,
                               simg_problem *err);

/** All bytes were written: check that they are one whole PNG, JPEG or WebP and fill sha256. Problem "bad-image" (502).
 */
apr_status_t simg_upload_seal(simg_upload *u, apr_pool_t *p, simg_problem *err);

/** A sealed object gets the bytes of another one, which is sealed and has no name: type, size and hash are those from now on,
 * and the other is gone. It keeps its temporary name; who dies in it leaves the one or the other there, whole. Both are of
 * this store. Problem: "storage-unwritable", "storage-full"; then it is as it was. */
apr_status_t simg_upload_replace(simg_upload *u, simg_upload *with, apr_pool_t *p, simg_problem *err);

/** Give the sealed object its name, `<stem>-<epoch>-p<page>.<ext>`, the epoch raised until the name is free, with any
 * ending; durable on return. Its temporary name stays, until simg_upload_done. If an earlier life had given it such a name already, that
 * one is taken. If naming fails, bytes that were on disk by then are kept under the temporary name.
 * @param name   receives the name
 * @param epoch  milliseconds since 1970 */
apr_status_t simg_upload_commit(const char **name, simg_upload *u, const char *stem, apr_int64_t epoch, int page,
                                apr_pool_t *p, simg_problem *err);

/** Give the sealed object exactly this name (which ends as simg_image_extension says); durable on return. Problem
 * "storage-unwritable" with APR_EEXIST if another has it. */
apr_status_t simg_upload_commit_as(simg_upload *u, const char *name, apr_pool_t *p, simg_problem *err);

/** The row of the committed object is written: its temporary name goes. */
void simg_upload_done(simg_upload *u);

/** The file of a sealed object, open for reading, its place anywhere; NULL if it lies in memory. */
apr_file_t *simg_upload_file(const simg_upload *u);

/** A sealed object is not given its name now: its bytes stay under the temporary one, where recovery finds them. It
 * cannot be used any more. */
apr_status_t simg_upload_keep(simg_upload *u, simg_problem *err);

/** The bytes of a sealed object that lies in memory (StoryImgSave off); NULL if it does not. They live as long as the
 * upload. */
const char *simg_upload_bytes(const simg_upload *u, apr_size_t *len);

/** Remove an object, then the thumbnail of a picture. An absent one is success. Durable after simg_store_settle. */
apr_status_t simg_store_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

/** What was removed stays removed, also after a power cut: called once after many, before their marks go. */
apr_status_t simg_store_settle(simg_store *store, apr_pool_t *p, simg_problem *err);

/* Recovery. A store that keeps nothing has nothing to recover: it finds nothing, and that is success. */

/** Names (const char *, as given to simg_upload_begin, or made up by it) of all that is under way, of this and of any
 * other process, living or dead; at most 10,000 at once. */
apr_status_t simg_store_parts(apr_array_header_t **names, simg_store *store, apr_pool_t *p, simg_problem *err);

/** Take up one of an earlier life: its bytes are read, so that simg_upload_seal says whether it is one whole image;
 * then commit and done as usual. It cannot be written to, and stays where it is if p is cleared.
 * @return APR_ENOENT (no problem) if it is not there */
apr_status_t simg_upload_reopen(simg_upload **out, simg_store *store, const char *name, apr_pool_t *p,
                                simg_problem *err);

/** Remove one. An absent one is success. Not of a living upload: it would lose its bytes. */
apr_status_t simg_store_part_drop(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

/** A visible object. @param name   valid during the call
 * @param links  how many names it has: with more than one it may be shared, or its row may not be written yet
 * @return anything but APR_SUCCESS, with *err filled, ends the scan */
typedef apr_status_t simg_store_scan_fn(void *baton, const char *name, apr_off_t size, int links, simg_problem *err);

/** Call fn for each visible object that is called like a picture of ours,
 * `(story|consistent|gptimg|portrait)-<digits>-p<digits>.(png|jpg|webp)`, in no order; not in folders below. Nothing is
 * read, and memory is bounded. fn may add and remove objects; whether it sees those is open. */
apr_status_t simg_store_scan(simg_store *store, simg_store_scan_fn *fn, void *baton, apr_pool_t *p, simg_problem *err);

/** Read a visible object: size, sniff and sha256 of *out are filled. It can be neither written nor committed. Problem
 * "bad-image" if it is no whole image. A symlink is none of ours.
 * @return APR_ENOENT (no problem) if it is not there */
apr_status_t simg_store_look(simg_upload **out, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

/** Is a visible object being saved at this moment, its row not written yet? 1 or 0. */
apr_status_t simg_store_is_saving(int *saving, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

/** Two visible objects of the same bytes (which are compared) lie in one place from now on; each keeps its name, and
 * removing one does not hurt the other. If they do already, that is success.
 * @return APR_ENOTIMPL: this store, or its file system, cannot; APR_EMISMATCH: they differ; or why they could not be read.
 *         Then nothing has changed. */
apr_status_t simg_store_share(simg_store *store, const char *original, const char *name, apr_pool_t *p);

/** Is there a visible object of this name? (Symlinks to files count: whoever put them there had a reason.) */
apr_status_t simg_store_exists(int *there, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

#endif
