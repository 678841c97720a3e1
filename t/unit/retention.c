/* SPDX-License-Identifier: Apache-2.0 */
/* index/retention: what may go, decided. */
#include <string.h>

#include "index/retention.h"
#include "tap.h"

#define NOW apr_time_from_sec(1000000)
#define AGE(s) (NOW - apr_time_from_sec(s))

static const simg_retention none, age = { apr_time_from_sec(100), 0, 0 }, count = { 0, 3, 0 }, size = { 0, 0, 1000 },
                                  all = { apr_time_from_sec(100), 3, 1000 };

/* Judge pictures of the same size, the oldest first: a letter for each. */
static const char *judge(const simg_retention *limits, simg_retention_state state, const simg_retention_picture *pictures,
                         int n)
{
    static char verdicts[32];
    int i;

    for (i = 0; i < n; i++) {
        simg_retention_picture picture = pictures[i];

        picture.newest = i == n - 1;
        verdicts[i] = "SBACZ"[simg_retention_judge(&state, limits, &picture)];
    }
    verdicts[n] = '\0';
    return verdicts;
}

static void test_each(void)
{
    const simg_retention_picture five[] = {
        { AGE(500), 400, 0, 0 }, { AGE(101), 400, 0, 0 }, { AGE(100), 400, 0, 0 }, { AGE(99), 400, 0, 0 }, { AGE(0), 400, 0, 0 }
    };
    const simg_retention_state state = { 5, 2000, NOW };

    ok(!simg_retention_limited(&none) && simg_retention_limited(&age) && simg_retention_limited(&count) &&
           simg_retention_limited(&size),
       "whether there is a limit");
    is_str(judge(&none, state, five, 5), "SSSSS", "without a limit all stay");
    is_str(judge(&age, state, five, 5), "AAASS", "by age, from its first moment on");
    is_str(judge(&count, state, five, 5), "CCSSS", "by count");
    is_str(judge(&size, state, five, 5), "ZZZSS", "by size");
    is_str(judge(&all, state, five, 5), "AAASS", "by all together, not one more than each asks for");
}

static void test_edges(void)
{
    const simg_retention_picture large[] = { { AGE(3), 10, 0, 0 }, { AGE(1), 5000, 0, 0 } };
    const simg_retention_picture shared[] = { { AGE(4), 0, 0, 0 }, { AGE(3), 0, 0, 0 }, { AGE(2), 900, 0, 0 }, { AGE(1), 900, 0, 0 } };
    const simg_retention_picture busy[] = { { AGE(900), 400, 1, 0 }, { AGE(800), 400, 0, 0 }, { AGE(3), 400, 1, 0 }, { AGE(2), 400, 0, 0 },
                                            { AGE(1), 400, 0, 0 } };
    const simg_retention_picture future = { NOW + apr_time_from_sec(5000), 1, 0, 0 };

    is_str(judge(&size, (simg_retention_state){ 2, 5010, NOW }, large, 2), "ZS", "the newest is not removed for its size");
    is_str(judge(&size, (simg_retention_state){ 4, 1800, NOW }, shared, 4), "ZZZS",
           "what others share frees nothing, and the next is asked about");
    is_str(judge(&all, (simg_retention_state){ 5, 2000, NOW }, busy, 5), "BABCS",
           "a running job's pictures stay and count; the next one goes in their place");
    is_str(judge(&age, (simg_retention_state){ 1, 1, NOW }, &future, 1), "S", "a clock that was wrong removes nothing");
    is_str(judge(&count, (simg_retention_state){ 3, 0, NOW }, large, 2), "SS", "exactly as many as allowed");
    is_str(judge(&size, (simg_retention_state){ 2, 1000, NOW }, large, 2), "SS", "exactly as large as allowed");
}

static void test_reasons(void)
{
    is_str(simg_retention_reason(SIMG_RETENTION_AGE), "age", "reasons have names");
    is_str(simg_retention_reason(SIMG_RETENTION_COUNT), "count", "count");
    is_str(simg_retention_reason(SIMG_RETENTION_SIZE), "size", "size");
}

int main(void)
{
    test_each();
    test_edges();
    test_reasons();
    return done_testing();
}
