/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/** Decode in place. @return 0 if an escape is broken or stands for NUL. */
static int decode(char *s)
{
    char *to = s;

    for (; *s; s++, to++) {
        *to = *s == '+' ? ' ' : *s;
        if (*s != '%')
            continue;
        if (hex(s[1]) < 0 || hex(s[2]) < 0 || (s[1] == '0' && s[2] == '0'))
            return 0;
        *to = (char)(hex(s[1]) * 16 + hex(s[2]));
        s += 2;
    }
    *to = '\0';
    return 1;
}

static int is_text(const char *s)
{
    size_t n;

    if (!simg_utf8_valid(s, strlen(s)))
        return 0;
    for (; *s; s += n)
        if (!simg_utf8_is_text(simg_utf8_next(s, strlen(s), &n)))
            return 0;
    return 1;
}

/** The raw value of the last parameter of this name; NULL if there is none. */
static char *raw(const simg_request *in, const char *name)
{
    char *copy = apr_pstrdup(in->p, in->query ? in->query : ""), *state = NULL, *pair, *value = NULL;
    apr_size_t len = strlen(name);

    for (pair = apr_strtok(copy, "&", &state); pair; pair = apr_strtok(NULL, "&", &state))
        if (!strncmp(pair, name, len) && pair[len] == '=')
            value = pair + len + 1;
    return value;
}

apr_status_t simg_query_text(const char **out, const simg_request *in, const char *name, simg_problem *err)
{
    char *value = raw(in, name);

    *out = NULL;
    if (!value || !*value)
        return APR_SUCCESS;
    if (!decode(value) || !is_text(value))
        return simg_problem_set(err, in->p, "invalid-query", APR_EINVAL, "%s: must be UTF-8 text", name);
    *out = value;
    return APR_SUCCESS;
}

apr_status_t simg_query_number(int *out, const simg_request *in, const char *name, const int bounds[2], int dflt,
                               simg_problem *err)
{
    const char *text;
    apr_int64_t n = dflt;
    apr_status_t rv = simg_query_text(&text, in, name, err);

    if (rv != APR_SUCCESS)
        return rv;
    if (text && (!simg_text_number(&n, text) || n < bounds[0] || n > bounds[1]))
        return simg_problem_set(err, in->p, "invalid-query", APR_EINVAL, "%s: must be a whole number from %d to %d",
                                name, bounds[0], bounds[1]);
    *out = (int)n;
    return APR_SUCCESS;
}

apr_status_t simg_query_time(apr_time_t *out, const simg_request *in, const char *name, simg_problem *err)
{
    const char *text;
    apr_status_t rv = simg_query_text(&text, in, name, err);

    *out = 0;
    if (rv != APR_SUCCESS || !text)
        return rv;
    if (!simg_clock_parse(out, text))
        return simg_problem_set(err, in->p, "invalid-query", APR_EINVAL,
                                "%s: must be a time such as 2026-02-01T12:00:00Z", name);
    *out += !*out; /* 0 says that nobody asked */
    return APR_SUCCESS;
}

/** A path as it may stand in a URI (RFC 3986): what is not unreserved, but '/', is escaped. */
static const char *escaped(const char *path, apr_pool_t *p)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    char *out = apr_palloc(p, 3 * strlen(path) + 1), *to = out;

    for (; *path; path++) {
        if (strchr(plain, *path))
            *to++ = *path;
        else
            to += apr_snprintf(to, 4, "%%%02X", (unsigned char)*path);
    }
    *to = '\0';
    return out;
}

const char *simg_query_next(const simg_request *in, const char *cursor)
{
    char *copy = apr_pstrdup(in->p, in->query ? in->query : ""), *state = NULL, *pair;
    const char *rest = "";

    for (pair = apr_strtok(copy, "&", &state); pair; pair = apr_strtok(NULL, "&", &state))
        if (strncmp(pair, "cursor=", 7) && !strpbrk(pair, "<>\" "))
            rest = apr_pstrcat(in->p, rest, pair, "&", NULL);
    return apr_pstrcat(in->p, escaped(in->mount, in->p), escaped(in->path, in->p), "?", rest, "cursor=", cursor, NULL);
}
