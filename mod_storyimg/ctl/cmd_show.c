/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/folder.h"
#include "ctl/print.h"
#include "ctl/record.h"
#include "index/audit.h"

/** What a picture's place holds. */
static const char *state_of(const ctl *c, const char *name)
{
    apr_filetype_e type = strchr(name, '/') ? APR_NOFILE : ctl_folder_type(c->settings->generated_dir, name);

    return type == APR_REG ? "there" : type == APR_LNK ? "a symlink" : "missing";
}

static apr_status_t sharers_of(apr_array_header_t **names, const ctl *c, const char *name, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_audit_sharers(names, db, name, c->pool, err);
    simg_index_return(c->site->index, db);
    return rv;
}

static void print_text(const ctl *c, const simg_image *i, const char *file, int thumbnail,
                       const apr_array_header_t *sharers)
{
    apr_pool_t *p = c->pool;
    int n;

    ctl_print_line(c, "filename     %s", ctl_print_safe(i->filename, p));
    ctl_print_line(c, "file         %s, %s by its record", file, ctl_print_bytes(i->size, p));
    ctl_print_line(c, "thumbnail    %s", thumbnail ? "there" : "none");
    ctl_print_line(c, "created      %s", simg_clock_iso(i->created_at, p));
    ctl_print_line(c, "kind         %s, page %d, %dx%d", ctl_print_safe(i->kind, p), i->page_number, i->width, i->height);
    ctl_print_line(c, "model        %s", ctl_print_safe(i->model, p));
    ctl_print_line(c, "story        %s", ctl_print_safe(i->story_id, p));
    ctl_print_line(c, "site         %s", ctl_print_safe(i->site, p));
    ctl_print_line(c, "kept         %s", i->keep ? "yes" : "no");
    ctl_print_line(c, "sha256       %s", ctl_print_safe(i->sha256, p));
    ctl_print_line(c, "duplicate of %s", ctl_print_safe(i->duplicate_of, p));
    for (n = 0; n < sharers->nelts; n++)
        ctl_print_line(c, "shares with  %s", ctl_print_safe(APR_ARRAY_IDX(sharers, n, const char *), p));
}

static json_t *json_of(const ctl *c, const simg_image *i, const char *file, int thumbnail,
                       const apr_array_header_t *sharers)
{
    json_t *j = ctl_record_json(i, c->pool), *shared = json_array();
    int n;

    for (n = 0; n < sharers->nelts; n++)
        json_array_append_new(shared, ctl_print_string(APR_ARRAY_IDX(sharers, n, const char *), c->pool));
    json_object_set_new(j, "file", json_string(file));
    json_object_set_new(j, "thumbnail", json_boolean(thumbnail));
    json_object_set_new(j, "sharesWith", shared);
    return j;
}

int ctl_show(ctl *c)
{
    apr_array_header_t *sharers;
    simg_problem err = { 0 };
    simg_image image;
    const char *file;
    int thumbnail;
    apr_status_t rv = simg_images_get(&image, c->site->index, c->operand, c->pool, &err);

    if (APR_STATUS_IS_ENOENT(rv) && !err.status) {
        ctl_print_failure(c, "%s: no picture has this name", c->operand);
        return CTL_FOUND;
    }
    if (rv == APR_SUCCESS)
        rv = sharers_of(&sharers, c, image.filename, &err);
    if (rv != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    file = state_of(c, image.filename);
    thumbnail = ctl_folder_type(c->settings->generated_dir, ctl_record_thumbnail(image.filename, c->pool)) == APR_REG;
    print_text(c, &image, file, thumbnail, sharers);
    ctl_print_end(c, json_of(c, &image, file, thumbnail, sharers));
    return strcmp(file, "there") ? CTL_FOUND : CTL_FINE;
}
