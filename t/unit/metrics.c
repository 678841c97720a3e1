/* SPDX-License-Identifier: Apache-2.0 */
/** base/metric, base/metrics, base/samples: numbers that all processes of a server count together. */
#include "tap.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/metrics.h"

enum { PROCESSES = 4, THREADS = 8, ROUNDS = 3000, MODELS = 12, KILLS = 60 };

#define SITE "example.com"
#define ADD(metric, ...) simg_metrics_add(metrics, SITE, SIMG_METRIC_##metric, SIMG_LABELS(__VA_ARGS__), 1)

/* What the processes of a test tell each other. */
typedef struct news {
    atomic_long added, stop;
} news;

static apr_pool_t *pool;
static news *shared;
static simg_metrics *metrics;

static void *map(apr_size_t size)
{
    void *m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (m == MAP_FAILED)
        exit(1);
    return m;
}

static simg_metrics *fresh(int series)
{
    void *m = map(simg_metrics_size(series));

    memset(m, 0xa5, simg_metrics_size(series));
    return simg_metrics_init(m, series);
}

static apr_int64_t sum(simg_metric metric, const char *label, const char *value)
{
    return simg_samples_sum(simg_metrics_read(metrics, SITE, pool), metric, label, value);
}

static const char *text(void)
{
    return simg_samples_text(simg_metrics_read(metrics, SITE, pool), pool);
}

static void test_nothing(void)
{
    simg_metrics_add(NULL, SITE, SIMG_METRIC_saved, SIMG_LABELS("story"), 1);
    simg_metrics_observe(NULL, SITE, SIMG_METRIC_request_seconds, SIMG_LABELS("/"), 1);
    is_int(simg_metrics_read(NULL, SITE, pool)->nelts, 0, "without memory nothing is counted");
    metrics = fresh(100);
    is_str(text(),
           "# HELP storyimg_images_deduplicated_total Pictures saved that were there already, byte for byte.\n"
           "# TYPE storyimg_images_deduplicated_total counter\n"
           "storyimg_images_deduplicated_total 0\n"
           "# HELP storyimg_images_reused_total Pictures that were not drawn: an earlier one was taken.\n"
           "# TYPE storyimg_images_reused_total counter\n"
           "storyimg_images_reused_total 0\n"
           "# HELP storyimg_metrics_lost_total What there was no room to count, in the whole server.\n"
           "# TYPE storyimg_metrics_lost_total counter\n"
           "storyimg_metrics_lost_total 0\n"
           "# HELP storyimg_thumbnails_made_total Thumbnails made.\n"
           "# TYPE storyimg_thumbnails_made_total counter\n"
           "storyimg_thumbnails_made_total 0\n",
           "counters without labels begin with 0");
}

static void test_table(void)
{
    int i, sorted = 1, room = 1;

    for (i = 0; i < SIMG_METRIC_COUNT; i++) {
        const apr_int64_t *bounds = simg_metric_bounds((simg_metric)i);
        int n = 0;

        sorted &= !i || strcmp(simg_metric_kinds[i - 1].name, simg_metric_kinds[i].name) < 0;
        for (; bounds && bounds[n]; n++)
            room &= !n || bounds[n] > bounds[n - 1];
        room &= n <= SIMG_METRIC_NUMBERS - 2;
    }
    ok(sorted, "the table is in the order of its names");
    ok(room, "buckets grow, and have room");
}

static void test_values(void)
{
    metrics = fresh(100);
    simg_metrics_add(metrics, SITE, SIMG_METRIC_cost, SIMG_LABELS("openai", "gpt"), 1);
    simg_metrics_add(metrics, SITE, SIMG_METRIC_cost, SIMG_LABELS("openai", "gpt"), 40000);
    simg_metrics_add(metrics, SITE, SIMG_METRIC_cost, SIMG_LABELS("openai", "gpt"), -7);
    simg_metrics_add(metrics, "elsewhere", SIMG_METRIC_cost, SIMG_LABELS("openai", "gpt"), 7000000);
    ok(strstr(text(), "\nstoryimg_upstream_cost_dollars_total{provider=\"openai\",model=\"gpt\"} 0.040001\n") != NULL,
       "micro-dollars as dollars; less than nothing is not added");
    ok(!strstr(text(), " 7"), "nothing of another site");
    ADD(saved, "a\\b\"c\nd\xc3\xa9\x01");
    ADD(saved, "\xff");
    ok(strstr(text(), "{kind=\"a\\\\b\\\"c\\nd\xc3\xa9?\"} 1\n") != NULL, "values are escaped");
    ok(strstr(text(), "{kind=\"?\"} 1\n") != NULL, "and are UTF-8");
    is_str(simg_samples_decimal(0, pool), "0", "0");
    is_str(simg_samples_decimal(12500000, pool), "12.5", "12.5");
    is_str(simg_samples_decimal(-1, pool), "-0.000001", "-0.000001");
    is_str(simg_samples_decimal(INT64_C(9000000000000000001), pool), "9000000000000.000001", "a large one");
    is_int(sum(SIMG_METRIC_saved, NULL, NULL), 2, "a sum of all");
    is_int(sum(SIMG_METRIC_saved, "kind", "?"), 1, "a sum of some");
    ADD(calls, "azure", "x\",outcome=\"made", "text", "unknown");
    is_int(sum(SIMG_METRIC_calls, "outcome", "made"), 0, "a name is not taken for a label");
}

static void test_histogram(void)
{
    const simg_sample *s;
    const char *found;

    metrics = fresh(100);
    simg_metrics_observe(metrics, SITE, SIMG_METRIC_request_seconds, SIMG_LABELS("/health"), 5000);
    simg_metrics_observe(metrics, SITE, SIMG_METRIC_request_seconds, SIMG_LABELS("/health"), 5001);
    simg_metrics_observe(metrics, SITE, SIMG_METRIC_request_seconds, SIMG_LABELS("/health"), -3);
    simg_metrics_observe(metrics, SITE, SIMG_METRIC_request_seconds, SIMG_LABELS("/health"), apr_time_from_sec(4000));
    s = &APR_ARRAY_IDX(simg_metrics_read(metrics, SITE, pool), 0, simg_sample);
    is_str(s->labels, "route=\"/health\"", "a series");
    found = strstr(text(), "# TYPE storyimg_request_duration_seconds histogram\n");
    ok(found && strstr(found, "_bucket{route=\"/health\",le=\"0.005\"} 2\n"), "a bound belongs to its bucket");
    ok(found && strstr(found, "_bucket{route=\"/health\",le=\"0.025\"} 3\n"), "buckets are cumulative");
    ok(found && strstr(found, "_bucket{route=\"/health\",le=\"300\"} 3\n"), "to the last bound");
    ok(found && strstr(found, "_bucket{route=\"/health\",le=\"+Inf\"} 4\n"
                              "storyimg_request_duration_seconds_sum{route=\"/health\"} 4000.010001\n"
                              "storyimg_request_duration_seconds_count{route=\"/health\"} 4\n"),
       "then all, their sum and their count");
    is_int(sum(SIMG_METRIC_request_seconds, NULL, NULL), 4, "a sum of observations");
    simg_metrics_observe(metrics, SITE, SIMG_METRIC_saved, SIMG_LABELS("story"), 5);
    is_int(sum(SIMG_METRIC_saved, NULL, NULL), 0, "a counter observes nothing");
}

static void test_full(void)
{
    apr_array_header_t *samples;
    char name[16], longest[300];
    int i;

    metrics = fresh(16);
    for (i = 0; i < 16; i++)
        ADD(cost_unknown, "openai", apr_psprintf(pool, "m%d", i));
    is_int(sum(SIMG_METRIC_cost_unknown, NULL, NULL), 16, "every place is found");
    metrics = fresh(16);
    for (i = 0; i < 100; i++) {
        apr_snprintf(name, sizeof(name), "m%d", i % 50);
        ADD(cost_unknown, "openai", name);
    }
    samples = simg_metrics_read(metrics, SITE, pool);
    is_int(samples->nelts, 17, "as many series as there is room for, and that of what is lost");
    is_int(simg_samples_sum(samples, SIMG_METRIC_cost_unknown, NULL, NULL), 32, "they count on");
    is_int(simg_samples_sum(samples, SIMG_METRIC_lost, NULL, NULL), 68, "and the rest is counted as lost");
    metrics = fresh(16);
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    ADD(cost_unknown, "openai", longest);
    ADD(cost_unknown, "openai", longest + 200);
    is_int(sum(SIMG_METRIC_lost, NULL, NULL), 1, "a name that is too long is lost");
    is_int(sum(SIMG_METRIC_cost_unknown, NULL, NULL), 1, "one that is not is counted");
}

/* Somebody died between taking a place and writing whose it is. The first word that an addition changes is the place's. */
static void test_half_taken(void)
{
    apr_size_t size = simg_metrics_size(64), at;
    char *before = apr_palloc(pool, size), *after = apr_palloc(pool, size);

    metrics = fresh(64);
    memcpy(before, metrics, size);
    ADD(saved, "story");
    memcpy(after, metrics, size);
    for (at = 0; at < size && !memcmp(before + at, after + at, 8); at += 8)
        continue;
    memcpy(metrics, before, size);
    memcpy((char *)metrics + at, after + at, 8);
    is_int(simg_metrics_read(metrics, SITE, pool)->nelts, 1, "a series whose name is not there is not told");
    ADD(saved, "portrait");
    is_int(sum(SIMG_METRIC_saved, NULL, NULL), 1, "it hinders no other");
    ADD(saved, "story");
    is_int(sum(SIMG_METRIC_saved, "kind", "story"), 1, "who counts next gives it its name");
    is_int(simg_metrics_read(metrics, SITE, pool)->nelts, 3, "and it has one place");
}

static void work(unsigned int *seed, int rounds)
{
    char model[16];
    int i;

    for (i = 0; i < rounds && !shared->stop; i++) {
        apr_snprintf(model, sizeof(model), "m%d", rand_r(seed) % MODELS);
        simg_metrics_add(metrics, SITE, SIMG_METRIC_calls, SIMG_LABELS("openai", model, "text", "made"), 1);
        simg_metrics_observe(metrics, SITE, SIMG_METRIC_call_seconds, SIMG_LABELS("openai", model),
                             (apr_interval_time_t)(rand_r(seed) % 1000) * 1000);
        shared->added++;
    }
}

static void *worker(void *data)
{
    unsigned int seed = (unsigned int)(uintptr_t)&data;

    work(&seed, ROUNDS);
    return NULL;
}

static pid_t process(void)
{
    pthread_t threads[THREADS];
    pid_t pid = fork();
    int i;

    if (pid)
        return pid;
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, worker, NULL);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    _exit(0);
}

/* Readers beside writers: no number goes back, the text is always whole. */
static int looks_on(int processes)
{
    apr_int64_t last = 0;
    int fine = 1, left = processes;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    while (left) {
        apr_array_header_t *samples = simg_metrics_read(metrics, SITE, p);
        apr_int64_t now = simg_samples_sum(samples, SIMG_METRIC_calls, NULL, NULL);

        fine &= now >= last && strstr(simg_samples_text(samples, p), "storyimg_metrics_lost_total 0\n") != NULL;
        last = now;
        while (left && waitpid(-1, NULL, WNOHANG) > 0)
            left--;
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return fine;
}

static void test_crowd(void)
{
    const apr_int64_t all = (apr_int64_t)PROCESSES * THREADS * ROUNDS;
    int i;

    metrics = fresh(256);
    shared->stop = shared->added = 0;
    for (i = 0; i < PROCESSES; i++)
        process();
    ok(looks_on(PROCESSES), "who reads beside them sees numbers that grow");
    is_int(shared->added, all, "processes and threads have counted");
    is_int(sum(SIMG_METRIC_calls, NULL, NULL), all, "exactly as many calls");
    is_int(sum(SIMG_METRIC_call_seconds, NULL, NULL), all, "exactly as many observations");
    is_int(simg_metrics_read(metrics, SITE, pool)->nelts, 2 * MODELS + 1, "no series twice");
}

/* Each that is killed may have counted once more than it has said. */
static void test_killed(void)
{
    apr_int64_t counted;
    int i;

    metrics = fresh(256);
    shared->added = shared->stop = 0;
    for (i = 0; i < KILLS; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            unsigned int seed = (unsigned int)getpid();

            work(&seed, 1 << 30);
            _exit(0);
        }
        usleep((useconds_t)(200 + i * 37 % 1500));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    counted = sum(SIMG_METRIC_calls, NULL, NULL);
    ok(counted >= shared->added && counted <= shared->added + KILLS, "killed at any moment: what was counted stays");
    for (i = 0; i < MODELS; i++)
        ADD(calls, "openai", apr_psprintf(pool, "m%d", i), "text", "made");
    is_int(sum(SIMG_METRIC_calls, NULL, NULL), counted + MODELS, "and others count on");
    ok(simg_metrics_read(metrics, SITE, pool)->nelts <= 2 * MODELS + 1, "no series twice");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    shared = map(sizeof(*shared));
    setvbuf(stdout, NULL, _IONBF, 0);
    test_nothing();
    test_table();
    test_values();
    test_histogram();
    test_full();
    test_half_taken();
    test_crowd();
    test_killed();
    apr_terminate();
    return done_testing();
}
