/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_stream.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 512
#define NO_CHARACTER 0xfffd

/* Where the next byte lies. */
typedef enum place { OUTSIDE, IN_KEY, IN_VALUE, IN_DIVERTED } place;

/* What led up to here: only a string right after the member's name and a colon is diverted. */
typedef enum lead { LEAD_NONE, LEAD_NAME, LEAD_COLON } lead;

struct simg_json_stream {
    char *member;
    size_t member_len;
    simg_json_stream_fn *on_text;
    void *baton;
    int status; /* sticky */
    int nth;

    char *copy;
    size_t len, room, limit;

    place place;
    lead lead;
    int key_next;      /* a string that starts now is the name of a member */
    size_t matched;    /* bytes of the name being read that agree; SIZE_MAX: it is another one */
    int escape;        /* 0; 1 after a backslash; 2..5 inside \uXXXX */
    unsigned int code; /* of \uXXXX, so far */
    unsigned int high; /* the first half of a surrogate pair, whose other half must follow at once; 0: none */
    int depth;
    unsigned char objects[MAX_DEPTH / 8]; /* one bit per level: an object, else an array */
};

simg_json_stream *simg_json_stream_make(const char *member, size_t limit, simg_json_stream_fn *on_text, void *baton)
{
    simg_json_stream *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->member = strdup(member);
    if (!s->member) {
        free(s);
        return NULL;
    }
    s->member_len = strlen(member);
    s->limit = limit;
    s->on_text = on_text;
    s->baton = baton;
    return s;
}

/* Room for more bytes than it has, in doubling steps that end at the limit. */
static int copy_grow(simg_json_stream *s)
{
    size_t room = s->room ? s->room * 2 : 1024;
    char *copy;

    if (room > s->limit || room < s->room)
        room = s->limit;
    if (room <= s->room)
        return SIMG_JSON_STREAM_TOO_LONG;
    copy = realloc(s->copy, room);
    if (!copy)
        return SIMG_JSON_STREAM_MEMORY;
    s->copy = copy;
    s->room = room;
    return 0;
}

static int copy_add(simg_json_stream *s, char c)
{
    int status = s->len < s->room ? 0 : copy_grow(s);

    if (!status)
        s->copy[s->len++] = c;
    return status;
}

static int in_object(const simg_json_stream *s)
{
    return s->depth && (s->objects[(s->depth - 1) / 8] >> (s->depth - 1) % 8 & 1);
}

static int level_open(simg_json_stream *s, int object)
{
    unsigned int bit = 1U << s->depth % 8;

    if (s->depth == MAX_DEPTH)
        return SIMG_JSON_STREAM_BROKEN;
    if (object)
        s->objects[s->depth / 8] |= (unsigned char)bit;
    else
        s->objects[s->depth / 8] &= (unsigned char)~bit;
    s->depth++;
    s->key_next = object;
    return 0;
}

static int level_close(simg_json_stream *s, int object)
{
    if (!s->depth || in_object(s) != object)
        return SIMG_JSON_STREAM_BROKEN;
    s->depth--;
    s->key_next = 0;
    return 0;
}

static void string_open(simg_json_stream *s)
{
    if (s->key_next)
        s->place = IN_KEY;
    else
        s->place = s->lead == LEAD_COLON ? IN_DIVERTED : IN_VALUE;
    s->key_next = 0;
    s->matched = 0;
    s->lead = LEAD_NONE;
}

/* A byte between strings. Only what tells names from values is understood: whether the rest is JSON is for the parser
 * that reads the copy. */
static int outside_take(simg_json_stream *s, char c)
{
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n': return 0;
    case '"': string_open(s); return 0;
    case ':':
        s->lead = s->lead == LEAD_NAME ? LEAD_COLON : LEAD_NONE;
        s->key_next = 0;
        return 0;
    default: break;
    }
    s->lead = LEAD_NONE;
    if (c == ',')
        s->key_next = in_object(s);
    else if (c == '{' || c == '[')
        return level_open(s, c == '{');
    else if (c == '}' || c == ']')
        return level_close(s, c == '}');
    return 0;
}

/* Decoded bytes of a string. */
static int string_bytes(simg_json_stream *s, const char *bytes, size_t len)
{
    size_t i;

    if (s->place == IN_DIVERTED)
        return s->on_text(s->baton, s->nth, bytes, len);
    for (i = 0; s->place == IN_KEY && s->matched != SIZE_MAX && i < len; i++)
        s->matched = s->matched < s->member_len && s->member[s->matched] == bytes[i] ? s->matched + 1 : SIZE_MAX;
    return 0;
}

static int string_code(simg_json_stream *s, unsigned int code)
{
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4, i;
    static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    char bytes[4];

    for (i = size; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(marks[size] | code);
    return string_bytes(s, bytes, size);
}

/* Something else follows than the other half. */
static int high_end(simg_json_stream *s)
{
    if (!s->high)
        return 0;
    s->high = 0;
    return string_code(s, NO_CHARACTER);
}

/* A whole \uXXXX. A half of a pair that stands alone is no character; the text around it is worth reading. */
static int code_take(simg_json_stream *s, unsigned int code)
{
    int is_low = code >= 0xdc00 && code <= 0xdfff, status;

    if (is_low && s->high) {
        code = 0x10000 + ((s->high - 0xd800) << 10) + (code - 0xdc00);
        s->high = 0;
        return string_code(s, code);
    }
    status = high_end(s);
    if (status)
        return status;
    if (code < 0xd800 || code > 0xdbff)
        return string_code(s, is_low ? NO_CHARACTER : code);
    s->high = code;
    return 0;
}

static int hex_take(simg_json_stream *s, char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;

    if (!at)
        return SIMG_JSON_STREAM_BROKEN;
    s->code = s->code << 4 | ((unsigned int)(at - digits) & 15);
    s->escape = s->escape < 5 ? s->escape + 1 : 0;
    return s->escape ? 0 : code_take(s, s->code);
}

static int escape_take(simg_json_stream *s, char c)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *at;
    int status;

    if (s->escape > 1)
        return hex_take(s, c);
    if (c == 'u') {
        s->escape = 2;
        s->code = 0;
        return 0;
    }
    at = c ? strchr(names, c) : NULL;
    if (!at)
        return SIMG_JSON_STREAM_BROKEN;
    s->escape = 0;
    status = high_end(s);
    return status ? status : string_bytes(s, values + (at - names), 1);
}

static int string_close(simg_json_stream *s)
{
    int status = high_end(s);

    if (status)
        return status;
    if (s->place == IN_KEY && s->matched == s->member_len)
        s->lead = LEAD_NAME;
    else if (s->place == IN_DIVERTED)
        status = s->on_text(s->baton, s->nth++, "", 0);
    s->place = OUTSIDE;
    return status;
}

static int string_take(simg_json_stream *s, char c)
{
    int status;

    if (s->escape)
        return escape_take(s, c);
    if (c == '"')
        return string_close(s);
    if ((unsigned char)c < 0x20)
        return SIMG_JSON_STREAM_BROKEN;
    if (c == '\\') {
        s->escape = 1;
        return 0;
    }
    status = high_end(s);
    return status ? status : string_bytes(s, &c, 1);
}

/* Bytes at data that stand for themselves in a string. */
static size_t plain_length(const char *data, size_t len)
{
    size_t n = 0;

    while (n < len && data[n] != '"' && data[n] != '\\' && (unsigned char)data[n] >= 0x20)
        n++;
    return n;
}

/* One step: a whole run of a diverted string, which is where the megabytes are, or else a byte. Adds to *taken. */
static int step(simg_json_stream *s, const char *data, size_t len, size_t *taken)
{
    size_t run = s->place == IN_DIVERTED && !s->escape && !s->high ? plain_length(data, len) : 0;
    int diverted = s->place == IN_DIVERTED, status;

    if (run) {
        *taken += run;
        return s->on_text(s->baton, s->nth, data, run);
    }
    *taken += 1;
    status = s->place == OUTSIDE ? outside_take(s, *data) : string_take(s, *data);
    if (status || (diverted && s->place == IN_DIVERTED))
        return status;
    return copy_add(s, *data);
}

int simg_json_stream_feed(simg_json_stream *s, const char *data, size_t len)
{
    size_t taken = 0;

    while (!s->status && taken < len)
        s->status = step(s, data + taken, len - taken, &taken);
    return s->status;
}

const char *simg_json_stream_copy(const simg_json_stream *s, size_t *len)
{
    *len = s->len;
    return s->copy ? s->copy : "";
}

void simg_json_stream_free(simg_json_stream *s)
{
    if (!s)
        return;
    free(s->copy);
    free(s->member);
    free(s);
}
