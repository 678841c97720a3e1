/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/limits.h"

#include "base/clock.h"
#include "ctl/folder.h"
#include "ctl/print.h"
#include "ctl/progress.h"

apr_status_t ctl_limits_tell(void *baton, const simg_doomed *doomed, simg_problem *err)
{
    ctl *c = baton;
    apr_pool_t *p;

    (void)err;
    apr_pool_create(&p, c->pool);
    if (c->json)
        ctl_print_item(c, json_pack("{s:o, s:s, s:I}", "filename", ctl_print_string(doomed->filename, p), "reason",
                                    doomed->reason, "bytes", (json_int_t)doomed->freed));
    else
        ctl_print_line(c, "%-5s  %10ld  %s", doomed->reason, (long)doomed->freed, ctl_print_safe(doomed->filename, p));
    ctl_progress_step(1, 0);
    apr_pool_destroy(p);
    return APR_SUCCESS;
}

typedef struct adding {
    ctl *c;
    ctl_limits_sum *sum;
    int tell;
} adding;

static apr_status_t add(void *baton, const simg_doomed *doomed, simg_problem *err)
{
    const adding *a = baton;

    a->sum->images++;
    a->sum->bytes += doomed->freed;
    a->sum->elsewhere += !ctl_folder_has(a->c, doomed->filename);
    return a->tell ? ctl_limits_tell(a->c, doomed, err) : APR_SUCCESS;
}

apr_status_t ctl_limits_preview(ctl_limits_sum *sum, ctl *c, int tell, simg_problem *err)
{
    const simg_settings *s = c->settings;
    const simg_retention limits = { .max_age = s->max_age, .max_files = s->max_files, .max_bytes = s->max_size };
    const simg_doom doom = { .site = c->site->name, .limits = &limits, .now = simg_clock_now() };
    adding a = { c, sum, tell };
    simg_db *db;
    apr_status_t rv;

    *sum = (ctl_limits_sum){ 0 };
    if (!simg_retention_limited(&limits))
        return APR_SUCCESS;
    rv = simg_index_borrow(&db, c->site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_doomed_preview(db, &doom, add, &a, c->pool, err);
    simg_index_return(c->site->index, db);
    return rv;
}
