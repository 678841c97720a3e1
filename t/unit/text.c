/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, sizes, durations and flags as a configuration spells them. */
#include "tap.h"

#include <apr.h>

#include "base/text.h"

#define NONE APR_INT64_C(-77)

typedef struct row {
    const char *text;
    apr_int64_t want; /* NONE: refused, and nothing is stored */
} row;

static const row numbers[] = {
    { "0", 0 },
    { "7", 7 },
    { "+7", 7 },
    { "-7", -7 },
    { "-0", 0 },
    { "007", 7 },
    { "9223372036854775807", APR_INT64_MAX },
    { "-9223372036854775808", APR_INT64_MIN },
    { "9223372036854775808", NONE },
    { "-9223372036854775809", NONE },
    { "18446744073709551616", NONE },
    { "99999999999999999999999999", NONE },
    { "", NONE },
    { "-", NONE },
    { "+", NONE },
    { "--1", NONE },
    { " 1", NONE },
    { "1 ", NONE },
    { "1.5", NONE },
    { "0x10", NONE },
    { "1e3", NONE },
    { "abc", NONE },
    { "\xd9\xa3", NONE },
    { NULL, NONE },
};

static const row sizes[] = {
    { "0", 0 },
    { "1024", 1024 },
    { "256K", 262144 },
    { "256k", 262144 },
    { "5M", 5242880 },
    { "5MB", 5242880 },
    { "5mb", 5242880 },
    { "1G", 1073741824 },
    { "1Gb", 1073741824 },
    { "2KB", 2048 },
    { "8589934591G", APR_INT64_C(8589934591) << 30 },
    { "8589934592G", NONE },
    { "9223372036854775807", APR_INT64_MAX },
    { "9223372036854775808", NONE },
    { "9223372036854775807K", NONE },
    { "", NONE },
    { "M", NONE },
    { "5B", NONE },
    { "5T", NONE },
    { "5 M", NONE },
    { "5MM", NONE },
    { "5MBs", NONE },
    { "-5M", NONE },
    { "+5M", NONE },
    { "1.5G", NONE },
    { " 5M", NONE },
    { "5M ", NONE },
    { NULL, NONE },
};

static const row durations[] = {
    { "0", 0 },
    { "3", 3000000 },
    { "120s", 120000000 },
    { "120S", 120000000 },
    { "250ms", 250000 },
    { "5min", 300000000 },
    { "5m", 300000000 },
    { "2h", APR_INT64_C(7200000000) },
    { "30d", APR_INT64_C(2592000000000) },
    { "1w", APR_INT64_C(604800000000) },
    { "0d", 0 },
    { "9223372036854775ms", APR_INT64_C(9223372036854775000) },
    { "9223372036854776ms", NONE },
    { "15250284w", APR_INT64_C(9223371763200000000) },
    { "15250285w", NONE },
    { "9223372036854", APR_INT64_C(9223372036854000000) },
    { "9223372036855", NONE },
    { "99999999999999999999s", NONE },
    { "", NONE },
    { "s", NONE },
    { "5x", NONE },
    { "5 s", NONE },
    { "5sec", NONE },
    { "-5s", NONE },
    { "+5s", NONE },
    { "1.5h", NONE },
    { "5s ", NONE },
    { "1h30m", NONE },
    { NULL, NONE },
};

static const row flags[] = {
    { "on", 1 },     { "On", 1 },     { "TRUE", 1 },     { "yes", 1 },   { "1", 1 },    { "off", 0 },
    { "False", 0 },  { "NO", 0 },     { "0", 0 },        { "", NONE },   { "2", NONE }, { "o", NONE },
    { "onn", NONE }, { " on", NONE }, { "true ", NONE }, { NULL, NONE },
};

static int size_in_bytes(apr_int64_t *out, const char *s)
{
    return simg_text_size(out, s, 1);
}

static int duration_in_seconds(apr_int64_t *out, const char *s)
{
    return simg_text_duration(out, s, APR_USEC_PER_SEC);
}

static int flag(apr_int64_t *out, const char *s)
{
    int value = (int)NONE, good = simg_text_flag(&value, s);

    *out = value;
    return good;
}

static void check(const char *kind, int (*read)(apr_int64_t *, const char *), const row *rows, size_t n)
{
    size_t i;
    apr_int64_t got;
    char name[80];
    int good;

    for (i = 0; i < n; i++) {
        got = NONE;
        good = read(&got, rows[i].text);
        snprintf(name, sizeof(name), "%s '%s'", kind, rows[i].text ? rows[i].text : "(null)");
        is_int(got, rows[i].want, name);
        ok(good == (rows[i].want != NONE), "is %s", rows[i].want == NONE ? "refused" : "accepted");
    }
}

#define CHECK(kind, read, rows) check(kind, read, rows, sizeof(rows) / sizeof(rows[0]))

int main(void)
{
    apr_interval_time_t t = NONE;

    CHECK("number", simg_text_number, numbers);
    CHECK("size", size_in_bytes, sizes);
    CHECK("duration", duration_in_seconds, durations);
    CHECK("flag", flag, flags);
    ok(simg_text_size(&t, "3", 1048576) && t == 3145728, "so does a bare size");
    ok(simg_text_size(&t, "3K", 1048576) && t == 3072, "one with a suffix does not");
    ok(simg_text_duration(&t, "250", 1000) && t == 250000, "a bare number counts in the unit given");
    ok(simg_text_duration(&t, "250s", 1000) && t == 250000000, "one with a suffix does not");
    ok(!simg_text_duration(&t, "250", 0), "without a unit it needs a suffix");
    return done_testing();
}
