/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger by itself, and what owners leave behind. */
#include "queue.h"
#include "queue/requests.h"
#include "queue/tasks.h"
#include "tap.h"

static void sent(const char *id, const char *kind, const char *request, const char *owner, apr_time_t now)
{
    const simg_call_sent call = { id, kind, request, "openai", "gpt-5", owner, now };

    shown(simg_ledger_sent(db, &call, &err));
}

static const char *of_call(const char *what, const char *id)
{
    return queue_text(apr_psprintf(pool, "SELECT COALESCE(%s, '-') FROM call WHERE id = '%s'", what, id));
}

static void test_ledger(void)
{
    sent("t1", "text", "req-1", "me", T0);
    is_str(of_call("kind || request_id || provider || model || owner", "t1"), "textreq-1openaigpt-5me", "sent");
    is_str(of_call("outcome", "t1"), "-", "without an outcome");
    shown(simg_ledger_ended(db, "t1", SIMG_OUTCOME_UNKNOWN, -1, T0 + 5000, &err));
    is_str(of_call("outcome || ' ' || (ended_at - sent_at) || COALESCE(cost, ' ?')", "t1"), "unknown 5 ?", "ended");
    shown(simg_ledger_ended(db, "t1", SIMG_OUTCOME_NOTHING, 0, T0 + 6000, &err));
    is_str(of_call("outcome || (ended_at - sent_at)", "t1"), "unknown5", "the first word stays");
    shown(simg_ledger_ended(db, "t1", SIMG_OUTCOME_MADE, 700, T0 + 7000, &err));
    is_str(of_call("outcome || cost", "t1"), "made700", "but for what came after all");
    shown(simg_ledger_ended(db, "t1", SIMG_OUTCOME_UNKNOWN, -1, T0 + 8000, &err));
    is_str(of_call("outcome || cost", "t1"), "made700", "which stays");
}

static void test_renew(void)
{
    apr_time_t later = T0 + apr_time_from_sec(40);
    const simg_request_row mine = { .id = "q1", .pages = 2, .owner = "me", .created_at = T0 };

    sent("t2", "text", NULL, "me", T0);
    sent("t3", "text", NULL, "other", T0);
    queue_job(SITE, "kept", 2, "me", T0);
    shown(simg_requests_add(db, &mine, &err));
    shown(simg_leases_renew(db, "me", later, &err));
    is_str(of_call("lease_until - sent_at", "t2"), "100000", "my call's lease");
    is_str(of_call("lease_until - sent_at", "t3"), "60000", "not another's");
    is_str(of_call("lease_until - sent_at", "t1"), "60000", "nor an ended one's");
    is_int(queue_number("SELECT lease_until - created_at FROM request WHERE id = 'q1'"), 100000, "my request's");
    is_int(queue_number("SELECT held_until - created_at FROM job WHERE id = 'kept'"), 60000, "not a held job's");
}

static const char *others(const char *me)
{
    const char *all = "";
    apr_array_header_t *leases;
    int i;

    if (shown(simg_leases_others(&leases, db, me, pool, &err)) != APR_SUCCESS)
        return "?";
    for (i = 0; i < leases->nelts; i++) {
        const simg_lease *l = &APR_ARRAY_IDX(leases, i, simg_lease);

        all = apr_psprintf(pool, "%s%s+%d ", all, l->owner, (int)apr_time_sec(l->until - T0));
    }
    return all;
}

static void test_others(void)
{
    const simg_task task = { .name = "sweep", .owner = "tasker", .run = "1", .now = T0 };
    const simg_request_row asked = { .id = "q2", .owner = "asker", .created_at = T0 + apr_time_from_sec(1) };
    int taken;

    is_str(others("me"), "other+60 ", "owners of calls");
    is_str(others("other"), "me+100 ", "the latest of an owner's leases");
    shown(simg_requests_add(db, &asked, &err));
    queue_job(SITE, "held", 1, "holder", T0 + apr_time_from_sec(2));
    shown(simg_tasks_take(&taken, db, &task, &err));
    is_str(others("me"), "asker+61 holder+62 other+60 tasker+60 ", "of requests, jobs and tasks");
    simg_ledger_ended(db, "t3", SIMG_OUTCOME_NOTHING, -1, T0, &err);
    simg_requests_answered(db, "q2", 200, NULL, "{}", &err);
    simg_jobs_release(db, "held", &err);
    simg_tasks_done(db, &task, NULL, &err);
    is_str(others("me"), "", "nobody, once all that has ended");
}

/* Page 1 saved, 2 and 3 sent, and then their owner dies. */
static void test_orphans(void)
{
    apr_array_header_t *claims, *orphans;
    simg_claim_end end = { .outcome = SIMG_OUTCOME_UNKNOWN, .cost = -1, .code = "outcome-unknown", .message = "Gone." };
    const simg_claim *o;
    int ours = 0;

    queue_job(SITE, "orph", 3, NULL, T0);
    claims = queue_take("orph", 9, T0);
    queue_end_call(&APR_ARRAY_IDX(claims, 0, simg_claim), SIMG_OUTCOME_MADE, T0);
    shown(simg_leases_orphans(&orphans, db, "me", pool, &err));
    is_int(orphans->nelts, 2, "its open calls for pages");
    o = &APR_ARRAY_IDX(orphans, 0, simg_claim);
    is_str(o->call_id, APR_ARRAY_IDX(claims, 1, simg_claim).call_id, "the eldest first");
    ok(o->number == 2 && !strcmp(o->job_id, "orph") && !strcmp(o->story_id, "sorph") && !strcmp(o->site, SITE) &&
           !strcmp(o->kind, "story") && !strcmp(o->scene, "scene 2") && !strcmp(o->subject, "kid-1") &&
           o->epoch == 1738355170123,
       "all that its record needs");
    ok(o->life.state == SIMG_PAGE_SENT && o->life.tries == 1 && o->links == 0 && !strcmp(o->model, "offline"), "sent");
    end.life = simg_page_orphaned(&o->life);
    end.now = T0;
    shown(simg_db_begin(db, &err));
    shown(simg_claims_end(&ours, db, o, &end, pool, &err));
    shown(simg_db_commit(db, &err));
    is_int(ours, 1, "it is given up");
    is_str(queue_states("orph"), "saved unknown sent", "which is unknown");
    shown(simg_leases_orphans(&orphans, db, "me", pool, &err));
    is_int(orphans->nelts, 1, "and is no orphan any more");
    shown(simg_leases_orphans(&orphans, db, "other", pool, &err));
    is_int(orphans->nelts, 0, "another's are another's");
}

static void test_find(void)
{
    const char *id = queue_text("SELECT call_id FROM job_page WHERE job_id = 'orph' AND number = 1");
    const char *outcome = "?";
    simg_claim c = { 0 };

    is_int(simg_claims_find(&c, &outcome, db, id, pool, &err), APR_SUCCESS, "a call by its id");
    is_str(outcome, "made", "its outcome");
    ok(c.number == 1 && !strcmp(c.call_id, id) && c.life.state == SIMG_PAGE_SENT, "its page");
    id = queue_text("SELECT call_id FROM job_page WHERE job_id = 'orph' AND number = 3");
    simg_claims_find(&c, &outcome, db, id, pool, &err);
    is_str(outcome, NULL, "one that is open");
    is_int(simg_claims_find(&c, &outcome, db, "nosuch", pool, &err), APR_ENOENT, "none of that id");
    is_int(simg_claims_find(&c, &outcome, db, "t1", pool, &err), APR_ENOENT, "a text's call is none");
}

static void test_drop(void)
{
    const simg_request_row keyed = {
        .id = "q3", .key_hash = "k", .body_hash = "b", .pages = 3, .owner = "me", .created_at = T0
    };

    shown(simg_requests_add(db, &keyed, &err));
    sent("t4", "text", "q3", "other", T0);
    shown(simg_leases_drop(db, "me", T0 + 9000, &err));
    is_str(of_call("outcome || (ended_at - sent_at)", "t2"), "unknown9", "its calls are unknown");
    is_str(of_call("outcome", "t1"), "made", "those that ended are as they were");
    is_str(of_call("outcome", "t4"), "-", "another's are open");
    is_str(queue_text("SELECT holder FROM job WHERE id = 'kept'"), NULL, "its job is held by nobody");
    is_int(queue_number("SELECT COUNT(*) FROM request WHERE id = 'q1'"), 0, "a request without a key is gone");
    is_int(queue_number("SELECT pages FROM request WHERE id = 'q3' AND owner IS NULL"), 0,
           "one with a key has no owner");
    is_str(others("other"), "", "nothing of it is left");
}

int main(void)
{
    queue_begin();
    test_ledger();
    test_renew();
    test_others();
    test_orphans();
    test_find();
    test_drop();
    queue_end();
    return done_testing();
}
