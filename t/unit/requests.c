/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that cost money: keys, answers, promised room. */
#include "queue/requests.h"

#include "queue.h"
#include "tap.h"

static apr_status_t add(const char *id, const char *key, const char *owner, int pages, apr_time_t at)
{
    const simg_request_row row = {
        .id = id, .key_hash = key, .body_hash = key ? "body" : NULL, .pages = pages, .owner = owner, .created_at = at
    };

    return simg_requests_add(db, &row, &err);
}

static simg_request_row find(const char *key)
{
    simg_request_row row = { 0 };

    shown(simg_requests_find(&row, db, key, pool, &err));
    return row;
}

static int promised(void)
{
    int pages = -1;

    shown(simg_requests_promised(&pages, db, &err));
    return pages;
}

static void test_key(void)
{
    simg_request_row row;

    is_int(promised(), 0, "no room is promised");
    is_int(add("r1", "key-1", "me", 3, T0), APR_SUCCESS, "a request with a key");
    row = find("key-1");
    ok(!strcmp(row.id, "r1") && !strcmp(row.key_hash, "key-1") && !strcmp(row.body_hash, "body"), "its names");
    ok(row.pages == 3 && !strcmp(row.owner, "me") && row.created_at == T0, "its room, owner and time");
    ok(!row.story_id && !row.status && !row.location && !row.body, "no answer yet");
    err = (simg_problem){ 0 };
    is_int(add("r2", "key-1", "other", 3, T0 + 1000), APR_EEXIST, "the key is taken");
    ok(!err.status && !err.code, "which is no problem");
    is_int(add("r2", "key-1", "other", 3, T0 + SIMG_REQUEST_LIFE), APR_EEXIST, "up to the end of its life");
    is_int(simg_requests_find(&row, db, "nosuch", pool, &err), APR_ENOENT, "another key is free");
    is_int(add("r3", NULL, "me", 4, T0), APR_SUCCESS, "without a key");
    is_int(add("r4", NULL, "me", 5, T0), APR_SUCCESS, "any number of them");
    is_int(promised(), 12, "room is promised to all");
}

static void test_answer(void)
{
    simg_request_row row;

    shown(simg_requests_told(db, "r1", "story-1", &err));
    row = find("key-1");
    ok(row.pages == 0 && row.owner && !strcmp(row.story_id, "story-1") && promised() == 9,
       "told: its job has the room");
    shown(simg_requests_answered(db, "r1", 202, "/jobs/1", "{\"a\":1}", &err));
    row = find("key-1");
    ok(row.status == 202 && !strcmp(row.location, "/jobs/1") && !strcmp(row.body, "{\"a\":1}"), "answered");
    ok(!row.owner && !strcmp(row.story_id, "story-1"), "nobody is at it any more");
    shown(simg_requests_answered(db, "r3", 200, NULL, "{}", &err));
    is_int(queue_number("SELECT COUNT(*) FROM request WHERE id = 'r3'"), 0, "without a key nothing is kept");
    is_int(promised(), 5, "nor promised");
    shown(simg_requests_remove(db, "r4", &err));
    is_int(promised(), 0, "one that failed is as if it had never come");
    shown(simg_requests_remove(db, "nosuch", &err));
    is_int(add("r5", "key-1", "me", 1, T0 + SIMG_REQUEST_LIFE + 1000), APR_SUCCESS, "a key that has outlived itself");
    is_str(find("key-1").id, "r5", "may be used anew");
}

static void test_reserve(void)
{
    shown(simg_requests_reserve(db, "r6", "me", 7, T0, &err));
    is_int(promised(), 8, "room for a request that has no row");
    shown(simg_requests_reserve(db, "r6", "me", 2, T0, &err));
    is_int(promised(), 3, "less of it");
    add("r7", "key-7", "me", 0, T0);
    shown(simg_requests_reserve(db, "r7", "me", 6, T0, &err));
    ok(promised() == 9 && !strcmp(find("key-7").id, "r7"), "room for one with a key");
}

static void test_adopt(void)
{
    int taken = -1;

    shown(simg_requests_adopt(&taken, db, "r7", "other", T0, &err));
    ok(taken == 0 && !strcmp(find("key-7").owner, "me"), "a request that has an owner is not taken");
    shown(simg_leases_drop(db, "me", T0, &err));
    is_int(promised(), 0, "what is promised to the dead is free");
    shown(simg_requests_adopt(&taken, db, "r7", "other", T0 + 5000, &err));
    ok(taken == 1 && !strcmp(find("key-7").owner, "other"), "one that has lost it is");
    is_int(queue_number("SELECT lease_until - created_at FROM request WHERE id = 'r7'"), 60005, "with a lease");
    shown(simg_requests_adopt(&taken, db, "r7", "third", T0, &err));
    ok(taken == 0 && !strcmp(find("key-7").owner, "other"), "once");
    shown(simg_requests_answered(db, "r7", 200, NULL, "{}", &err));
    shown(simg_requests_adopt(&taken, db, "r7", "third", T0, &err));
    is_int(taken, 0, "nor one that is answered");
}

static void test_paid(void)
{
    static const struct {
        simg_outcome outcome;
        int paid;
        const char *name;
    } calls[] = {
        { SIMG_OUTCOME_NOTHING, 0, "nothing was made" }, { SIMG_OUTCOME_UNFIT, 0, "unfit" },
        { SIMG_OUTCOME_REFUSED, 0, "refused" },          { SIMG_OUTCOME_MADE, 1, "made" },
        { SIMG_OUTCOME_UNKNOWN, 2, "unknown" },
    };
    simg_call_sent call = { .kind = "text", .request_id = "r8", .provider = "p", .model = "m", .owner = "me" };
    int i, paid = -1;

    for (i = 0; i < 5; i++) {
        call.call_id = apr_itoa(pool, i);
        simg_ledger_sent(db, &call, &err);
        simg_ledger_ended(db, call.call_id, calls[i].outcome, -1, T0, &err);
        shown(simg_requests_paid(&paid, db, "r8", &err));
        is_int(paid, calls[i].paid, calls[i].name);
    }
    call.call_id = "open";
    simg_ledger_sent(db, &call, &err);
    shown(simg_requests_paid(&paid, db, "r8", &err));
    is_int(paid, 3, "not known yet");
    shown(simg_requests_paid(&paid, db, "r9", &err));
    is_int(paid, 0, "another request");
}

static void test_prune(void)
{
    add("old", "key-old", NULL, 0, T0);
    add("new", "key-new", NULL, 0, T0 + 1000);
    shown(simg_requests_prune(db, T0 + SIMG_REQUEST_LIFE + 1000, &err));
    is_int(queue_number("SELECT COUNT(*) FROM request WHERE id = 'old'"), 0, "older than a day: forgotten");
    is_int(queue_number("SELECT COUNT(*) FROM request WHERE id = 'new'"), 1, "a day old: not yet");
}

int main(void)
{
    queue_begin();
    test_key();
    test_answer();
    test_reserve();
    test_adopt();
    test_paid();
    test_prune();
    queue_end();
    return done_testing();
}
