/* SPDX-License-Identifier: Apache-2.0 */
/* An index of an earlier version, with rows in it, is brought to the present one: nothing is lost, lists and tallies go
 * on. */
#include <sys/wait.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "index/images.h"
#include "index/schema.h"
#include "index/stories.h"
#include "index/uploads.h"
#include "queue/claims.h"
#include "queue/jobs.h"
#include "scratch.h"
#include "tap.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)

enum { SECOND = 2, PROCESSES = 8, ROUNDS = 10, PAST = 500 };

static apr_pool_t *pool;
static simg_problem err;

/* Two stories, one of them with a job under way; pictures of two kinds; and what else a server leaves. */
static const char *const rows[] = {
    "INSERT INTO story (id, title, body, character_json, model, word_count, descriptor_used, subject, cost, created_at)"
    " VALUES ('s1', 'The boat', 'Once.', '{\"name\":\"Ada\"}', 'gpt-5', 1, 1, 'kid-1', 700, 1738355170000),"
    " ('s2', 'The kite', 'Twice.', '{\"name\":\"Ben\"}', 'offline', 2, 0, NULL, NULL, 1738355171000)",
    "INSERT INTO story_page (story_id, number, scene, wanted, filename, model, width, height, size, sha256, referenced,"
    " cost) VALUES ('s1', 1, 'A lake', 1, 'story-1738355170000-p1.png', 'dall-e-3', 1024, 768, 5, 'ab', 0, 40000),"
    " ('s1', 2, 'A boat', 1, NULL, NULL, 0, 0, 0, NULL, 0, NULL),"
    " ('s2', 1, 'A kite', 0, NULL, NULL, 0, 0, 0, NULL, 0, NULL)",
    "INSERT INTO job (id, site, story_id, status, kind, epoch, brief, held_until, last_event, created_at, updated_at)"
    " VALUES ('j1', 'example.org', 's1', 'processing', 'consistent', 1738355170000, '{\"size\":\"auto\"}', 0, 3,"
    " 1738355170000, 1738355170500)",
    "INSERT INTO job_page (job_id, number, prompt, state, link, tries, not_before, call_id)"
    " VALUES ('j1', 1, 'draw a lake', 'saved', 0, 1, 0, 'c1'), ('j1', 2, 'draw a boat', 'pending', 0, 0, 1, NULL)",
    "INSERT INTO job_event (job_id, seq, name, page_number, code) VALUES ('j1', 1, 'status', NULL, 'queued'),"
    " ('j1', 2, 'status', NULL, 'processing'), ('j1', 3, 'illustration', 1, NULL)",
    "INSERT INTO call (id, kind, job_id, page_number, provider, model, owner, lease_until, sent_at, outcome, cost)"
    " VALUES ('c1', 'image', 'j1', 1, 'openai', 'dall-e-3', 'gone', 1, 1, 'made', 40000)",
    "INSERT INTO request (id, key_hash, pages, lease_until, story_id, status, body, created_at)"
    " VALUES ('r1', 'hash', 0, 0, 's1', 200, '{}', 1738355170000)",
    "INSERT INTO image (filename, kind, page_number, story_id, subject, description, model, width, height, size, "
    "sha256,"
    " created_at, keep) VALUES ('story-1738355170000-p1.png', 'story', 1, 's1', 'kid-1', 'A lake', 'dall-e-3', 1024,"
    " 768, 5, 'ab', 1738355170000, 1), ('portrait-1738355170001-p0.png', 'portrait', 0, NULL, NULL, 'Ada', 'offline',"
    " 64, 64, 6, 'cd', 1738355170001, 0)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO image (filename, kind,"
    " page_number, width, height, size, created_at, keep) SELECT 'old-' || i, 'story', 1, 1, 1, 1, i, 0 FROM n",
    NULL,
};

static apr_status_t shown(apr_status_t rv)
{
    if (rv != APR_SUCCESS)
        printf("# %s: %s\n", err.code, err.cause ? err.cause : err.detail);
    return rv;
}

static apr_status_t run(simg_db *db, const char *sql)
{
    return shown(simg_db_run(db, sql, NULL, 0, NULL, NULL, &err));
}

static apr_int64_t number(simg_db *db, const char *sql)
{
    apr_int64_t n = -1;

    shown(simg_db_run(db, sql, NULL, 0, simg_row_number, &n, &err));
    return n;
}

static const char *path_of(const char *name)
{
    return apr_pstrcat(pool, scratch, "/", name, NULL);
}

static const char *target_of(const char *name)
{
    return apr_pstrcat(pool, "sqlite3:", scratch, "/", name, NULL);
}

/** An index as the second script left it. @return its generation */
static apr_int64_t make_second(const char *name)
{
    const char *scripts[SECOND + 1] = { simg_schema_sqlite[0], simg_schema_sqlite[1], NULL };
    apr_int64_t generation = -1;
    simg_dbpool *dbs;
    apr_pool_t *p;
    simg_db *db;
    int i;

    apr_pool_create(&p, pool);
    if (shown(simg_dbpool_create(&dbs, target_of(name), p, &err)) == APR_SUCCESS &&
        shown(simg_dbpool_get(&db, dbs, &err)) == APR_SUCCESS) {
        shown(simg_db_migrate(db, scripts, &err));
        for (i = 0; rows[i]; i++)
            run(db, rows[i]);
        is_int(number(db, "PRAGMA user_version"), SECOND, "an index of version 2");
        generation = number(db, "SELECT n FROM generation");
        simg_dbpool_put(dbs, db);
    }
    apr_pool_destroy(p);
    return generation;
}

static simg_index *open_index(const char *name, apr_pool_t *p)
{
    simg_index *index = NULL;

    shown(simg_index_open(&index, target_of(name), p, &err));
    return index;
}

static void test_story(simg_index *index)
{
    simg_story_row s = { 0 };
    const simg_page_row *page;

    is_int(shown(simg_stories_get(&s, index, "s1", pool, &err)), APR_SUCCESS, "a story is there");
    is_str(apr_psprintf(pool, "%s %s %s %s %s %d %d %s %d", s.title, s.text, s.character, s.model, s.subject,
                        s.word_count, s.descriptor_used, apr_off_t_toa(pool, s.cost), s.single),
           "The boat Once. {\"name\":\"Ada\"} gpt-5 kid-1 1 1 700 0", "as it was");
    ok(s.created_at == T0 && s.pages->nelts == 2, "with its time and its pages");
    is_str(apr_psprintf(pool, "%s %s", s.job_id, s.job_status), "j1 processing", "and its job");
    page = &APR_ARRAY_IDX(s.pages, 0, simg_page_row);
    is_str(apr_psprintf(pool, "%d %s %s %s %dx%d %s", page->number, page->scene, page->filename, page->model,
                        page->width, page->height, page->sha256),
           "1 A lake story-1738355170000-p1.png dall-e-3 1024x768 ab", "a page with its picture");
    ok(page->cost == 40000 && APR_ARRAY_IDX(s.pages, 1, simg_page_row).cost == -1, "and what it cost");
}

static void test_lists(simg_index *index)
{
    const simg_image_query portraits = { .limit = 10, .kind = "portrait" }, all = { .limit = 10 };
    simg_image_list images;
    simg_story_list stories;

    shown(simg_stories_list(&stories, index, 10, NULL, pool, &err));
    ok(stories.total == 2 && stories.stories->nelts == 2, "both stories are listed");
    is_str(APR_ARRAY_IDX(stories.stories, 0, simg_story_row).id, "s2", "the newest first");
    shown(simg_images_list(&images, index, &all, pool, &err));
    ok(images.total == PAST + 2 && images.images->nelts == 10 && images.next_cursor, "the pictures, too");
    is_str(APR_ARRAY_IDX(images.images, 0, simg_image).filename, "portrait-1738355170001-p0.png", "the newest first");
    ok(APR_ARRAY_IDX(images.images, 1, simg_image).keep == 1, "with what an administrator wanted");
    shown(simg_images_list(&images, index, &portraits, pool, &err));
    ok(images.total == 1 && images.images->nelts == 1, "by kind");
}

static void test_queue(simg_db *db)
{
    static const char *const models[] = { "openai/dall-e-3", NULL }, *const editors[] = { "openai/gpt-image-2", NULL };
    const simg_claim_query query = {
        .site = "example.org", .owner = "me", .models = models, .editors = editors, .now = T0, .max = 9
    };
    simg_job job = { 0 };
    apr_array_header_t *events, *claims;
    const simg_claim *c;

    is_int(shown(simg_jobs_get(&job, db, "example.org", "j1", pool, &err)), APR_SUCCESS, "the job is there");
    ok(job.status == SIMG_JOB_PROCESSING && job.counts.pages[SIMG_PAGE_SAVED] == 1 &&
           job.counts.pages[SIMG_PAGE_PENDING] == 1 && !strcmp(job.kind, "consistent") && !job.reference,
       "as it was, and without a reference");
    shown(simg_jobs_events(&events, db, "j1", 0, pool, &err));
    is_int(events->nelts, 3, "its events");
    is_int(number(db, "SELECT COUNT(*) FROM call WHERE outcome = 'made' AND cost = 40000"), 1, "what was paid");
    is_int(number(db, "SELECT COUNT(*) FROM request WHERE key_hash = 'hash' AND story_id = 's1'"), 1, "answers kept");
    shown(simg_claims_take(&claims, db, &query, pool, &err));
    is_int(claims->nelts, 1, "and it goes on");
    c = &APR_ARRAY_IDX(claims, 0, simg_claim);
    is_str(apr_psprintf(pool, "%d %s %s %s %s", c->number, c->prompt, c->kind, c->model, c->reference ? "?" : "-"),
           "2 draw a boat consistent dall-e-3 -", "from words, as it was begun");
}

static apr_int64_t total(simg_index *index)
{
    simg_story_list list = { .total = -1 };

    shown(simg_stories_list(&list, index, 10, NULL, pool, &err));
    return list.total;
}

static void add_story(simg_index *index, const char *id, int single)
{
    simg_story_row s = {
        .id = id, .title = "", .text = "", .character = "{}", .upload = "u.png", .single = single, .created_at = T0
    };

    s.pages = apr_array_make(pool, 1, sizeof(simg_page_row));
    shown(simg_stories_add(index, &s, &err));
}

/* The triggers of a table that was altered count on, old rows as well as new ones. */
static void test_tallies(simg_index *index, simg_db *db)
{
    add_story(index, "new", 0);
    add_story(index, "one", 1);
    is_int(total(index), 3, "a new story is counted, what is none is not");
    run(db, "DELETE FROM story WHERE id = 'one'");
    is_int(total(index), 3, "nor missed");
    run(db, "DELETE FROM story WHERE id = 's2'");
    is_int(total(index), 2, "an old one is");
    is_int(number(db, "SELECT n FROM tally WHERE list = 'image' AND kind = 'story'"), PAST + 1, "tallies of pictures");
    run(db, "DELETE FROM story WHERE id = 's1'");
    is_int(number(db, "SELECT COUNT(*) FROM story_page WHERE story_id <> 'new'"), 0, "a story takes its pages along");
    is_int(number(db, "SELECT COUNT(*) FROM job"), 0, "and its job");
    is_int(number(db, "SELECT n FROM tally WHERE list = 'job'"), 0, "which is counted");
}

static void test_new_tables(simg_index *index)
{
    const simg_upload_row upload = { "u.png", "ab", 3, 2, 9, "kid-1", T0 };
    const simg_descriptor said = { "ab", "openai/gpt-5", "", "A red coat.", 90 };
    simg_descriptor found = { .sha256 = "ab", .model = "openai/gpt-5", .traits = "" };

    is_int(shown(simg_uploads_add(index, &upload, &err)), APR_SUCCESS, "there is room for photos");
    is_int(shown(simg_descriptors_put(index, &said, T0, &err)), APR_SUCCESS, "and for what is said of them");
    shown(simg_descriptors_get(&found, index, pool, &err));
    is_str(found.words, "A red coat.", "which can be had again");
}

static int is_sound(simg_db *db)
{
    return number(db, "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1 &&
           number(db, "SELECT COUNT(*) FROM pragma_foreign_key_check") == 0;
}

static int versions(void)
{
    int n = 0;

    while (simg_schema_sqlite[n])
        n++;
    return n;
}

static void test_one(apr_int64_t before)
{
    simg_index *index = open_index("one.db", pool);
    apr_int64_t after = -1;
    simg_db *db;

    shown(simg_index_generation(&after, index, &err));
    ok(before > 0 && after >= before, "the generation does not go back");
    test_story(index);
    test_lists(index);
    if (shown(simg_index_borrow(&db, index, &err)) != APR_SUCCESS)
        return;
    is_int(number(db, "PRAGMA user_version"), versions(), "the index is of the present version");
    test_queue(db);
    test_tallies(index, db);
    ok(is_sound(db), "and sound");
    simg_index_return(index, db);
    test_new_tables(index);
}

/* All at the same moment: when the pipe is closed. */
static int child(const char *name, int gate)
{
    simg_image image = { .filename = apr_psprintf(pool, "new-%d.png", (int)getpid()),
                         .kind = "story",
                         .created_at = T0 };
    simg_index *index;
    simg_story_row s;
    char byte;

    if (read(gate, &byte, 1) != 0)
        return 1;
    index = open_index(name, pool);
    return shown(simg_stories_get(&s, index, "s1", pool, &err)) != APR_SUCCESS || s.pages->nelts != 2 ||
           shown(simg_images_add(index, &image, &err)) != APR_SUCCESS;
}

static int open_together(const char *name)
{
    int gate[2], i, status, good = 0;

    if (pipe(gate) != 0)
        return 0;
    fflush(stdout);
    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(gate[1]);
            status = child(name, gate[0]);
            fflush(stdout);
            _exit(status);
        }
    close(gate[0]);
    close(gate[1]);
    while (wait(&status) > 0)
        good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return good;
}

static int is_whole(const char *name)
{
    apr_pool_t *p;
    simg_index *index;
    simg_db *db;
    int whole;

    apr_pool_create(&p, pool);
    index = open_index(name, p);
    if (shown(simg_index_borrow(&db, index, &err)) != APR_SUCCESS)
        return 0;
    whole = is_sound(db) && number(db, "PRAGMA user_version") == versions() &&
            number(db, "SELECT COUNT(*) FROM image") == PAST + 2 + PROCESSES &&
            number(db, "SELECT SUM(n) FROM tally WHERE list = 'image'") == PAST + 2 + PROCESSES &&
            number(db, "SELECT n FROM tally WHERE list = 'story' AND kind = ''") == 2;
    simg_index_return(index, db);
    apr_pool_destroy(p);
    return whole;
}

static void test_processes(void)
{
    int i, good = 0, whole = 0;

    for (i = 0; i < ROUNDS; i++) {
        const char *name = apr_psprintf(pool, "many-%d.db", i);

        apr_file_copy(path_of("second.db"), path_of(name), APR_FPROT_FILE_SOURCE_PERMS, pool);
        good += open_together(name);
        whole += is_whole(name);
    }
    is_int(good, ROUNDS * PROCESSES, "eight processes at the same moment all can use it, ten times");
    is_int(whole, ROUNDS, "and nothing is lost or done twice");
}

int main(void)
{
    apr_int64_t before;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    before = make_second("second.db");
    apr_file_copy(path_of("second.db"), path_of("one.db"), APR_FPROT_FILE_SOURCE_PERMS, pool);
    test_one(before);
    test_processes();
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
