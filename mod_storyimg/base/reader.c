/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include <math.h>
#include <string.h>

#include <apr_strings.h>

#include "base/utf8.h"

#define TEXTS_MAX 20

static apr_status_t wrong(simg_problem *err, apr_pool_t *p, const char *path, const char *what)
{
    return simg_problem_set(err, p, "invalid-body", APR_EINVAL, "%s: %s", path, what);
}

static int is_plain_letter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/** An unknown member's name as it may stand in an answer and a log: an identifier, or "?" for whatever else it is. */
static const char *identifier(const char *name)
{
    const char *c;

    for (c = name; *c; c++)
        if (!is_plain_letter(*c) && *c != '_' && *c != '-')
            return "?";
    return c > name && c - name <= 40 ? name : "?";
}

static const char *path_of(const char *path, const char *name, apr_pool_t *p)
{
    return path[0] ? apr_pstrcat(p, path, ".", name, NULL) : name;
}

/** An apostrophe belongs between letters: O'Brien. At the end of something it is a quotation mark. */
static int is_quoting(uint32_t c, uint32_t next)
{
    return c == '\'' && !(next > 0x7f || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z'));
}

static int is_letter(uint32_t c)
{
    return c > 0xbf || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static const char *check_name(const char *s)
{
    int letters = 0;
    size_t n;

    for (; *s; s += n) {
        uint32_t c = simg_utf8_next(s, strlen(s), &n);
        size_t after;

        if (!simg_utf8_is_name(c) || is_quoting(c, s[n] ? simg_utf8_next(s + n, strlen(s + n), &after) : 0))
            return "holds a character that a name cannot have";
        letters |= is_letter(c);
    }
    return letters ? NULL : "must hold a letter";
}

const char *simg_reader_token(const char *s)
{
    int letters = 0;

    for (; *s; s++) {
        if (!is_plain_letter(*s) && !strchr("-._~:@+=,", *s))
            return "must be made of A-Z a-z 0-9 and - . _ ~ : @ + = , only";
        letters |= is_plain_letter(*s);
    }
    return letters ? NULL : "must hold a letter or digit";
}

static const char *check_text(const char *s)
{
    int visible = 0;
    size_t n;

    for (; *s; s += n) {
        uint32_t c = simg_utf8_next(s, strlen(s), &n);

        if (!simg_utf8_is_text(c))
            return "holds a control character";
        visible |= c > ' ' && c != 0xa0;
    }
    return visible ? NULL : "must not be blank";
}

/** The first thing wrong with a text member, or NULL. */
static const char *check(const simg_member *m, const char *s, apr_pool_t *p)
{
    apr_size_t length = simg_utf8_length(s);

    if (length < (apr_size_t)m->low)
        return m->low == 1 ? "must not be empty" : apr_psprintf(p, "must have at least %d characters", m->low);
    if (length > (apr_size_t)m->high)
        return apr_psprintf(p, "must have at most %d characters", m->high);
    if (m->kind == SIMG_MEMBER_NAME)
        return check_name(s);
    return m->kind == SIMG_MEMBER_TOKEN ? simg_reader_token(s) : check_text(s);
}

/** Forms send "" for what was left open. */
static int is_left_open(const json_t *value, const simg_member *m)
{
    const char *s = json_string_value(value);

    return s && !m->required && !s[strspn(s, " \t\r\n")];
}

static apr_status_t read_text(const char **out, const json_t *value, const simg_member *m, const char *path,
                              apr_pool_t *p, simg_problem *err)
{
    const char *why;

    if (!json_is_string(value))
        return wrong(err, p, path, "must be a string");
    why = check(m, json_string_value(value), p);
    if (why)
        return wrong(err, p, path, why);
    *out = apr_pstrdup(p, json_string_value(value));
    return APR_SUCCESS;
}

static apr_status_t read_texts(apr_array_header_t *out, const json_t *value, const simg_member *m, const char *path,
                               apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    apr_size_t i;
    json_t *item;

    if (!json_is_array(value))
        return wrong(err, p, path, "must be an array of strings");
    if (json_array_size(value) > TEXTS_MAX)
        return wrong(err, p, path, apr_psprintf(p, "must have at most %d items", TEXTS_MAX));
    json_array_foreach(value, i, item)
    {
        if (rv == APR_SUCCESS && !is_left_open(item, m))
            rv =
                read_text(&APR_ARRAY_PUSH(out, const char *), item, m, apr_psprintf(p, "%s[%d]", path, (int)i), p, err);
    }
    return rv;
}

static apr_status_t read_objects(apr_array_header_t *out, const json_t *value, const simg_member *m, const char *path,
                                 apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    apr_size_t i;
    json_t *item;

    if (!json_is_array(value))
        return wrong(err, p, path, "must be an array of objects");
    if (json_array_size(value) > (apr_size_t)m->high)
        return wrong(err, p, path, apr_psprintf(p, "must have at most %d items", m->high));
    json_array_foreach(value, i, item)
    {
        if (rv == APR_SUCCESS)
            rv = simg_reader_object(apr_array_push(out), item, m->members, apr_psprintf(p, "%s[%d]", path, (int)i), p,
                                    err);
    }
    return rv;
}

static apr_status_t read_integer(int *out, const json_t *value, const simg_member *m, const char *path, apr_pool_t *p,
                                 simg_problem *err)
{
    double n = json_number_value(value);

    if (!json_is_number(value) || n != floor(n))
        return wrong(err, p, path, "must be a whole number");
    if (n < m->low || n > m->high)
        return wrong(err, p, path, apr_psprintf(p, "must be from %d to %d", m->low, m->high));
    *out = (int)n;
    return APR_SUCCESS;
}

static apr_status_t read_boolean(int *out, const json_t *value, const char *path, apr_pool_t *p, simg_problem *err)
{
    if (!json_is_boolean(value))
        return wrong(err, p, path, "must be true or false");
    *out = json_is_true(value);
    return APR_SUCCESS;
}

static apr_status_t read_member(char *out, const json_t *value, const simg_member *m, const char *path, apr_pool_t *p,
                                simg_problem *err)
{
    void *target = out + m->offset;

    switch (m->kind) {
    case SIMG_MEMBER_INTEGER: return read_integer(target, value, m, path, p, err);
    case SIMG_MEMBER_BOOLEAN: return read_boolean(target, value, path, p, err);
    case SIMG_MEMBER_TEXTS: return read_texts(*(apr_array_header_t **)target, value, m, path, p, err);
    case SIMG_MEMBER_OBJECTS: return read_objects(*(apr_array_header_t **)target, value, m, path, p, err);
    case SIMG_MEMBER_OBJECT: return simg_reader_object(target, value, m->members, path, p, err);
    default: return is_left_open(value, m) ? APR_SUCCESS : read_text(target, value, m, path, p, err);
    }
}

static void make_arrays(char *out, const simg_member *members, apr_pool_t *p)
{
    const simg_member *m;

    for (m = members; m->name; m++) {
        if (m->kind == SIMG_MEMBER_TEXTS)
            *(apr_array_header_t **)(out + m->offset) = apr_array_make(p, 4, sizeof(const char *));
        if (m->kind == SIMG_MEMBER_OBJECTS)
            *(apr_array_header_t **)(out + m->offset) = apr_array_make(p, 2, (int)m->size);
        if (m->kind == SIMG_MEMBER_OBJECT)
            make_arrays(out + m->offset, m->members, p);
    }
}

static const simg_member *find(const simg_member *members, const char *name)
{
    while (members->name && strcmp(members->name, name))
        members++;
    return members->name ? members : NULL;
}

/** Members of the object that the table does not have. */
static apr_status_t refuse_unknown(const json_t *object, const simg_member *members, const char *path, apr_pool_t *p,
                                   simg_problem *err)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        if (!find(members, name))
            return wrong(err, p, path_of(path, identifier(name), p), "no such member");
    }
    return APR_SUCCESS;
}

apr_status_t simg_reader_object(void *out, const json_t *object, const simg_member *members, const char *path,
                                apr_pool_t *p, simg_problem *err)
{
    const simg_member *m;
    apr_status_t rv;

    if (!json_is_object(object))
        return wrong(err, p, path[0] ? path : "body", "must be an object");
    make_arrays(out, members, p);
    rv = refuse_unknown(object, members, path, p, err);
    for (m = members; m->name && rv == APR_SUCCESS; m++) {
        const json_t *value = json_object_get(object, m->name);

        if (value && !json_is_null(value))
            rv = read_member(out, value, m, path_of(path, m->name, p), p, err);
        else if (m->required)
            rv = wrong(err, p, path_of(path, m->name, p), "required");
    }
    return rv;
}
