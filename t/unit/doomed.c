/* SPDX-License-Identifier: Apache-2.0 */
/* index/doomed, index/forget, index/twins: pictures on their way out, and what retention counts. */
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/clock.h"
#include "index/doomed.h"
#include "index/forget.h"
#include "index/images.h"
#include "index/stories.h"
#include "index/twins.h"
#include "scratch.h"
#include "tap.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)
#define SITE "here"

static apr_pool_t *pool;
static simg_problem err;
static simg_index *where;
static simg_db *db;

static void run(const char *sql)
{
    if (simg_db_run(db, sql, NULL, 0, NULL, NULL, &err) != APR_SUCCESS)
        printf("# %s: %s\n", sql, err.cause);
}

static apr_int64_t number(const char *sql)
{
    apr_int64_t n = -1;

    if (simg_db_run(db, sql, NULL, 0, simg_row_number, &n, &err) != APR_SUCCESS)
        printf("# %s: %s\n", sql, err.cause);
    return n;
}

static void fresh(const char *name)
{
    if (db)
        simg_index_return(where, db);
    simg_index_open(&where, apr_psprintf(pool, "sqlite3:%s/%s", scratch, name), pool, &err);
    simg_index_borrow(&db, where, &err);
}

static void add(int i, const char *sha256, int keep, const char *site)
{
    const simg_image image = { .filename = apr_psprintf(pool, "story-%d-p1.png", i),
                               .kind = "story",
                               .page_number = 1,
                               .story_id = apr_psprintf(pool, "s%d", i),
                               .description = "words",
                               .size = 100,
                               .sha256 = sha256,
                               .keep = keep,
                               .site = site,
                               .created_at = T0 + apr_time_from_sec(i) };

    if (simg_images_add_in(db, &image, &err) != APR_SUCCESS)
        printf("# %s\n", err.cause);
}

static const char *usage(const char *site)
{
    simg_usage u;

    if (simg_usage_read(&u, db, site, &err) != APR_SUCCESS)
        return err.cause;
    return apr_psprintf(pool, "%d %d %d %d", (int)u.free_files, (int)u.free_bytes, (int)u.files, (int)u.bytes);
}

static void share(int i, int with)
{
    const char *name = apr_psprintf(pool, "story-%d-p1.png", with);
    const simg_twin twin = { name, name };

    simg_twins_shared(db, apr_psprintf(pool, "story-%d-p1.png", i), &twin, &err);
}

static void test_usage(void)
{
    fresh("usage");
    is_str(usage(SITE), "0 0 0 0", "an empty site");
    add(1, "aa", 0, SITE);
    add(2, "aa", 0, SITE);
    add(3, "bb", 1, SITE);
    add(4, "cc", 0, "there");
    is_str(usage(SITE), "2 200 3 300", "free ones and all");
    is_str(usage("there"), "1 100 1 100", "each site by itself");
    share(2, 1);
    is_str(usage(SITE), "2 100 3 200", "shared storage counts once");
    run("UPDATE image SET keep = 1 WHERE filename = 'story-1-p1.png'");
    is_str(usage(SITE), "1 100 3 200", "one of the two is kept: the other still counts");
    run("UPDATE image SET keep = 1 WHERE filename = 'story-2-p1.png'");
    is_str(usage(SITE), "0 0 3 200", "both are");
    run("UPDATE image SET keep = 0");
    run("DELETE FROM image WHERE filename = 'story-1-p1.png'");
    is_str(usage(SITE), "2 200 2 200", "the last of its names keeps the bytes");
    run("UPDATE image SET site = 'there'");
    is_str(usage(SITE), "0 0 0 0", "all have moved");
    is_str(usage("there"), "3 300 3 300", "to another site");
    run("UPDATE image SET size = 50, description = 'others'");
    is_str(usage("there"), "3 150 3 150", "and have other sizes");
    run("DELETE FROM image");
    is_str(usage("there"), "0 0 0 0", "and are gone");
}

static const char *retire(const simg_retention *limits, int max, int *more)
{
    const simg_doom doom = { SITE, limits, T0 + apr_time_from_sec(1000), max };
    apr_array_header_t *doomed;
    const char *text = "";
    int i;

    if (simg_doomed_retire(&doomed, more, db, &doom, pool, &err) != APR_SUCCESS)
        return err.cause;
    for (i = 0; i < doomed->nelts; i++) {
        const simg_doomed *d = &APR_ARRAY_IDX(doomed, i, simg_doomed);

        text = apr_psprintf(pool, "%s%s%s:%s:%d", text, i ? " " : "", d->filename + 6, d->reason, (int)d->freed);
    }
    return text;
}

static apr_status_t see(void *baton, const simg_doomed *d, simg_problem *ignored)
{
    const char **text = baton;

    (void)ignored;
    *text = apr_psprintf(pool, "%s%s%s:%s:%d", *text, **text ? " " : "", d->filename + 6, d->reason, (int)d->freed);
    return APR_SUCCESS;
}

static const char *preview(const simg_retention *limits)
{
    const simg_doom doom = { SITE, limits, T0 + apr_time_from_sec(1000), 1 };
    const char *text = "";

    return simg_doomed_preview(db, &doom, see, &text, pool, &err) == APR_SUCCESS ? text : err.cause;
}

static int is_due(const simg_retention *limits)
{
    const simg_doom doom = { SITE, limits, T0 + apr_time_from_sec(1000), 1 };
    int due = -1;

    simg_doomed_is_due(&due, db, &doom, pool, &err);
    return due;
}

static void test_retire(void)
{
    static const simg_retention count = { 0, 3, 0 }, size = { 0, 0, 250 }, old = { apr_time_from_sec(995), 0, 0 }, none;
    apr_array_header_t *left;
    const char *expected;
    int i, more;

    fresh("retire");
    for (i = 1; i <= 8; i++)
        add(i, i < 5 ? "aa" : apr_psprintf(pool, "%d", i), i == 2, SITE);
    add(0, "zz", 0, "there");
    for (i = 2; i < 5; i++)
        share(i, 1);
    is_int(is_due(&none), 0, "nothing is due without a limit");
    is_int(is_due(&count), 1, "with one that is passed it is");
    is_str(preview(&none), "", "nothing to be seen before");
    expected = preview(&count);
    is_str(expected, "1-p1.png:count:0 3-p1.png:count:0 4-p1.png:count:0 5-p1.png:count:100",
           "what would go: one that is kept needs the file");
    is_int(number("SELECT COUNT(*) FROM image"), 9, "nothing has gone");
    is_str(retire(&count, 3, &more), "1-p1.png:count:0 3-p1.png:count:0 4-p1.png:count:0", "in steps");
    is_int(more, 1, "there is more");
    is_str(retire(&count, 3, &more), "5-p1.png:count:100", "the rest");
    is_int(more, 0, "no more");
    is_int(is_due(&count), 0, "then nothing is due");
    is_str(retire(&count, 3, &more), "", "and nothing goes");
    is_str(usage(SITE), "3 300 4 400", "what is left");
    is_int(number("SELECT COUNT(*) FROM image WHERE site = 'there'"), 1, "another site's are left alone");
    is_int(number("SELECT COUNT(*) FROM doomed"), 4, "marked");
    is_str(preview(&size), "6-p1.png:size:100", "by size");
    is_str(preview(&old), "", "by age: none is so old");
    run("INSERT INTO story (id, word_count, descriptor_used, created_at) VALUES ('s6', 1, 0, 1)");
    run("INSERT INTO job (id, site, story_id, status, kind, epoch, brief, held_until, last_event, created_at, updated_at) "
        "VALUES ('j', 'here', 's6', 'processing', 'story', 1, '', 0, 0, 1, 1)");
    is_str(preview(&size), "7-p1.png:size:100", "not one of a running job");
    add(1, "new", 0, SITE);
    simg_doomed_left(&left, db, SITE, T0 + apr_time_from_sec(1001), 9, pool, &err);
    is_int(left->nelts, 3, "a name that another picture has is not cleared away");
    run("DELETE FROM image WHERE filename = 'story-1-p1.png'");
    is_int(simg_doomed_left(&left, db, SITE, T0 + apr_time_from_sec(1001), 9, pool, &err), APR_SUCCESS, "what is marked");
    is_int(left->nelts, 4, "all of it");
    is_int(simg_doomed_done(db, left, &err), APR_SUCCESS, "is gone");
    is_int(number("SELECT COUNT(*) FROM doomed"), 0, "with its marks");
}

static int mark(const char *name)
{
    int marked = -1;

    simg_doomed_mark_in(&marked, db, name, T0, &err);
    return marked;
}

static void test_pages(void)
{
    simg_story_row story = { .id = "s1", .title = "t", .text = "x", .character = "{}", .model = "m", .created_at = T0,
                             .cost = -1, .site = SITE };
    simg_page_row page = { .number = 1, .wanted = 1, .filename = "story-1-p1.png", .cost = -1 };
    simg_forgotten counts = { 0 };
    int there, stories;

    fresh("pages");
    story.pages = apr_array_make(pool, 1, sizeof(page));
    APR_ARRAY_PUSH(story.pages, simg_page_row) = page;
    is_int(simg_stories_add_in(db, &story, &err), APR_SUCCESS, "a story with a picture");
    is_int(simg_stories_page_in(db, "s1", &page, &err), APR_SUCCESS, "which is drawn");
    add(1, "aa", 1, SITE);
    is_int(simg_forget_old(&stories, db, SITE, T0 + apr_time_from_sec(9), pool, &err), APR_SUCCESS, "old stories go");
    is_int(stories, 0, "but not with a picture");
    is_int(mark("story-1-p1.png"), 1, "which is removed, though it is kept");
    is_int(mark("story-1-p1.png"), 0, "once");
    is_int(mark("nobody.png"), 0, "one that is not there");
    is_int(number("SELECT COUNT(*) FROM story_page WHERE filename IS NULL AND error_code = 'image-removed'"), 1,
           "its page says so");
    simg_doomed_has(&there, db, "story-1-p1.png", &err);
    is_int(there, 1, "it is doomed");
    is_int(number("SELECT COUNT(*) FROM image_words WHERE image_words MATCH 'words'"), 0, "its words are not found");
    is_int(simg_forget_old(&stories, db, "there", T0 + apr_time_from_sec(9), pool, &err), APR_SUCCESS, "another site's");
    is_int(stories, 0, "stories stay");
    is_int(simg_forget_old(&stories, db, SITE, T0, pool, &err), APR_SUCCESS, "and young ones");
    is_int(stories, 0, "stay");
    is_int(simg_forget_old(&stories, db, SITE, T0 + apr_time_from_sec(9), pool, &err), APR_SUCCESS, "then the story");
    is_int(stories, 1, "goes");
    is_int(number("SELECT COUNT(*) FROM story_page"), 0, "with its pages");
    is_int(simg_forget_story_in(&counts, db, "nobody", &err), APR_SUCCESS, "a story that is not there");
    is_int(counts.stories + counts.jobs + counts.requests, 0, "counts nothing");
}

static void test_ledger(void)
{
    int rows;

    fresh("ledger");
    run("INSERT INTO call (id, kind, provider, model, owner, lease_until, sent_at, ended_at, outcome) VALUES "
        "('a', 'image', 'p', 'm', 'o', 0, 1, 5, 'made'), ('b', 'image', 'p', 'm', 'o', 0, 1, NULL, NULL), "
        "('c', 'image', 'p', 'm', 'o', 0, 1, 50, 'made')");
    run("INSERT INTO call (id, kind, job_id, provider, model, owner, lease_until, sent_at, ended_at, outcome) VALUES "
        "('d', 'image', 'j', 'p', 'm', 'o', 0, 1, 5, 'made')");
    run("INSERT INTO call (id, kind, request_id, provider, model, owner, lease_until, sent_at, ended_at, outcome) VALUES "
        "('e', 'text', 'young', 'p', 'm', 'o', 0, 1, 5, 'made'), ('f', 'text', 'gone', 'p', 'm', 'o', 0, 1, 5, 'made')");
    run("INSERT INTO request (id, pages, lease_until, status, created_at) VALUES ('old', 0, 0, 200, 5), "
        "('young', 0, 0, 200, 50), ('open', 0, 0, NULL, 5)");
    is_int(simg_forget_ledger(&rows, db, apr_time_from_msec(10), &err), APR_SUCCESS, "the ledger");
    is_int(rows, 2, "forgets what is old and belongs to nothing");
    is_int(number("SELECT COUNT(*) FROM call WHERE id IN ('b', 'c', 'd', 'e')"), 4, "but open, young and owned calls stay");
    is_int(number("SELECT COUNT(*) FROM request"), 3, "and answers kept, for whichever site");
}

static void test_twins(void)
{
    simg_twin twin;

    fresh("twins");
    add(1, "aa", 0, "there");
    add(2, "aa", 0, SITE);
    add(3, "aa", 0, SITE);
    add(4, "bb", 0, SITE);
    is_int(simg_twins_find(&twin, db, "story-3-p1.png", pool, &err), APR_SUCCESS, "a picture has a twin");
    is_str(twin.filename, "story-2-p1.png", "the oldest of its site");
    is_int(simg_twins_find(&twin, db, "story-2-p1.png", pool, &err), APR_ENOENT, "the oldest has none");
    is_int(simg_twins_find(&twin, db, "story-4-p1.png", pool, &err), APR_ENOENT, "nor has one with other bytes");
    is_int(simg_twins_find(&twin, db, "nobody.png", pool, &err), APR_ENOENT, "nor one that is not there");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    test_usage();
    test_retire();
    test_pages();
    test_ledger();
    test_twins();
    simg_index_return(where, db);
    apr_pool_destroy(pool);
    scratch_end();
    return done_testing();
}
