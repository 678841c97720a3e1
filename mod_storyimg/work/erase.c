/* SPDX-License-Identifier: Apache-2.0 */
#include "work/erase.h"

#include <apr_strings.h>

#include "store/store.h"
#include "work/count.h"
#include "work/folders.h"
#include "work/recover.h"

#define IMAGES 200 /* files in hand at once */
#define UPLOADS 20 /* each looks through the answers that are kept */

/** What one erasing needs again and again. */
typedef struct eraser {
    simg_erased *counts;
    const simg_site *site;
    const char *subject;
    apr_array_header_t *stores; /* of simg_store *, whose files have the names at hand; NULL: not opened yet */
    apr_pool_t *p;
    apr_pool_t *scratch; /* of one batch */
} eraser;

static apr_status_t forget_stories(eraser *e, simg_problem *err)
{
    apr_status_t rv;
    int more;

    do
        rv = simg_erase_stories(&more, e->counts, e->site->index, e->subject, err);
    while (rv == APR_SUCCESS && more);
    return rv;
}

static apr_status_t open_folders(eraser *e, simg_problem *err)
{
    return simg_folders_open(&e->stores, e->site, e->p, err);
}

static apr_status_t open_uploads(eraser *e, simg_problem *err)
{
    simg_store *store;
    apr_status_t rv = simg_store_open_uploads(&store, e->site->settings, e->p, err);

    e->stores = apr_array_make(e->p, 1, sizeof(simg_store *));
    if (rv == APR_SUCCESS)
        APR_ARRAY_PUSH(e->stores, simg_store *) = store;
    return rv;
}

/** A kind of files with records. */
typedef struct kind {
    int batch;
    apr_status_t (*open)(eraser *e, simg_problem *err);
    apr_status_t (*names)(apr_array_header_t **names, simg_index *index, const char *subject, int max, apr_pool_t *p,
                          simg_problem *err);
    apr_status_t (*rows)(simg_erased *counts, simg_index *index, const apr_array_header_t *names, simg_problem *err);
} kind;

static const kind kinds[] = {
    { IMAGES, open_folders, simg_erase_images, simg_erase_image_rows },
    { UPLOADS, open_uploads, simg_erase_uploads, simg_erase_upload_rows },
};

/** Folders are opened for what there is to remove alone: opening makes them. */
static apr_status_t forget_some(int *more, eraser *e, const kind *k, simg_problem *err)
{
    apr_array_header_t *names;
    apr_status_t rv;

    apr_pool_clear(e->scratch);
    rv = k->names(&names, e->site->index, e->subject, k->batch, e->scratch, err);
    *more = rv == APR_SUCCESS && names->nelts > 0;
    if (!*more)
        return rv;
    if (!e->stores)
        rv = k->open(e, err);
    if (rv == APR_SUCCESS)
        rv = simg_folders_remove(e->stores, names, e->scratch, err);
    return rv == APR_SUCCESS ? k->rows(e->counts, e->site->index, names, err) : rv;
}

static apr_status_t forget_files(eraser *e, const kind *k, simg_problem *err)
{
    apr_status_t rv;
    int more;

    e->stores = NULL;
    do
        rv = forget_some(&more, e, k, err);
    while (rv == APR_SUCCESS && more);
    return rv;
}

static void log_counts(const simg_site *site, const simg_erased *c)
{
    simg_log_write(site->log, SIMG_INFO, APR_SUCCESS,
                   SIMGLOG(0521) "a subject was erased: %" APR_INT64_T_FMT " stories, %" APR_INT64_T_FMT
                                 " jobs, %" APR_INT64_T_FMT " pictures, %" APR_INT64_T_FMT " uploads, %" APR_INT64_T_FMT
                                 " descriptions, %" APR_INT64_T_FMT " kept answers",
                   c->stories, c->jobs, c->images, c->uploads, c->descriptors, c->requests);
}

apr_status_t simg_erase(simg_erased *counts, const simg_site *site, const char *subject, apr_pool_t *p,
                        simg_problem *err)
{
    eraser e = { .counts = counts, .site = site, .subject = subject, .p = p };
    simg_problem ignored = { 0 };
    apr_status_t rv;
    apr_size_t i;

    *counts = (simg_erased){ 0 };
    apr_pool_create(&e.scratch, p);
    /* what a process that is gone has half saved is recorded now, as nobody could tell later whose it was; where that
     * cannot be done, it is no reason to keep the rest */
    simg_recover_leases(site, e.scratch, &ignored);
    simg_recover_stale(site, e.scratch, &ignored);
    rv = forget_stories(&e, err);
    simg_bell_ring(site->bell);
    for (i = 0; rv == APR_SUCCESS && i < sizeof(kinds) / sizeof(*kinds); i++)
        rv = forget_files(&e, &kinds[i], err);
    simg_bell_ring(site->bell);
    simg_count_removed(site, "erased", (int)counts->images);
    if (rv == APR_SUCCESS)
        log_counts(site, counts);
    apr_pool_destroy(e.scratch);
    return rv;
}
