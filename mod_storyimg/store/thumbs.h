/* SPDX-License-Identifier: Apache-2.0 */
/** Small copies of pictures, `thumbs/<stem>.webp` beside `<stem>.(png|jpg|webp)`. They are made of them and can be made
 * again, so nothing here is synced to disk, and recovery has nothing to do. simg_store_remove removes them with their
 * picture. Symlinks are never followed. */
#ifndef SIMG_STORE_THUMBS_H
#define SIMG_STORE_THUMBS_H

#include "store/store.h"

#define SIMG_THUMBS_FOLDER "thumbs"

/** One that is being made: a sink that takes one whole WebP of at most 2 MB. */
typedef struct simg_thumb {
    simg_sink sink;       /* must stay first */
    apr_file_t *original; /* the picture, open for reading */
    simg_sniff sniff;
    apr_off_t size;
    void *impl; /* the store's own */
} simg_thumb;

/** May a thumbnail of ours be called so: `(story|consistent|gptimg|portrait)-<digits>-p<digits>.webp`? Pure. */
int simg_thumb_is_name(const char *name);

/** The name of the thumbnail of this picture of ours. */
const char *simg_thumb_name(const char *filename, apr_pool_t *p);

/** Take the right to make one. It is given back, and nothing is left, if p is cleared before commit.
 * @param name  from outside: anything
 * @return no problem with APR_ENOENT: there is no such picture, or the store has no thumbnails; APR_EEXIST: something has
 *         this name already; APR_EAGAIN: it is being made at the moment.
 * Problems: "storage-unwritable", "storage-full". */
apr_status_t simg_thumb_begin(simg_thumb **out, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err);

/** All bytes were written: it gets its name, with mode 0644. Problem "thumbnail-unavailable" if they are not one whole
 * WebP. @return APR_ENOENT (no problem): the picture was removed meanwhile, and the thumbnail with it */
apr_status_t simg_thumb_commit(simg_thumb *thumb, apr_pool_t *p, simg_problem *err);

/** Remove the thumbnail of a picture. An absent one is success. @param filename  of the picture */
apr_status_t simg_thumb_remove(simg_store *store, const char *filename, apr_pool_t *p, simg_problem *err);

#endif
