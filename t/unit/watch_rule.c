/* SPDX-License-Identifier: Apache-2.0 */
/* Which models are gone or going, by what a provider lists. */
#include "work/watch_rule.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "tap.h"

static apr_pool_t *pool;
static const simg_provider openai = { .name = "openai" }, offline = { .name = "offline" };

/* Models of "a b offline/c": words, of openai unless they say otherwise. */
static apr_array_header_t *configured(const char *words)
{
    apr_array_header_t *all = apr_array_make(pool, 4, sizeof(simg_model));
    char *last, *rest = apr_pstrdup(pool, words), *word;

    for (word = apr_strtok(rest, " ", &last); word; word = apr_strtok(NULL, " ", &last)) {
        int is_offline = !strncmp(word, "offline/", 8);

        *(simg_model *)apr_array_push(all) =
            (simg_model){ is_offline ? &offline : &openai, is_offline ? word + 8 : word };
    }
    return all;
}

/* A list of "a b=2026-12-01". */
static apr_array_header_t *listed(const char *words)
{
    apr_array_header_t *all = apr_array_make(pool, 4, sizeof(simg_model_info));
    char *last, *rest = apr_pstrdup(pool, words), *word;

    for (word = apr_strtok(rest, " ", &last); word; word = apr_strtok(NULL, " ", &last)) {
        char *date = strchr(word, '=');
        simg_model_info m = { word, 0 };

        if (date)
            *date++ = '\0';
        if (date && !simg_clock_parse(&m.shutdown, date))
            printf("Bail out! %s is no date\n", date);
        *(simg_model_info *)apr_array_push(all) = m;
    }
    return all;
}

/* "name gone" or "name gone since 2026-...", or "name goes 2026-...", joined by commas. */
static const char *said(const apr_array_header_t *rows)
{
    const char *all = "";
    int i;

    for (i = 0; i < rows->nelts; i++) {
        const simg_watch_row *r = &APR_ARRAY_IDX(rows, i, simg_watch_row);

        all = apr_pstrcat(pool, all, i ? ", " : "", r->name, r->gone ? " gone" : " goes", r->shutdown ? " " : "",
                          r->shutdown ? simg_clock_iso(r->shutdown, pool) : "", NULL);
    }
    return all;
}

static const struct {
    const char *models, *list, *said, *name;
} rows[] = {
    { "a b", "a b c", "", "all there" },
    { "a b", "a c", "b gone", "one is missing, the other proves it" },
    { "b a", "a c", "b gone", "in either order" },
    { "a b", "c d", "", "none listed: a proxy with names of its own" },
    { "a b", "", "", "an empty list" },
    { "a", "b", "", "a single one is never proven gone" },
    { "", "a", "", "nothing configured" },
    { "a b offline/offline", "a b", "", "another provider's model is not in this list" },
    { "offline/a b", "a", "", "nor proves it anything" },
    { "a b b c b", "a", "b gone, c gone", "each is told once" },
    { "a", "a=2026-06-30", "", "more than 45 days" },
    { "a", "a=2026-02-15T00:00:00.001Z", "", "a little more than 45 days" },
    { "a", "a=2026-02-15", "a goes 2026-02-15T00:00:00.000Z", "45 days" },
    { "a", "a=2026-01-01T00:00:01Z", "a goes 2026-01-01T00:00:01.000Z", "in a second" },
    { "a", "a=2026-01-02", "a goes 2026-01-02T00:00:00.000Z", "tomorrow, although no other model is listed" },
    { "a", "a=2026-01-01", "a gone 2026-01-01T00:00:00.000Z", "now" },
    { "a", "a=2025-01-01", "a gone 2025-01-01T00:00:00.000Z", "long ago, although it is listed" },
    { "a b c", "a=2026-01-20 b=2025-12-31", "a goes 2026-01-20T00:00:00.000Z, b gone 2025-12-31T00:00:00.000Z, c gone",
      "of each kind" },
    { "a a", "a=2026-01-20", "a goes 2026-01-20T00:00:00.000Z", "configured twice" },
    { "a b", "a b=9999-12-31", "", "a date far away" },
    { "gpt-4o x", "x gpt-4o-2024-08-06", "", "listed with a date" },
    { "gpt-4o x", "x gpt-4o-20240806", "", "  in short" },
    { "gpt-4o x", "x gpt-4o-mini", "gpt-4o gone", "another of the family is not the same" },
    { "gpt-4o-2024-08-06 x", "x gpt-4o", "gpt-4o-2024-08-06 gone", "a dated one that is gone" },
    { "llama3 x", "x llama3:latest", "", "listed with a tag" },
    { "llama3 x", "x llama3.1:latest", "llama3 gone", "  of another" },
    { "gpt-4o x", "gpt-4o-2024-08-06", "", "a variant proves nothing" },
    { "gpt-4o", "gpt-4o-2024-08-06=2025-01-01", "", "and its date is not that of the name" },
    { "A b", "a b", "A gone", "names are compared letter by letter" },
};

int main(void)
{
    apr_time_t now = 0;
    size_t i;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_clock_parse(&now, "2026-01-01T00:00:00Z");
    plan((int)(sizeof(rows) / sizeof(rows[0])) + 1);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        is_str(said(simg_watch_rule(configured(rows[i].models), &openai, listed(rows[i].list), now, pool)),
               rows[i].said, rows[i].name);
    is_str(said(simg_watch_rule(configured("a b"), &openai, listed("a"), 0, pool)), "b gone", "whatever time it is");
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}
