/* SPDX-License-Identifier: Apache-2.0 */
/* What is a subject's goes, whatever it hangs on, and nothing else does; be it in the middle of being drawn. */
#include "work/erase.h"

#include <dirent.h>
#include <pthread.h>

#include "base/file.h"
#include "index/uploads.h"
#include "queue/requests.h"
#include "recovery.h"
#include "tap.h"
#include "work/runner.h"
#include "work/salvage.h"

static simg_site *site;
static simg_erased gone;

static const char *const drawers[] = { "offline/offline", NULL };
static const char script[] = "#!/bin/sh\ntouch '%s/drawing'\nsleep 1\ncat '%s/whole.png'\n";

static void put_script(void)
{
    const char *path = apr_pstrcat(pool, scratch, "/pixel", NULL);
    picture png = recovery_png(1, pool);
    FILE *f = fopen(path, "w");

    if (f) {
        fprintf(f, script, scratch, scratch);
        fclose(f);
    }
    if (!f || chmod(path, 0700))
        printf("# no script\n");
    recovery_put(apr_pstrcat(pool, scratch, "/whole.png", NULL), png.bytes, png.len);
}

static simg_site *make_site(void)
{
    simg_site *out = recovery_site(SITE, "me", "e", pool);
    simg_settings *s = apr_pmemdup(pool, out->settings, sizeof(*s));
    const char **folders = apr_pcalloc(pool, 3 * sizeof(*folders));

    s->upload_dir = apr_pstrcat(pool, scratch, "/e/uploads", NULL);
    s->pixel_program = apr_pstrcat(pool, scratch, "/pixel", NULL);
    s->format = "png";
    folders[0] = s->generated_dir;
    folders[1] = apr_pstrcat(pool, scratch, "/e/elsewhere", NULL);
    out->settings = s;
    out->folders = folders;
    out->drawers = drawers;
    if (simg_chain_parse(&out->illustrators, "offline", 0, 0, s, pool))
        printf("# no illustrator\n");
    return out;
}

static void put_file(const char *folder, const char *name)
{
    simg_dir_make(folder, pool);
    recovery_put(apr_pstrcat(pool, folder, "/", name, NULL), name, strlen(name));
}

/** How many files lie in a folder; 0 if there is none. */
static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int n = 0;

    while (dir && (entry = readdir(dir)) != NULL)
        n += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static int generated(void)
{
    return files_in(site->settings->generated_dir);
}

static void put_image(const char *name, const char *story, const char *subject, const char *folder)
{
    simg_image image = { .filename = name, .kind = "story", .page_number = 1, .story_id = story, .subject = subject };

    image.created_at = T0;
    shown(simg_images_add_in(db, &image, &err));
    put_file(folder ? folder : site->settings->generated_dir, name);
}

static void put_upload(const char *name, const char *subject, const char *bytes)
{
    simg_upload_row row = { .filename = name, .sha256 = bytes, .subject = subject, .created_at = T0 };
    simg_descriptor said = { .sha256 = bytes, .model = "offline/offline", .traits = "", .words = "red hair" };

    shown(simg_uploads_add(queue_index, &row, &err));
    shown(simg_descriptors_put(queue_index, &said, T0, &err));
    put_file(site->settings->upload_dir, name);
}

static void put_answer(const char *id, const char *story, const char *body)
{
    const simg_request_row row = { .id = id, .key_hash = id, .body_hash = id, .created_at = simg_clock_now() };

    shown(simg_requests_add(db, &row, &err));
    if (story)
        shown(simg_requests_told(db, id, story, &err));
    shown(simg_requests_answered(db, id, 200, NULL, body, &err));
}

/** @param b  NULL: SQL's */
static void alter(const char *sql, const char *a, const char *b)
{
    const simg_value args[] = { simg_value_text(a), simg_value_text(b) };

    shown(simg_db_run(db, sql, args, 2, NULL, NULL, &err));
}

/** A story, its job of two pages, one call of each in the ledger, a picture, an answer that is kept. */
static void put_story(const char *id, const char *subject)
{
    const char *story = apr_pstrcat(pool, "s", id, NULL);

    queue_job(SITE, id, 2, "me", T0);
    alter("UPDATE story SET subject = $2 WHERE id = $1", story, subject);
    queue_end_call(&APR_ARRAY_IDX(queue_take(id, 1, T0), 0, simg_claim), SIMG_OUTCOME_MADE, T0);
    put_image(apr_pstrcat(pool, "story-", id, "-p1.png", NULL), story, subject, NULL);
    put_answer(apr_pstrcat(pool, "r", id, NULL), story, "{\"story\":\"Once.\"}");
}

/** "stories jobs images uploads descriptors requests" */
static const char *erase(const char *subject)
{
    err = (simg_problem){ 0 };
    if (shown(simg_erase(&gone, site, subject, pool, &err)) != APR_SUCCESS)
        return err.code;
    return apr_psprintf(pool, "%d %d %d %d %d %d", (int)gone.stories, (int)gone.jobs, (int)gone.images,
                        (int)gone.uploads, (int)gone.descriptors, (int)gone.requests);
}

static apr_int64_t rows(const char *of)
{
    return queue_number(apr_pstrcat(pool, "SELECT COUNT(*) FROM ", of, NULL));
}

/** All rows there are, by table. */
static const char *all_rows(void)
{
    static const char *const tables[] = { "story", "story_page", "job",        "job_page", "job_event",
                                          "image", "upload",     "descriptor", "request",  NULL };
    const char *all = "";
    int i;

    for (i = 0; tables[i]; i++)
        all = apr_psprintf(pool, "%s%s%d", all, i ? " " : "", (int)rows(tables[i]));
    return all;
}

static void test_nothing(void)
{
    is_str(erase("nobody"), "0 0 0 0 0 0", "a subject that was never there");
    ok(!recovery_is_there(site->settings->generated_dir) && !recovery_is_there(site->settings->upload_dir),
       "makes no folder");
}

static void test_all(void)
{
    const char *elsewhere = site->folders[1];

    put_story("mine", "kid-1");
    put_story("other", "kid-2");
    put_story("none", NULL);
    put_image("story-5-p1.png", "smine", NULL, elsewhere);
    put_image("portrait-6-p0.png", NULL, "kid-1", NULL);
    put_image("portrait-7-p0.png", NULL, "kid-2", elsewhere);
    queue_story("single", 1, T0);
    alter("UPDATE story SET single = $2 WHERE id = $1", "ssingle", "1");
    put_upload("character-image-1-a.png", "kid-1", "aaaa");
    put_upload("character-image-2-b.png", "kid-1", "bbbb");
    put_upload("character-image-3-b.png", "kid-2", "bbbb");
    put_upload("character-image-4-c.png", "kid-2", "cccc");
    put_upload("character-image-5-d.png", NULL, "dddd");
    put_upload("character-image-6-e.png", NULL, "eeee");
    alter("UPDATE story SET upload = $2 WHERE id = $1", "smine", "character-image-5-d.png");
    alter("UPDATE story SET upload = $2 WHERE id IN ('ssingle', $1)", "snone", "character-image-6-e.png");
    put_answer("q1", NULL, "{\"hash\":\"aaaa\"}");
    put_answer("q2", NULL, "{\"imageUrl\":\"/uploads/character-image-2-b.png\"}");
    put_answer("q3", NULL, "{\"hash\":\"bbbb\"}");
    is_str(all_rows(), "4 7 3 6 9 6 6 5 6", "what is there before");

    is_str(erase("kid-1"), "1 1 3 3 2 3", "what goes with a subject");
    is_str(all_rows(), "2 4 2 4 6 3 3 3 3", "and what is left of others");
    is_int(rows("story WHERE id IN ('sother', 'snone')"), 2, "their stories");
    is_int(rows("descriptor WHERE sha256 IN ('bbbb', 'cccc', 'eeee')"), 3,
           "what was said of bytes that others have, too");
    is_int(rows("upload WHERE filename LIKE '%-3-b.png' OR filename LIKE '%-4-c.png' OR filename LIKE '%-6-e.png'"), 3,
           "an upload that another story has as well");
    is_int(rows("request WHERE id IN ('rother', 'rnone', 'q3')"), 3, "and their answers");
    is_int(generated(), 2, "files of pictures are theirs");
    ok(files_in(elsewhere) == 1 && recovery_is_there(apr_pstrcat(pool, elsewhere, "/portrait-7-p0.png", NULL)),
       "also in another site's folder");
    is_int(files_in(site->settings->upload_dir), 3, "files of uploads, too");
    is_int(rows("call"), 3, "the ledger loses nothing");
    is_int(rows("call WHERE job_id IS NULL AND page_number IS NULL AND outcome = 'made' AND cost = 40000"), 1,
           "but what it was for");
    is_int(queue_number("SELECT SUM(n) FROM tally WHERE list = 'image'"), 3, "lists count right");
    is_str(erase("kid-1"), "0 0 0 0 0 0", "a second time there is nothing");
    is_str(erase("kid-2"), "1 1 2 2 2 2", "another subject");
    is_str(all_rows(), "1 2 1 2 3 1 1 1 1", "leaves those of nobody");
}

/** More than any batch takes. */
static void test_many(void)
{
    enum { STORIES = 230, IMAGES = 450, UPLOADS = 45 };
    apr_array_header_t *names;
    const char *before = all_rows();
    int i;

    shown(simg_db_begin(db, &err));
    for (i = 0; i < STORIES; i++)
        queue_story(apr_psprintf(pool, "many-%d", i), 1, T0);
    for (i = 0; i < IMAGES; i++)
        put_image(apr_psprintf(pool, "story-%d-p1.png", 1000 + i), apr_psprintf(pool, "smany-%d", i % STORIES),
                  i % 2 ? "kid-1" : NULL, NULL);
    shown(simg_db_commit(db, &err));
    for (i = 0; i < UPLOADS; i++)
        put_upload(apr_psprintf(pool, "character-image-%d-m.png", i), "kid-1", "the same bytes");
    shown(simg_erase_images(&names, queue_index, "kid-1", 200, pool, &err));
    is_int(names->nelts, 200, "some at a time");
    is_str(erase("kid-1"), "230 0 450 45 1 0", "very much of one subject");
    is_str(all_rows(), before, "all of it goes");
    ok(generated() == 1 && files_in(site->settings->upload_dir) == 1, "and every file");
}

/** A file that cannot be removed: its record stays, so that it is found again. */
static void test_again(void)
{
    const char *stuck = recovery_path(site, "story-77-p1.png");

    put_story("stuck", "kid-1");
    put_image("story-77-p1.png", "sstuck", NULL, site->folders[1]);
    put_upload("character-image-77-s.png", "kid-1", "ssss");
    mkdir(stuck, 0700);
    is_str(erase("kid-1"), "storage-unwritable", "what cannot be removed");
    is_int(rows("story WHERE subject = 'kid-1'"), 0, "is told by no story any more");
    is_int(rows("image WHERE subject = 'kid-1'") + rows("upload WHERE subject = 'kid-1'"), 3, "but is not forgotten");
    rmdir(stuck);
    is_str(erase("kid-1"), "0 0 2 1 1 0", "the next time it goes");
    is_int(generated() + files_in(site->folders[1]), 1, "with its files");
}

static simg_loop *loop;
static simg_runner *runner;

/** A page of a job is under way. */
static void begin_drawing(const char *id)
{
    apr_time_t next;

    remove(apr_pstrcat(pool, scratch, "/drawing", NULL));
    queue_job(SITE, id, 1, "me", simg_clock_now());
    shown(simg_loop_create(&loop, NULL, pool, &err));
    shown(simg_runner_create(&runner, site, loop, pool, &err));
    shown(simg_runner_fill(runner, id, 9, &next, &err));
    is_int(simg_runner_drawing(runner), 1, "a page is under way");
}

/** Its end is waited for. */
static void end_drawing(const char *id)
{
    apr_time_t next, until = apr_time_now() + apr_time_from_sec(20);
    int left;

    while (simg_runner_busy(runner) && apr_time_now() < until)
        simg_loop_turn(loop, apr_time_from_msec(50), &left, &err);
    is_int(simg_runner_busy(runner), 0, "it ends");
    shown(simg_runner_fill(runner, id, 9, &next, &err));
    is_int(simg_runner_busy(runner), 0, "and nothing follows");
    is_int(generated(), 1, "no file appears");
    is_int(rows("image WHERE filename NOT LIKE '%-none-%'"), 0, "no record");
    is_int(recovery_parts(site), 0, "and no temporary file");
}

static void test_drawn_meanwhile(void)
{
    apr_int64_t made = rows("call WHERE outcome = 'made'");

    begin_drawing("meanwhile");
    is_str(erase("kid-1"), "1 1 0 0 0 0", "its subject is erased");
    end_drawing("meanwhile");
    is_int(rows("call WHERE outcome = 'made'"), made + 1, "the ledger knows what it was paid for");
    is_int(rows("call WHERE outcome IS NULL"), 0, "and of no call without an end");
}

/** Somebody else removes the story, in a transaction that ends once the picture has its name. */
static void *remove_story(void *ready)
{
    apr_time_t until = apr_time_now() + apr_time_from_sec(4);
    simg_problem problem = { 0 };
    simg_index *other;
    apr_pool_t *p;
    simg_db *own;
    int seen = 0;

    apr_pool_create(&p, NULL);
    simg_index_open(&other, apr_psprintf(p, "sqlite3:%s/i.db", scratch), p, &problem);
    if (simg_index_borrow(&own, other, &problem) == APR_SUCCESS && simg_db_begin(own, &problem) == APR_SUCCESS) {
        simg_db_run(own, "DELETE FROM story WHERE id = 'snamed'", NULL, 0, NULL, NULL, &problem);
        pthread_barrier_wait(ready);
        for (; !seen && apr_time_now() < until; usleep(10000))
            seen = generated() == 2;
        simg_db_commit(own, &problem);
        simg_index_return(other, own);
    }
    apr_pool_destroy(p);
    return seen ? site : NULL;
}

static void test_named_already(void)
{
    pthread_barrier_t ready;
    pthread_t thread;
    void *seen;

    begin_drawing("named");
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, remove_story, &ready);
    pthread_barrier_wait(&ready);
    end_drawing("named");
    pthread_join(thread, &seen);
    pthread_barrier_destroy(&ready);
    ok(seen != NULL, "though it had its name when the story was removed");
}

/** A process that is gone has left a whole picture. */
static const simg_claim *leave_part(const char *id)
{
    const simg_claim_query query = { .site = SITE,
                                     .job_id = id,
                                     .owner = "dead",
                                     .models = drawers,
                                     .now = simg_clock_now() - 10 * SIMG_LEASE,
                                     .max = 1 };
    apr_array_header_t *claims = NULL;

    queue_job(SITE, id, 1, NULL, T0);
    shown(simg_claims_take(&claims, db, &query, pool, &err));
    shown(simg_leases_orphans(&claims, db, "dead", pool, &err));
    recovery_part(site, APR_ARRAY_IDX(claims, 0, simg_claim).call_id, 2, recovery_png(2, pool).len);
    return &APR_ARRAY_IDX(claims, 0, simg_claim);
}

static void test_left_behind(void)
{
    simg_recovery counts = { 0 };
    const simg_claim *claim;

    leave_part("left");
    is_str(erase("kid-1"), "1 1 1 0 0 0", "a picture that a dead process has left is found, and goes");
    ok(generated() == 1 && recovery_parts(site) == 0, "nothing of it stays");

    claim = leave_part("late");
    queue_number("DELETE FROM story WHERE id = 'slate'");
    is_int(shown(simg_salvage(&counts, site, recovery_store(site, pool), claim, pool, &err)), APR_SUCCESS,
           "one whose story goes while it is taken up");
    ok(counts.finished == 0 && counts.removed == 1, "is removed");
    ok(generated() == 1 && recovery_parts(site) == 0, "nothing of it stays");
    is_int(rows("image WHERE filename NOT LIKE '%-none-%'"), 0, "not even a record");
    is_int(rows("call WHERE outcome IS NULL"), 0, "but its end in the ledger");
}

int main(void)
{
    queue_begin();
    put_script();
    site = make_site();
    test_nothing();
    test_all();
    test_many();
    test_again();
    test_drawn_meanwhile();
    test_named_already();
    test_left_behind();
    queue_end();
    return done_testing();
}
