/* SPDX-License-Identifier: Apache-2.0 */
/** The Test Anything Protocol in forty lines. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_planned, tap_run, tap_failed;

static inline void plan(int n)
{
    tap_planned = n;
    printf("1..%d\n", n);
}

__attribute__((format(printf, 2, 3))) static inline int ok(int passed, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    printf("%sok %d - ", passed ? "" : "not ", ++tap_run);
    vprintf(fmt, ap);
    printf("\n");
    va_end(ap);
    tap_failed += !passed;
    return passed;
}

static inline int is_str(const char *got, const char *want, const char *name)
{
    int same = got && want ? !strcmp(got, want) : got == want;

    ok(same, "%s", name);
    if (!same)
        printf("#   got: %s\n#  want: %s\n", got ? got : "(null)", want ? want : "(null)");
    return same;
}

static inline int is_int(long long got, long long want, const char *name)
{
    ok(got == want, "%s", name);
    if (got != want)
        printf("#   got: %lld\n#  want: %lld\n", got, want);
    return got == want;
}

/** 0 if every planned test ran and passed: what main() returns. */
static inline int done_testing(void)
{
    if (!tap_planned)
        printf("1..%d\n", tap_run);
    fflush(stdout);
    return tap_failed || (tap_planned && tap_planned != tap_run);
}

#endif
