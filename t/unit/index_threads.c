/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads and several processes on one index. */
#include <sys/wait.h>
#include <unistd.h>

#include <apr_atomic.h>
#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "index/images.h"
#include "scratch.h"
#include "tap.h"

enum { THREADS = 8, EACH = 200, PROCESSES = 12, ROUNDS = 20 };

#define T0 (APR_INT64_C(1738355170000) * 1000)

typedef struct writer {
    simg_index *index;
    int number;
    int added;
    apr_interval_time_t longest;
} writer;

static volatile apr_uint32_t running;

static void *APR_THREAD_FUNC write_rows(apr_thread_t *thread, void *data)
{
    writer *w = data;
    int i;

    (void)thread;
    for (i = 0; i < EACH; i++) {
        char name[64];
        simg_problem err = { 0 };
        apr_time_t start = apr_time_now(), took;
        const simg_image image = { .filename = name, .kind = "story", .page_number = i, .created_at = T0 + i * 1000 };

        apr_snprintf(name, sizeof(name), "w%d-%d.png", w->number, i);
        w->added += simg_images_add(w->index, &image, &err) == APR_SUCCESS;
        took = apr_time_now() - start;
        w->longest = took > w->longest ? took : w->longest;
        if (err.cause)
            printf("# %s\n", err.cause);
    }
    apr_atomic_dec32(&running);
    return NULL;
}

/* Walk the list while rows come in: in order, none twice. @return 1 if so */
static int walk_once(simg_index *index, apr_pool_t *p, int *rows)
{
    simg_image_query query = { .limit = 50 };
    apr_time_t last = APR_INT64_MAX;
    simg_problem err = { 0 };
    simg_image_list l;
    int i;

    *rows = 0;
    do {
        if (simg_images_list(&l, index, &query, p, &err) != APR_SUCCESS)
            return 0;
        for (i = 0; i < l.images->nelts; i++, ++*rows) {
            if (APR_ARRAY_IDX(l.images, i, simg_image).created_at > last)
                return 0;
            last = APR_ARRAY_IDX(l.images, i, simg_image).created_at;
        }
        query.cursor = l.next_cursor;
    } while (query.cursor);
    return *rows <= l.total;
}

static void list_meanwhile(simg_index *index, apr_pool_t *parent)
{
    apr_pool_t *p;
    int rows, walks = 0, good = 0;

    apr_pool_create(&p, parent);
    while (apr_atomic_read32(&running) > 0) {
        good += walk_once(index, p, &rows);
        walks++;
        apr_pool_clear(p);
    }
    ok(walks > 0 && good == walks, "every list meanwhile is in order and not longer than its total (%d)", walks);
    ok(walk_once(index, p, &rows) && rows == THREADS * EACH, "all rows are listed at the end");
    apr_pool_destroy(p);
}

static void test_threads(apr_pool_t *parent)
{
    apr_thread_t *threads[THREADS];
    writer writers[THREADS];
    apr_interval_time_t longest = 0;
    simg_problem err = { 0 };
    apr_status_t rv;
    simg_index *index;
    apr_pool_t *p;
    int i, added = 0;

    apr_pool_create(&p, parent);
    simg_index_open(&index, apr_psprintf(p, "sqlite3:%s/threads.db", scratch), p, &err);
    apr_atomic_set32(&running, THREADS);
    for (i = 0; i < THREADS; i++) {
        writers[i] = (writer){ .index = index, .number = i };
        apr_thread_create(&threads[i], NULL, write_rows, &writers[i], p);
    }
    list_meanwhile(index, p);
    for (i = 0; i < THREADS; i++) {
        apr_thread_join(&rv, threads[i]);
        added += writers[i].added;
        longest = writers[i].longest > longest ? writers[i].longest : longest;
    }
    is_int(added, THREADS * EACH, "every row was added");
    ok(longest < apr_time_from_sec(5), "no writer had to wait long (%d ms)", (int)apr_time_as_msec(longest));
    apr_pool_destroy(p);
}

/* All at the same moment: when the pipe is closed. */
static int child_opens(const char *where, int gate)
{
    simg_index *index;
    apr_pool_t *p;
    char c, name[64];
    simg_image image = { .filename = name, .kind = "story", .created_at = T0 };
    simg_problem err = { 0 };

    apr_pool_create(&p, NULL);
    apr_snprintf(name, sizeof(name), "p%d.png", (int)getpid());
    if (read(gate, &c, 1) != 0 || simg_index_open(&index, where, p, &err) != APR_SUCCESS)
        return 1;
    if (simg_index_ready(index, &err) != APR_SUCCESS || simg_images_add(index, &image, &err) != APR_SUCCESS) {
        printf("# %s\n", err.cause);
        fflush(stdout);
        return 1;
    }
    apr_pool_destroy(p);
    return 0;
}

static int open_together(const char *where)
{
    int gate[2], i, status, good = 0;

    if (pipe(gate) != 0)
        return 0;
    fflush(stdout);
    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(gate[1]);
            _exit(child_opens(where, gate[0]));
        }
    close(gate[1]);
    for (i = 0; i < PROCESSES; i++)
        good += wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    close(gate[0]);
    return good;
}

static void test_processes(apr_pool_t *p)
{
    int i, good = 0, rows, full = 0;

    for (i = 0; i < ROUNDS; i++) {
        const char *where = apr_psprintf(p, "sqlite3:%s/p%d.db", scratch, i);
        simg_problem err = { 0 };
        simg_index *index;

        good += open_together(where);
        simg_index_open(&index, where, p, &err);
        full += walk_once(index, p, &rows) && rows == PROCESSES;
    }
    is_int(good, ROUNDS * PROCESSES, "processes that make a new index at the same moment all can use it");
    is_int(full, ROUNDS, "and none loses a row");
}

int main(void)
{
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    scratch_begin();
    plan(2 + 4);
    test_processes(p);
    test_threads(p);
    apr_pool_destroy(p);
    apr_terminate();
    scratch_end();
    return done_testing();
}
