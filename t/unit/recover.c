/* SPDX-License-Identifier: Apache-2.0 */
/** work/recover: what is taken up from processes that are gone, while others serve. */
#include <signal.h>
#include <sys/wait.h>

#include "recovery.h"

#include "base/bell.h"
#include "queue/requests.h"
#include "queue/tasks.h"
#include "tap.h"

#define EPOCH "1738355170123"

static pid_t victim;
static int orders[2], news[2]; /* pipes to and from the victim */

/** Where to work, one way; "ready", the other. */
static void tell(const int *way)
{
    if (write(way[1], scratch, sizeof(scratch)) != sizeof(scratch))
        exit(1);
}

static void hear(const int *way)
{
    if (read(way[0], scratch, sizeof(scratch)) != sizeof(scratch))
        exit(1);
}

static simg_upload *upload(simg_store *store, const char *name, int seed, apr_size_t len)
{
    picture png = recovery_png(seed, pool);
    simg_upload *u = NULL;

    if (shown(simg_upload_begin(&u, store, name, pool, &err)) || shown(u->sink.write(&u->sink, png.bytes, len, &err)))
        _exit(1);
    return u;
}

/** Five pages, killed at five moments. */
static void work(const simg_site *site)
{
    const simg_claim_query query = {
        .site = SITE, .owner = site->owner, .models = queue_models, .now = apr_time_now(), .max = 5
    };
    simg_store *store = recovery_store(site, pool);
    const simg_claim *claim;
    apr_array_header_t *claims;
    const char *name;
    simg_upload *u;

    if (simg_presence_take(site->settings->state_dir, site->owner, pool) != APR_SUCCESS ||
        shown(simg_claims_take(&claims, db, &query, pool, &err)) || claims->nelts != 5)
        _exit(1);
    claim = &APR_ARRAY_IDX(claims, 0, simg_claim);
    upload(store, claim[0].call_id, 1, 3000);
    upload(store, claim[1].call_id, 2, 1500);
    u = upload(store, claim[3].call_id, 4, 3000);
    if (simg_upload_seal(u, pool, &err) || simg_upload_commit(&name, u, "story", claim->epoch, 4, pool, &err))
        _exit(1);
    upload(store, claim[4].call_id, 5, 0);
}

/** Forked before a database is open: a connection does not survive that. */
static void hire_victim(void)
{
    if (pipe(orders) || pipe(news) || (victim = fork()) != 0)
        return;
    hear(orders);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (simg_index_open(&queue_index, apr_psprintf(pool, "sqlite3:%s/i.db", scratch), pool, &err) ||
        simg_index_borrow(&db, queue_index, &err))
        _exit(1);
    work(recovery_site(SITE, "victim", "k", pool));
    tell(news);
    pause();
    _exit(0);
}

static void test_killed(void)
{
    const simg_request_row asked = { .id = "asked", .pages = 2, .owner = "victim", .created_at = apr_time_now() };
    simg_site *site = recovery_site(SITE, "me", "k", pool);

    simg_bell_create(&site->bell, pool);
    queue_job(SITE, "k", 5, NULL, T0);
    tell(orders);
    hear(news);
    queue_job(SITE, "held", 1, "victim", apr_time_now());
    shown(simg_requests_add(db, &asked, &err));
    is_int(simg_recover_leases(site, pool, &err), APR_SUCCESS, "while it lives");
    is_str(queue_states("k"), "sent sent sent sent sent", "nothing is touched");
    is_int(recovery_parts(site), 4, "nor its files");
    is_int(recovery_lines, 0, "nothing is said");
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
    is_int(simg_recover_leases(site, pool, &err), APR_SUCCESS, "when it is killed");
    is_str(queue_states("k"), "saved unknown unknown saved unknown", "what is whole is saved, the rest unknown");
    is_str(recovery_ledger("k"), "made unknown unknown made unknown", "the ledger says so");
    is_str(recovery_pages("k"),
           "story-" EPOCH "-p1.png /outcome-unknown /outcome-unknown story-" EPOCH "-p4.png /outcome-unknown",
           "and the story");
    ok(recovery_holds(site, "story-" EPOCH "-p1.png", 1), "the picture that had no name has one");
    ok(recovery_holds(site, "story-" EPOCH "-p4.png", 4), "the one that had a name keeps it");
    is_str(queue_text("SELECT group_concat(filename || kind || page_number || model || width || story_id || subject || "
                      "description || length(sha256), ' ') FROM (SELECT * FROM image ORDER BY page_number)"),
           "story-" EPOCH "-p1.pngstory1offline64skkid-1scene 164 "
           "story-" EPOCH "-p4.pngstory4offline64skkid-1scene 464",
           "both are listed, once");
    is_str(queue_events("k"),
           "status:queued status:processing illustration:1 problem:2/outcome-unknown problem:3/outcome-unknown "
           "illustration:4 problem:5/outcome-unknown status:completed done:completed",
           "who watches is told, once");
    is_int(recovery_parts(site), 0, "no temporary file is left");
    is_int(queue_number("SELECT COUNT(*) FROM job WHERE holder IS NOT NULL"), 0, "what it held is free");
    is_int(queue_number("SELECT COUNT(*) FROM request"), 0, "what it was asked is forgotten");
    is_int(simg_presence_of(site->settings->state_dir, "victim", pool), SIMG_PRESENCE_UNKNOWN, "and so is it");
    is_str(recovery_said,
           "5 SI0501: recovery: 2 pictures finished, 3 pages of unknown outcome, 0 temporary files removed, "
           "0 files without a record listed, 0 records without a file removed\n",
           "one line says it");
    is_int(simg_bell_count(site->bell), 1, "and one bell");
    simg_recover_leases(site, pool, &err);
    is_int(recovery_lines, 1, "then there is nothing to do");
}

/** Of a process on another machine nothing is known but its leases. */
static void test_elsewhere(void)
{
    simg_site *site = recovery_site(SITE, "another", "e", pool);
    const simg_claim *claim;

    recovery_forget();
    simg_clock_set(T0);
    queue_job(SITE, "e", 1, NULL, T0);
    claim = &APR_ARRAY_IDX(queue_take("e", 1, T0), 0, simg_claim);
    recovery_part(site, claim->call_id, 11, 3000);
    simg_clock_set(T0 + SIMG_LEASE);
    simg_recover_leases(site, pool, &err);
    is_str(queue_states("e"), "sent", "elsewhere: its lease runs");
    simg_clock_set(T0 + SIMG_LEASE + 1000);
    simg_recover_leases(site, pool, &err);
    is_str(queue_states("e"), "saved", "it has run out");
    is_str(queue_events("e"), "status:queued status:processing illustration:1 status:completed done:completed",
           "which was all");
    simg_clock_set(0);
}

static void test_cancelled(void)
{
    simg_site *site = recovery_site(SITE, "another", "c", pool);
    const simg_claim *claim;
    int changed;

    recovery_forget();
    queue_job(SITE, "c", 3, NULL, T0);
    claim = &APR_ARRAY_IDX(queue_take("c", 2, T0), 0, simg_claim);
    recovery_part(site, claim[0].call_id, 21, 3000);
    shown(simg_db_begin(db, &err));
    shown(simg_jobs_cancel(&changed, db, SITE, "c", T0, pool, &err));
    shown(simg_db_commit(db, &err));
    simg_recover_leases(site, pool, &err);
    is_str(queue_states("c"), "saved unknown cancelled", "cancelled: what was paid for is kept, nothing else is drawn");
}

/** What another site's process left is drawn with the settings of that site, and lies in its folder. */
static void test_foreign(void)
{
    simg_site *ours = recovery_site(SITE, "another", "f1", pool), *theirs = recovery_site("b", "boss", "f2", pool);
    const simg_claim_query query = {
        .site = "b", .job_id = "f", .owner = "bob", .models = queue_models, .now = T0, .max = 2
    };
    apr_array_header_t *claims;

    recovery_forget();
    queue_job("b", "f", 2, NULL, T0);
    shown(simg_claims_take(&claims, db, &query, pool, &err));
    recovery_part(theirs, APR_ARRAY_IDX(claims, 0, simg_claim).call_id, 31, 3000);
    is_int(simg_recover_leases(ours, pool, &err), APR_SUCCESS, "of another site");
    is_str(queue_states("f"), "sent sent", "left to it");
    is_int(recovery_lines, 0, "silently");
    ok(!recovery_is_there(ours->settings->generated_dir), "and without a folder");
    is_int(simg_recover_leases(theirs, pool, &err), APR_SUCCESS, "which");
    is_str(queue_states("f"), "saved unknown", "takes it up");
    ok(recovery_holds(theirs, "story-" EPOCH "-p1.png", 31), "in its own folder");
}

/** Nothing to save: no folder is made. */
static void test_no_pictures(void)
{
    const simg_task task = { .name = "sweep", .owner = "ghost", .run = "1", .now = T0 };
    const simg_call_sent text = { "t1", "text", NULL, "openai", "gpt-5", "ghost", T0 };
    simg_site *site = recovery_site(SITE, "another", "n", pool);
    int taken;

    recovery_forget();
    shown(simg_ledger_sent(db, &text, &err));
    shown(simg_tasks_take(&taken, db, &task, &err));
    is_int(simg_recover_leases(site, pool, &err), APR_SUCCESS, "a text and a task");
    is_str(queue_text("SELECT outcome FROM call WHERE id = 't1'"), "unknown", "nobody knows of the text");
    is_str(queue_text("SELECT COALESCE(owner, '-') FROM task WHERE name = 'sweep'"), "-", "the task is free");
    ok(!recovery_is_there(site->settings->generated_dir), "no folder was made");
}

/** Calls of our own that nobody waits for any more. */
static void test_stale(void)
{
    simg_site *site = recovery_site(SITE, "me", "s", pool);
    simg_settings *slow = apr_pmemdup(pool, site->settings, sizeof(*slow));

    recovery_forget();
    simg_clock_set(T0);
    queue_job(SITE, "s", 2, NULL, T0);
    recovery_part(site, APR_ARRAY_IDX(queue_take("s", 1, T0), 0, simg_claim).call_id, 41, 3000);
    simg_clock_set(T0 + apr_time_from_sec(899));
    queue_take("s", 1, simg_clock_now());
    simg_recover_stale(site, pool, &err);
    is_str(queue_states("s"), "sent sent", "under a quarter of an hour nothing is given up");
    simg_clock_set(T0 + apr_time_from_sec(901));
    slow->timeout = apr_time_from_sec(600);
    site->settings = slow;
    simg_recover_stale(site, pool, &err);
    is_str(queue_states("s"), "sent sent", "nor under five times the longest call");
    slow->timeout = apr_time_from_sec(120);
    is_int(simg_recover_stale(site, pool, &err), APR_SUCCESS, "then");
    is_str(queue_states("s"), "saved sent", "it is, and the picture kept; the younger one goes on");
    is_int(recovery_lines, 1, "and said");
    simg_clock_set(0);
}

/** An index that is gone is a problem, and nothing is lost by it. */
static void test_no_index(void)
{
    simg_site *site = recovery_site(SITE, "another", "x", pool);

    recovery_forget();
    simg_index_open(&site->index, apr_pstrcat(pool, "sqlite3:", scratch, "/none/i.db", NULL), pool, &err);
    ok(simg_recover_leases(site, pool, &err) != APR_SUCCESS, "no index");
    is_str(err.code, "index-unavailable", "says so");
    recovery_forget();
    ok(simg_recover_start(site, pool, &err) != APR_SUCCESS && simg_recover_stale(site, pool, &err) != APR_SUCCESS,
       "everywhere");
    is_int(recovery_lines, 0, "to the caller alone");
    recovery_forget();
}

int main(void)
{
    hire_victim();
    queue_begin();
    test_killed();
    test_elsewhere();
    test_cancelled();
    test_foreign();
    test_no_pictures();
    test_stale();
    test_no_index();
    queue_end();
    return done_testing();
}
