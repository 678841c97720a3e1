/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/setup.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_file_info.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "base/file.h"
#include "ctl/print.h"
#include "index/audit.h"

static const char *variable(const char *name)
{
    return getenv(name);
}

static void log_line(const simg_log *log, int level, apr_status_t rv, const char *message)
{
    const ctl *c = log->sink;
    char buf[120];

    (void)level;
    fprintf(stderr, "storyimgctl: %s", ctl_print_safe(message, c->pool));
    if (rv != APR_SUCCESS)
        fprintf(stderr, " (%s)", apr_strerror(rv, buf, sizeof(buf)));
    fputc('\n', stderr);
}

static const char *absolute(const char *root, const char *path, apr_pool_t *p)
{
    char *merged;

    return apr_filepath_merge(&merged, root, path, APR_FILEPATH_TRUENAME, p) == APR_SUCCESS ? merged : path;
}

/** Where the pictures of all sites lie: NULL if nobody named another place. */
static const char *const *folders_of(const ctl *c)
{
    apr_array_header_t *all;
    int i;

    if (!c->folders->nelts)
        return NULL;
    all = apr_array_make(c->pool, 4, sizeof(const char *));
    APR_ARRAY_PUSH(all, const char *) = c->settings->generated_dir;
    for (i = 0; i < c->folders->nelts; i++)
        APR_ARRAY_PUSH(all, const char *) = absolute(c->root, APR_ARRAY_IDX(c->folders, i, const char *), c->pool);
    APR_ARRAY_PUSH(all, const char *) = NULL;
    return (const char *const *)all->elts;
}

int ctl_setup_configure(ctl *c)
{
    simg_log *log = apr_palloc(c->pool, sizeof(*log));
    char *here = NULL;
    const char *wrong;

    *log = (simg_log){ c->quiet ? SIMG_ERROR : SIMG_WARNING, log_line, c };
    if (apr_filepath_get(&here, 0, c->pool) != APR_SUCCESS)
        here = apr_pstrdup(c->pool, "/");
    c->root = c->root ? absolute(here, c->root, c->pool) : here;
    wrong = simg_settings_finish(c->settings, c->root, variable, c->pool);
    if (!wrong)
        wrong = simg_site_make(&c->site, c->settings, log, c->pool);
    if (wrong)
        return ctl_print_failure(c, "%s", wrong);
    c->site->folders = folders_of(c);
    if (c->site_name) {
        char *name = apr_pstrdup(c->pool, c->site_name), *at;

        for (at = name; *at; at++)
            *at = apr_tolower(*at);
        c->site->name = c->site_name = name;
    }
    return CTL_FINE;
}

/** Whose a folder is: its own owner, unless that is root but somebody else may have led us there: who owns a symlink or a
 * folder on the way decides where it leads. @return 0, or an errno */
static int owner_of(struct stat *st, const char *path, apr_pool_t *p)
{
    char *part = apr_pstrdup(p, path), *slash = part;
    struct stat on_the_way;

    if (stat(path, st) != 0)
        return errno;
    while (st->st_uid == 0 && slash) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (lstat(part, &on_the_way) == 0 && on_the_way.st_uid != 0)
            *st = on_the_way;
        if (slash)
            *slash = '/';
    }
    return 0;
}

/** Made by root, given to whom the pictures belong. */
static int make_state(ctl *c, const struct stat *like)
{
    const char *path = c->settings->state_dir;
    apr_status_t rv = simg_dir_make_private(path, c->pool);
    char buf[120];

    if (rv == APR_SUCCESS && lchown(path, like->st_uid, like->st_gid) != 0)
        rv = APR_FROM_OS_ERROR(errno);
    if (rv == APR_SUCCESS)
        return CTL_FINE;
    return ctl_print_failure(c, "StoryImgStateDir %s: cannot be made: %s", path, apr_strerror(rv, buf, sizeof(buf)));
}

static int become(ctl *c, uid_t user, gid_t group)
{
    const struct passwd *known = getpwuid(user);
    int rc = known ? initgroups(known->pw_name, group) : setgroups(1, &group);

    if (rc == 0 && setgid(group) == 0 && setuid(user) == 0)
        return CTL_FINE;
    return ctl_print_failure(c, "cannot become the owner of StoryImgStateDir (uid %ld): %s", (long)user,
                             strerror(errno));
}

int ctl_setup_become_owner(ctl *c)
{
    struct stat st;
    int missing;

    if (geteuid() != 0)
        return CTL_FINE;
    missing = owner_of(&st, c->settings->state_dir, c->pool);
    if (missing && owner_of(&st, c->settings->generated_dir, c->pool) != 0)
        return CTL_FINE;
    if (missing && (c->command->needs & CTL_MAKE) && make_state(c, &st) != CTL_FINE)
        return CTL_FAILED;
    return st.st_uid == 0 ? CTL_FINE : become(c, st.st_uid, st.st_gid);
}

/** The index would be made by whoever opens it. */
static int find_index(ctl *c)
{
    const char *path = strchr(c->settings->index, ':') + 1;
    apr_status_t rv;
    apr_finfo_t f;
    char buf[120];

    if (c->command->needs & CTL_MAKE) {
        rv = simg_dir_make_private(c->settings->state_dir, c->pool);
        return rv == APR_SUCCESS ? CTL_FINE
                                 : ctl_print_failure(c, "StoryImgStateDir %s: cannot be made: %s",
                                                     c->settings->state_dir, apr_strerror(rv, buf, sizeof(buf)));
    }
    rv = apr_stat(&f, path, APR_FINFO_TYPE | APR_FINFO_SIZE, c->pool);
    if (rv == APR_SUCCESS && f.filetype == APR_REG && f.size > 0)
        return CTL_FINE;
    return ctl_print_failure(c, "StoryImgIndex %s: %s", path,
                             rv != APR_SUCCESS ? apr_strerror(rv, buf, sizeof(buf)) : "this is no index");
}

static int find_folder(ctl *c)
{
    const char *path = c->settings->generated_dir;
    apr_finfo_t f;
    char buf[120];
    apr_status_t rv = apr_stat(&f, path, APR_FINFO_TYPE, c->pool);

    if (rv == APR_SUCCESS && f.filetype == APR_DIR)
        return CTL_FINE;
    return ctl_print_failure(c, "StoryImgGeneratedDir %s: %s", path,
                             rv != APR_SUCCESS ? apr_strerror(rv, buf, sizeof(buf)) : "this is no folder");
}

apr_status_t ctl_setup_sites(apr_array_header_t **names, const ctl *c, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_audit_sites(names, db, c->pool, err);
    simg_index_return(c->site->index, db);
    return rv;
}

/** The only site; records from before sites were written down belong to whichever there is. */
static int find_site(ctl *c)
{
    apr_array_header_t *names;
    simg_problem err = { 0 };
    const char *list = "";
    int i, known = 0;

    if (ctl_setup_sites(&names, c, &err) != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);

        known |= c->site_name && !strcmp(name, c->site_name);
        list = apr_pstrcat(c->pool, list, " ", ctl_print_safe(name, c->pool), NULL);
    }
    if (c->site_name && names->nelts && !known)
        simg_log_write(c->site->log, SIMG_WARNING, APR_SUCCESS, "--site %s: this index knows only%s", c->site_name, list);
    if (c->site_name)
        return CTL_FINE;
    if (names->nelts > 1)
        return ctl_print_failure(c, "several sites use this index: say --site with one of%s", list);
    if (names->nelts == 1)
        c->site->name = APR_ARRAY_IDX(names, 0, const char *);
    return CTL_FINE;
}

int ctl_setup_open(ctl *c)
{
    int needs = c->command->needs, state = CTL_FINE;
    simg_problem err = { 0 };

    if (needs & CTL_FOLDER)
        state = find_folder(c);
    if (state == CTL_FINE && (needs & (CTL_INDEX | CTL_MAKE)))
        state = find_index(c);
    if (state == CTL_FINE && simg_site_open(c->site, c->pool, &err) != APR_SUCCESS)
        state = ctl_print_problem(c, &err);
    if (state == CTL_FINE && (needs & CTL_SITE))
        state = find_site(c);
    return state;
}
