/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <stdlib.h>

#include <apr_strings.h>

#define MONEY_DIGITS 15

static apr_status_t decref(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

json_t *simg_json_own(apr_pool_t *p, json_t *j)
{
    if (j)
        apr_pool_cleanup_register(p, j, decref, apr_pool_cleanup_null);
    return j;
}

const char *simg_json_text(const json_t *j, apr_pool_t *p)
{
    /* the only fractions are dollars of whole micro-dollars: no 0.0084100000000000008 */
    char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(MONEY_DIGITS));
    const char *copy = text ? apr_pstrdup(p, text) : "null";

    free(text);
    return copy;
}

/** jansson's own words quote what is near the error: a child's name must not travel in them. */
static const char *reason(const json_error_t *e, apr_pool_t *p)
{
    switch (json_error_code(e)) {
    case json_error_duplicate_key: return "a member occurs twice";
    case json_error_invalid_utf8: return "not UTF-8";
    case json_error_numeric_overflow: return "a number is out of range";
    default: return apr_psprintf(p, "not JSON (line %d, column %d)", e->line, e->column);
    }
}

/** A whole number beyond 64 bits is read as a real one, so that whoever reads the member can say which it is. */
static json_t *load(const char *text, apr_size_t len, size_t flags, json_error_t *e)
{
    json_t *j = json_loadb(text, len, flags, e);

    return j || json_error_code(e) != json_error_numeric_overflow
               ? j
               : json_loadb(text, len, flags | JSON_DECODE_INT_AS_REAL, e);
}

static json_t *parse(const char *text, apr_size_t len, size_t flags, const char **why, apr_pool_t *p)
{
    json_error_t e = { 0 };
    json_t *j = load(text, len, flags, &e);

    if (!j && why)
        *why = reason(&e, p);
    return simg_json_own(p, j);
}

json_t *simg_json_parse(const char *text, apr_size_t len, const char **why, apr_pool_t *p)
{
    return parse(text, len, JSON_REJECT_DUPLICATES, why, p);
}

json_t *simg_json_parse_lenient(const char *text, apr_size_t len, const char **why, apr_pool_t *p)
{
    return parse(text, len, 0, why, p);
}

json_t *simg_json_string(const char *s)
{
    return s ? json_string(s) : json_null();
}

json_t *simg_json_strings(const apr_array_header_t *strings)
{
    json_t *list = json_array();
    int i;

    for (i = 0; i < strings->nelts; i++)
        json_array_append_new(list, json_string(APR_ARRAY_IDX(strings, i, const char *)));
    return list;
}

json_t *simg_json_dollars(apr_int64_t micro)
{
    return micro < 0 ? json_null() : json_real((double)micro / 1e6);
}
