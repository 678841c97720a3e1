/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs drawn by the offline provider, whose program is a script: a job of one's own, jobs of a worker, and an index
 * that is locked while a page ends. */
#include "work/runner.h"

#include <pthread.h>
#include <sys/stat.h>

#include "recovery.h"
#include "tap.h"
#include "work/run_job.h"

#define LOCKED 6500000 /* longer than a statement waits for a lock */

static simg_site *site;

/* Told apart by width: what the first of a job's pages gets, or all of them. Each writes down that it ran. */
static const char script[] = "#!/bin/sh\n"
                             "cd '%s' || exit 9\n"
                             "echo run >>ran-$3\n"
                             "case $3 in\n"
                             "301) mkdir first-$3 2>/dev/null && echo 'this is no picture' && exit 0 ;;\n"
                             "302) mkdir first-$3 2>/dev/null && exit 1 ;;\n"
                             "303) mkdir first-$3 2>/dev/null && head -c 1500 whole.png && exit 0 ;;\n"
                             "304) sleep 1 ;;\n"
                             "esac\n"
                             "cat whole.png\n";

static void put_script(void)
{
    const char *path = apr_pstrcat(pool, scratch, "/pixel", NULL);
    picture png = recovery_png(1, pool);
    FILE *f = fopen(path, "w");

    if (f) {
        fprintf(f, script, scratch);
        fclose(f);
    }
    if (!f || chmod(path, 0700))
        printf("# no script\n");
    recovery_put(apr_pstrcat(pool, scratch, "/whole.png", NULL), png.bytes, png.len);
}

static simg_site *site_of_script(void)
{
    static const char *const drawers[] = { "offline/offline", NULL };
    simg_site *out = recovery_site(SITE, "me", "r", pool);
    simg_settings *s = apr_pmemdup(pool, out->settings, sizeof(*s));

    s->index = apr_psprintf(pool, "sqlite3:%s/i.db", scratch);
    s->pixel_program = apr_pstrcat(pool, scratch, "/pixel", NULL);
    s->format = "png";
    out->settings = s;
    out->drawers = drawers;
    if (simg_chain_parse(&out->illustrators, "offline", 0, 0, s, pool))
        printf("# no illustrator\n");
    return out;
}

/** A job of n pages, this wide. */
static void job_of(const char *id, int n, int width, const char *holder)
{
    queue_job(SITE, id, n, holder, simg_clock_now());
    queue_number(apr_psprintf(pool, "UPDATE job SET brief = '{\"size\":\"%dx300\"}' WHERE id = '%s'", width, id));
}

static int run(const char *id)
{
    err = (simg_problem){ 0 };
    return shown(simg_run_job(site, id, pool, &err));
}

static apr_int64_t count(const char *what, const char *id)
{
    return queue_number(apr_psprintf(pool, "SELECT COUNT(*) FROM %s '%s'", what, id));
}

/** The names of a job's events, in order; pages end in any. */
static const char *events_of(const char *id)
{
    return queue_text(apr_psprintf(pool,
                                   "SELECT group_concat(word, ' ') FROM (SELECT name || CASE WHEN page_number IS NULL "
                                   "THEN ':' || code ELSE '' END AS word FROM job_event WHERE job_id = '%s' ORDER BY "
                                   "seq)",
                                   id));
}

static int runs_of(int width)
{
    char line[16];
    FILE *f = fopen(apr_psprintf(pool, "%s/ran-%d", scratch, width), "r");
    int n = 0;

    while (f && fgets(line, sizeof(line), f))
        n++;
    if (f)
        fclose(f);
    return n;
}

/** The page has a picture: whole, under the names alone that are listed, of which there are as many as it was drawn. */
static int has_picture(const char *id, int number)
{
    const char *name = queue_text(apr_psprintf(pool,
                                               "SELECT COALESCE(MAX(filename), '-') FROM image WHERE story_id = 's%s' "
                                               "AND page_number = %d",
                                               id, number));
    apr_int64_t names = queue_number(apr_psprintf(
        pool, "SELECT COUNT(*) FROM image WHERE storage = (SELECT storage FROM image WHERE filename = '%s')", name));
    struct stat st;

    return stat(recovery_path(site, name), &st) == 0 && (apr_int64_t)st.st_nlink == names &&
           recovery_holds(site, name, 1);
}

static void test_fine(void)
{
    job_of("fine", 3, 300, "me");
    is_int(run("fine"), APR_SUCCESS, "a job of three pages");
    is_str(queue_states("fine"), "saved saved saved", "all are drawn");
    is_str(recovery_ledger("fine"), "made made made", "the ledger says so");
    is_str(events_of("fine"),
           "status:queued status:processing illustration illustration illustration status:completed done:completed",
           "its events");
    ok(has_picture("fine", 1) && has_picture("fine", 2) && has_picture("fine", 3),
       "three whole pictures, each with one name of its own");
    is_int(recovery_parts(site), 0, "and no temporary file");
    is_int(count("story_page sp JOIN image i ON i.filename = sp.filename AND i.sha256 = sp.sha256 WHERE sp.story_id =",
                 "sfine"),
           3, "which the story names");
    is_int(runs_of(300), 3, "each was drawn once");
    is_int(run("fine"), APR_SUCCESS, "a job that is over");
    is_int(runs_of(300), 3, "is not drawn again");
    is_int(run("nothing"), APR_SUCCESS, "nor is one that is gone");
}

static void is_drawn_but_one(const char *id, int width, const char *what)
{
    recovery_forget();
    job_of(id, 3, width, "me");
    is_int(run(id), APR_SUCCESS, what);
    is_int(count("job_page WHERE state = 'saved' AND job_id =", id), 2, "two of three are drawn");
    is_int(count("job_page WHERE state = 'unknown' AND job_id =", id), 1, "one is not");
    is_int(count("story_page WHERE error_code = 'bad-image' AND filename IS NULL AND story_id =",
                 apr_pstrcat(pool, "s", id, NULL)),
           1, "and says why");
    is_int(count("job_event WHERE name = 'problem' AND code = 'bad-image' AND job_id =", id), 1, "as does its event");
    is_int(count("call WHERE outcome = 'unknown' AND job_id =", id), 1, "nobody knows what it cost");
    is_str(queue_text(apr_psprintf(pool, "SELECT status FROM job WHERE id = '%s'", id)), "completed",
           "the job is a success all the same");
    is_int(runs_of(width), 3, "no page is bought twice");
    is_int(recovery_parts(site), 0, "and nothing is left");
    ok(strstr(recovery_said, "not drawn: bad-image") != NULL, "the log has a line");
}

/* Certain that nothing was made: tried again, after a while. */
static void test_again(void)
{
    apr_time_t before = apr_time_now();

    job_of("again", 1, 302, "me");
    is_int(run("again"), APR_SUCCESS, "a page that fails at first");
    ok(apr_time_now() - before > apr_time_from_msec(400), "is tried again, not at once");
    is_str(queue_states("again"), "saved", "and drawn");
    is_str(queue_text("SELECT group_concat(outcome, ' ') FROM (SELECT outcome FROM call WHERE job_id = 'again' "
                      "ORDER BY sent_at)"),
           "nothing made", "both calls are in the ledger");
    is_str(queue_events("again"), "status:queued status:processing illustration:1 status:completed done:completed",
           "its watchers see but the end");
    is_int(count("story_page WHERE error_code IS NOT NULL AND story_id =", "sagain"), 0, "without an error");
}

static void drain(simg_loop *loop, simg_runner *runner)
{
    apr_time_t until = apr_time_now() + apr_time_from_sec(20);
    int left;

    while (simg_runner_busy(runner) && apr_time_now() < until)
        simg_loop_turn(loop, apr_time_from_msec(50), &left, &err);
    is_int(simg_runner_busy(runner), 0, "what is under way ends");
}

/* A worker leaves to others what is theirs, and takes no more than it may. */
static void test_worker(void)
{
    simg_runner *runner;
    apr_time_t next = 1;
    simg_loop *loop;

    shown(simg_loop_create(&loop, NULL, pool, &err));
    is_int(shown(simg_runner_create(&runner, site, loop, pool, &err)), APR_SUCCESS, "a runner of a worker");
    job_of("theirs", 2, 300, "other");
    is_int(shown(simg_runner_fill(runner, NULL, 9, &next, &err)), APR_SUCCESS, "looks for pages");
    ok(simg_runner_busy(runner) == 0 && next == 0, "a job that somebody holds is not for it");
    is_str(queue_states("theirs"), "pending pending", "and is not touched");
    queue_number("UPDATE job SET held_until = 1 WHERE id = 'theirs'");
    shown(simg_runner_look(&next, site, NULL, &err));
    ok(next > 0 && next <= simg_clock_now(), "one whose holder says nothing any more is");
    shown(simg_runner_fill(runner, NULL, 1, &next, &err));
    is_str(queue_states("theirs"), "sent pending", "one page is what it may take");
    ok(simg_runner_busy(runner) == 1 && simg_runner_drawing(runner) == 1, "and has under way");
    shown(simg_runner_fill(runner, NULL, 1, &next, &err));
    is_int(next, 0, "being full, it waits for no clock");
    drain(loop, runner);
    shown(simg_runner_fill(runner, NULL, 9, &next, &err));
    is_int(simg_runner_drawing(runner), 1, "then it takes the other");
    drain(loop, runner);
    is_str(queue_states("theirs"), "saved saved", "both are drawn");
    job_of("elsewhere", 1, 300, NULL);
    queue_number("UPDATE job SET site = 'example.net' WHERE id = 'elsewhere'");
    shown(simg_runner_fill(runner, NULL, 9, &next, &err));
    is_int(simg_runner_busy(runner), 0, "another site's jobs are that one's");
}

/** Somebody else, with a connection of its own, holds the index for long. */
static void *lock_index(void *ready)
{
    simg_problem problem = { 0 };
    simg_index *other;
    simg_db *held;
    apr_pool_t *p;
    apr_status_t rv;

    apr_pool_create(&p, NULL);
    rv = simg_index_open(&other, site->settings->index, p, &problem);
    if (rv == APR_SUCCESS)
        rv = simg_index_borrow(&held, other, &problem);
    if (rv == APR_SUCCESS)
        rv = simg_db_begin(held, &problem);
    pthread_barrier_wait(ready);
    if (rv == APR_SUCCESS) {
        usleep(LOCKED);
        simg_index_return(other, held);
    }
    apr_pool_destroy(p);
    return rv == APR_SUCCESS ? site : NULL;
}

static void test_locked(void)
{
    simg_runner *runner;
    pthread_barrier_t ready;
    apr_time_t next, before;
    simg_loop *loop;
    pthread_t thread;
    void *held;

    recovery_forget();
    job_of("locked", 1, 304, "me");
    shown(simg_loop_create(&loop, NULL, pool, &err));
    shown(simg_runner_create(&runner, site, loop, pool, &err));
    shown(simg_runner_fill(runner, "locked", 9, &next, &err));
    is_int(simg_runner_drawing(runner), 1, "a page is under way");
    pthread_barrier_init(&ready, NULL, 2);
    pthread_create(&thread, NULL, lock_index, &ready);
    pthread_barrier_wait(&ready);
    before = apr_time_now();
    drain(loop, runner);
    ok(apr_time_now() - before > LOCKED - 200000, "it waits as long as the index is locked");
    pthread_join(thread, &held);
    pthread_barrier_destroy(&ready);
    ok(held != NULL, "which it was");
    is_str(queue_states("locked"), "saved", "then its end is written down");
    ok(has_picture("locked", 1), "its picture is listed, with one name");
    is_int(count("call WHERE outcome = 'made' AND job_id =", "locked"), 1, "and in the ledger");
    is_int(runs_of(304), 1, "nothing is bought twice");
    is_str(recovery_said + strcspn(recovery_said, ":"),
           ": story slocked page 1: picture saved but not listed yet: index-unavailable: StoryImgIndex: database is "
           "locked (5)\n",
           "the log says so");
}

int main(void)
{
    queue_begin();
    put_script();
    site = site_of_script();
    test_fine();
    is_drawn_but_one("garbage", 301, "a page that turns out to be no picture");
    is_drawn_but_one("half", 303, "one of which but half comes");
    test_again();
    test_worker();
    test_locked();
    queue_end();
    return done_testing();
}
