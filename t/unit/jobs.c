/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs in a real index: rows, lists, events, cancel, retry. */
#include "queue.h"
#include "tap.h"

static simg_job get(const char *id)
{
    simg_job job = { 0 };

    shown(simg_jobs_get(&job, db, SITE, id, pool, &err));
    return job;
}

static void test_rows(void)
{
    simg_job job;

    is_int(queue_job(SITE, "rows", 3, "thread-1", T0), APR_SUCCESS, "a job is added");
    job = get("rows");
    is_str(job.story_id, "srows", "its story");
    is_str(job.site, SITE, "its site");
    is_str(job.kind, "story", "its kind");
    is_str(job.brief, "{\"size\":\"1024x1024\"}", "its brief");
    is_str(job.holder, "thread-1", "its holder");
    ok(job.epoch == 1738355170123 && job.held_until == T0 + SIMG_LEASE && job.created_at == T0 && job.updated_at == T0,
       "its times");
    ok(job.status == SIMG_JOB_QUEUED && job.counts.pages[SIMG_PAGE_PENDING] == 3 && simg_job_total(&job.counts) == 3,
       "queued, three pages pending");
    is_str(queue_events("rows"), "status:queued", "its first event");
    is_int(job.last_event, 1, "the number of its last event");
    is_str(queue_text("SELECT prompt FROM job_page WHERE job_id = 'rows' AND number = 2"), "draw rows-2", "a prompt");
    is_int(simg_jobs_get(&job, db, "other.org", "rows", pool, &err), APR_ENOENT, "not of another site");
    is_int(simg_jobs_get(&job, db, SITE, "nosuch", pool, &err), APR_ENOENT, "none of that id");
}

static void test_holders(void)
{
    shown(simg_jobs_hold(db, "rows", "thread-2", T0 + 2 * SIMG_LEASE, &err));
    ok(get("rows").held_until == T0 + SIMG_LEASE, "only its holder holds it longer");
    shown(simg_jobs_hold(db, "rows", "thread-1", T0 + 2 * SIMG_LEASE, &err));
    ok(get("rows").held_until == T0 + 2 * SIMG_LEASE, "its holder does");
    shown(simg_jobs_release(db, "rows", &err));
    is_str(get("rows").holder, NULL, "released");
    shown(simg_jobs_hold(db, "rows", "thread-1", T0 + 3 * SIMG_LEASE, &err));
    is_int(queue_number("SELECT held_until FROM job WHERE id = 'rows'"), 0, "and then it is not held any more");
}

static void test_cancel(void)
{
    apr_time_t later = T0 + apr_time_from_sec(9);
    int changed = -1;

    queue_job(SITE, "c1", 3, NULL, T0);
    is_int(simg_jobs_cancel(&changed, db, SITE, "c1", later, pool, &err), APR_SUCCESS, "cancel");
    is_int(changed, 1, "changes a job");
    is_str(queue_states("c1"), "cancelled cancelled cancelled", "no page will be sent");
    is_str(queue_events("c1"), "status:queued status:cancelled done:cancelled", "done at once");
    ok(get("c1").status == SIMG_JOB_CANCELLED && get("c1").updated_at == later, "its status and time");
    is_int(queue_take("c1", 9, later)->nelts, 0, "none of it can be claimed");
    is_int(simg_jobs_cancel(&changed, db, SITE, "c1", later + 5, pool, &err), APR_SUCCESS, "cancel again");
    ok(changed == 0 && get("c1").last_event == 3, "writes nothing");
    is_int(simg_jobs_cancel(&changed, db, "other.org", "c1", later, pool, &err), APR_ENOENT, "not of another site");
}

static void test_cancel_sent(void)
{
    apr_array_header_t *claims;
    int changed = 0;

    queue_job(SITE, "c2", 3, NULL, T0);
    claims = queue_take("c2", 2, T0);
    shown(simg_jobs_cancel(&changed, db, SITE, "c2", T0, pool, &err));
    is_str(queue_states("c2"), "sent sent cancelled", "what is sent is waited for");
    is_int(queue_end_call(&APR_ARRAY_IDX(claims, 0, simg_claim), SIMG_OUTCOME_MADE, T0), 1, "a picture comes");
    is_int(queue_end_call(&APR_ARRAY_IDX(claims, 1, simg_claim), SIMG_OUTCOME_NOTHING, T0), 1, "another does not");
    is_str(queue_states("c2"), "saved cancelled cancelled", "it is not tried again");
    is_str(queue_events("c2"), "status:queued status:processing status:cancelled illustration:1 done:cancelled",
           "done when the last one has ended");
}

static void test_retry(void)
{
    apr_time_t later = T0 + apr_time_from_sec(9);
    apr_array_header_t *claims;
    int i, pages = -1;
    static const simg_outcome outcomes[] = { SIMG_OUTCOME_MADE, SIMG_OUTCOME_REFUSED, SIMG_OUTCOME_UNKNOWN };

    queue_job(SITE, "r1", 3, "thread-1", T0);
    claims = queue_take("r1", 3, T0);
    for (i = 0; i < claims->nelts; i++)
        queue_end_call(&APR_ARRAY_IDX(claims, i, simg_claim), outcomes[i], T0);
    is_str(queue_events("r1"),
           "status:queued status:processing illustration:1 problem:2/some-code problem:3/some-code status:completed "
           "done:completed",
           "a job with gaps");
    shown(simg_jobs_missing(&pages, db, SITE, "r1", pool, &err));
    is_int(pages, 1, "one page may be drawn again");
    is_str(queue_states("r1"), "saved refused unknown", "to ask changes nothing");
    shown(simg_jobs_retry(&pages, db, SITE, "r1", later, pool, &err));
    is_int(pages, 1, "it is");
    is_str(queue_states("r1"), "saved refused pending", "it waits again");
    ok(get("r1").status == SIMG_JOB_QUEUED && get("r1").updated_at == later && !get("r1").holder,
       "the job is queued, any worker may");
    ok(strstr(queue_events("r1"), "done:completed status:queued") != NULL, "which is told");
    is_int(queue_take("r1", 3, later - 1000)->nelts, 0, "from now on, not from before");
    is_int(queue_take("r1", 3, later)->nelts, 1, "it is claimed anew");
    simg_jobs_retry(&pages, db, SITE, "c1", later, pool, &err);
    is_int(pages, 3, "cancelled pages are drawn after all");
    queue_job(SITE, "r2", 1, NULL, T0);
    queue_end_call(&APR_ARRAY_IDX(queue_take("r2", 1, T0), 0, simg_claim), SIMG_OUTCOME_REFUSED, T0);
    is_int(simg_jobs_retry(&pages, db, SITE, "r2", later, pool, &err), APR_SUCCESS, "a refused one");
    ok(pages == 0 && get("r2").last_event == 5 && get("r2").status == SIMG_JOB_FAILED, "is not drawn again");
    is_int(simg_jobs_retry(&pages, db, SITE, "nosuch", later, pool, &err), APR_ENOENT, "no job of that id");
    is_int(simg_jobs_missing(&pages, db, "other.org", "r1", pool, &err), APR_ENOENT, "nor of another site");
}

static void test_events(void)
{
    apr_array_header_t *events = NULL;
    const simg_job_event *e;
    int i;

    queue_job(SITE, "e1", 60, NULL, T0);
    for (i = 0; i < 60; i++) {
        apr_array_header_t *claims = queue_take("e1", 2, T0);

        if (claims->nelts > 1)
            queue_end_call(&APR_ARRAY_IDX(claims, 1, simg_claim), SIMG_OUTCOME_UNFIT, T0);
        if (claims->nelts)
            queue_end_call(&APR_ARRAY_IDX(claims, 0, simg_claim), i % 2 ? SIMG_OUTCOME_REFUSED : SIMG_OUTCOME_MADE, T0);
    }
    shown(simg_jobs_events(&events, db, "e1", 2, pool, &err));
    e = &APR_ARRAY_IDX(events, 0, simg_job_event);
    ok(e->seq == 3 && !strcmp(e->name, "illustration") && e->page_number > 0 && !e->code, "events after one");
    e = &APR_ARRAY_IDX(events, 1, simg_job_event);
    ok(!strcmp(e->name, "problem") && !strcmp(e->code, "some-code") && !strcmp(e->message, "Some words."), "a problem");
    shown(simg_jobs_events(&events, db, "e1", get("e1").last_event, pool, &err));
    is_int(events->nelts, 0, "none after the last");
    shown(simg_db_run(db,
                      "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
                      "INSERT INTO job_event (job_id, seq, name) SELECT 'e1', i, 'status' FROM n",
                      NULL, 0, NULL, NULL, &err));
    shown(simg_jobs_events(&events, db, "e1", 1000, pool, &err));
    ok(events->nelts == 100 && APR_ARRAY_IDX(events, 99, simg_job_event).seq == 1100, "at most a hundred at once");
}

static int count_list(int *rows, const char *site, int limit)
{
    const char *cursor = NULL, *last = NULL;
    simg_job_list l;
    int i, good = 1;

    *rows = 0;
    do {
        if (shown(simg_jobs_list(&l, db, site, limit, cursor, pool, &err)) != APR_SUCCESS)
            return 0;
        good &= l.jobs->nelts <= limit;
        for (i = 0; i < l.jobs->nelts; i++, ++*rows) {
            const simg_job *job = &APR_ARRAY_IDX(l.jobs, i, simg_job);

            good &= (!last || strcmp(job->id, last) < 0) && simg_job_total(&job->counts) == 2;
            last = job->id;
        }
        cursor = l.next_cursor;
    } while (cursor);
    return good && l.total == *rows;
}

static void test_list(void)
{
    simg_job_list l;
    int i, rows;

    for (i = 0; i < 25; i++)
        queue_job("list.org", apr_psprintf(pool, "list-%02d", i), 2, NULL, T0 + i / 3 * 1000);
    queue_job("other.org", "list-other", 2, NULL, T0);
    ok(count_list(&rows, "list.org", 4) && rows == 25, "a list in parts: newest first, each once, with its counts");
    ok(count_list(&rows, "list.org", 100) && rows == 25, "and in one");
    ok(count_list(&rows, "none.org", 100) && rows == 0, "none of another site");
    is_int(simg_jobs_list(&l, db, "list.org", 4, "nonsense", pool, &err), APR_EINVAL, "a cursor that is none");
    is_str(err.code, "bad-cursor", "bad-cursor");
}

static void test_outstanding(void)
{
    int pages = -1;

    shown(simg_jobs_outstanding(&pages, db, &err));
    is_int(pages, queue_number("SELECT COUNT(*) FROM job_page WHERE state = 'pending' OR state = 'sent'"),
           "pages whose pictures are to come");
    shown(simg_db_run(db, "DELETE FROM story WHERE id = 'slist-00'", NULL, 0, NULL, NULL, &err));
    is_int(queue_number("SELECT (SELECT COUNT(*) FROM job WHERE id = 'list-00') + "
                        "(SELECT COUNT(*) FROM job_page WHERE job_id = 'list-00') + "
                        "(SELECT COUNT(*) FROM job_event WHERE job_id = 'list-00')"),
           0, "a story takes its job along");
}

int main(void)
{
    queue_begin();
    test_rows();
    test_holders();
    test_cancel();
    test_cancel_sent();
    test_retry();
    test_events();
    test_list();
    test_outstanding();
    queue_end();
    return done_testing();
}
