/* SPDX-License-Identifier: Apache-2.0 */
/* Thumbnails as files of a folder below the pictures' own. */
#include "store/disk.h"

#include <string.h>

#include <apr_strings.h>

#include "base/file.h"
#include "base/file_draft.h"
#include "store/thumbs.h"

/* Drafts have few names, so few are left by processes that were killed, and the next maker takes those over. */
#define DRAFTS 16

typedef struct disk_thumb {
    const simg_disk *d;
    const char *name, *path; /* its own; of its draft */
    const char *original;    /* path of the picture */
    apr_file_t *file;        /* NULL: published */
    apr_pool_t *p;
} disk_thumb;

static const char *folder_of(const simg_disk *d, apr_pool_t *p)
{
    return apr_pstrcat(p, d->folder, "/" SIMG_THUMBS_FOLDER, NULL);
}

/* FNV-1a: pictures of one name have one draft, whoever makes it. */
static unsigned int draft_number(const char *name)
{
    apr_uint32_t h = 2166136261u;

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return h % DRAFTS;
}

/* Two pictures of one name and two kinds: whose thumbnail it were is open, so there is none. */
static apr_status_t original_open(disk_thumb *t, apr_file_t **file, simg_problem *err)
{
    static const char *const extensions[] = { "png", "jpg", "webp" };
    const char *stem = apr_pstrmemdup(t->p, t->name, strcspn(t->name, "."));
    apr_status_t rv = APR_SUCCESS;
    int found = 0, links, i;

    for (i = 0; i < 3; i++) {
        const char *path = apr_pstrcat(t->p, t->d->folder, "/", stem, ".", extensions[i], NULL);

        rv = simg_file_open_plain(file, &links, path, 0, t->p);
        if (rv == APR_SUCCESS) {
            t->original = path;
            found++;
        } else if (!APR_STATUS_IS_ENOENT(rv) && !APR_STATUS_IS_ENOTDIR(rv)) {
            return simg_disk_failed(err, t->p, rv, "open a picture");
        }
    }
    return found == 1 ? APR_SUCCESS : APR_ENOENT;
}

static apr_status_t is_there(const disk_thumb *t)
{
    apr_finfo_t f;
    apr_status_t rv = apr_stat(&f, apr_pstrcat(t->p, folder_of(t->d, t->p), "/", t->name, NULL),
                               APR_FINFO_TYPE | APR_FINFO_LINK, t->p);

    return rv == APR_SUCCESS || rv == APR_INCOMPLETE ? APR_EEXIST : APR_SUCCESS;
}

static apr_status_t draft_drop(void *data)
{
    disk_thumb *t = data;

    if (t->file)
        simg_draft_drop(t->file, t->path);
    t->file = NULL;
    return APR_SUCCESS;
}

/* A look first, and once more with the draft in hand: it may have been published right before. */
static apr_status_t draft_take(disk_thumb *t, simg_problem *err)
{
    apr_status_t rv = simg_draft_open(&t->file, t->path, t->p);

    if (APR_STATUS_IS_ENOENT(rv) && simg_dir_make_private(t->d->incoming, t->p) == APR_SUCCESS)
        rv = simg_draft_open(&t->file, t->path, t->p);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_EAGAIN(rv) ? APR_EAGAIN : simg_disk_failed(err, t->p, rv, "create a temporary file");
    apr_pool_cleanup_register(t->p, t, draft_drop, apr_pool_cleanup_null);
    rv = is_there(t);
    if (rv == APR_SUCCESS) {
        rv = simg_dir_make_plain(folder_of(t->d, t->p));
        if (rv != APR_SUCCESS)
            simg_disk_failed(err, t->p, rv, "make the folder " SIMG_THUMBS_FOLDER);
    }
    if (rv != APR_SUCCESS)
        apr_pool_cleanup_run(t->p, t, draft_drop);
    return rv;
}

static apr_status_t disk_thumb_begin(simg_thumb *made, simg_store *store, const char *name, apr_pool_t *p,
                                     simg_problem *err)
{
    disk_thumb *t = apr_pcalloc(p, sizeof(*t));
    apr_status_t rv;

    t->d = store->impl;
    t->p = p;
    t->name = apr_pstrdup(p, name);
    t->path = apr_psprintf(p, "%s/thumb-%u.draft", t->d->incoming, draft_number(name));
    made->impl = t;
    rv = is_there(t);
    if (rv == APR_SUCCESS)
        rv = original_open(t, &made->original, err);
    return rv == APR_SUCCESS ? draft_take(t, err) : rv;
}

static apr_status_t disk_thumb_write(simg_thumb *made, const void *data, apr_size_t len, simg_problem *err)
{
    const disk_thumb *t = made->impl;
    apr_status_t rv = apr_file_write_full(t->file, data, len, NULL);

    return rv == APR_SUCCESS ? rv : simg_disk_failed(err, t->p, rv, "write a temporary file");
}

/* Whoever removes a picture removes its thumbnail afterwards: one of us two sees what the other has done. */
static apr_status_t disk_thumb_publish(simg_thumb *made, apr_pool_t *p, simg_problem *err)
{
    disk_thumb *t = made->impl;
    const char *folder = folder_of(t->d, p);
    apr_status_t rv = simg_draft_publish(t->file, t->path, folder, t->name);
    apr_finfo_t f;

    t->file = NULL;
    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, t->p, rv, "give a thumbnail its name");
    rv = apr_stat(&f, t->original, APR_FINFO_TYPE | APR_FINFO_LINK, p);
    if (!APR_STATUS_IS_ENOENT(rv))
        return APR_SUCCESS;
    simg_draft_remove(folder, t->name);
    return APR_ENOENT;
}

static apr_status_t disk_thumb_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = simg_draft_remove(folder_of(store->impl, p), name);

    return rv == APR_SUCCESS ? rv : simg_disk_failed(err, p, rv, "remove a thumbnail");
}

static apr_status_t disk_thumb_settle(simg_store *store, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = simg_dir_sync(folder_of(store->impl, p));

    return rv == APR_SUCCESS || APR_STATUS_IS_ENOENT(rv) || APR_STATUS_IS_ENOTDIR(rv)
               ? APR_SUCCESS
               : simg_disk_failed(err, p, rv, "remove a thumbnail");
}

const simg_store_thumbs simg_disk_thumbs = {
    .begin = disk_thumb_begin,
    .write = disk_thumb_write,
    .publish = disk_thumb_publish,
    .remove = disk_thumb_remove,
    .settle = disk_thumb_settle,
};
