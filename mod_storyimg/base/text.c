/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stddef.h>

#include <apr_cstr.h>
#include <openssl/evp.h>

typedef struct suffix {
    const char *word;
    apr_int64_t factor;
} suffix;

static const suffix sizes[] = {
    { "K", APR_INT64_C(1) << 10 },
    { "KB", APR_INT64_C(1) << 10 },
    { "M", APR_INT64_C(1) << 20 },
    { "MB", APR_INT64_C(1) << 20 },
    { "G", APR_INT64_C(1) << 30 },
    { "GB", APR_INT64_C(1) << 30 },
    { NULL, 0 },
};

static const suffix durations[] = {
    { "ms", APR_INT64_C(1000) },           { "s", APR_USEC_PER_SEC },
    { "min", 60 * APR_USEC_PER_SEC },      { "m", 60 * APR_USEC_PER_SEC },
    { "h", 3600 * APR_USEC_PER_SEC },      { "d", 86400 * APR_USEC_PER_SEC },
    { "w", 7 * 86400 * APR_USEC_PER_SEC }, { NULL, 0 },
};

/* The digits at s as a number that is not above most; the rest of the text, or NULL if there is no such number. */
static const char *digits_read(apr_uint64_t *out, const char *s, apr_uint64_t most)
{
    const char *at = s;

    for (*out = 0; *at >= '0' && *at <= '9'; at++) {
        unsigned int digit = (unsigned int)(*at - '0');

        if (*out > (most - digit) / 10)
            return NULL;
        *out = *out * 10 + digit;
    }
    return at == s ? NULL : at;
}

int simg_text_number(apr_int64_t *out, const char *s)
{
    apr_uint64_t n;
    int minus;

    if (!s)
        return 0;
    minus = *s == '-';
    s = digits_read(&n, s + (*s == '-' || *s == '+'), (apr_uint64_t)APR_INT64_MAX + (minus ? 1 : 0));
    if (!s || *s)
        return 0;
    /* In two steps, because the least number has no positive counterpart. */
    *out = minus && n ? -(apr_int64_t)(n - 1) - 1 : (apr_int64_t)n;
    return 1;
}

static apr_int64_t factor_of(const suffix *table, const char *word)
{
    for (; table->word; table++)
        if (!apr_cstr_casecmp(table->word, word))
            return table->factor;
    return 0;
}

/* A number and its suffix; bare is the factor of a number without one (0: it needs one). */
static int scaled_read(apr_int64_t *out, const char *s, const suffix *table, apr_int64_t bare)
{
    apr_int64_t factor;
    apr_uint64_t n;

    s = s ? digits_read(&n, s, (apr_uint64_t)APR_INT64_MAX) : NULL;
    if (!s)
        return 0;
    factor = *s ? factor_of(table, s) : bare;
    if (factor <= 0 || n > (apr_uint64_t)(APR_INT64_MAX / factor))
        return 0;
    *out = (apr_int64_t)n * factor;
    return 1;
}

int simg_text_size(apr_int64_t *out, const char *s, apr_int64_t unit)
{
    return scaled_read(out, s, sizes, unit);
}

int simg_text_duration(apr_interval_time_t *out, const char *s, apr_interval_time_t unit)
{
    return scaled_read(out, s, durations, unit);
}

int simg_text_flag(int *out, const char *s)
{
    static const struct {
        const char *word;
        int value;
    } flags[] = {
        { "on", 1 }, { "true", 1 }, { "yes", 1 }, { "1", 1 }, { "off", 0 }, { "false", 0 }, { "no", 0 }, { "0", 0 },
    };
    size_t i;

    for (i = 0; s && i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (!apr_cstr_casecmp(flags[i].word, s)) {
            *out = flags[i].value;
            return 1;
        }
    }
    return 0;
}

const char *simg_text_sha256(const void *data, apr_size_t len, apr_pool_t *p)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0, i;
    char *hex;

    if (EVP_Digest(data, len, digest, &n, EVP_sha256(), NULL) != 1)
        return NULL;
    hex = apr_palloc(p, 2 * n + 1);
    for (i = 0; i < n; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * n] = '\0';
    return hex;
}
