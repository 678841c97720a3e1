/* SPDX-License-Identifier: Apache-2.0 */
/** work/recover at the start of a server: temporary files, and the folder against the index. */
#include "recovery.h"

#include <errno.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "tap.h"

static ino_t damaged; /* the file that cannot be read; 0: none */

/* A disk with one bad block. */
ssize_t read(int fd, void *buf, size_t n)
{
    struct stat st;

    if (damaged && fstat(fd, &st) == 0 && st.st_ino == damaged) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_read, fd, buf, n);
}

static apr_status_t start(simg_site *site, const char *run)
{
    recovery_forget();
    site->run = run;
    return shown(simg_recover_start(site, pool, &err));
}

/** A claimed page of a new job of this name. */
static simg_claim claim_of(const char *job)
{
    queue_job(SITE, job, 1, NULL, T0);
    return APR_ARRAY_IDX(queue_take(job, 1, apr_time_now()), 0, simg_claim);
}

/** A picture as it lies in the folder, without a row. */
static const char *put_picture(const simg_site *site, const char *name, int seed)
{
    picture png = recovery_png(seed, pool);

    recovery_store(site, pool);
    recovery_put(recovery_path(site, name), png.bytes, png.len);
    return recovery_path(site, name);
}

/** A row of the list; its file, too, if wanted. */
static void list_picture(const simg_site *site, const char *name, const char *story, int seed)
{
    simg_image image = { .filename = name, .kind = "story", .page_number = 1, .story_id = story, .model = "m" };

    image.created_at = T0;
    shown(simg_images_add_in(db, &image, &err));
    if (seed)
        put_picture(site, name, seed);
}

static int is_listed(const char *name)
{
    return queue_number(apr_psprintf(pool, "SELECT COUNT(*) FROM image WHERE filename = '%s'", name)) == 1;
}

static void test_no_folder(void)
{
    simg_site *site = recovery_site(SITE, "me", "none", pool);

    is_int(start(site, "run-1"), APR_SUCCESS, "a site that saves nothing");
    ok(!recovery_is_there(site->settings->generated_dir), "gets no folder");
    is_int(recovery_lines, 0, "nothing is said");
}

static void test_parts(void)
{
    simg_site *site = recovery_site(SITE, "me", "parts", pool);
    simg_claim open = claim_of("open"), made = claim_of("made"), late = claim_of("late"), half = claim_of("half");
    const char *note = apr_pstrcat(pool, site->settings->state_dir, "/incoming/README", NULL);

    recovery_part(site, open.call_id, 1, 3000);
    recovery_part(site, made.call_id, 2, 3000);
    queue_end_call(&made, SIMG_OUTCOME_MADE, T0);
    recovery_part(site, late.call_id, 3, 3000);
    queue_end_call(&late, SIMG_OUTCOME_UNKNOWN, T0);
    recovery_part(site, half.call_id, 4, 1000);
    queue_end_call(&half, SIMG_OUTCOME_UNKNOWN, T0);
    recovery_part(site, "0123456789abcdefghjkmnpqrs", 5, 3000);
    recovery_part(site, simg_clock_id(pool), 6, 3000);
    recovery_put(note, "x", 1);
    is_int(start(site, "run-1"), APR_SUCCESS, "temporary files");
    is_str(queue_states("open"), "sent", "a call under way goes on");
    is_str(queue_states("late"), "saved", "a picture that could not be named when it came is saved after all");
    is_str(recovery_ledger("late"), "made", "the ledger says so");
    is_str(recovery_pages("late"), "story-1738355170123-p1.png", "and the story");
    ok(recovery_holds(site, "story-1738355170123-p1.png", 3), "it is that picture");
    is_str(queue_states("half"), "unknown", "half of one is none");
    is_int(recovery_parts(site), 2,
           "the others' files are removed, but for a young one of no call: it may be of another "
           "index");
    ok(recovery_is_there(note), "but for what is not ours");
    is_str(recovery_said,
           "5 SI0501: recovery: 1 pictures finished, 0 pages of unknown outcome, 3 temporary files removed, "
           "0 files without a record listed, 0 records without a file removed\n",
           "one line says it");
}

static void test_once(void)
{
    simg_site *site = recovery_site(SITE, "other", "parts", pool);

    recovery_part(site, "rubbish", 6, 100);
    start(site, "run-1");
    is_int(recovery_parts(site), 3, "once per start");
    start(site, "run-2");
    is_int(recovery_parts(site), 2, "and at the next one again");
    start(site, "run-3");
    is_int(recovery_lines, 0, "a tidy folder needs no line");
}

static void test_files(void)
{
    simg_site *site = recovery_site(SITE, "me", "files", pool);
    const char *twice = put_picture(site, "story-1700000000001-p2.png", 11), *part;

    put_picture(site, "consistent-1700000000123-p12.png", 12);
    put_picture(site, "holiday.png", 13);
    recovery_put(recovery_path(site, "gptimg-1700000000002-p1.png"), "<html>", 6);
    recovery_put(recovery_path(site, "portrait-1700000000003-p0.png"), recovery_png(14, pool).bytes, 2999);
    part = apr_pstrcat(pool, site->settings->state_dir, "/incoming/", simg_clock_id(pool), ".part", NULL);
    simg_dir_make(apr_pstrcat(pool, site->settings->state_dir, "/incoming", NULL), pool);
    is_int(link(twice, part), 0, "a file with a temporary name as well");
    put_picture(site, "story-1700000000001-p3.png", 16);
    is_int(link(recovery_path(site, "story-1700000000001-p3.png"),
                recovery_path(site, "story-1700000000001-p4.png")), 0, "a file of two names");
    list_picture(site, "story-1700000000009-p1.png", NULL, 15);
    start(site, "run-1");
    is_str(queue_text("SELECT filename || ' ' || kind || page_number || model || created_at || ' ' || size || ' ' || "
                      "width || 'x' || height || length(sha256) || COALESCE(description, '') || COALESCE(story_id, '') "
                      "FROM image WHERE filename LIKE 'consistent%'"),
           "consistent-1700000000123-p12.png consistent12unknown1700000000123 3000 64x4864",
           "a file without a record gets one, as far as its name and bytes tell");
    is_int(recovery_lines, 1, "which is said");
    ok(!is_listed("story-1700000000001-p2.png"), "one that is being saved is left alone");
    ok(!is_listed("holiday.png"), "and what is not called like ours");
    ok(!is_listed("gptimg-1700000000002-p1.png") && !is_listed("portrait-1700000000003-p0.png"),
       "and what is no whole picture");
    ok(recovery_is_there(recovery_path(site, "gptimg-1700000000002-p1.png")), "nothing is removed from the folder");
    is_int(queue_number("SELECT COUNT(DISTINCT storage) FROM image WHERE filename LIKE 'story-1700000000001-p_.png'"), 1,
           "pictures that share a file are counted once");
    unlink(part);
    start(site, "run-2");
    ok(is_listed("story-1700000000001-p2.png"), "later it is saved or not, and listed");
}

/** Numbers that no clock has shown. */
static void test_names(void)
{
    simg_site *site = recovery_site(SITE, "me", "names", pool);

    put_picture(site, "story-9223372036854775807-p1.png", 21);
    put_picture(site, "story-99999999999999999999999-p1.png", 22);
    put_picture(site, "story-1700000000004-p99999999999999999999.png", 23);
    is_int(start(site, "run-1"), APR_SUCCESS, "names of large numbers");
    is_int(queue_number("SELECT COUNT(*) FROM image WHERE created_at < 0 OR page_number < 0"), 0,
           "do not become negative ones");
    simg_db_run(db, "DELETE FROM image WHERE filename LIKE '%99999%' OR filename LIKE '%9223%'", NULL, 0, NULL, NULL,
                &err);
}

static void test_records(void)
{
    simg_site *site = recovery_site(SITE, "me", "records", pool);
    simg_claim lost = claim_of("lost");
    const simg_page_row page = { .number = 1, .filename = "story-1-p1.png", .model = "m", .cost = 40000 };
    int i;

    simg_db_run(db, "DELETE FROM image", NULL, 0, NULL, NULL, &err);
    queue_end_call(&lost, SIMG_OUTCOME_MADE, T0);
    shown(simg_stories_page_in(db, "slost", &page, &err));
    list_picture(site, "story-1-p1.png", "slost", 0);
    list_picture(site, "story-2-p1.png", NULL, 31);
    list_picture(site, "story-3-p1.png", NULL, 0);
    start(site, "run-1");
    ok(!is_listed("story-1-p1.png") && !is_listed("story-3-p1.png"), "records without a file go; of few even most");
    is_str(recovery_pages("lost"), "/image-not-found", "and its page says so");
    ok(is_listed("story-2-p1.png"), "one with a file stays");
    is_int(recovery_lines, 1, "which is said");
    for (i = 11; i <= 22; i++)
        list_picture(site, apr_psprintf(pool, "story-%d-p1.png", i), NULL, i <= 15 ? i : 0);
    start(site, "run-2");
    is_int(queue_number("SELECT COUNT(*) FROM image"), 13, "if most files are gone their disk is: no record goes");
    ok(strstr(recovery_said, "4 SI0502: ") && strstr(recovery_said, "7 of 13 pictures"), "a warning says so");
    put_picture(site, "story-22-p1.png", 22);
    start(site, "run-3");
    is_int(queue_number("SELECT COUNT(*) FROM image"), 7, "if fewer are, they are gone");
}

/** Two sites of one list, each with its own folder. */
static void test_two_folders(void)
{
    simg_site *one = recovery_site("one", "me", "one", pool), *two = recovery_site("two", "me", "two", pool);
    const char *folders[] = { one->settings->generated_dir, two->settings->generated_dir, NULL };

    one->folders = two->folders = folders;
    simg_db_run(db, "DELETE FROM image", NULL, 0, NULL, NULL, &err);
    list_picture(one, "story-101-p1.png", NULL, 41);
    list_picture(one, "story-103-p1.png", NULL, 0);
    list_picture(two, "story-102-p1.png", NULL, 42);
    start(one, "run-1");
    start(two, "run-1");
    is_str(queue_text("SELECT group_concat(filename || '=' || model, ' ') FROM "
                      "(SELECT * FROM image ORDER BY filename)"),
           "story-101-p1.png=m story-102-p1.png=m", "only what lies in no folder of the list goes");
}

static ino_t inode_of(const simg_site *site, const simg_claim *claim)
{
    const char *path = apr_pstrcat(pool, site->settings->state_dir, "/incoming/", claim->call_id, ".part", NULL);
    struct stat st;

    return stat(path, &st) == 0 ? st.st_ino : 0;
}

/** One file that cannot be read must not keep a server from its work for ever. */
static void test_damaged(void)
{
    const simg_claim_query query = { .site = SITE, .owner = "dead", .models = queue_models, .now = T0, .max = 2 };
    simg_site *site = recovery_site(SITE, "me", "damaged", pool);
    apr_array_header_t *claims;
    simg_claim bad, good;

    simg_db_run(db, "DELETE FROM image", NULL, 0, NULL, NULL, &err);
    queue_job(SITE, "bad", 2, NULL, T0);
    shown(simg_claims_take(&claims, db, &query, pool, &err));
    bad = APR_ARRAY_IDX(claims, 0, simg_claim);
    good = APR_ARRAY_IDX(claims, 1, simg_claim);
    recovery_part(site, bad.call_id, 51, 3000);
    recovery_part(site, good.call_id, 52, 3000);
    damaged = inode_of(site, &bad);
    is_int(start(site, "run-1"), APR_SUCCESS, "one temporary file cannot be read");
    is_str(queue_states("bad"), "unknown saved", "the others are taken up");
    is_int(recovery_parts(site), 1, "it is kept");
    ok(strstr(recovery_said, "3 SI0503: ") && strstr(recovery_said, bad.call_id), "and told");
    is_int(start(site, "run-2"), APR_SUCCESS, "the next start");
    ok(!strstr(recovery_said, "SI0501"), "finds nothing new");
    is_int(recovery_parts(site), 1, "and keeps it as well");
    damaged = 0;
    start(site, "run-3");
    is_str(queue_states("bad"), "saved saved", "read at last, it is saved after all");
}

int main(void)
{
    queue_begin();
    simg_presence_take(apr_pstrcat(pool, scratch, "/parts/state", NULL), "me", pool);
    test_no_folder();
    test_parts();
    test_once();
    test_files();
    test_names();
    test_records();
    test_two_folders();
    test_damaged();
    queue_end();
    return done_testing();
}
