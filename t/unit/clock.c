/* SPDX-License-Identifier: Apache-2.0 */
/* Time, randomness and identifiers; tests can set the first two. */
#include "tap.h"

#include <pthread.h>
#include <stdlib.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/clock.h"

#define NOON APR_INT64_C(1769949296789123) /* 2026-02-01T12:34:56.789123Z */
#define THREADS 4
#define DRAWS 200000

static const struct {
    apr_time_t time;
    const char *iso;
} times[] = {
    { 0, "1970-01-01T00:00:00.000Z" },
    { NOON, "2026-02-01T12:34:56.789Z" },
    { APR_INT64_C(951782400000000), "2000-02-29T00:00:00.000Z" },
    { APR_INT64_C(4107542399999999), "2100-02-28T23:59:59.999Z" },
    { APR_INT64_C(253402300799999000), "9999-12-31T23:59:59.999Z" },
    { -1, "1969-12-31T23:59:59.999Z" },
    { -1000, "1969-12-31T23:59:59.999Z" },
    { APR_INT64_C(-62167219200000000), "0000-01-01T00:00:00.000Z" },
};

static const struct {
    const char *iso;
    apr_time_t want;
} readable[] = {
    { "2026-02-01", APR_INT64_C(1769904000000000) },
    { "2026-02-01T12:34", APR_INT64_C(1769949240000000) },
    { "2026-02-01T12:34Z", APR_INT64_C(1769949240000000) },
    { "2026-02-01T12:34:56", APR_INT64_C(1769949296000000) },
    { "2026-02-01T12:34:56Z", APR_INT64_C(1769949296000000) },
    { "2026-02-01t12:34:56z", APR_INT64_C(1769949296000000) },
    { "2026-02-01T12:34:56.7Z", APR_INT64_C(1769949296700000) },
    { "2026-02-01T12:34:56.789123Z", NOON },
    { "2026-02-01T12:34:56.789123999999999999999999999Z", NOON },
    { "2026-02-01T14:34:56.789123+02:00", NOON },
    { "2026-02-01T07:04:56.789123-05:30", NOON },
    { "2026-02-01T00:00:00+00:00", APR_INT64_C(1769904000000000) },
    { "2024-02-29", APR_INT64_C(1709164800000000) },
    { "1969-12-31T23:59:59.999999Z", -1 },
};

static const char *const unreadable[] = {
    "",
    "2026",
    "2026-02",
    "2026-2-1",
    "2026-02-30",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-01",
    "2026-01-00",
    "2026-02-01T",
    "2026-02-01T12",
    "2026-02-01T24:00:00Z",
    "2026-02-01T12:60Z",
    "2026-02-01T12:34:60Z",
    "2026-02-01T12:34:5Z",
    "2026-02-01T12:34:Z",
    "2026-02-01T12:34:56.Z",
    "2026-02-01T12:34.5Z",
    "2026-02-01T12:34:56ZZ",
    "2026-02-01T12:34:56+2",
    "2026-02-01T12:34:56+0200",
    "2026-02-01T12:34:56+02:",
    "2026-02-01T12:34:56+24:00",
    "2026-02-01T12:34:56+02:60",
    "2026-02-01 12:34:56Z",
    "2026-02-01Z",
    " 2026-02-01",
    "2026-02-01 ",
    "+2026-02-01",
    "-026-02-01",
    "20260201",
    "2026/02/01",
    "today",
    "2026-02-01T12:34:56.1x",
    NULL,
};

static void check_iso(apr_pool_t *p)
{
    apr_time_t got;
    size_t i;

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        is_str(simg_clock_iso(times[i].time, p), times[i].iso, "written as ISO 8601");
        ok(simg_clock_parse(&got, times[i].iso) && times[i].time - got >= 0 && times[i].time - got < 1000,
           "and read back: %s", times[i].iso);
    }
    for (i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
        got = 77;
        ok(simg_clock_parse(&got, readable[i].iso), "readable: %s", readable[i].iso);
        is_int(got, readable[i].want, readable[i].iso);
    }
    for (i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++) {
        got = 77;
        ok(!simg_clock_parse(&got, unreadable[i]) && got == 77, "unreadable: '%s'",
           unreadable[i] ? unreadable[i] : "(null)");
    }
    ok(simg_clock_iso(APR_INT64_MAX, p) && simg_clock_iso(APR_INT64_MIN, p), "times out of all reach do no harm");
}

/* Each day of 800 years and a fraction, there and back. */
static void check_days(apr_pool_t *p)
{
    apr_time_t t, got, day = apr_time_from_sec(86400);
    apr_pool_t *scratch;
    int wrong = 0, i;

    apr_pool_create(&scratch, p);
    for (i = -146097; i < 146097; i++) {
        t = i * day + apr_time_from_msec(i & 0x3ffffff);
        wrong += !simg_clock_parse(&got, simg_clock_iso(t, scratch)) || got != t;
        if (i % 1000 == 0)
            apr_pool_clear(scratch);
    }
    is_int(wrong, 0, "every day from 1570 to 2370 survives writing and reading");
}

static void check_now(void)
{
    apr_time_t before = apr_time_now(), now = simg_clock_now();

    ok(now >= before && now <= apr_time_now(), "the clock runs");
    simg_clock_set(NOON);
    is_int(simg_clock_now(), NOON, "it can be stopped");
    simg_clock_set(0);
    ok(simg_clock_now() >= before && simg_clock_now() != NOON, "and runs again");
}

static void check_random(void)
{
    apr_uint64_t first, second, either = 0, both = ~(apr_uint64_t)0;
    int i;

    simg_clock_seed(42);
    first = simg_clock_random();
    second = simg_clock_random();
    ok(first != second, "a sequence goes on");
    simg_clock_seed(42);
    ok(first == simg_clock_random() && second == simg_clock_random(), "the same seed gives the same sequence");
    simg_clock_seed(43);
    ok(first != simg_clock_random(), "another seed another one");
    simg_clock_seed(0);
    ok(simg_clock_random() != simg_clock_random(), "without a seed it is random");
    for (i = 0; i < 200; i++) {
        either |= simg_clock_random();
        both &= simg_clock_random();
    }
    ok(!~either && !both, "and every bit is");
}

static void check_id(apr_pool_t *p)
{
    const char *id, *later;

    simg_clock_set(NOON);
    id = simg_clock_id(p);
    is_int((long long)strlen(id), 26, "an identifier has 26 characters");
    is_int((long long)strspn(id, "0123456789abcdefghjkmnpqrstvwxyz"), 26, "of its alphabet");
    is_str(apr_pstrndup(p, id, 10), "01kgck5y4n", "ten of them are the time");
    ok(strcmp(id, simg_clock_id(p)) != 0, "two of one millisecond differ");
    simg_clock_set(NOON + 1000);
    later = simg_clock_id(p);
    ok(strcmp(id, later) < 0, "one of the next millisecond sorts after it");
    simg_clock_seed(7);
    id = simg_clock_id(p);
    simg_clock_seed(7);
    is_str(simg_clock_id(p), id, "a seed and a time make it repeatable");
    simg_clock_seed(0);
    simg_clock_set(0);
}

/* The identifier's alphabet leaves out i, l, o and u. */
static void check_id_time(apr_pool_t *p)
{
    static const char *const none[] = { "",
                                        "01kgck5y4",
                                        "01kgck5y4n",
                                        "01kgck5y4i0000000000000000",
                                        "01KGCK5Y4N0000000000000000",
                                        "01kgck5y4n000000000000000",
                                        "01kgck5y4n00000000000000000",
                                        "01kgck5y4n000000000000000u",
                                        "../../../../../../etc/pass",
                                        "81kgck5y4n0000000000000000" };
    static const apr_time_t made[] = { 1000, NOON, APR_INT64_C(281474976710655000) };
    size_t i;

    for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        simg_clock_set(made[i]);
        is_int(simg_clock_id_time(simg_clock_id(p)), made[i] / 1000 * 1000, "an identifier says when it was made");
    }
    simg_clock_set(0);
    is_int(simg_clock_id_time("01kgck5y4n0000000000000000"), NOON / 1000 * 1000, "whatever its random part");
    is_int(simg_clock_id_time("0000000000zzzzzzzzzzzzzzzz"), 0, "the first of all times");
    for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        ok(simg_clock_id_time(none[i]) == 0, "none of ours: '%s'", none[i]);
}

static apr_uint64_t drawn[THREADS * DRAWS];
static pthread_barrier_t start;

static void *draw(void *part)
{
    apr_uint64_t *to = part;
    int i;

    pthread_barrier_wait(&start);
    for (i = 0; i < DRAWS; i++)
        to[i] = simg_clock_random();
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const apr_uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void check_threads(void)
{
    pthread_t threads[THREADS];
    int i, twice = 0;

    pthread_barrier_init(&start, NULL, THREADS);
    simg_clock_seed(1);
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, draw, drawn + i * DRAWS);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
    simg_clock_seed(0);
    qsort(drawn, THREADS * DRAWS, sizeof(drawn[0]), compare);
    for (i = 1; i < THREADS * DRAWS; i++)
        twice += drawn[i] == drawn[i - 1];
    is_int(twice, 0, "threads never draw the same number of one sequence");
}

int main(void)
{
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    check_iso(p);
    check_days(p);
    check_now();
    check_random();
    check_id(p);
    check_id_time(p);
    check_threads();
    apr_pool_destroy(p);
    return done_testing();
}
