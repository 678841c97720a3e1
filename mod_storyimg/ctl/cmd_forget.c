/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "ctl/commands.h"
#include "ctl/folder.h"
#include "ctl/print.h"
#include "ctl/progress.h"
#include "index/audit.h"
#include "work/erase.h"

/** Sites that share an index may have folders of their own. A picture whose file lies in one that nobody named would lose
 * its record and stay. *elsewhere: the site of such a picture; NULL: there is none. */
static apr_status_t find_elsewhere(const char **elsewhere, ctl *c, simg_problem *err)
{
    apr_array_header_t *records;
    const char *last = "";
    simg_db *db;
    int i;
    apr_status_t rv = simg_index_borrow(&db, c->site->index, err);

    *elsewhere = NULL;
    if (rv != APR_SUCCESS)
        return rv;
    do {
        rv = simg_audit_subject(&records, db, c->operand, last, c->pool, err);
        for (i = 0; rv == APR_SUCCESS && i < records->nelts && !*elsewhere; i++) {
            const simg_audit_record *r = &APR_ARRAY_IDX(records, i, simg_audit_record);

            last = r->filename;
            if (!ctl_folder_has(c, r->filename))
                *elsewhere = r->site;
        }
    } while (rv == APR_SUCCESS && records->nelts && !*elsewhere);
    simg_index_return(c->site->index, db);
    return rv;
}

/** Is it sure that no file is passed by? With one site a file that is not here is nowhere. */
static int check_folders(ctl *c)
{
    apr_array_header_t *sites;
    simg_problem err = { 0 };
    const char *elsewhere;
    simg_db *db;
    apr_status_t rv = find_elsewhere(&elsewhere, c, &err);

    if (rv == APR_SUCCESS)
        rv = simg_index_borrow(&db, c->site->index, &err);
    if (rv == APR_SUCCESS) {
        rv = simg_audit_sites(&sites, db, c->pool, &err);
        simg_index_return(c->site->index, db);
    }
    if (rv != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    if (!elsewhere || sites->nelts < 2)
        return CTL_FINE;
    return ctl_print_failure(c,
                             "a picture of site %s is not in StoryImgGeneratedDir: name the folders of the other sites "
                             "by --also-dir, and if it is not there either, remove its record (verify tells which)",
                             elsewhere);
}

int ctl_forget(ctl *c)
{
    simg_erased n = { 0 };
    simg_problem err = { 0 };
    apr_status_t rv;

    if (check_folders(c) != CTL_FINE)
        return CTL_FAILED;
    ctl_progress_start(c, "erasing", 0);
    rv = simg_erase(&n, c->site, c->operand, c->pool, &err);
    ctl_progress_end();
    if (rv != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    ctl_print_note(c, "erased: %ld stories, %ld jobs, %ld pictures, %ld uploads, %ld descriptions, %ld kept answers",
                   (long)n.stories, (long)n.jobs, (long)n.images, (long)n.uploads, (long)n.descriptors,
                   (long)n.requests);
    ctl_print_end(c, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "stories", (json_int_t)n.stories, "jobs",
                               (json_int_t)n.jobs, "images", (json_int_t)n.images, "uploads", (json_int_t)n.uploads,
                               "descriptors", (json_int_t)n.descriptors, "requests", (json_int_t)n.requests));
    return CTL_FINE;
}
