/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/print.h"
#include "queue/jobs.h"

#define PAGE 200

const ctl_option ctl_jobs_options[] = {
    { "status", "STATUS", "queued, processing, completed, failed or cancelled" },
    { NULL, NULL, NULL },
};

/** A list under way. */
typedef struct listing {
    ctl *c;
    int status; /* -1: any */
    apr_int64_t told;
} listing;

static void tell(listing *l, const simg_job *job, apr_pool_t *p)
{
    const simg_job_counts *n = &job->counts;
    const char *status = simg_job_status_name(job->status), *created = simg_clock_iso(job->created_at, p);

    if (l->status >= 0 && l->status != (int)job->status)
        return;
    l->told++;
    if (l->c->json)
        ctl_print_item(l->c, json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:i, s:i, s:i}", "id", job->id, "storyId",
                                       ctl_print_string(job->story_id, p), "site", ctl_print_string(job->site, p),
                                       "status", status, "createdAt", created, "updatedAt",
                                       simg_clock_iso(job->updated_at, p), "done", simg_job_done(n), "failed",
                                       simg_job_lost(n), "total", simg_job_total(n)));
    else
        ctl_print_line(l->c, "%s  %-10s  %2d of %2d, %2d failed  %s  %s", created, status, simg_job_done(n),
                       simg_job_total(n), simg_job_lost(n), ctl_print_safe(job->id, p), ctl_print_safe(job->site, p));
}

static apr_status_t next_page(simg_job_list *page, const ctl *c, const char *cursor, apr_pool_t *p, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_list(page, db, c->site_name, PAGE, cursor, p, err);
    simg_index_return(c->site->index, db);
    return rv;
}

/* As in cmd_list.c: a cursor lives for one page more. */
static apr_status_t list_pages(listing *l, simg_problem *err)
{
    simg_job_list page = { 0 };
    apr_pool_t *pools[2];
    apr_status_t rv;
    int turn = 0, i;

    apr_pool_create(&pools[0], l->c->pool);
    apr_pool_create(&pools[1], l->c->pool);
    do {
        turn = !turn;
        apr_pool_clear(pools[turn]);
        rv = next_page(&page, l->c, page.next_cursor, pools[turn], err);
        for (i = 0; rv == APR_SUCCESS && i < page.jobs->nelts; i++)
            tell(l, &APR_ARRAY_IDX(page.jobs, i, simg_job), pools[turn]);
    } while (rv == APR_SUCCESS && page.next_cursor);
    return rv;
}

int ctl_jobs(ctl *c)
{
    const char *status = ctl_given(c, "status");
    listing l = { .c = c, .status = status ? simg_job_status_read(status) : -1 };
    simg_problem err = { 0 };

    if (status && l.status < 0)
        return ctl_print_failure(c, "--status %s: must be %s", status, ctl_jobs_options[0].meaning);
    ctl_print_list(c, "jobs");
    if (list_pages(&l, &err) != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    ctl_print_end(c, json_pack("{s:I}", "count", (json_int_t)l.told));
    return CTL_FINE;
}
