/* SPDX-License-Identifier: Apache-2.0 */
#include "base/dotenv.h"

#include <stdlib.h>
#include <string.h>

/* What is left of the text, and where a pair is put together. */
typedef struct reader {
    const char *at, *end;
    int line;
    char *name; /* the buffer: the name, its NUL, the value, its NUL; never longer than the text and two bytes */
    size_t used;
} reader;

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void blanks_skip(reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

static void put(reader *r, char c)
{
    r->name[r->used++] = c;
}

/* 1 at the end of a line or of the text. A carriage return alone does not end a line. */
static int at_line_end(const reader *r)
{
    return r->at == r->end || *r->at == '\n' || (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] == '\n'));
}

/* Over the end of this line; 0 if something else stands there. */
static int line_end_take(reader *r)
{
    if (!at_line_end(r))
        return 0;
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end) {
        r->at++;
        r->line++;
    }
    return 1;
}

/* Over a comment, if there is one, up to the end of the line; 0 if a byte is in it that no line may have. */
static int comment_skip(reader *r)
{
    if (r->at < r->end && *r->at == '#')
        while (!at_line_end(r) && *r->at && *r->at != '\r')
            r->at++;
    return at_line_end(r);
}

/* "export" and a blank, unless it is the name of the variable itself. */
static void export_skip(reader *r)
{
    static const char word[] = "export";
    size_t len = sizeof(word) - 1;
    const char *start = r->at;

    if ((size_t)(r->end - r->at) <= len || memcmp(r->at, word, len) || !is_blank(r->at[len]))
        return;
    r->at += len;
    blanks_skip(r);
    if (r->at < r->end && *r->at == '=')
        r->at = start;
}

/* NAME, blanks, "=". @return 1 or 0. */
static int name_read(reader *r)
{
    export_skip(r);
    if (r->at == r->end || (*r->at >= '0' && *r->at <= '9'))
        return 0;
    for (r->used = 0; r->at < r->end && is_name_char(*r->at); r->at++)
        put(r, *r->at);
    if (!r->used)
        return 0;
    put(r, '\0');
    blanks_skip(r);
    return r->at < r->end && *r->at++ == '=';
}

/* A value without quotes, up to its last byte that is not blank; blank tells whether one stood before it. */
static int bare_read(reader *r, int blank)
{
    size_t kept = r->used;

    for (; !at_line_end(r) && !(blank && *r->at == '#'); r->at++) {
        if (!*r->at || *r->at == '\r')
            return 0;
        blank = is_blank(*r->at);
        put(r, *r->at);
        if (!blank)
            kept = r->used;
    }
    r->used = kept;
    return comment_skip(r);
}

/* The character after a backslash in double quotes; one that means nothing keeps its backslash. */
static void escape_read(reader *r)
{
    static const char names[] = "nrt\"\\$", values[] = "\n\r\t\"\\$";
    const char *name = strchr(names, *r->at);

    put(r, name ? values[name - names] : '\\');
    if (name)
        r->at++;
}

/* A quoted value, which may span lines, and nothing but a comment behind it. */
static int quoted_read(reader *r)
{
    char quote = *r->at++;
    const char *closed;

    while (r->at < r->end && *r->at && *r->at != quote) {
        if (quote == '"' && *r->at == '\\' && r->at + 1 < r->end && r->at[1]) {
            r->at++;
            escape_read(r);
            continue;
        }
        r->line += *r->at == '\n';
        put(r, *r->at++);
    }
    if (r->at == r->end || *r->at++ != quote)
        return 0;
    closed = r->at;
    blanks_skip(r);
    return at_line_end(r) || (r->at > closed && comment_skip(r));
}

static int value_read(reader *r)
{
    const char *start = r->at;
    int good;

    blanks_skip(r);
    if (r->at < r->end && (*r->at == '"' || *r->at == '\''))
        good = quoted_read(r);
    else
        good = bare_read(r, r->at > start);
    put(r, '\0');
    return good;
}

/* One line, or the lines of one value. @return 1 if it could be read, else 0; what the callback said to *stop. */
static int line_read(reader *r, simg_dotenv_fn *fn, void *baton, int *stop)
{
    int line = r->line;

    blanks_skip(r);
    if (at_line_end(r) || *r->at == '#')
        return comment_skip(r) && line_end_take(r);
    if (!name_read(r) || !value_read(r))
        return 0;
    *stop = fn(baton, r->name, r->name + strlen(r->name) + 1, line);
    return line_end_take(r);
}

static int parse(reader *r, simg_dotenv_fn *fn, void *baton)
{
    int stop = 0, line;

    while (r->at < r->end) {
        line = r->line;
        if (!line_read(r, fn, baton, &stop))
            return line;
        if (stop)
            return -1;
    }
    return 0;
}

int simg_dotenv_parse(const char *text, size_t len, simg_dotenv_fn *fn, void *baton)
{
    reader r = { text, text + len, 1, NULL, 0 };
    int result;

    if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
        r.at += 3;
    r.name = malloc(len + 2);
    if (!r.name)
        return -2;
    result = parse(&r, fn, baton);
    /* Keys of providers went through it. */
    explicit_bzero(r.name, len + 2);
    free(r.name);
    return result;
}
