/* SPDX-License-Identifier: Apache-2.0 */
#include "work/uploads.h"

#include "base/clock.h"
#include "base/file.h"
#include "store/store.h"

#define BATCH 100
#define PART_KEPT apr_time_from_sec(3600)

static apr_status_t gone(apr_pool_t *p, simg_problem *err)
{
    return simg_problem_set(err, p, "reference-gone", APR_ENOENT,
                            "the uploaded picture is not there (any more)");
}

apr_status_t simg_uploads_find(simg_upload_row *out, const simg_site *site, const char *filename, apr_pool_t *p,
                               simg_problem *err)
{
    apr_status_t rv = simg_uploads_get(out, site->index, filename, p, err);
    apr_file_t *file;
    int links;

    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        return gone(p, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_file_open_plain(&file, &links, simg_site_reference(site, filename, p)->path, 0, p);
    if (rv != APR_SUCCESS)
        return gone(p, err);
    apr_file_close(file);
    return APR_SUCCESS;
}

apr_status_t simg_uploads_drop(const simg_site *site, const char *filename, apr_pool_t *p, simg_problem *err)
{
    simg_store *store;
    apr_status_t rv = simg_store_open_uploads(&store, site->settings, p, err);

    if (rv == APR_SUCCESS)
        rv = simg_store_remove(store, filename, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_store_settle(store, p, err);
    return rv == APR_SUCCESS ? simg_uploads_remove(site->index, filename, err) : rv;
}

static apr_status_t drop_old(const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_time_t before = simg_clock_now() - site->settings->upload_max_age;
    apr_array_header_t *names;
    apr_status_t rv = simg_uploads_unused(&names, site->index, before, BATCH, p, err);
    int i;

    /* one that cannot be removed is no reason to keep the others */
    for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++) {
        simg_problem of_this = { 0 };

        if (simg_uploads_drop(site, APR_ARRAY_IDX(names, i, const char *), p, &of_this) != APR_SUCCESS)
            *err = of_this;
    }
    return rv == APR_SUCCESS && err->status ? err->rv : rv;
}

/** A picture that was being taken when its process died: nobody was told its name. */
static apr_status_t drop_parts(const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_time_t before = simg_clock_now() - PART_KEPT;
    apr_array_header_t *names;
    simg_store *store;
    apr_status_t rv = simg_store_open_uploads(&store, site->settings, p, err);
    int i;

    if (rv == APR_SUCCESS)
        rv = simg_store_parts(&names, store, p, err);
    for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);

        if (simg_clock_id_time(name) < before)
            rv = simg_store_part_drop(store, name, p, err);
    }
    return rv;
}

apr_status_t simg_uploads_sweep(const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    unsigned int mode;
    apr_status_t rv;

    if (simg_file_mode(&mode, site->settings->upload_dir) != APR_SUCCESS)
        return APR_SUCCESS;
    rv = drop_parts(site, p, err);
    return rv == APR_SUCCESS && site->settings->upload_max_age ? drop_old(site, p, err) : rv;
}
