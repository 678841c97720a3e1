/* SPDX-License-Identifier: Apache-2.0 */
#include "work/reconcile.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "index/doomed.h"
#include "index/reconcile.h"
#include "store/thumbs.h"
#include "work/found.h"
#include "work/share.h"

#define FEW 10 /* records; more of them do not lose half their files one by one */

typedef struct folder {
    simg_recovery *counts;
    const simg_site *site;
    simg_store *store;
    simg_db *db;
    apr_pool_t *scratch;
} folder;

static apr_status_t adopt(folder *f, const char *name, simg_problem *err)
{
    simg_image image = { .model = "unknown", .site = f->site->name };
    simg_problem why = { 0 };
    simg_upload *u;
    apr_status_t rv;

    /* gone by now, or no picture: then it is none of ours */
    if (!simg_found_read(&image, name, f->scratch) ||
        simg_store_look(&u, f->store, name, f->scratch, &why) != APR_SUCCESS)
        return APR_SUCCESS;
    image.width = (int)u->sniff.width;
    image.height = (int)u->sniff.height;
    image.size = u->size;
    image.sha256 = u->sha256;
    rv = simg_images_add_in(f->db, &image, err);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_EEXIST(rv) && !err->status ? APR_SUCCESS : rv;
    f->counts->adopted++;
    simg_share_in(f->site, f->store, f->db, name, f->scratch);
    return APR_SUCCESS;
}

/** A file that is being saved at this moment gets its record from whoever saves it; one that is to go gets none. */
static apr_status_t see_file(void *baton, const char *name, apr_off_t size, int links, simg_problem *err)
{
    folder *f = baton;
    int known = 0;
    apr_status_t rv;

    (void)size;
    apr_pool_clear(f->scratch);
    rv = simg_images_recorded(&known, f->db, name, err);
    if (rv == APR_SUCCESS && !known)
        rv = simg_doomed_has(&known, f->db, name, err);
    if (rv == APR_SUCCESS && !known && links > 1)
        rv = simg_store_is_saving(&known, f->store, name, f->scratch, err);
    return rv == APR_SUCCESS && !known ? adopt(f, name, err) : rv;
}

/** Sites that share an index share its list, but each may have its own folder. */
static apr_status_t has_file(int *there, const folder *f, const char *name, simg_problem *err)
{
    const char *const *other = f->site->folders;
    apr_status_t rv = simg_store_exists(there, f->store, name, f->scratch, err);
    apr_finfo_t found;

    for (; rv == APR_SUCCESS && !*there && other && *other; other++)
        *there = apr_stat(&found, apr_pstrcat(f->scratch, *other, "/", name, NULL), APR_FINFO_TYPE, f->scratch) ==
                     APR_SUCCESS &&
                 found.filetype == APR_REG;
    return rv;
}

static apr_status_t drop(const folder *f, const char *name, simg_problem *err)
{
    apr_status_t rv = simg_images_lost(f->db, name, err);

    return rv == APR_SUCCESS ? simg_thumb_remove(f->store, name, f->scratch, err) : rv;
}

/** Go through all records; remove those without a file, or only count them. */
static apr_status_t check_records(int *missing, int *all, folder *f, int remove, simg_problem *err)
{
    const char *last = "";
    apr_array_header_t *names;
    char kept[256];
    apr_status_t rv;
    int i, there;

    *missing = *all = 0;
    do {
        apr_pool_clear(f->scratch);
        rv = simg_images_after(&names, f->db, last, f->scratch, err);
        for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++) {
            last = APR_ARRAY_IDX(names, i, const char *);
            rv = has_file(&there, f, last, err);
            if (rv != APR_SUCCESS || there)
                continue;
            ++*missing;
            if (remove)
                rv = drop(f, last, err);
        }
        *all += names->nelts;
        apr_cpystrn(kept, last, sizeof(kept));
        last = kept;
    } while (rv == APR_SUCCESS && names->nelts);
    return rv;
}

static apr_status_t drop_missing(folder *f, simg_problem *err)
{
    int missing = 0, all = 0;
    apr_status_t rv = check_records(&missing, &all, f, 0, err);

    if (rv != APR_SUCCESS || !missing)
        return rv;
    if (all > FEW && missing > all / 2) {
        simg_log_write(
            f->site->log, SIMG_WARNING, APR_SUCCESS,
            SIMGLOG(0502) "recovery: %d of %d pictures are not in StoryImgGeneratedDir; is its disk mounted? "
                          "Their records are left alone",
            missing, all);
        return APR_SUCCESS;
    }
    rv = check_records(&missing, &all, f, 1, err);
    f->counts->missing += missing;
    return rv;
}

apr_status_t simg_reconcile(simg_recovery *counts, const simg_site *site, simg_store *store, apr_pool_t *p,
                            simg_problem *err)
{
    folder f = { .counts = counts, .site = site, .store = store };
    apr_status_t rv = simg_index_borrow(&f.db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_create(&f.scratch, p);
    rv = simg_store_scan(store, see_file, &f, p, err);
    if (rv == APR_SUCCESS)
        rv = drop_missing(&f, err);
    simg_index_return(site->index, f.db);
    return rv;
}
