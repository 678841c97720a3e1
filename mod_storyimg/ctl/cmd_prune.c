/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/commands.h"
#include "ctl/limits.h"
#include "ctl/print.h"
#include "ctl/progress.h"
#include "ctl/setup.h"
#include "work/sweep.h"

const ctl_option ctl_prune_options[] = {
    { "dry-run", NULL, "only say what would go" },
    { NULL, NULL, NULL },
};

static apr_status_t remove_all(ctl_limits_sum *sum, ctl *c, simg_problem *err)
{
    simg_swept swept = { 0 };
    apr_status_t rv = simg_sweep_retire(&swept, c->site, ctl_limits_tell, c, c->pool, err);

    sum->images = swept.images;
    sum->bytes = swept.bytes;
    return rv == APR_SUCCESS ? simg_sweep_left(c->site, c->site->name, c->pool, err) : rv;
}

/** Sites that share an index may have folders of their own. A picture whose file lies in another one would lose its record
 * and stay. With one site a file that is not here is nowhere. */
static apr_status_t check_folder(int *wrong, ctl *c, const ctl_limits_sum *sum, simg_problem *err)
{
    apr_array_header_t *sites;
    apr_status_t rv = sum->elsewhere ? ctl_setup_sites(&sites, c, err) : APR_SUCCESS;

    *wrong = rv == APR_SUCCESS && sum->elsewhere && sites->nelts > 1;
    return rv;
}

int ctl_prune(ctl *c)
{
    ctl_limits_sum sum = { 0 };
    simg_problem err = { 0 };
    int dry = ctl_given(c, "dry-run") != NULL;
    int wrong = 0;
    apr_status_t rv = ctl_limits_preview(&sum, c, 0, &err);

    if (rv == APR_SUCCESS)
        rv = check_folder(&wrong, c, &sum, &err);
    if (wrong)
        return ctl_print_failure(c,
                                 "%ld of the pictures that are to go are not in StoryImgGeneratedDir: is it the folder "
                                 "of site %s? verify tells which have no file",
                                 (long)sum.elsewhere, c->site->name);
    ctl_print_list(c, "removed");
    ctl_progress_start(c, "pictures", sum.images);
    if (rv == APR_SUCCESS)
        rv = dry ? ctl_limits_preview(&sum, c, 1, &err) : remove_all(&sum, c, &err);
    ctl_progress_end();
    if (rv != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    ctl_print_note(c, "%ld pictures, %s", (long)sum.images, ctl_print_bytes(sum.bytes, c->pool));
    ctl_print_end(c, json_pack("{s:I, s:I}", "count", (json_int_t)sum.images, "bytes", (json_int_t)sum.bytes));
    return CTL_FINE;
}
