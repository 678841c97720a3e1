/* SPDX-License-Identifier: Apache-2.0 */
#include "store/disk.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_share.h"
#include "store/name.h"

#define PARTS_LIMIT 10000

static const char *object_path(const simg_disk *d, const char *name, apr_pool_t *p)
{
    return apr_pstrcat(p, d->folder, "/", name, NULL);
}

static void disk_done(simg_upload *u)
{
    const simg_disk_part *t = u->impl;

    apr_file_remove(t->path, t->p);
}

static apr_status_t open_found(simg_upload *u, int *links, const simg_disk *d, const char *path, int ours,
                               apr_pool_t *p, simg_problem *err)
{
    simg_disk_part *t = apr_pcalloc(p, sizeof(*t));
    apr_status_t rv = simg_file_open_plain(&t->file, links, path, ours, p);

    if (APR_STATUS_IS_ENOENT(rv))
        return APR_ENOENT;
    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, ours ? "open a temporary file" : "open a picture");
    t->d = d;
    t->path = path;
    t->p = p;
    u->impl = t;
    return APR_SUCCESS;
}

static apr_status_t disk_reopen(simg_upload *u, simg_store *store, const char *name, int *links, apr_pool_t *p,
                                simg_problem *err)
{
    const simg_disk *d = store->impl;

    return open_found(u, links, d, simg_disk_part_path(d, name, p), 1, p, err);
}

static apr_status_t disk_look(simg_upload *u, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_disk *d = store->impl;
    int links;

    return open_found(u, &links, d, object_path(d, name, p), 0, p, err);
}

static apr_status_t disk_read(simg_upload *u, char *buf, apr_size_t *len, simg_problem *err)
{
    const simg_disk_part *t = u->impl;
    apr_status_t rv = apr_file_read(t->file, buf, len);

    if (rv == APR_SUCCESS)
        return rv;
    *len = 0;
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : simg_disk_failed(err, t->p, rv, "read a picture");
}

static void disk_close(simg_upload *u)
{
    simg_disk_part *t = u->impl;

    apr_file_close(t->file);
    t->file = NULL;
}

static int disk_is_called(const simg_upload *u, const char *name, apr_pool_t *p)
{
    const simg_disk_part *t = u->impl;

    return simg_file_same(t->path, object_path(t->d, name, p));
}

static apr_status_t disk_part_drop(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = apr_file_remove(simg_disk_part_path(store->impl, name, p), p);

    return rv == APR_SUCCESS || APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS
                                                         : simg_disk_failed(err, p, rv, "remove a temporary file");
}

typedef struct listing {
    apr_dir_t *dir; /* NULL: there is no folder */
    const char *what;
    apr_pool_t *p;
} listing;

static apr_status_t listing_open(listing *l, const char *path, const char *what, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = apr_dir_open(&l->dir, path, p);

    l->what = what;
    l->p = p;
    if (rv == APR_SUCCESS)
        return rv;
    l->dir = NULL;
    return APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS : simg_disk_failed(err, p, rv, what);
}

/* The next regular file. @return APR_ENOENT at the end. What vanishes meanwhile is passed over. */
static apr_status_t listing_next(apr_finfo_t *f, const listing *l, simg_problem *err)
{
    const apr_int32_t wanted = APR_FINFO_NAME | APR_FINFO_TYPE | APR_FINFO_SIZE | APR_FINFO_NLINK | APR_FINFO_USER;
    apr_status_t rv;

    if (!l->dir)
        return APR_ENOENT;
    do
        rv = apr_dir_read(f, wanted, l->dir);
    while (rv == APR_INCOMPLETE || (rv == APR_SUCCESS && f->filetype != APR_REG));
    return rv == APR_SUCCESS || APR_STATUS_IS_ENOENT(rv) ? rv : simg_disk_failed(err, l->p, rv, l->what);
}

static apr_status_t listing_close(const listing *l, apr_status_t rv)
{
    if (l->dir)
        apr_dir_close(l->dir);
    return APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS : rv;
}

/* Another user's we could not take up: they are left to whoever can. */
static apr_status_t disk_parts(apr_array_header_t *names, simg_store *store, apr_pool_t *p, simg_problem *err)
{
    const simg_disk *d = store->impl;
    apr_status_t rv;
    apr_finfo_t f;
    apr_uid_t us;
    apr_gid_t group;
    listing l;

    apr_uid_current(&us, &group, p);
    rv = listing_open(&l, d->incoming, "list the temporary files", p, err);
    while (rv == APR_SUCCESS && names->nelts < PARTS_LIMIT) {
        const char *name = NULL;

        rv = listing_next(&f, &l, err);
        if (rv == APR_SUCCESS && f.user == us)
            name = simg_name_of_part(f.name, p);
        if (name)
            APR_ARRAY_PUSH(names, const char *) = name;
    }
    return listing_close(&l, rv);
}

static apr_status_t disk_scan(simg_store *store, simg_store_scan_fn *fn, void *baton, apr_pool_t *p, simg_problem *err)
{
    const simg_disk *d = store->impl;
    apr_status_t rv;
    apr_finfo_t f;
    listing l;

    rv = listing_open(&l, d->folder, "list StoryImgGeneratedDir", p, err);
    while (rv == APR_SUCCESS) {
        rv = listing_next(&f, &l, err);
        if (rv == APR_SUCCESS && simg_name_is_picture(f.name))
            rv = fn(baton, f.name, f.size, f.nlink, err);
    }
    return listing_close(&l, rv);
}

static apr_status_t disk_exists(int *there, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    apr_finfo_t f;
    apr_status_t rv = apr_stat(&f, object_path(store->impl, name, p), APR_FINFO_TYPE, p);

    if (rv != APR_SUCCESS && !APR_STATUS_IS_ENOENT(rv))
        return simg_disk_failed(err, p, rv, "ask for a picture");
    *there = rv == APR_SUCCESS && f.filetype == APR_REG;
    return APR_SUCCESS;
}

static apr_status_t disk_is_saving(int *saving, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_disk *d = store->impl;
    const char *path = object_path(d, name, p);
    apr_array_header_t *parts = apr_array_make(p, 16, sizeof(const char *));
    apr_finfo_t f;
    apr_status_t rv = apr_stat(&f, path, APR_FINFO_NLINK | APR_FINFO_LINK, p);
    int i;

    *saving = 0;
    if ((rv != APR_SUCCESS && rv != APR_INCOMPLETE) || f.nlink < 2)
        return APR_SUCCESS;
    rv = disk_parts(parts, store, p, err);
    for (i = 0; rv == APR_SUCCESS && i < parts->nelts && !*saving; i++)
        *saving = simg_file_same(path, simg_disk_part_path(d, APR_ARRAY_IDX(parts, i, const char *), p));
    return rv;
}

/* The temporary name is one of those that recovery knows, in case that nobody comes to remove it. */
static apr_status_t disk_share(simg_store *store, const char *original, const char *name, apr_pool_t *p)
{
    const simg_disk *d = store->impl;
    apr_status_t rv = simg_file_share(object_path(d, original, p), object_path(d, name, p),
                                      simg_disk_part_path(d, simg_clock_id(p), p));

    return rv == APR_SUCCESS ? simg_dir_sync(d->folder) : rv;
}

const simg_store_recovery simg_disk_recovery = {
    .done = disk_done,
    .parts = disk_parts,
    .reopen = disk_reopen,
    .look = disk_look,
    .read = disk_read,
    .close = disk_close,
    .is_called = disk_is_called,
    .part_drop = disk_part_drop,
    .scan = disk_scan,
    .exists = disk_exists,
    .is_saving = disk_is_saving,
    .share = disk_share,
};
