/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_general.h>
#include <apr_strings.h>

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

static simg_story_row story_at(const char *id, apr_time_t when, int npages)
{
    simg_story_row s = { .id = id,
                         .title = "A title",
                         .text = "Once",
                         .character = "{\"name\":\"Lila\"}",
                         .model = "offline",
                         .word_count = 12,
                         .descriptor_used = 1,
                         .cost = -1,
                         .created_at = when };
    int i;

    s.pages = apr_array_make(pool, 4, sizeof(simg_page_row));
    for (i = npages; i > 0; i--)
        APR_ARRAY_PUSH(s.pages, simg_page_row) = (simg_page_row){
            .number = 2 * i, .scene = apr_psprintf(pool, "%s/%d", id, i), .wanted = i == 1, .cost = -1
        };
    return s;
}

static void test_story(simg_index *index)
{
    simg_story_row in = story_at("s1", T0, 3), out;
    apr_int64_t before = generation(index);

    in.cost = 40000;
    in.subject = "kid";
    err = (simg_problem){ .code = "untouched" };
    is_int(simg_stories_add(index, &in, &err), APR_SUCCESS, "a story is added");
    ok(generation(index) > before, "the generation grows");
    is_int(simg_stories_add(index, &in, &err), APR_EEXIST, "its id is taken");
    is_int(simg_stories_get(&out, index, "nobody", pool, &err), APR_ENOENT, "no such story");
    is_str(err.code, "untouched", "both are answers, not problems");
    is_int(simg_stories_get(&out, index, "s1", pool, &err), APR_SUCCESS, "it is found");
    is_str(apr_psprintf(pool, "%s %s %s %s %s %d %d %s %d %d", out.id, out.title, out.text, out.character, out.model,
                        out.word_count, out.descriptor_used, out.subject, (int)out.cost, out.created_at == T0),
           "s1 A title Once {\"name\":\"Lila\"} offline 12 1 kid 40000 1", "with what it had");
    ok(out.pages->nelts == 3 && APR_ARRAY_IDX(out.pages, 0, simg_page_row).number == 2 &&
           APR_ARRAY_IDX(out.pages, 2, simg_page_row).number == 6,
       "and its pages, by number");
    in.id = "s2";
    APR_ARRAY_IDX(in.pages, 0, simg_page_row).number = 2;
    is_int(simg_stories_add(index, &in, &err), APR_EEXIST, "two pages of one number are refused");
    is_int(simg_stories_get(&out, index, "s2", pool, &err), APR_ENOENT, "and leave no half story");
}

static void test_page(simg_index *index)
{
    simg_page_row in = { 4, "ignored", 1,   "story-1-p4.png", "https://x/y", "dall-e-3", 1024, 768, 99, "abc", 1, 0,
                         0, NULL,      NULL };
    apr_int64_t before = generation(index);
    simg_story_row story;
    simg_page_row out;

    is_int(simg_stories_page(index, "s1", &in, &err), APR_SUCCESS, "what became of a page is written down");
    ok(generation(index) > before, "the generation grows");
    simg_stories_get(&story, index, "s1", pool, &err);
    out = APR_ARRAY_IDX(story.pages, 1, simg_page_row);
    is_str(apr_psprintf(pool, "%d %s %d %s %s %s", out.number, out.scene, out.wanted, out.filename, out.url, out.model),
           "4 s1/2 0 story-1-p4.png https://x/y dall-e-3", "number, scene and wanted stay, the rest is new");
    is_str(apr_psprintf(pool, "%d %d %d %s %d %d", out.width, out.height, (int)out.size, out.sha256, out.referenced,
                        (int)out.cost),
           "1024 768 99 abc 1 0", "numbers too; a cost of nothing is not an unknown one");
    in = (simg_page_row){ .number = 6, .cost = -1, .error_code = "content-policy", .error_message = "no" };
    simg_stories_page(index, "s1", &in, &err);
    simg_stories_get(&story, index, "s1", pool, &err);
    out = APR_ARRAY_IDX(story.pages, 2, simg_page_row);
    ok(!out.filename && !out.url && !out.model && out.cost == -1, "a page that failed has no picture");
    is_str(apr_psprintf(pool, "%s %s", out.error_code, out.error_message), "content-policy no", "but a reason");
    in.number = 5;
    is_int(simg_stories_page(index, "s1", &in, &err), APR_ENOENT, "no such page");
}

static void test_story_list(simg_index *index)
{
    const char *cursor = NULL;
    simg_story_list l;
    char seen[400] = "";
    int i, k, right = 1;

    for (i = 1; i <= 25; i++) {
        simg_story_row s = story_at(apr_psprintf(pool, "t%02d", i), T0 + i / 3 * 1000, i % 3);

        simg_stories_add(index, &s, &err);
    }
    do {
        if (simg_stories_list(&l, index, 4, cursor, pool, &err) != APR_SUCCESS)
            break;
        right = right && l.total == 26;
        for (i = 0; i < l.stories->nelts; i++) {
            simg_story_row *s = &APR_ARRAY_IDX(l.stories, i, simg_story_row);

            strcat(strcat(seen, s->id), " ");
            right = right && s->pages->nelts == (s->id[0] == 's' ? 3 : atoi(s->id + 1) % 3);
            for (k = 0; k < s->pages->nelts; k++)
                right = right && APR_ARRAY_IDX(s->pages, k, simg_page_row).number == 2 * k + 2;
        }
        cursor = l.next_cursor;
    } while (cursor);
    is_str(seen,
           "t25 t24 t23 t22 t21 t20 t19 t18 t17 t16 t15 t14 t13 t12 t11 t10 t09 t08 t07 t06 t05 t04 t03 t02 t01 s1 ",
           "stories newest first, of one time the latest first");
    ok(right, "each with its own pages, in order, and the total");
}

static void test_story_removal(simg_index *index)
{
    apr_int64_t pages = -1, before = generation(index);
    simg_story_list l;
    simg_db *db;

    run(index, "DELETE FROM story WHERE id <> 't02'");
    simg_index_borrow(&db, index, &err);
    simg_db_run(db, "SELECT COUNT(*) FROM story_page", NULL, 0, simg_row_number, &pages, &err);
    simg_index_return(index, db);
    is_int(pages, 2, "the pages of a removed story go with it, no others");
    simg_stories_list(&l, index, 4, NULL, pool, &err);
    ok(l.total == 1 && l.stories->nelts == 1 && !l.next_cursor, "the total knows");
    ok(generation(index) > before, "the generation grows");
}

int main(void)
{
    simg_index *index;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    plan(10 + 7 + 2 + 3);
    index = open_index("i.db");
    test_story(index);
    test_page(index);
    test_story_list(index);
    test_story_removal(index);
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
