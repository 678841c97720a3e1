/* SPDX-License-Identifier: Apache-2.0 */
#include "base/settings.h"

#include <string.h>

#include <apr_strings.h>

#include "base/text.h"

#define ROW(type, member, directive, variable, dflt, low, high, where, meaning)                                        \
    { SIMG_##type, directive, variable, dflt, low, high, SIMG_##where, meaning, APR_OFFSETOF(simg_settings, member) },

const simg_option simg_options[] = { SIMG_OPTIONS(ROW) };

simg_settings *simg_settings_make(apr_pool_t *p)
{
    return apr_pcalloc(p, sizeof(simg_settings));
}

static void *member_of(const simg_settings *s, const simg_option *o)
{
    return (char *)s + o->offset;
}

static apr_size_t width_of(const simg_option *o)
{
    switch (o->type) {
    case SIMG_FLAG: return sizeof(int);
    case SIMG_TEXT:
    case SIMG_LINE: return sizeof(const char *);
    default: return sizeof(apr_int64_t);
    }
}

/** What a bare number counts in: the variable's name says so (IMAGE_EDIT_TIMEOUT_MS); a directive counts in seconds, or
 * bytes. */
static apr_int64_t unit_of(const simg_option *o, simg_origin origin)
{
    static const struct {
        const char *end;
        apr_int64_t unit;
    } units[] = { { "_MS", 1000 }, { "_DAYS", 86400 * APR_USEC_PER_SEC }, { "_MB", 1024 * 1024 } };
    apr_size_t len = strlen(o->variable), i;

    for (i = 0; origin != SIMG_FROM_DIRECTIVE && origin != SIMG_DEFAULT && i < sizeof(units) / sizeof(*units); i++) {
        apr_size_t end = strlen(units[i].end);

        if (len > end && !strcmp(o->variable + len - end, units[i].end))
            return units[i].unit;
    }
    return o->type == SIMG_SIZE ? 1 : APR_USEC_PER_SEC;
}

/** @return 1 and *out, or 0 if the value cannot be read. */
static int parse(apr_int64_t *out, const simg_option *o, const char *value, simg_origin origin)
{
    int flag = 0;

    switch (o->type) {
    case SIMG_FLAG:
        if (!simg_text_flag(&flag, value))
            return 0;
        *out = flag;
        return 1;
    case SIMG_SIZE: return simg_text_size(out, value, unit_of(o, origin));
    case SIMG_TIME: return simg_text_duration(out, value, unit_of(o, origin));
    default: return simg_text_number(out, value);
    }
}

static const char *size_words(apr_pool_t *p, apr_int64_t bytes)
{
    static const char unit[] = { 'K', 'M', 'G' };
    const char *words = apr_psprintf(p, "%" APR_INT64_T_FMT, bytes);
    int i;

    for (i = 0; i < 3 && bytes && bytes % 1024 == 0; i++) {
        bytes /= 1024;
        words = apr_psprintf(p, "%" APR_INT64_T_FMT "%c", bytes, unit[i]);
    }
    return words;
}

static const char *allowed(apr_pool_t *p, const simg_option *o)
{
    switch (o->type) {
    case SIMG_FLAG: return "must be on or off";
    case SIMG_SIZE:
        if (o->high == APR_INT64_MAX)
            return apr_psprintf(p, "must be a size such as 256K, 5M or 1G, at least %s", size_words(p, o->low));
        return apr_psprintf(p, "must be a size such as 256K, 5M or 1G, from %s to %s", size_words(p, o->low),
                            size_words(p, o->high));
    case SIMG_TIME:
        return apr_psprintf(
            p, "must be a time such as 90s, 5min or 2h, from %" APR_INT64_T_FMT " ms to %" APR_INT64_T_FMT " s",
            o->low / 1000, o->high / APR_USEC_PER_SEC);
    default:
        return apr_psprintf(p, "must be a whole number from %" APR_INT64_T_FMT " to %" APR_INT64_T_FMT, o->low,
                            o->high);
    }
}

static const char *name_of(const simg_option *o, simg_origin origin)
{
    return (origin == SIMG_FROM_ENV || origin == SIMG_FROM_FILE) && o->variable[0] ? o->variable : o->name;
}

const char *simg_settings_set(simg_settings *s, int option, const char *value, simg_origin origin, apr_pool_t *p)
{
    const simg_option *o = &simg_options[option];
    apr_int64_t number = 0;

    if (origin < s->origin[option])
        return NULL;
    if (o->type == SIMG_TEXT || o->type == SIMG_LINE) {
        *(const char **)member_of(s, o) = apr_pstrdup(p, value);
    } else {
        if (!parse(&number, o, value, origin) || number < o->low || number > o->high)
            return apr_psprintf(p, "%s %s: %s", name_of(o, origin), value, allowed(p, o));
        if (o->type == SIMG_FLAG)
            *(int *)member_of(s, o) = (int)number;
        else
            *(apr_int64_t *)member_of(s, o) = number;
    }
    s->origin[option] = origin;
    return NULL;
}

simg_settings *simg_settings_merge(const simg_settings *base, const simg_settings *over, apr_pool_t *p)
{
    simg_settings *s = apr_pmemdup(p, base, sizeof(*base));
    int i;

    for (i = 0; i < SIMG_OPTION_COUNT; i++) {
        const simg_option *o = &simg_options[i];

        if (over->origin[i] == SIMG_UNSET)
            continue;
        memcpy(member_of(s, o), member_of(over, o), width_of(o));
        s->origin[i] = over->origin[i];
    }
    return s;
}
