/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "ctl/commands.h"
#include "ctl/limits.h"
#include "ctl/print.h"
#include "index/census.h"

/** All that is told. */
typedef struct stats {
    ctl *c;
    simg_census census;
    apr_int64_t free_bytes; /* -1: not known */
    ctl_limits_sum due;     /* what retention would remove now */
} stats;

static apr_status_t gather(stats *s, simg_problem *err)
{
    ctl *c = s->c;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_census_read(&s->census, db, c->site->name, c->pool, err);
    simg_index_return(c->site->index, db);
    if (simg_disk_free(&s->free_bytes, c->settings->generated_dir) != APR_SUCCESS)
        s->free_bytes = -1;
    return rv == APR_SUCCESS ? ctl_limits_preview(&s->due, c, 0, err) : rv;
}

static const char *when(apr_time_t t, apr_pool_t *p)
{
    return t ? simg_clock_iso(t, p) : "-";
}

static void print_sorts(const ctl *c, const char *label, const apr_array_header_t *sorts)
{
    int i;

    for (i = 0; i < sorts->nelts; i++) {
        const simg_census_sort *sort = &APR_ARRAY_IDX(sorts, i, simg_census_sort);

        ctl_print_line(c, "%s %-12s %10ld%s%s", label, ctl_print_safe(sort->name, c->pool), (long)sort->n,
                       sort->bytes ? "  " : "", sort->bytes ? ctl_print_bytes(sort->bytes, c->pool) : "");
    }
}

static void print_limits(const stats *s)
{
    const simg_settings *set = s->c->settings;
    apr_pool_t *p = s->c->pool;

    ctl_print_line(s->c, "limits: age %s, pictures %s, size %s; over them now: %ld pictures, %s",
                   set->max_age ? apr_psprintf(p, "%ld s", (long)apr_time_sec(set->max_age)) : "none",
                   set->max_files ? apr_psprintf(p, "%ld", (long)set->max_files) : "none",
                   set->max_size ? ctl_print_bytes(set->max_size, p) : "none", (long)s->due.images,
                   ctl_print_bytes(s->due.bytes, p));
}

static void print_text(const stats *s)
{
    const simg_census *n = &s->census;
    const ctl *c = s->c;
    apr_pool_t *p = c->pool;

    ctl_print_line(c, "pictures            %10ld  %s, on disk %s", (long)n->images, ctl_print_bytes(n->bytes, p),
                   ctl_print_bytes(n->stored, p));
    print_sorts(c, "  of kind", n->kinds);
    ctl_print_line(c, "  kept              %10ld", (long)n->kept);
    ctl_print_line(c, "  duplicates        %10ld", (long)(n->images - n->files));
    ctl_print_line(c, "  being removed     %10ld", (long)n->doomed);
    ctl_print_line(c, "  oldest, newest    %s  %s", when(n->oldest, p), when(n->newest, p));
    ctl_print_line(c, "stories             %10ld", (long)n->stories);
    print_sorts(c, "jobs     ", n->jobs);
    ctl_print_line(c, "pages waiting       %10ld  since %s", (long)n->pending, when(n->waiting_since, p));
    ctl_print_line(c, "pages being drawn   %10ld", (long)n->sent);
    ctl_print_line(c, "uploads, all sites  %10ld  %s", (long)n->uploads, ctl_print_bytes(n->upload_bytes, p));
    ctl_print_line(c, "free disk           %s", s->free_bytes < 0 ? "-" : ctl_print_bytes(s->free_bytes, p));
    print_limits(s);
}

static json_t *sorts_json(const apr_array_header_t *sorts, int bytes, apr_pool_t *p)
{
    json_t *j = json_object();
    int i;

    for (i = 0; i < sorts->nelts; i++) {
        const simg_census_sort *sort = &APR_ARRAY_IDX(sorts, i, simg_census_sort);

        json_object_set_new(j, ctl_print_safe(sort->name, p),
                            bytes ? json_pack("{s:I, s:I}", "count", (json_int_t)sort->n, "bytes", (json_int_t)sort->bytes)
                                  : json_integer(sort->n));
    }
    return j;
}

static json_t *time_json(apr_time_t t, apr_pool_t *p)
{
    return t ? json_string(simg_clock_iso(t, p)) : json_null();
}

static json_t *json_of(const stats *s)
{
    const simg_census *n = &s->census;
    const simg_settings *set = s->c->settings;
    apr_pool_t *p = s->c->pool;
    const struct {
        const char *name;
        apr_int64_t n;
    } numbers[] = { { "pictures", n->images },      { "bytes", n->bytes },           { "bytesStored", n->stored },
                    { "kept", n->kept },            { "duplicates", n->images - n->files },
                    { "beingRemoved", n->doomed },  { "stories", n->stories },       { "pagesPending", n->pending },
                    { "pagesSent", n->sent },       { "uploads", n->uploads },       { "uploadBytes", n->upload_bytes } };
    json_t *j = json_pack("{s:o}", "site", ctl_print_string(s->c->site->name, p));
    apr_size_t i;

    for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        json_object_set_new(j, numbers[i].name, json_integer(numbers[i].n));
    json_object_set_new(j, "kinds", sorts_json(n->kinds, 1, p));
    json_object_set_new(j, "jobs", sorts_json(n->jobs, 0, p));
    json_object_set_new(j, "oldest", time_json(n->oldest, p));
    json_object_set_new(j, "newest", time_json(n->newest, p));
    json_object_set_new(j, "waitingSince", time_json(n->waiting_since, p));
    json_object_set_new(j, "freeBytes", s->free_bytes < 0 ? json_null() : json_integer(s->free_bytes));
    json_object_set_new(j, "retention",
                        json_pack("{s:I, s:I, s:I, s:I, s:I}", "maxAgeSeconds", (json_int_t)apr_time_sec(set->max_age),
                                  "maxFiles", (json_int_t)set->max_files, "maxBytes", (json_int_t)set->max_size,
                                  "picturesOver", (json_int_t)s->due.images, "bytesOver", (json_int_t)s->due.bytes));
    return j;
}

int ctl_stats(ctl *c)
{
    stats s = { .c = c };
    simg_problem err = { 0 };

    if (gather(&s, &err) != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    print_text(&s);
    ctl_print_end(c, json_of(&s));
    return CTL_FINE;
}
