/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes, each with several threads, claim what they can: every page once. And what a claim costs. */
#include <sys/wait.h>
#include <unistd.h>

#include <apr_thread_proc.h>

#include "queue.h"
#include "tap.h"

enum { JOBS = 500, PAGES = 10, ALL = JOBS * PAGES, PROCESSES = 4, THREADS = 2, BATCH = 7, MANY = 900, MAX = 64 };

typedef struct claimer {
    const char *owner;
    simg_index *index;
    int claimed; /* -1: a claim failed */
    apr_pool_t *p;
} claimer;

static int claim_some(simg_db *mine, const claimer *c)
{
    const simg_claim_query query = { .site = SITE, .owner = c->owner, .models = queue_models, .now = T0, .max = BATCH };
    apr_array_header_t *claims;
    simg_problem problem = { 0 };

    if (simg_claims_take(&claims, mine, &query, c->p, &problem) == APR_SUCCESS)
        return claims->nelts;
    printf("# %s\n", problem.cause);
    return -1;
}

static void *APR_THREAD_FUNC claim_all(apr_thread_t *thread, void *data)
{
    claimer *c = data;
    simg_problem problem = { 0 };
    simg_db *mine;
    int n;

    (void)thread;
    if (simg_index_borrow(&mine, c->index, &problem) != APR_SUCCESS) {
        c->claimed = -1;
        return NULL;
    }
    while ((n = claim_some(mine, c)) > 0)
        c->claimed += n;
    if (n < 0)
        c->claimed = -1;
    simg_index_return(c->index, mine);
    return NULL;
}

/* All at the same moment: when the pipe is closed. */
static int child(const char *where, int gate, int number)
{
    claimer c[THREADS];
    apr_thread_t *threads[THREADS];
    simg_problem problem = { 0 };
    simg_index *index;
    apr_status_t rv;
    apr_pool_t *p;
    int i, good = 1;
    char byte;

    apr_pool_create(&p, NULL);
    if (read(gate, &byte, 1) != 0 || simg_index_open(&index, where, p, &problem) != APR_SUCCESS)
        return 1;
    for (i = 0; i < THREADS; i++) {
        c[i] = (claimer){ .owner = apr_psprintf(p, "p%d-t%d", number, i), .index = index };
        apr_pool_create(&c[i].p, NULL);
        apr_thread_create(&threads[i], NULL, claim_all, &c[i], p);
    }
    for (i = 0; i < THREADS; i++) {
        apr_thread_join(&rv, threads[i]);
        good &= c[i].claimed >= 0;
        apr_pool_destroy(c[i].p);
    }
    apr_pool_destroy(p);
    return !good;
}

static int claim_together(const char *where)
{
    int gate[2], i, status, good = 0;

    if (pipe(gate) != 0)
        return 0;
    fflush(stdout);
    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(gate[1]);
            status = child(where, gate[0], i);
            fflush(stdout);
            _exit(status);
        }
    close(gate[1]);
    for (i = 0; i < PROCESSES; i++)
        good += wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    close(gate[0]);
    return good;
}

static void add_jobs(const char *prefix, int jobs, int pages)
{
    int i;

    shown(simg_db_begin(db, &err));
    for (i = 0; i < jobs; i++)
        queue_job(SITE, apr_psprintf(pool, "%s%04d", prefix, i), pages, NULL, T0);
    shown(simg_db_commit(db, &err));
}

static void test_race(void)
{
    const char *where = apr_psprintf(pool, "sqlite3:%s/i.db", scratch);

    is_int(claim_together(where), PROCESSES, "every process claims until nothing is left");
    is_int(queue_number("SELECT COUNT(*) FROM call"), ALL, "as many calls as there are pages");
    is_int(queue_number("SELECT COUNT(*) FROM (SELECT DISTINCT job_id, page_number FROM call)"), ALL, "each page once");
    is_int(queue_number("SELECT COUNT(*) FROM job_page p JOIN call c ON c.id = p.call_id WHERE p.state = 'sent' AND "
                        "c.job_id = p.job_id AND c.page_number = p.number AND p.tries = 1"),
           ALL, "and each page knows its call");
    is_int(queue_number("SELECT COUNT(*) FROM job WHERE status = 'processing' AND last_event = 2"), JOBS,
           "each job was begun once");
}

/* As the runner ends a call, in a transaction of its own. */
static int run_all(apr_interval_time_t *claiming, apr_interval_time_t *ending)
{
    apr_array_header_t *claims;
    apr_time_t start = apr_time_now(), middle;
    int i, n = 0;

    *claiming = *ending = 0;
    while ((claims = queue_take(NULL, MAX, T0)) && claims->nelts) {
        middle = apr_time_now();
        *claiming += middle - start;
        for (i = 0; i < claims->nelts; i++)
            n += queue_end_call(&APR_ARRAY_IDX(claims, i, simg_claim), SIMG_OUTCOME_MADE, T0) == 1;
        start = apr_time_now();
        *ending += start - middle;
    }
    return n;
}

static void pace(const char *name, const char *prefix, const char *pragma, int limit)
{
    apr_interval_time_t claiming, ending;
    int n;

    add_jobs(prefix, MANY / 3, 3);
    shown(simg_db_run(db, pragma, NULL, 0, NULL, NULL, &err));
    n = run_all(&claiming, &ending);
    ok(n == MANY && (claiming + ending) / MANY < limit, "%s: %d us a page to claim, %d us to end", name,
       (int)(claiming / MANY), (int)(ending / MANY));
}

/* Jobs that have ended must not be gone through. */
static void test_past(void)
{
    const simg_claim_query query = { .site = SITE, .owner = "me", .models = queue_models, .now = T0, .max = MAX };
    apr_interval_time_t took, best = APR_INT64_MAX;
    apr_time_t start, next;
    int i, none = 0;

    shown(simg_db_run(db,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO "
                      "story (id, word_count, descriptor_used, created_at) SELECT 'past' || i, 1, 0, i FROM n",
                      NULL, 0, NULL, NULL, &err));
    shown(simg_db_run(db,
                      "INSERT INTO job (id, site, story_id, status, kind, epoch, brief, held_until, last_event, "
                      "created_at, updated_at) SELECT id, '" SITE "', id, 'completed', 'story', 1, '{}', 0, 0, 1, 1 "
                      "FROM story WHERE id LIKE 'past%'",
                      NULL, 0, NULL, NULL, &err));
    for (i = 0; i < 20; i++) {
        start = apr_time_now();
        shown(simg_claims_next(&next, db, &query, &err));
        none += queue_take(NULL, MAX, T0)->nelts == 0 && next == 0;
        took = apr_time_now() - start;
        best = took < best ? took : best;
    }
    ok(none == 20 && best < 1000, "to see that nothing is left takes %d us beside 20,000 jobs that have ended",
       (int)best);
}

int main(void)
{
    queue_begin();
    add_jobs("race", JOBS, PAGES);
    test_race();
    pace("900 pages pending, without waiting for the disk", "fast", "PRAGMA synchronous = OFF", 1000);
    pace("900 pages pending, each end on the disk", "safe", "PRAGMA synchronous = FULL", 20000);
    test_past();
    queue_end();
    return done_testing();
}
