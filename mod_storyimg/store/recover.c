/* SPDX-License-Identifier: Apache-2.0 */
/* What an earlier life has left, for all stores; see also disk_recovery.c. */
#include "store/store.h"

#include <string.h>

#include "store/name.h"
#include "store/upload.h"

#define PIECE ((apr_size_t)64 * 1024)

typedef simg_upload_own upload;

apr_status_t simg_store_parts(apr_array_header_t **names, simg_store *store, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;

    *names = apr_array_make(p, 16, sizeof(const char *));
    return recovery ? recovery->parts(*names, store, p, err) : APR_SUCCESS;
}

/* A file that can be no image is not read any further. That it is none is for seal to say. */
static apr_status_t look_at(upload *up, const void *data, apr_size_t len, simg_problem *err)
{
    simg_problem why = { 0 };
    apr_status_t rv = simg_upload_watch(up, data, len, &why);

    if (rv == APR_SUCCESS) {
        up->u.size += (apr_off_t)len;
        return rv;
    }
    up->u.sniff.broken = 1;
    if (!strcmp(why.code, "bad-image"))
        return APR_SUCCESS;
    *err = why;
    return rv;
}

static apr_status_t read_through(upload *up, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = up->store->backend->recovery;
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *scratch;
    apr_size_t len = 1;
    char *piece;

    apr_pool_create(&scratch, p);
    piece = apr_palloc(scratch, PIECE);
    while (rv == APR_SUCCESS && len > 0 && !up->u.sniff.broken) {
        len = PIECE;
        rv = recovery->read(&up->u, piece, &len, err);
        if (rv == APR_SUCCESS && len > 0)
            rv = look_at(up, piece, len, err);
    }
    apr_pool_destroy(scratch);
    up->at = rv == APR_SUCCESS ? SIMG_UPLOAD_READ : SIMG_UPLOAD_SPOILT;
    return rv;
}

apr_status_t simg_upload_reopen(simg_upload **out, simg_store *store, const char *name, apr_pool_t *p,
                                simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;
    upload *up;
    apr_status_t rv;

    if (!recovery || !simg_name_is_id(name))
        return APR_ENOENT;
    rv = simg_upload_make(&up, store, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    up->found = 1;
    rv = recovery->reopen(&up->u, store, name, &up->links, p, err);
    if (rv == APR_SUCCESS)
        rv = read_through(up, p, err);
    if (rv == APR_SUCCESS)
        *out = &up->u;
    return rv;
}

apr_status_t simg_store_part_drop(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;

    return recovery && simg_name_is_id(name) ? recovery->part_drop(store, name, p, err) : APR_SUCCESS;
}

apr_status_t simg_store_scan(simg_store *store, simg_store_scan_fn *fn, void *baton, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;

    return recovery ? recovery->scan(store, fn, baton, p, err) : APR_SUCCESS;
}

apr_status_t simg_store_look(simg_upload **out, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;
    upload *up;
    apr_status_t rv;

    if (!recovery || !simg_name_is_object(name))
        return APR_ENOENT;
    rv = simg_upload_make(&up, store, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    up->found = 1;
    rv = recovery->look(&up->u, store, name, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = read_through(up, p, err);
    recovery->close(&up->u);
    if (rv == APR_SUCCESS)
        rv = simg_upload_seal(&up->u, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    up->at = SIMG_UPLOAD_LOOKED;
    *out = &up->u;
    return APR_SUCCESS;
}

apr_status_t simg_store_exists(int *there, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;

    *there = 0;
    return recovery && simg_name_is_object(name) ? recovery->exists(there, store, name, p, err) : APR_SUCCESS;
}

apr_status_t simg_store_is_saving(int *saving, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_store_recovery *recovery = store->backend->recovery;

    *saving = 0;
    return recovery && simg_name_is_object(name) ? recovery->is_saving(saving, store, name, p, err) : APR_SUCCESS;
}

apr_status_t simg_store_share(simg_store *store, const char *original, const char *name, apr_pool_t *p)
{
    const simg_store_recovery *recovery = store->backend->recovery;

    if (!recovery || !simg_name_is_object(original) || !simg_name_is_object(name))
        return APR_ENOTIMPL;
    return recovery->share(store, original, name, p);
}
