/* SPDX-License-Identifier: Apache-2.0 */
/* Claims in a real index, and how they end. */
#include "queue.h"
#include "tap.h"

static const simg_claim *nth(const apr_array_header_t *claims, int i)
{
    return &APR_ARRAY_IDX(claims, i, simg_claim);
}

static apr_time_t next_for(const char *job, const char *site, apr_time_t now)
{
    const simg_claim_query query = { .site = site, .job_id = job, .owner = "me", .models = queue_models, .now = now };
    apr_time_t next = -1;

    shown(simg_claims_next(&next, db, &query, &err));
    return next;
}

static const char *ledger(const simg_claim *claim)
{
    return queue_text(apr_psprintf(pool,
                                   "SELECT provider || ' ' || model || ' ' || owner || ' ' || job_id || '-' || "
                                   "page_number || ' ' || COALESCE(outcome, '?') || ' ' || COALESCE(cost, '?') "
                                   "FROM call WHERE id = '%s'",
                                   claim->call_id));
}

static void test_claim(void)
{
    const simg_claim *c;
    apr_array_header_t *claims;

    queue_job(SITE, "a", 3, NULL, T0);
    ok(next_for(NULL, SITE, T0) == T0, "there is something to claim");
    is_int(queue_take(NULL, 9, T0 - 1000)->nelts, 0, "not before its time");
    claims = queue_take(NULL, 2, T0);
    is_int(claims->nelts, 2, "as many as were asked for");
    c = nth(claims, 0);
    ok(!strcmp(c->job_id, "a") && !strcmp(c->story_id, "sa") && !strcmp(c->site, SITE) && c->number == 1, "a page");
    is_str(c->prompt, "draw a-1", "its prompt");
    is_str(c->brief, "{\"size\":\"1024x1024\"}", "the brief of its job");
    is_str(c->character, "{\"name\":\"Ada\"}", "the hero of its story");
    is_str(c->scene, "scene 1", "its scene");
    is_str(c->subject, "kid-1", "the subject of its story");
    ok(!strcmp(c->kind, "story") && c->epoch == 1738355170123, "names of its files");
    ok(c->life.state == SIMG_PAGE_SENT && c->life.link == 0 && c->life.tries == 1 && c->links == 2, "sent, once");
    ok(!strcmp(c->provider, "offline") && !strcmp(c->model, "offline"), "the first of the chain is asked");
    is_int(nth(claims, 1)->number, 2, "in order");
    is_str(queue_states("a"), "sent sent pending", "written down");
    is_str(ledger(c), "offline offline me a-1 ? ?", "in the ledger, too");
    ok(queue_number("SELECT lease_until - sent_at FROM call LIMIT 1") == apr_time_as_msec(SIMG_LEASE) &&
           queue_number("SELECT sent_at FROM call LIMIT 1") == apr_time_as_msec(T0),
       "with its lease");
    is_str(queue_events("a"), "status:queued status:processing", "the job is in work");
    is_int(queue_take(NULL, 9, T0)->nelts, 1, "the third");
    is_int(queue_take(NULL, 9, T0)->nelts, 0, "and no more");
    ok(next_for(NULL, SITE, T0) == 0, "nothing is left");
    is_str(queue_events("a"), "status:queued status:processing", "which is told once");
}

static void test_whose(void)
{
    queue_job(SITE, "held", 1, "thread-1", T0);
    queue_job("other.org", "foreign", 1, NULL, T0);
    is_int(queue_take(NULL, 9, T0)->nelts, 0, "neither what a thread holds nor another site's is claimed");
    ok(next_for(NULL, SITE, T0) == 0, "or seen");
    ok(next_for("held", SITE, T0) == T0 && next_for("foreign", SITE, T0) == 0, "but by who asks for the job");
    is_int(queue_take("foreign", 9, T0)->nelts, 0, "not for another site's");
    ok(next_for(NULL, SITE, T0 + SIMG_LEASE) == T0, "once nobody holds it any more, it is seen");
    is_int(queue_take(NULL, 9, T0 + SIMG_LEASE)->nelts, 1, "and claimed");
    queue_job(SITE, "held2", 2, "thread-1", T0);
    is_int(queue_take("held2", 9, T0)->nelts, 2, "its holder claims it");
    queue_job(SITE, "later", 1, NULL, T0 + 5000);
    queue_job(SITE, "sooner", 1, NULL, T0 + 1000);
    is_str(nth(queue_take(NULL, 1, T0 + 9000), 0)->job_id, "sooner", "who waits longest comes first");
    queue_take(NULL, 9, T0 + 9000);
}

static void test_ends(void)
{
    static const simg_outcome outcomes[] = { SIMG_OUTCOME_MADE, SIMG_OUTCOME_REFUSED, SIMG_OUTCOME_UNKNOWN };
    apr_time_t later = T0 + apr_time_from_sec(30);
    apr_array_header_t *claims;
    int i;

    queue_job(SITE, "ends", 3, NULL, T0);
    claims = queue_take("ends", 9, T0);
    for (i = 0; i < 3; i++)
        is_int(queue_end_call(nth(claims, i), outcomes[i], later + i * 1000), 1, "a call ends");
    is_str(queue_states("ends"), "saved refused unknown", "its pages");
    is_str(queue_events("ends"),
           "status:queued status:processing illustration:1 problem:2/some-code problem:3/some-code status:completed "
           "done:completed",
           "its events");
    is_str(ledger(nth(claims, 0)), "offline offline me ends-1 made 40000", "the ledger: made, and its cost");
    is_str(ledger(nth(claims, 1)), "offline offline me ends-2 refused ?", "refused, cost unknown");
    is_str(ledger(nth(claims, 2)), "offline offline me ends-3 unknown ?", "unknown");
    ok(queue_number("SELECT updated_at FROM job WHERE id = 'ends'") == apr_time_as_msec(later) + 2, "updated");
    for (i = 0; i < 3; i++)
        is_int(queue_end_call(nth(claims, i), i ? outcomes[i] : SIMG_OUTCOME_NOTHING, later), 0, "it ends but once");
    is_str(queue_states("ends"), "saved refused unknown", "and nothing changes");
    is_str(ledger(nth(claims, 0)), "offline offline me ends-1 made 40000", "in the ledger, either");
    is_int(queue_number("SELECT last_event FROM job WHERE id = 'ends'"), 7, "nor is anything told");
}

static void test_late(void)
{
    apr_array_header_t *claims;
    int pages;

    queue_job(SITE, "late", 2, NULL, T0);
    claims = queue_take("late", 9, T0);
    queue_end_call(nth(claims, 0), SIMG_OUTCOME_UNKNOWN, T0);
    queue_end_call(nth(claims, 1), SIMG_OUTCOME_UNKNOWN, T0);
    is_int(queue_end_call(nth(claims, 0), SIMG_OUTCOME_MADE, T0), 1, "a picture that comes late is kept");
    is_str(queue_states("late"), "saved unknown", "the page has it");
    is_str(ledger(nth(claims, 0)), "offline offline me late-1 made 40000", "the ledger, too");
    ok(strstr(queue_events("late"), "status:failed done:failed illustration:1 status:completed done:completed") != NULL,
       "and the job has not failed after all");
    simg_jobs_retry(&pages, db, SITE, "late", T0, pool, &err);
    is_int(queue_end_call(nth(claims, 1), SIMG_OUTCOME_MADE, T0), 1, "even when the page waits to be drawn again");
    is_str(queue_states("late"), "saved saved", "then it need not be");
    ok(strstr(queue_events("late"), "status:queued illustration:2 status:completed done:completed") != NULL,
       "and ends");
}

static void test_anew(void)
{
    apr_array_header_t *claims, *anew;
    int pages;

    queue_job(SITE, "anew", 1, NULL, T0);
    claims = queue_take("anew", 9, T0);
    queue_end_call(nth(claims, 0), SIMG_OUTCOME_UNKNOWN, T0);
    simg_jobs_retry(&pages, db, SITE, "anew", T0, pool, &err);
    anew = queue_take("anew", 9, T0);
    is_int(queue_end_call(nth(claims, 0), SIMG_OUTCOME_MADE, T0), 0, "a page that was sent anew is left alone");
    is_str(ledger(nth(claims, 0)), "offline offline me anew-1 made 40000", "but the ledger tells the truth");
    is_str(queue_states("anew"), "sent", "the page waits for the new one");
    is_int(queue_end_call(nth(anew, 0), SIMG_OUTCOME_MADE, T0), 1, "which comes");
    is_int(queue_number("SELECT COUNT(*) FROM call WHERE job_id = 'anew' AND outcome = 'made'"), 2, "both are counted");
}

static void test_again(void)
{
    apr_array_header_t *claims;
    const simg_claim *c;
    apr_time_t now = T0;
    int i;

    queue_job(SITE, "again", 1, NULL, T0);
    for (i = 0; i < 3; i++) {
        claims = queue_take("again", 9, now);
        ok(claims->nelts == 1 && nth(claims, 0)->life.link == 0 && nth(claims, 0)->life.tries == i + 1, "try %d",
           i + 1);
        queue_end_call(nth(claims, 0), SIMG_OUTCOME_NOTHING, now);
        is_int(queue_end_call(nth(claims, 0), SIMG_OUTCOME_MADE, now), 0, "nothing was made, whatever comes later");
        if (i < 2)
            is_int(queue_take("again", 9, now + 500000)->nelts, 0, "not at once");
        ok(i == 2 || next_for("again", SITE, now) > now + 700000, "it is known when");
        now = next_for("again", SITE, now);
    }
    claims = queue_take("again", 9, now);
    c = nth(claims, 0);
    ok(c->life.link == 1 && c->life.tries == 1 && !strcmp(c->provider, "openai") && !strcmp(c->model, "gpt-image/2"),
       "then the next of the chain");
    is_str(ledger(c), "openai gpt-image/2 me again-1 ? ?", "which the ledger knows");
    is_str(queue_events("again"), "status:queued status:processing", "a page that waits again tells nothing");
    queue_end_call(c, SIMG_OUTCOME_UNFIT, now);
    is_str(queue_events("again"), "status:queued status:processing problem:1/some-code status:failed done:failed",
           "until none is left");
}

static void test_shorter_chain(void)
{
    static const char *const one[] = { "openai/dall-e", NULL };
    const simg_claim_query query = {
        .site = SITE, .job_id = "short", .owner = "me", .models = one, .now = T0, .max = 1
    };
    apr_array_header_t *claims;

    queue_job(SITE, "short", 1, NULL, T0);
    queue_end_call(nth(queue_take("short", 9, T0), 0), SIMG_OUTCOME_UNFIT, T0);
    shown(simg_claims_take(&claims, db, &query, pool, &err));
    ok(claims->nelts == 1 && nth(claims, 0)->life.link == 0 && !strcmp(nth(claims, 0)->model, "dall-e"),
       "a chain that has become shorter: its last");
}

static void test_gone(void)
{
    apr_array_header_t *claims;

    queue_job(SITE, "gone", 1, NULL, T0);
    claims = queue_take("gone", 9, T0);
    shown(simg_db_run(db, "DELETE FROM story WHERE id = 'sgone'", NULL, 0, NULL, NULL, &err));
    is_int(queue_end_call(nth(claims, 0), SIMG_OUTCOME_MADE, T0), 0, "a story that is gone");
    is_str(ledger(nth(claims, 0)), "offline offline me gone-1 made 40000", "its call is accounted for");
}

static void test_undone(void)
{
    apr_array_header_t *claims;
    simg_claim_end end = { .life = { SIMG_PAGE_SAVED, 0, 1, 0 }, .outcome = SIMG_OUTCOME_MADE, .cost = 1, .now = T0 };
    int ours = 0;

    queue_job(SITE, "undone", 1, NULL, T0);
    claims = queue_take("undone", 9, T0);
    shown(simg_db_begin(db, &err));
    shown(simg_claims_end(&ours, db, nth(claims, 0), &end, pool, &err));
    simg_db_rollback(db);
    is_str(queue_states("undone"), "sent", "without its commit, an end has not been");
    is_int(queue_end_call(nth(claims, 0), SIMG_OUTCOME_MADE, T0), 1, "and comes again");
}

int main(void)
{
    queue_begin();
    test_claim();
    test_whose();
    test_ends();
    test_late();
    test_anew();
    test_again();
    test_shorter_chain();
    test_gone();
    test_undone();
    queue_end();
    return done_testing();
}
