/* SPDX-License-Identifier: Apache-2.0 */
#include "store/disk.h"

#include <errno.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/file.h"

/* Not even its owner may read it: below a served folder the web server is the owner, and half a picture must
 * not be served under any name. */
#define PART_MODE APR_FPROT_UWRITE
#define PART_FLAGS (APR_FOPEN_READ | APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_BINARY)
#define OBJECT_MODE 0644
#define NAME_TRIES 8

typedef simg_disk disk;
typedef simg_disk_part part;

apr_status_t simg_disk_failed(simg_problem *err, apr_pool_t *p, apr_status_t rv, const char *doing)
{
    int full = APR_STATUS_IS_ENOSPC(rv) || rv == EDQUOT;

    simg_problem_set(err, p, full ? "storage-full" : "storage-unwritable", rv, "%s",
                     full ? "there is no room left for images" : "images cannot be saved at the moment");
    return simg_problem_cause(err, p, "cannot %s", doing);
}

static apr_status_t folders_make(const disk *d, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = simg_dir_make(d->folder, p);

    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, apr_pstrcat(p, "make ", d->option, NULL));
    rv = simg_dir_make_private(d->incoming, p);
    return rv == APR_SUCCESS ? rv : simg_disk_failed(err, p, rv, "make the folder of temporary files");
}

/* The state folder is the better place, being out of reach of browsers, but a file can be given its final
 * name only within one file system. */
static apr_status_t open_folder(simg_store *store, const simg_settings *s, disk *d, const char *incoming,
                                simg_problem *err)
{
    apr_pool_t *p = store->pool;
    apr_status_t rv;

    d->state = s->state_dir;
    d->min_free = s->min_free;
    rv = simg_dir_make_private(d->state, p);
    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, "make StoryImgStateDir");
    rv = simg_dir_make(d->folder, p);
    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, apr_pstrcat(p, "make ", d->option, NULL));
    d->incoming = simg_same_disk(d->state, d->folder) ? apr_pstrcat(p, d->state, "/", incoming, NULL)
                                                      : apr_pstrcat(p, d->folder, "/.", incoming, NULL);
    store->impl = d;
    return folders_make(d, p, err);
}

static apr_status_t disk_open(simg_store *store, const simg_settings *s, simg_problem *err)
{
    disk *d = apr_pcalloc(store->pool, sizeof(*d));

    d->folder = s->generated_dir;
    d->option = simg_options[SIMG_OPTION_generated_dir].name;
    return open_folder(store, s, d, "incoming", err);
}

static apr_status_t uploads_open(simg_store *store, const simg_settings *s, simg_problem *err)
{
    disk *d = apr_pcalloc(store->pool, sizeof(*d));

    d->folder = s->upload_dir;
    d->option = simg_options[SIMG_OPTION_upload_dir].name;
    return open_folder(store, s, d, "uploading", err);
}

const char *simg_disk_part_path(const disk *d, const char *name, apr_pool_t *p)
{
    return apr_pstrcat(p, d->incoming, "/", name, ".part", NULL);
}

/* name NULL: any that is free. */
static apr_status_t part_create(part *t, const char *name)
{
    apr_status_t rv = APR_EEXIST;
    int i;

    for (i = 0; i < (name ? 1 : NAME_TRIES) && APR_STATUS_IS_EEXIST(rv); i++) {
        t->path = simg_disk_part_path(t->d, name ? name : simg_clock_id(t->p), t->p);
        do
            rv = apr_file_open(&t->file, t->path, PART_FLAGS, PART_MODE, t->p);
        while (APR_STATUS_IS_EINTR(rv));
    }
    return rv;
}

/* Somebody may have tidied our folders away while the server ran. */
static apr_status_t part_open(part *t, const char *name, simg_problem *err)
{
    apr_status_t rv = part_create(t, name);

    if (APR_STATUS_IS_ENOENT(rv)) {
        rv = folders_make(t->d, t->p, err);
        if (rv != APR_SUCCESS)
            return rv;
        rv = part_create(t, name);
    }
    return rv == APR_SUCCESS ? rv : simg_disk_failed(err, t->p, rv, "create a temporary file");
}

static apr_status_t part_drop(void *data)
{
    part *t = data;

    return apr_file_remove(t->path, t->p);
}

/* Removed in a child as well, a file would be lost to its parent: hence no cleanup there. */
static apr_status_t disk_begin(simg_upload *u, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    part *t = apr_pcalloc(p, sizeof(*t));
    apr_status_t rv;

    t->d = store->impl;
    t->p = p;
    rv = part_open(t, name, err);
    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_cleanup_register(p, t, part_drop, apr_pool_cleanup_null);
    u->impl = t;
    return APR_SUCCESS;
}

static apr_status_t disk_write(simg_upload *u, const void *data, apr_size_t len, simg_problem *err)
{
    part *t = u->impl;
    apr_status_t rv = apr_file_write_full(t->file, data, len, NULL);

    return rv == APR_SUCCESS ? rv : simg_disk_failed(err, t->p, rv, "write a temporary file");
}

static apr_status_t disk_rewind(simg_upload *u, simg_problem *err)
{
    part *t = u->impl;
    apr_off_t start = 0;
    apr_status_t rv = t->file ? apr_file_trunc(t->file, 0) : APR_EBADF;

    if (rv == APR_SUCCESS)
        rv = apr_file_seek(t->file, APR_SET, &start);
    return rv == APR_SUCCESS ? rv : simg_disk_failed(err, t->p, rv, "truncate a temporary file");
}

static apr_status_t part_sync(const part *t)
{
    apr_status_t rv = apr_file_sync(t->file);

    while (APR_STATUS_IS_EINTR(rv))
        rv = apr_file_sync(t->file);
    return rv;
}

/* Network file systems report a full disk only now, in fsync or close: none of the three may go unasked. */
static apr_status_t part_settle(part *t)
{
    apr_file_t *file = t->file;
    apr_status_t rv = simg_file_mode_set(file, OBJECT_MODE), closed;

    if (rv == APR_SUCCESS)
        rv = part_sync(t);
    t->file = NULL;
    closed = apr_file_close(file);
    /* interrupted, it is closed all the same, and was synced before */
    return rv == APR_SUCCESS && !APR_STATUS_IS_EINTR(closed) ? closed : rv;
}

static apr_file_t *disk_file(const simg_upload *u)
{
    const part *t = u->impl;

    return t->file;
}

static apr_status_t disk_keep(simg_upload *u, simg_problem *err)
{
    part *t = u->impl;
    apr_status_t rv = t->file ? part_settle(t) : APR_SUCCESS;

    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, t->p, rv, "write a temporary file");
    apr_pool_cleanup_kill(t->p, t, part_drop);
    return APR_SUCCESS;
}

/* Its bytes are on disk before they take the place of others. */
static apr_status_t disk_replace(simg_upload *u, simg_upload *with, apr_pool_t *p, simg_problem *err)
{
    part *mine = u->impl, *other = with->impl;
    apr_status_t rv = mine->file && other->file ? part_sync(other) : APR_EBADF;

    if (rv == APR_SUCCESS)
        rv = apr_file_rename(other->path, mine->path, p);
    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, "put a picture in the place of another");
    apr_pool_cleanup_kill(other->p, other, part_drop);
    apr_file_close(mine->file);
    apr_file_setaside(&mine->file, other->file, mine->p);
    other->file = NULL;
    return APR_SUCCESS;
}

static apr_status_t part_link(const part *t, const char *to, apr_pool_t *p)
{
    apr_status_t rv = simg_file_link(t->path, to);

    if (APR_STATUS_IS_ENOENT(rv) && simg_dir_make(t->d->folder, p) == APR_SUCCESS)
        rv = simg_file_link(t->path, to);
    return rv;
}

static apr_status_t disk_publish(simg_upload *u, const char *name, apr_pool_t *p, simg_problem *err)
{
    part *t = u->impl;
    apr_status_t rv = t->file ? part_settle(t) : APR_SUCCESS;

    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, t->p, rv, "write a temporary file");
    /* From here on the bytes are whole and on disk, and somebody has paid for them: whatever goes wrong with the
     * name, they stay where they are. */
    apr_pool_cleanup_kill(t->p, t, part_drop);
    rv = part_link(t, apr_pstrcat(p, t->d->folder, "/", name, NULL), p);
    if (APR_STATUS_IS_EEXIST(rv))
        return APR_EEXIST;
    if (rv != APR_SUCCESS)
        return simg_disk_failed(
            err, t->p, rv,
            apr_pstrcat(p, "give a picture its name in ", t->d->option, "; its bytes are kept among the temporary files",
                        NULL));
    /* A folder that cannot be synced now is synced by the kernel soon: no reason to take the picture away again. */
    simg_dir_sync(t->d->folder);
    return APR_SUCCESS;
}

/* Permissions, read-only mounts and full inode tables all show best by trying. */
static apr_status_t try_create(const disk *d, apr_pool_t *p, simg_problem *err)
{
    part t = { .d = d, .p = p };
    apr_status_t rv = part_open(&t, NULL, err);

    if (rv != APR_SUCCESS)
        return rv;
    apr_file_close(t.file);
    rv = apr_file_remove(t.path, p);
    /* Recovery, which takes it for what a dead process left, may have been faster. */
    return rv == APR_SUCCESS || APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS
                                                         : simg_disk_failed(err, p, rv, "remove a temporary file");
}

static apr_status_t check_room(const disk *d, apr_int64_t bytes, apr_pool_t *p, simg_problem *err)
{
    apr_int64_t room, need;
    apr_status_t rv = simg_disk_free(&room, d->folder);

    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, apr_pstrcat(p, "ask for the free room of ", d->option, NULL));
    if (__builtin_add_overflow(d->min_free, bytes, &need))
        need = APR_INT64_MAX;
    if (room >= need)
        return APR_SUCCESS;
    simg_problem_set(err, p, "storage-full", APR_ENOSPC, "there is no room left for images");
    return simg_problem_cause(
        err, p, "%s: %" APR_INT64_T_FMT " bytes free, %" APR_INT64_T_FMT " needed (StoryImgMinFree)", d->option, room,
        need);
}

static apr_status_t disk_ready(simg_store *store, apr_int64_t bytes, apr_pool_t *p, simg_problem *err)
{
    const disk *d = store->impl;
    apr_status_t rv = folders_make(d, p, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_dir_writable(d->folder);
    if (rv != APR_SUCCESS)
        return simg_disk_failed(err, p, rv, apr_pstrcat(p, "write to ", d->option, NULL));
    rv = check_room(d, bytes, p, err);
    return rv == APR_SUCCESS ? try_create(d, p, err) : rv;
}

static apr_status_t disk_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const disk *d = store->impl;
    const char *path = apr_pstrcat(p, d->folder, "/", name, NULL);
    apr_status_t rv = apr_file_remove(path, p);

    return rv == APR_SUCCESS || APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS
                                                         : simg_disk_failed(err, p, rv, "remove a picture");
}

static apr_status_t disk_settle(simg_store *store, apr_pool_t *p, simg_problem *err)
{
    const disk *d = store->impl;
    apr_status_t rv = simg_dir_sync(d->folder);

    return rv == APR_SUCCESS || APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS
                                                         : simg_disk_failed(err, p, rv, "remove a picture");
}

const simg_store_backend simg_store_disk = {
    .name = "disk",
    .open = disk_open,
    .ready = disk_ready,
    .begin = disk_begin,
    .write = disk_write,
    .rewind = disk_rewind,
    .file = disk_file,
    .replace = disk_replace,
    .keep = disk_keep,
    .publish = disk_publish,
    .remove = disk_remove,
    .settle = disk_settle,
    .recovery = &simg_disk_recovery,
    .thumbs = &simg_disk_thumbs,
};

/* What lies there has its row before its name, so there is nothing to be found again. */
const simg_store_backend simg_store_disk_uploads = {
    .name = "uploads",
    .open = uploads_open,
    .ready = disk_ready,
    .begin = disk_begin,
    .write = disk_write,
    .rewind = disk_rewind,
    .file = disk_file,
    .replace = disk_replace,
    .keep = disk_keep,
    .publish = disk_publish,
    .remove = disk_remove,
    .settle = disk_settle,
    .recovery = &simg_disk_recovery,
};
