/* SPDX-License-Identifier: Apache-2.0 */
/* What a page of the list of images costs with 100 images and with many of them: list [MANY]. Medians of calls that
 * alternate between the two, so that whatever else the machine does hits both; and what a search for words costs in the large
 * one. Exit status 1 if a figure is above the promise. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../unit/scratch.h"
#include "rows.h"

enum { FEW = 100, CALLS = 1001, SEARCHES = 101 };

#define PROMISE 1.5
#define SEARCH_PROMISE 20000.0 /* microseconds */

static int many = 100000;

static apr_pool_t *pool;

static simg_index *stop(const simg_problem *err)
{
    fprintf(stderr, "%s: %s\n", err->code, err->cause ? err->cause : err->detail);
    exit(2);
}

static simg_index *fill(const char *name, int n)
{
    simg_problem err = { 0 };
    simg_index *index;

    if (simg_index_open(&index, apr_psprintf(pool, "sqlite3:%s/%s.db", scratch, name), pool, &err) != APR_SUCCESS ||
        rows_insert(index, n, &err) != APR_SUCCESS)
        return stop(&err);
    return index;
}

/* @return microseconds; the cursor of the next page if that is asked for */
static double call(simg_index *index, const simg_image_query *query, int want, const char **next)
{
    apr_pool_t *p;
    apr_time_t start;
    double took;
    simg_problem err = { 0 };
    simg_image_list list;

    apr_pool_create(&p, pool);
    start = apr_time_now();
    if (simg_images_list(&list, index, query, p, &err) != APR_SUCCESS)
        stop(&err);
    took = (double)(apr_time_now() - start);
    if (want && list.images->nelts != want) {
        fprintf(stderr, "%d rows instead of %d\n", list.images->nelts, want);
        exit(2);
    }
    if (next)
        *next = apr_pstrdup(pool, list.next_cursor);
    apr_pool_destroy(p);
    return took;
}

/* The cursor that leads to the middle of the list. */
static const char *middle(simg_index *index, int n)
{
    const char *cursor = NULL;
    int at;

    for (at = 0; at < n / 2; at += at + 1000 <= n / 2 ? 1000 : n / 2 - at) {
        simg_image_query query = { .limit = at + 1000 <= n / 2 ? 1000 : n / 2 - at, .cursor = cursor };

        call(index, &query, 0, &cursor);
    }
    return cursor;
}

static int by_size(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;

    return (d > 0) - (d < 0);
}

/* @return 1 if the promise was kept */
static int compare(const char *name, simg_index *const *index, const simg_image_query *query, int want)
{
    static double took[2][CALLS];
    double ratio;
    int i;

    for (i = 0; i < CALLS; i++) {
        int first = i % 2;

        took[first][i] = call(index[first], &query[first], want, NULL);
        took[!first][i] = call(index[!first], &query[!first], want, NULL);
    }
    qsort(took[0], CALLS, sizeof(double), by_size);
    qsort(took[1], CALLS, sizeof(double), by_size);
    ratio = took[1][CALLS / 2] / took[0][CALLS / 2];
    printf("list %-12s %3d rows: %6.0f us of %d, %6.0f us of %d, ratio %.2f (at most %.1f)\n", name, want,
           took[0][CALLS / 2], FEW, took[1][CALLS / 2], many, ratio, PROMISE);
    return ratio <= PROMISE;
}

/* @return 1 if the promise was kept */
static int search(const char *name, simg_index *index, const simg_image_query *query)
{
    double took[SEARCHES];
    int i;

    for (i = 0; i < SEARCHES; i++)
        took[i] = call(index, query, 0, NULL);
    qsort(took, SEARCHES, sizeof(double), by_size);
    printf("list words %-22s %6.0f us of %d (at most %.0f)\n", name, took[SEARCHES / 2], many, SEARCH_PROMISE);
    return took[SEARCHES / 2] <= SEARCH_PROMISE;
}

static int search_all(simg_index *index)
{
    static const struct {
        const char *name;
        simg_image_query query;
    } rows[] = { { "in few", { .limit = 100, .q = "word19990" } },
                 { "in some", { .limit = 100, .q = "word5000" } },
                 { "in many", { .limit = 100, .q = "word0" } },
                 { "in all", { .limit = 100, .q = "dragon" } },
                 { "two of them", { .limit = 100, .q = "word0 word5" } },
                 { "in many, and kind", { .limit = 100, .q = "word0", .kind = "portrait" } },
                 { "in all, and story", { .limit = 100, .q = "dragon", .story_id = "story000005" } } };
    int kept = 1;
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        kept &= search(rows[i].name, index, &rows[i].query);
    return kept;
}

/* An answer of 304 asks for this number alone. */
static int compare_generation(simg_index *const *index)
{
    double took[2][CALLS], ratio;
    simg_problem err = { 0 };
    apr_int64_t n;
    int i, k;

    for (i = 0; i < 2 * CALLS; i++) {
        apr_time_t start = apr_time_now();

        for (k = 0; k < 20; k++)
            if (simg_index_generation(&n, index[i % 2], &err) != APR_SUCCESS)
                stop(&err);
        took[i % 2][i / 2] = (double)(apr_time_now() - start) / 20;
    }
    qsort(took[0], CALLS, sizeof(double), by_size);
    qsort(took[1], CALLS, sizeof(double), by_size);
    ratio = took[1][CALLS / 2] / took[0][CALLS / 2];
    printf("list %-12s           %6.1f us of %d, %6.1f us of %d, ratio %.2f (at most %.1f)\n", "304", took[0][CALLS / 2], FEW,
           took[1][CALLS / 2], many, ratio, PROMISE);
    return ratio <= PROMISE;
}

int main(int argc, char **argv)
{
    simg_index *index[2];
    int kept = 1;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    atexit(scratch_end);
    index[0] = fill("few", FEW);
    if (argc > 1)
        many = atoi(argv[1]);
    index[1] = fill("many", many);
    {
        simg_image_query first[2] = { { .limit = 100 }, { .limit = 100 } };
        simg_image_query next[2] = { { .limit = 50, .cursor = middle(index[0], FEW) },
                                     { .limit = 50, .cursor = middle(index[1], many) } };
        simg_image_query kind[2] = { { .limit = 50, .kind = "story" }, { .limit = 50, .kind = "story" } };
        simg_image_query story[2] = { { .limit = 100, .story_id = "story000005" },
                                      { .limit = 100, .story_id = "story005000" } };

        kept &= compare("first page", index, first, 100);
        kept &= compare("middle page", index, next, 50);
        kept &= compare("by kind", index, kind, 50);
        kept &= compare("by story", index, story, 10);
        kept &= compare_generation(index);
        kept &= search_all(index[1]);
    }
    apr_pool_destroy(pool);
    apr_terminate();
    return !kept;
}
