/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/commands.h"
#include "ctl/print.h"
#include "ctl/record.h"

#define PAGE 1000

const ctl_option ctl_list_options[] = {
    { "kind", "KIND", "story, consistent, gptimg or portrait" },
    { "story", "ID", "of this story" },
    { "model", "NAME", "drawn by this model" },
    { "q", "WORDS", "whose description has all these words" },
    { "from", "TIME", "of this time (ISO 8601) or later" },
    { "to", "TIME", "before this time" },
    { "limit", "N", "so many at most" },
    { NULL, NULL, NULL },
};

/** A list under way. */
typedef struct listing {
    ctl *c;
    simg_image_query query;
    apr_int64_t limit, told;
} listing;

static int read_times(listing *l)
{
    const struct {
        const char *name;
        apr_time_t *at;
    } times[] = { { "from", &l->query.from }, { "to", &l->query.to } };
    int i;

    for (i = 0; i < 2; i++) {
        const char *value = ctl_given(l->c, times[i].name);

        if (value && !simg_clock_parse(times[i].at, value))
            return ctl_print_failure(l->c, "--%s %s: must be a time such as 2026-02-01 or 2026-02-01T12:34:56Z",
                                     times[i].name, value);
        *times[i].at += value && !*times[i].at; /* 0 says that nobody asked */
    }
    if (l->query.from && l->query.to && l->query.from > l->query.to)
        return ctl_print_failure(l->c, "--from: must not be later than --to");
    return CTL_FINE;
}

static int is_kind(const char *name)
{
    static const char *const kinds[] = { "story", "consistent", "gptimg", "portrait" };
    int i = 0;

    while (i < 4 && strcmp(name, kinds[i]))
        i++;
    return i < 4;
}

static int read_options(listing *l)
{
    const char *limit = ctl_given(l->c, "limit");

    l->limit = APR_INT64_MAX;
    if (limit && (!simg_text_number(&l->limit, limit) || l->limit < 1))
        return ctl_print_failure(l->c, "--limit %s: must be a whole number from 1", limit);
    l->query.limit = l->limit < PAGE ? (int)l->limit : PAGE;
    l->query.kind = ctl_given(l->c, "kind");
    if (l->query.kind && !is_kind(l->query.kind))
        return ctl_print_failure(l->c, "--kind %s: must be story, consistent, gptimg or portrait", l->query.kind);
    l->query.story_id = ctl_given(l->c, "story");
    l->query.model = ctl_given(l->c, "model");
    l->query.q = ctl_given(l->c, "q");
    return read_times(l);
}

static void tell(listing *l, const simg_image *image, apr_pool_t *p)
{
    if (l->c->site_name && strcmp(l->c->site_name, image->site ? image->site : ""))
        return;
    l->told++;
    if (l->c->json)
        ctl_print_item(l->c, ctl_record_json(image, p));
    else
        ctl_print_line(l->c, "%s  %10ld  %4dx%-4d  %s  %s%s", simg_clock_iso(image->created_at, p), (long)image->size,
                       image->width, image->height, ctl_print_safe(image->model, p), ctl_print_safe(image->filename, p),
                       image->keep ? "  (kept)" : "");
}

/* The cursor of a page lives as long as the next one is asked for: hence two pools. */
static apr_status_t list_pages(listing *l, simg_problem *err)
{
    simg_image_list page = { 0 };
    apr_pool_t *pools[2];
    apr_status_t rv;
    int turn = 0, i;

    apr_pool_create(&pools[0], l->c->pool);
    apr_pool_create(&pools[1], l->c->pool);
    do {
        turn = !turn;
        apr_pool_clear(pools[turn]);
        rv = simg_images_list(&page, l->c->site->index, &l->query, pools[turn], err);
        for (i = 0; rv == APR_SUCCESS && i < page.images->nelts && l->told < l->limit; i++)
            tell(l, &APR_ARRAY_IDX(page.images, i, simg_image), pools[turn]);
        l->query.cursor = page.next_cursor;
    } while (rv == APR_SUCCESS && page.next_cursor && l->told < l->limit);
    return rv;
}

int ctl_list(ctl *c)
{
    listing l = { .c = c };
    simg_problem err = { 0 };

    if (read_options(&l) != CTL_FINE)
        return CTL_FAILED;
    ctl_print_list(c, "images");
    if (list_pages(&l, &err) != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    ctl_print_end(c, json_pack("{s:I}", "count", (json_int_t)l.told));
    return CTL_FINE;
}
