/* SPDX-License-Identifier: Apache-2.0 */
#include "work/folders.h"

#include <apr_strings.h>

#include "store/store.h"

static apr_status_t open_folder(apr_array_header_t *stores, const simg_site *site, const char *folder,
                                simg_problem *err)
{
    simg_settings *settings = apr_pmemdup(stores->pool, site->settings, sizeof(*settings));
    simg_store *store;
    apr_status_t rv;

    settings->save = 1;
    settings->generated_dir = folder;
    rv = simg_store_open(&store, settings, stores->pool, err);
    if (rv == APR_SUCCESS)
        APR_ARRAY_PUSH(stores, simg_store *) = store;
    return rv;
}

apr_status_t simg_folders_open(apr_array_header_t **stores, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    const char *const own[] = { site->settings->generated_dir, NULL };
    const char *const *folder = site->folders ? site->folders : own;
    apr_status_t rv = APR_SUCCESS;

    *stores = apr_array_make(p, 2, sizeof(simg_store *));
    for (; rv == APR_SUCCESS && *folder; folder++)
        rv = open_folder(*stores, site, *folder, err);
    return rv;
}

apr_status_t simg_folders_remove(const apr_array_header_t *stores, const apr_array_header_t *names, apr_pool_t *p,
                                 simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int i, n;

    for (n = 0; rv == APR_SUCCESS && n < stores->nelts; n++) {
        simg_store *store = APR_ARRAY_IDX(stores, n, simg_store *);

        for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++)
            rv = simg_store_remove(store, APR_ARRAY_IDX(names, i, const char *), p, err);
        if (rv == APR_SUCCESS)
            rv = simg_store_settle(store, p, err);
    }
    return rv;
}

apr_status_t simg_folders_is_saving(int *saving, const apr_array_header_t *stores, const char *name, apr_pool_t *p,
                                    simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int n;

    *saving = 0;
    for (n = 0; rv == APR_SUCCESS && !*saving && n < stores->nelts; n++)
        rv = simg_store_is_saving(saving, APR_ARRAY_IDX(stores, n, simg_store *), name, p, err);
    return rv;
}
