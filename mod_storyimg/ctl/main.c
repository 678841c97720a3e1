/* SPDX-License-Identifier: Apache-2.0 */
/* storyimgctl: the administrator's work, done with the library alone. */
#include <locale.h>

#include <apr_general.h>

#include "base/http.h"
#include "ctl/commands.h"
#include "ctl/print.h"
#include "ctl/progress.h"
#include "ctl/setup.h"
#include "ctl/usage.h"

const ctl_command ctl_commands[] = {
    { "list", NULL, CTL_INDEX, ctl_list_options, ctl_list, "the pictures, newest first" },
    { "show", "NAME", CTL_INDEX, NULL, ctl_show, "one picture: its record, its file, who shares it" },
    { "stats", NULL, CTL_INDEX | CTL_SITE, NULL, ctl_stats, "how much there is, and how much room" },
    { "prune", NULL, CTL_INDEX | CTL_SITE | CTL_FOLDER, ctl_prune_options, ctl_prune,
      "remove what is beyond the limits of age, count and size, now" },
    { "verify", NULL, CTL_INDEX | CTL_SITE | CTL_FOLDER, ctl_verify_options, ctl_verify,
      "compare the files with the index" },
    { "reindex", NULL, CTL_MAKE | CTL_SITE | CTL_FOLDER, NULL, ctl_reindex,
      "give files without a record one; makes the index if it is missing" },
    { "forget", "SUBJECT", CTL_INDEX | CTL_FOLDER, NULL, ctl_forget, "erase all that is kept of a subject; asks nothing" },
    { "jobs", NULL, CTL_INDEX, ctl_jobs_options, ctl_jobs, "the jobs, newest first" },
    { "check-config", NULL, 0, NULL, ctl_check, "what is configured, from where, and whether it works" },
    { NULL, NULL, 0, NULL, NULL, NULL },
};

static int run(ctl *c, int argc, const char *const *argv)
{
    int done = 0, state = ctl_usage_read(c, &done, argc, argv);

    if (state != CTL_FINE || done)
        return state;
    state = ctl_setup_configure(c);
    if (state == CTL_FINE)
        state = ctl_setup_become_owner(c);
    if (state == CTL_FINE)
        state = ctl_setup_open(c);
    return state == CTL_FINE ? c->command->run(c) : state;
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    ctl c = { 0 };
    int state = CTL_FAILED;

    setlocale(LC_CTYPE, "C.UTF-8");
    if (apr_app_initialize(&argc, &argv, NULL) != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return CTL_FAILED;
    c.pool = pool;
    c.settings = simg_settings_make(pool);
    c.given = apr_table_make(pool, 8);
    c.folders = apr_array_make(pool, 2, sizeof(const char *));
    if (simg_http_init(pool) == APR_SUCCESS)
        state = run(&c, argc, argv);
    ctl_progress_end();
    state = ctl_print_flush(&c, state);
    apr_pool_destroy(pool);
    apr_terminate();
    return state;
}
