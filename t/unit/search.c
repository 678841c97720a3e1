/* SPDX-License-Identifier: Apache-2.0 */
/* index/search, and what the index finds with it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "index/doomed.h"
#include "index/images.h"
#include "index/search.h"
#include "scratch.h"
#include "tap.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)

static apr_pool_t *pool;
static simg_problem err;
static simg_index *where;

static void add(int i, const char *description)
{
    const simg_image image = { .filename = apr_psprintf(pool, "story-%d-p1.png", i),
                               .kind = i % 2 ? "story" : "portrait",
                               .story_id = i % 3 ? NULL : "s",
                               .description = description,
                               .created_at = T0 + i * 1000 };

    if (simg_images_add(where, &image, &err) != APR_SUCCESS)
        printf("# %s\n", err.cause);
}

/* Numbers of the pictures that are found, the newest first. */
static const char *find(const simg_image_query *query)
{
    const char *text = "";
    simg_image_list list;
    int i;

    err = (simg_problem){ 0 };
    if (simg_images_list(&list, where, query, pool, &err) != APR_SUCCESS)
        return err.code;
    for (i = 0; i < list.images->nelts; i++)
        text = apr_psprintf(pool, "%s%s%d", text, i ? " " : "",
                            atoi(APR_ARRAY_IDX(list.images, i, simg_image).filename + 6));
    return list.total == list.images->nelts ? text : apr_psprintf(pool, "%s of %d", text, (int)list.total);
}

static const char *words(const char *q)
{
    const simg_image_query query = { .limit = 100, .q = q };

    return find(&query);
}

static void test_words(void)
{
    static const char *const descriptions[] = {
        "A small dragon reads under the old oak",
        "Two lanterns above the frozen lake; the fox's tail",
        "\xc3\x84rger im Caf\xc3\xa9 am Stra\xc3\x9f" "enrand",
        "\xe6\xa3\xae\xe3\x81\xae\xe4\xb8\xad\xe3\x81\xae\xe5\xb0\x8f\xe3\x81\x95\xe3\x81\xaa\xe9\xbe\x8d",
        "red_dog 100% \"quoted\" AND NOT NEAR(x) col:umn a*b ^c {d}",
        "\xd0\x9c\xd0\xb0\xd0\xbb\xd0\xb5\xd0\xbd\xd1\x8c\xd0\xba\xd0\xb8\xd0\xb9 \xd0\xb4\xd1\x80\xd0\xb0\xd0\xba\xd0\xbe\xd0\xbd",
    };
    static const struct {
        const char *q, *want, *name;
    } rows[] = {
        { "DRAGON", "1", "in any case" },
        { "oak dragon", "1", "all words, in any order" },
        { "dragon lake", "", "not only one of them" },
        { "lantern", "2", "an English word in another form" },
        { "fox's", "2", "with an apostrophe" },
        { "cafe arger", "3", "without accents" },
        { "\xc3\xa4RGER CAF\xc3\x89", "3", "with them, in any case" },
        { "\xe9\xbe\x8d", "4", "a character within a line of them" },
        { "\xe6\xa3\xae \xe9\xbe\x8d", "4", "two of them" },
        { "\xe9\xbe\x8d dragon", "", "of both kinds: none has both" },
        { "\xd0\xb4\xd0\xa0\xd0\x90\xd0\x9a\xd0\x9e\xd0\x9d", "6", "Cyrillic, in any case" },
        { "drag", "", "not a part of a word" },
        { "\"quoted\"", "5", "quotation marks part words" },
        { "AND", "5", "what FTS5 calls an operator is a word" },
        { "NOT", "5", "so is this" },
        { "NEAR(x)", "5", "and this" },
        { "col:umn", "5", "a column is none" },
        { "a*b", "5", "a star is a sign" },
        { "^c {d}", "5", "and so are others" },
        { "drag*", "", "nothing ends with one" },
        { "100%", "5", "per cent" },
        { "red_dog", "5", "an underscore" },
        { "\"", "", "a single quotation mark" },
        { "\"\"\"\" dragon", "1", "signs alone are no word" },
        { "'; DROP TABLE image; --", "", "SQL" },
        { "-dragon", "1", "a minus is no operator" },
        { "\xe2\x86\x92", "", "an arrow" },
        { "", "6 5 4 3 2 1", "nothing typed is no condition" },
        { " \t\n", "6 5 4 3 2 1", "nor is white space" },
        { "%", "", "a sign is one, and nothing has it" },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(descriptions) / sizeof(*descriptions); i++)
        add((int)i + 1, descriptions[i]);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        is_str(words(rows[i].q), rows[i].want, rows[i].name);
}

static void test_bounds(void)
{
    char *most = apr_palloc(pool, 1100);

    memset(most, 'x', 1001);
    most[1001] = '\0';
    is_str(words(most), "invalid-query", "more than 1,000 bytes");
    most[1000] = '\0';
    is_str(words(most), "", "1,000 bytes");
    is_str(words("a b c d e f g h i j k l m n o p q"), "invalid-query", "17 words");
    is_str(words("a b c d e f g h i j k l m n o p"), "", "16 words");
}

static void test_together(void)
{
    simg_image_query q = { .limit = 100, .q = "moon" };
    int i;

    for (i = 11; i <= 40; i++)
        add(i, i % 5 ? "a moon" : "a sun");
    q.kind = "portrait";
    is_str(find(&q), "38 36 34 32 28 26 24 22 18 16 14 12", "words and kind");
    q.story_id = "s";
    is_str(find(&q), "36 24 18 12", "and story");
    q.from = T0 + 18000;
    q.to = T0 + 36000;
    is_str(find(&q), "24 18", "and time");
    q.model = "none";
    is_str(find(&q), "", "and model");
}

static void test_changes(void)
{
    simg_db *db;
    int marked;

    add(50, "a unicorn");
    is_str(words("unicorn"), "50", "a word");
    simg_index_borrow(&db, where, &err);
    simg_db_run(db, "UPDATE image SET description = 'a narwhal' WHERE filename = 'story-50-p1.png'", NULL, 0, NULL, NULL,
                &err);
    is_str(words("unicorn"), "", "goes with its description");
    is_str(words("narwhal"), "50", "another comes");
    simg_doomed_mark_in(&marked, db, "story-50-p1.png", T0, &err);
    is_str(words("narwhal"), "", "and goes with its picture");
    is_int(simg_db_run(db, "INSERT INTO image_words (image_words) VALUES ('integrity-check')", NULL, 0, NULL, NULL, &err),
           APR_SUCCESS, "the words are what the pictures say");
    simg_index_return(where, db);
}

static atomic_int over;

/* Pictures come and go while the list is paged through. */
static void *meddle(void *baton)
{
    apr_pool_t *p;
    simg_problem why = { 0 };
    int i, marked;

    (void)baton;
    apr_pool_create(&p, NULL);
    for (i = 1000; !atomic_load(&over); i++) {
        const simg_image image = { .filename = apr_psprintf(p, "story-%d-p1.png", i), .kind = "story",
                                   .description = "a comet", .created_at = T0 + i * 1000 };
        simg_db *db;

        simg_images_add(where, &image, &why);
        if (i % 2 && simg_index_borrow(&db, where, &why) == APR_SUCCESS) {
            simg_doomed_mark_in(&marked, db, apr_psprintf(p, "story-%d-p1.png", i - 1), T0, &why);
            simg_index_return(where, db);
        }
    }
    apr_pool_destroy(p);
    return NULL;
}

/* @return how many of the pictures 200..299 were seen, once each; -1: one was seen twice */
static int walk(const char *q)
{
    simg_image_query query = { .limit = 7, .q = q };
    char seen[100] = "";
    simg_image_list list;
    int n = 0, i;

    do {
        if (simg_images_list(&list, where, &query, pool, &err) != APR_SUCCESS)
            return -2;
        for (i = 0; i < list.images->nelts; i++) {
            int k = atoi(APR_ARRAY_IDX(list.images, i, simg_image).filename + 6) - 200;

            if (k < 0 || k >= 100)
                continue;
            if (seen[k]++)
                return -1;
            n++;
        }
        query.cursor = list.next_cursor;
    } while (query.cursor);
    return n;
}

static void test_meddled(void)
{
    pthread_t thread;
    int i, words_missed = 0, all_missed = 0;

    for (i = 200; i < 300; i++)
        add(i, "a comet");
    pthread_create(&thread, NULL, meddle, NULL);
    for (i = 0; i < 20; i++) {
        words_missed += walk("comet") != 100;
        all_missed += walk(NULL) != 100;
    }
    atomic_store(&over, 1);
    pthread_join(thread, NULL);
    is_int(words_missed, 0, "while others come and go, what is there throughout is found once");
    is_int(all_missed, 0, "without words as well");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    simg_index_open(&where, apr_psprintf(pool, "sqlite3:%s/index", scratch), pool, &err);
    test_words();
    test_bounds();
    test_together();
    test_changes();
    test_meddled();
    apr_pool_destroy(pool);
    scratch_end();
    return done_testing();
}
