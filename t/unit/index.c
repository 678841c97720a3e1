/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_general.h>
#include <apr_strings.h>

#include "index/images.h"
#include "index/stories.h"
#include "scratch.h"
#include "tap.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)

static apr_pool_t *pool;
static simg_problem err;

static simg_index *open_index(const char *name)
{
    simg_index *index = NULL;

    simg_index_open(&index, apr_psprintf(pool, "sqlite3:%s/%s", scratch, name), pool, &err);
    return index;
}

static apr_int64_t generation(simg_index *index)
{
    apr_int64_t n = -1;

    simg_index_generation(&n, index, &err);
    return n;
}

static void run(simg_index *index, const char *sql)
{
    simg_db *db;

    if (simg_index_borrow(&db, index, &err) != APR_SUCCESS)
        return;
    if (simg_db_run(db, sql, NULL, 0, NULL, NULL, &err) != APR_SUCCESS)
        printf("# %s\n", err.cause);
    simg_index_return(index, db);
}

/* i-th of the images that the lists below are made of: every third a portrait, every tenth of story s1, and always
 * two of one time. */
static simg_image nth(int i)
{
    static const char *const words[] = { "A RED dragon", "a red_dog 100% \xc3\x84rger", "the blue sea!", "Red sea" };

    return (simg_image){
        .filename = apr_psprintf(pool, "f%05d.png", i),
        .kind = i % 3 == 0 ? "portrait" : "story",
        .page_number = i,
        .story_id = i % 10 == 0 ? "s1" : NULL,
        .description = words[i % 4],
        .model = i % 2 ? "offline" : "dall-e-3",
        .created_at = T0 + i / 2 * 1000,
    };
}

static void fill(simg_index *index, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        simg_image image = nth(i);

        simg_images_add(index, &image, &err);
    }
}

static void test_one(simg_index *index)
{
    const simg_image in = { "story-1-p1.png",
                            "story",
                            1,
                            "s\xc3\xb6",
                            "kid",
                            "A fox",
                            "offline",
                            1024,
                            768,
                            APR_INT64_C(5000000000),
                            "abc",
                            T0,
                            1,
                            "site",
                            NULL,
                            NULL };
    const simg_image bare = { .filename = "x.png", .kind = "portrait", .created_at = T0 };
    apr_int64_t before = generation(index);
    simg_image out;

    err = (simg_problem){ .code = "untouched" };
    is_int(simg_images_add(index, &in, &err), APR_SUCCESS, "an image is added");
    ok(generation(index) > before, "the generation grows");
    is_int(simg_images_add(index, &in, &err), APR_EEXIST, "its name is taken");
    is_int(simg_images_get(&out, index, "nobody.png", pool, &err), APR_ENOENT, "no such image");
    is_str(err.code, "untouched", "both are answers, not problems");
    is_int(simg_images_get(&out, index, "story-1-p1.png", pool, &err), APR_SUCCESS, "it is found");
    is_str(apr_psprintf(pool, "%s %s %d %s %s %s %s", out.filename, out.kind, out.page_number, out.story_id,
                        out.subject, out.description, out.model),
           "story-1-p1.png story 1 s\xc3\xb6 kid A fox offline", "with its words");
    is_str(apr_psprintf(pool, "%d %d %" APR_INT64_T_FMT " %s %" APR_TIME_T_FMT " %d", out.width, out.height, out.size,
                        out.sha256, out.created_at - T0, out.keep),
           "1024 768 5000000000 abc 0 1", "and its numbers");
    simg_images_add(index, &bare, &err);
    is_int(simg_images_get(&out, index, "x.png", pool, &err), APR_SUCCESS, "an image with little known");
    ok(!out.story_id && !out.subject && !out.description && !out.model && !out.sha256 && !out.keep, "stays like that");
    before = generation(index);
    run(index, "UPDATE image SET keep = 1");
    ok(generation(index) > before, "the generation grows with an update");
    before = generation(index);
    run(index, "DELETE FROM image");
    ok(generation(index) > before, "and with a removal");
}

static int list(simg_image_list *out, simg_index *index, const simg_image_query *query)
{
    apr_status_t rv = simg_images_list(out, index, query, pool, &err);

    if (rv != APR_SUCCESS)
        printf("# %s: %s\n", err.code, err.cause ? err.cause : err.detail);
    return rv == APR_SUCCESS;
}

/* Walk all pages: names in order, each once, total always the same. @return number of images, -1 if not so */
static int walk(simg_index *index, simg_image_query query)
{
    simg_image_list l;
    simg_image last = { .created_at = APR_INT64_MAX, .filename = "~" };
    int i, n = 0;

    do {
        if (!list(&l, index, &query))
            return -1;
        for (i = 0; i < l.images->nelts; i++, n++) {
            simg_image at = APR_ARRAY_IDX(l.images, i, simg_image);

            if (at.created_at > last.created_at ||
                (at.created_at == last.created_at && strcmp(at.filename, last.filename) >= 0))
                return -1;
            last = at;
        }
        query.cursor = l.next_cursor;
    } while (l.next_cursor);
    return n == l.total ? n : -1;
}

static void test_lists(simg_index *index)
{
    static const struct {
        const char *name;
        simg_image_query query;
        int want;
    } rows[] = {
        { "all", { .limit = 7 }, 120 },
        { "all at once", { .limit = 1000 }, 120 },
        { "as many as there are", { .limit = 120 }, 120 },
        { "one by one", { .limit = 1 }, 120 },
        { "kind", { .limit = 7, .kind = "portrait" }, 40 },
        { "kind that nobody has", { .limit = 7, .kind = "x' OR 1=1 --" }, 0 },
        { "story", { .limit = 5, .story_id = "s1" }, 12 },
        { "model", { .limit = 7, .model = "offline" }, 60 },
        { "kind and model", { .limit = 7, .kind = "portrait", .model = "offline" }, 20 },
        { "kind, story and model", { .limit = 2, .kind = "portrait", .story_id = "s1", .model = "dall-e-3" }, 4 },
        { "from", { .limit = 7, .from = T0 + 10000 }, 100 },
        { "from a moment later", { .limit = 7, .from = T0 + 10001 }, 98 },
        { "to", { .limit = 7, .to = T0 + 10000 }, 20 },
        { "to a moment later", { .limit = 7, .to = T0 + 10001 }, 22 },
        { "from and to", { .limit = 7, .from = T0 + 10000, .to = T0 + 20000 }, 20 },
        { "from, to and kind", { .limit = 3, .kind = "portrait", .from = T0 + 10000, .to = T0 + 20000 }, 7 },
        { "word", { .limit = 7, .q = "red" }, 90 },
        { "words", { .limit = 7, .q = " dragon\tRED " }, 30 },
        { "no words", { .limit = 7, .q = "  " }, 120 },
        { "word with _", { .limit = 7, .q = "RED_D" }, 0 },
        { "both its words", { .limit = 7, .q = "RED_Dog" }, 30 },
        { "word with %", { .limit = 7, .q = "100%" }, 30 },
        { "only %", { .limit = 7, .q = "%" }, 0 },
        { "word with !", { .limit = 7, .q = "sea!" }, 60 },
        { "word with a letter beyond A to Z", { .limit = 7, .q = "\xc3\xa4RGER" }, 30 },
        { "words and kind", { .limit = 7, .q = "red", .kind = "portrait" }, 30 },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        is_int(walk(index, rows[i].query), rows[i].want, rows[i].name);
}

static void test_refused(simg_index *index)
{
    const char *many = "a b c d e f g h i j k l m n o p q";
    char *longest = apr_pcalloc(pool, 1002);
    simg_image_query query = { .limit = 10, .kind = "story" };
    simg_image_list l;
    const char *cursor;

    list(&l, index, &query);
    cursor = l.next_cursor;
    query = (simg_image_query){ .limit = 10, .cursor = cursor };
    ok(simg_images_list(&l, index, &query, pool, &err) != APR_SUCCESS && !strcmp(err.code, "bad-cursor"),
       "a cursor of another filter is refused");
    ok(simg_stories_list(&(simg_story_list){ 0 }, index, 10, cursor, pool, &err) != APR_SUCCESS &&
           !strcmp(err.code, "bad-cursor") && err.status == 400,
       "a cursor of another list is refused");
    query = (simg_image_query){ .limit = 10, .kind = "story", .cursor = "" };
    ok(simg_images_list(&l, index, &query, pool, &err) != APR_SUCCESS && !strcmp(err.code, "bad-cursor"),
       "an empty cursor is refused");
    query = (simg_image_query){ .limit = 5, .kind = "story", .cursor = cursor };
    ok(list(&l, index, &query) && l.images->nelts == 5, "another limit is allowed");
    query = (simg_image_query){ .limit = 10, .q = many };
    ok(simg_images_list(&l, index, &query, pool, &err) != APR_SUCCESS && !strcmp(err.code, "invalid-query"),
       "more than 16 words are refused");
    query.q = many + 2;
    ok(list(&l, index, &query), "16 words are not");
    query.q = memset(longest, '%', 1001);
    ok(simg_images_list(&l, index, &query, pool, &err) != APR_SUCCESS && !strcmp(err.code, "invalid-query"),
       "more than 1,000 bytes are refused");
    longest[1000] = '\0';
    ok(list(&l, index, &query) && l.total == 0, "1,000 are not");
}

static void test_stable(simg_index *index)
{
    simg_image_query query = { .limit = 10 };
    simg_image_list l;
    simg_image newest = nth(5000);
    const char *name;

    list(&l, index, &query);
    name = APR_ARRAY_IDX(l.images, 9, simg_image).filename;
    simg_images_add(index, &newest, &err);
    run(index, apr_psprintf(pool, "DELETE FROM image WHERE filename IN ('%s', 'f00105.png')", name));
    query.cursor = l.next_cursor;
    list(&l, index, &query);
    is_str(APR_ARRAY_IDX(l.images, 0, simg_image).filename, "f00109.png",
           "the next page goes on after the last row, though that was removed and another came");
    is_str(APR_ARRAY_IDX(l.images, 9, simg_image).filename, "f00099.png", "the removed one is missed, no other");
    is_int(l.total, 119, "the total knows what came and went");
    query = (simg_image_query){ .limit = 1, .kind = "portrait" };
    run(index, "UPDATE image SET kind = 'portrait' WHERE filename = 'f00001.png'");
    list(&l, index, &query);
    is_int(l.total, 40, "an image that changes its kind changes both totals");
    run(index, "DELETE FROM image");
    list(&l, index, &query);
    ok(l.total == 0 && l.images->nelts == 0 && !l.next_cursor, "nothing left: an empty list");
}

/* An ETag of the index before must not fit the one after. */
static void test_new_index(simg_index *index)
{
    apr_int64_t before = generation(index);

    remove(apr_psprintf(pool, "%s/i.db", scratch));
    apr_sleep(apr_time_from_msec(1001));
    ok(generation(index) > before, "an index made anew does not repeat its generations");
}

typedef struct plan_seen {
    const char *index;
    int steps, good;
} plan_seen;

static apr_status_t read_plan(void *baton, const simg_row *row, simg_problem *e)
{
    const char *step = simg_row_text(row, 3, pool);
    plan_seen *seen = baton;

    (void)e;
    seen->steps++;
    seen->good += strstr(step, seen->index) != NULL;
    return APR_SUCCESS;
}

/* One step, through the right index, in which all rows stand in order. */
static void test_plans(simg_index *index)
{
    static const struct {
        const char *where, *index;
    } rows[] = {
        { "", "image_by_time" },
        { "WHERE (created_at, seq) < ($1, $2)", "image_by_time" },
        { "WHERE created_at >= $1 AND (created_at, seq) < ($2, $3)", "image_by_time" },
        { "WHERE kind = $1 AND (created_at, seq) < ($2, $3)", "image_by_kind" },
        { "WHERE model = $1 AND (created_at, seq) < ($2, $3)", "image_by_model" },
        { "WHERE story_id = $1 AND model = $2 AND kind = $3", "image_by_story" },
        { "WHERE story_id = $1 AND model = $2 AND kind = $3 AND (created_at, seq) < ($4, $5)", "image_by_story" },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        plan_seen seen = { rows[i].index, 0, 0 };
        const char *sql = apr_psprintf(pool,
                                       "EXPLAIN QUERY PLAN SELECT * FROM image %s "
                                       "ORDER BY created_at DESC, seq DESC LIMIT 100",
                                       rows[i].where);
        simg_db *db;

        simg_index_borrow(&db, index, &err);
        simg_db_run(db, sql, NULL, 0, read_plan, &seen, &err);
        simg_index_return(index, db);
        ok(seen.steps == 1 && seen.good == 1, "%s: %s", rows[i].where, rows[i].index);
    }
}

int main(void)
{
    simg_index *index;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    plan(12 + 25 + 8 + 5 + 1 + 8);
    index = open_index("i.db");
    test_one(index);
    fill(index, 120);
    test_lists(index);
    test_refused(index);
    test_stable(index);
    test_new_index(index);
    test_plans(index);
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
