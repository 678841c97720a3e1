/* SPDX-License-Identifier: Apache-2.0 */
#include "work/share.h"

#include <stdatomic.h>

#include "index/reconcile.h"
#include "index/twins.h"
#include "work/count.h"

static void say_once(const simg_site *site)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&said))
        simg_log_write(site->log, SIMG_NOTICE, APR_SUCCESS,
                       SIMGLOG(0762) "StoryImgGeneratedDir: files cannot have two names here: identical pictures are "
                                     "kept as often as they were drawn");
}

/* Removed while its bytes were compared, it has its name again by now, and would come back with the next recovery. */
static void drop_if_gone(simg_store *store, simg_db *db, const char *filename, apr_pool_t *p)
{
    simg_problem ignored = { 0 };
    int recorded = 1;

    if (simg_images_recorded(&recorded, db, filename, &ignored) == APR_SUCCESS && !recorded)
        simg_store_remove(store, filename, p, &ignored);
}

int simg_share_in(const simg_site *site, simg_store *store, simg_db *db, const char *filename, apr_pool_t *p)
{
    simg_problem ignored = { 0 };
    simg_twin twin;
    apr_status_t rv;

    if (simg_twins_find(&twin, db, filename, p, &ignored) != APR_SUCCESS)
        return 0;
    rv = simg_store_share(store, twin.filename, filename, p);
    if (rv == APR_SUCCESS) {
        drop_if_gone(store, db, filename, p);
        simg_twins_shared(db, filename, &twin, &ignored);
    } else if (rv == APR_ENOTIMPL)
        say_once(site);
    return 1;
}

int simg_share(const simg_site *site, simg_store *store, const char *filename, apr_pool_t *p)
{
    simg_problem ignored = { 0 };
    simg_db *db;
    int duplicate;

    if (simg_index_borrow(&db, site->index, &ignored) != APR_SUCCESS)
        return 0;
    duplicate = simg_share_in(site, store, db, filename, p);
    simg_index_return(site->index, db);
    if (duplicate)
        simg_count_deduplicated(site);
    return duplicate;
}
