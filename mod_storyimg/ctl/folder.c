/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/folder.h"

#include <string.h>

#include <apr_strings.h>

#include "base/file.h"

#define WANTED (APR_FINFO_NAME | APR_FINFO_TYPE | APR_FINFO_NLINK)
#define LONGEST 4096

static apr_status_t failed(const char *path, apr_status_t rv, apr_pool_t *p, simg_problem *err)
{
    simg_problem_set(err, p, "internal", rv, "a folder cannot be read");
    return simg_problem_cause(err, p, "%s", path);
}

static int is_itself(const char *name)
{
    return !strcmp(name, ".") || !strcmp(name, "..");
}

apr_status_t ctl_folder_scan(const char *path, ctl_folder_fn *fn, void *baton, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv, told = APR_SUCCESS;
    apr_dir_t *dir;
    apr_finfo_t f;

    rv = apr_dir_open(&dir, path, p);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS : failed(path, rv, p, err);
    while (told == APR_SUCCESS && ((rv = apr_dir_read(&f, WANTED, dir)) == APR_SUCCESS || rv == APR_INCOMPLETE)) {
        const ctl_entry entry = { f.name, f.filetype, f.nlink };

        if (rv == APR_SUCCESS && !is_itself(f.name))
            told = fn(baton, &entry, err);
    }
    apr_dir_close(dir);
    if (told != APR_SUCCESS)
        return told;
    return APR_STATUS_IS_ENOENT(rv) ? APR_SUCCESS : failed(path, rv, p, err);
}

apr_filetype_e ctl_folder_type(const char *folder, const char *name)
{
    char path[LONGEST];
    apr_finfo_t f;

    apr_snprintf(path, sizeof(path), "%s/%s", folder, name);
    return apr_stat(&f, path, APR_FINFO_TYPE | APR_FINFO_LINK, NULL) == APR_SUCCESS ? f.filetype : APR_NOFILE;
}

/** Where the temporary names may be (store/disk.c). */
typedef struct witness {
    const char *folder, *path;
    int found;
} witness;

static apr_status_t see_part(void *baton, const ctl_entry *entry, simg_problem *err)
{
    witness *w = baton;
    char path[LONGEST];

    (void)err;
    apr_snprintf(path, sizeof(path), "%s/%s", w->folder, entry->name);
    w->found |= entry->links > 1 && simg_file_same(path, w->path);
    return APR_SUCCESS;
}

int ctl_folder_has(const ctl *c, const char *name)
{
    const char *const *folder = c->site->folders;

    if (!folder)
        return ctl_folder_type(c->settings->generated_dir, name) != APR_NOFILE;
    while (*folder && ctl_folder_type(*folder, name) == APR_NOFILE)
        folder++;
    return *folder != NULL;
}

/* Its temporary name is there beside it until its record is written. */
int ctl_folder_is_saving(const ctl *c, const char *name, apr_pool_t *p)
{
    const simg_settings *s = c->settings;
    const char *places[] = { apr_pstrcat(p, s->state_dir, "/incoming", NULL),
                             apr_pstrcat(p, s->generated_dir, "/.incoming", NULL) };
    witness w = { .path = apr_pstrcat(p, s->generated_dir, "/", name, NULL) };
    simg_problem ignored = { 0 };
    int i;

    for (i = 0; i < 2 && !w.found; i++) {
        w.folder = places[i];
        ctl_folder_scan(places[i], see_part, &w, p, &ignored);
    }
    return w.found;
}
