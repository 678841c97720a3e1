/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#define SECONDS_PER_DAY 86400

static _Atomic apr_time_t fixed_time;
static _Atomic apr_uint64_t sequence;
static atomic_int seeded;

apr_time_t simg_clock_now(void)
{
    apr_time_t fixed = atomic_load(&fixed_time);

    return fixed ? fixed : apr_time_now();
}

void simg_clock_set(apr_time_t t)
{
    atomic_store(&fixed_time, t);
}

/* SplitMix64: its whole state is one counter, so that threads can draw from it without a lock. */
static apr_uint64_t sequence_next(void)
{
    const apr_uint64_t step = APR_UINT64_C(0x9e3779b97f4a7c15);
    apr_uint64_t z = atomic_fetch_add(&sequence, step) + step;

    z = (z ^ z >> 30) * APR_UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * APR_UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

apr_uint64_t simg_clock_random(void)
{
    apr_uint64_t bits;

    if (atomic_load(&seeded))
        return sequence_next();
    /* Names that can be guessed would open other people's uploads: without randomness nothing may go on. */
    if (apr_generate_random_bytes((unsigned char *)&bits, sizeof(bits)) != APR_SUCCESS)
        abort();
    return bits;
}

void simg_clock_seed(apr_uint64_t seed)
{
    atomic_store(&sequence, seed);
    atomic_store(&seeded, seed != 0);
}

/* The lowest 5 * n bits of value, as n digits to base 32. */
static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void base32_write(char *out, int n, apr_uint64_t value)
{
    for (; n > 0; value >>= 5)
        out[--n] = digits[value & 31];
}

const char *simg_clock_id(apr_pool_t *p)
{
    char *id = apr_pcalloc(p, 27);

    base32_write(id, 10, (apr_uint64_t)(simg_clock_now() / 1000) & APR_UINT64_C(0xffffffffffff));
    base32_write(id + 10, 8, simg_clock_random());
    base32_write(id + 18, 8, simg_clock_random());
    return id;
}

apr_time_t simg_clock_id_time(const char *id)
{
    apr_uint64_t ms = 0;
    int i;

    if (strlen(id) != 26 || strspn(id, digits) != 26)
        return 0;
    for (i = 0; i < 10; i++)
        ms = ms << 5 | (apr_uint64_t)(strchr(digits, id[i]) - digits);
    return ms >> 48 ? 0 : apr_time_from_msec(ms);
}

/* Day number since 1970 and civil date, both ways, over the 400 years after which the Gregorian calendar repeats and
 * with years that start in March. APR's own pair refuses years before 1970 and gives negative fractions. */
static apr_int64_t days_of(int year, int month, int day)
{
    apr_int64_t y = month <= 2 ? year - 1 : year;
    apr_int64_t era = (y >= 0 ? y : y - 399) / 400;
    apr_int64_t of_era = y - era * 400;
    apr_int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(apr_int64_t days, int *year, int *month, int *day)
{
    apr_int64_t z = days + 719468;
    apr_int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    apr_int64_t of_era = z - era * 146097;
    apr_int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    apr_int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    apr_int64_t m = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

/* Division that rounds down, also below zero; what is left over to *rest. */
static apr_int64_t floor_divide(apr_int64_t n, apr_int64_t by, int *rest)
{
    apr_int64_t quotient = n / by;

    *rest = (int)(n % by);
    if (*rest < 0) {
        *rest += (int)by;
        quotient--;
    }
    return quotient;
}

const char *simg_clock_iso(apr_time_t t, apr_pool_t *p)
{
    int year, month, day, usec, second;
    apr_int64_t days = floor_divide(floor_divide(t, APR_USEC_PER_SEC, &usec), SECONDS_PER_DAY, &second);

    date_of(days, &year, &month, &day);
    return apr_psprintf(p, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day, second / 3600, second / 60 % 60,
                        second % 60, usec / 1000);
}

/* Exactly n digits of value low..high at *s, which moves on. @return 1 or 0. */
static int digits_take(int *out, const char **s, int n, int low, int high)
{
    int value = 0;

    for (; n > 0; n--, (*s)++) {
        if (**s < '0' || **s > '9')
            return 0;
        value = value * 10 + (**s - '0');
    }
    *out = value;
    return value >= low && value <= high;
}

static int char_take(const char **s, const char *any)
{
    if (!**s || !strchr(any, **s))
        return 0;
    (*s)++;
    return 1;
}

static int date_take(apr_int64_t *days, const char **s)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day, leap;

    if (!digits_take(&year, s, 4, 0, 9999) || !char_take(s, "-") || !digits_take(&month, s, 2, 1, 12) ||
        !char_take(s, "-") || !digits_take(&day, s, 2, 1, 31))
        return 0;
    leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    *days = days_of(year, month, day);
    return day <= lengths[month - 1] + leap;
}

/* What follows the seconds' point: one digit or more; those after the sixth are dropped. */
static int fraction_take(apr_time_t *out, const char **s)
{
    apr_time_t unit = APR_USEC_PER_SEC;
    int digit;

    if (!digits_take(&digit, s, 1, 0, 9))
        return 0;
    do {
        unit /= 10;
        *out += digit * unit;
    } while (digits_take(&digit, s, 1, 0, 9));
    return 1;
}

static int time_take(apr_time_t *out, const char **s)
{
    int hour, minute, second;

    if (!digits_take(&hour, s, 2, 0, 23) || !char_take(s, ":") || !digits_take(&minute, s, 2, 0, 59))
        return 0;
    *out = apr_time_from_sec(hour * 3600 + minute * 60);
    if (!char_take(s, ":"))
        return 1;
    if (!digits_take(&second, s, 2, 0, 59))
        return 0;
    *out += apr_time_from_sec(second);
    return !char_take(s, ".") || fraction_take(out, s);
}

/* "Z" or an offset; a time without either is meant as UTC, as a date alone is. */
static int zone_take(apr_time_t *offset, const char **s)
{
    int minus = **s == '-', hours, minutes;

    *offset = 0;
    if (!**s || char_take(s, "Zz"))
        return 1;
    if (!char_take(s, "+-") || !digits_take(&hours, s, 2, 0, 23) || !char_take(s, ":") ||
        !digits_take(&minutes, s, 2, 0, 59))
        return 0;
    *offset = apr_time_from_sec((hours * 60 + minutes) * 60) * (minus ? -1 : 1);
    return 1;
}

int simg_clock_parse(apr_time_t *out, const char *iso)
{
    apr_time_t time = 0, offset = 0;
    apr_int64_t days;

    if (!iso || !date_take(&days, &iso))
        return 0;
    if (char_take(&iso, "Tt") && (!time_take(&time, &iso) || !zone_take(&offset, &iso)))
        return 0;
    if (*iso)
        return 0;
    *out = apr_time_from_sec(days * SECONDS_PER_DAY) + time - offset;
    return 1;
}
