/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sse.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define BOM "\xef\xbb\xbf"

typedef struct bytes {
    char *data;
    size_t len, room;
} bytes;

struct simg_sse {
    simg_sse_fn *on_event;
    void *baton;
    size_t limit;
    int status;             /* sticky */
    bytes line, name, data; /* data: each line of it ended by LF */
    int begun;              /* the first line has passed: a BOM can come no more */
    int cr;                 /* the last byte was CR: an LF belongs to it */
    int comment;            /* the line being read is one; it is not kept */
};

simg_sse *simg_sse_make(size_t limit, simg_sse_fn *on_event, void *baton)
{
    simg_sse *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->limit = limit;
    s->on_event = on_event;
    s->baton = baton;
    return s;
}

/* Room for len bytes more and a NUL. */
static int grow(bytes *b, size_t len)
{
    size_t room = b->room ? b->room : 256;
    char *data;

    while (room <= b->len + len)
        room *= 2;
    data = realloc(b->data, room);
    if (!data)
        return SIMG_SSE_MEMORY;
    b->data = data;
    b->room = room;
    return 0;
}

static int add(simg_sse *s, bytes *b, const char *data, size_t len)
{
    size_t kept = s->line.len + s->name.len + s->data.len;

    /* What is moved from the line to the event was counted with the line already. */
    if (b == &s->line && len > s->limit - kept)
        return SIMG_SSE_TOO_LONG;
    if (b->len + len >= b->room && grow(b, len))
        return SIMG_SSE_MEMORY;
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
    return 0;
}

static int dispatch(simg_sse *s)
{
    const char *name = s->name.len ? s->name.data : "message";
    int status = 0;

    if (s->data.len) {
        s->data.data[--s->data.len] = '\0';
        status = s->on_event(s->baton, name, s->data.data, s->data.len);
    }
    s->data.len = s->name.len = 0;
    return status;
}

static int is_field(const char *line, size_t len, const char *field)
{
    return strlen(field) == len && !memcmp(line, field, len);
}

static int take_field(simg_sse *s, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    size_t name = colon ? (size_t)(colon - line) : len, skip = colon ? name + 1 : name;
    int status;

    skip += skip > name && skip < len && line[skip] == ' ';
    if (is_field(line, name, "event")) {
        s->name.len = 0;
        return add(s, &s->name, line + skip, len - skip);
    }
    if (!is_field(line, name, "data"))
        return 0;
    status = add(s, &s->data, line + skip, len - skip);
    return status ? status : add(s, &s->data, "\n", 1);
}

static int end_line(simg_sse *s)
{
    const char *line = s->line.data;
    size_t len = s->line.len;
    int comment = s->comment;

    s->line.len = 0;
    s->comment = 0;
    if (!s->begun && len >= 3 && !memcmp(line, BOM, 3)) {
        line += 3;
        len -= 3;
    }
    s->begun = 1;
    if (comment)
        return 0;
    return len ? take_field(s, line, len) : dispatch(s);
}

static size_t rest_of_line(const char *data, size_t len)
{
    size_t n = 0;

    while (n < len && data[n] != '\n' && data[n] != '\r')
        n++;
    return n;
}

/* One step: the rest of a line as far as it is there, or a line's end. Adds to *taken. */
static int step(simg_sse *s, const char *data, size_t len, size_t *taken)
{
    size_t run = rest_of_line(data, len);
    int after_cr = s->cr;

    s->cr = 0;
    if (run) {
        *taken += run;
        s->comment = s->comment || (!s->line.len && *data == ':');
        return s->comment ? 0 : add(s, &s->line, data, run);
    }
    *taken += 1;
    if (after_cr && *data == '\n')
        return 0;
    s->cr = *data == '\r';
    return end_line(s);
}

int simg_sse_feed(simg_sse *s, const char *data, size_t len)
{
    size_t taken = 0;

    while (!s->status && taken < len)
        s->status = step(s, data + taken, len - taken, &taken);
    return s->status;
}

void simg_sse_free(simg_sse *s)
{
    if (!s)
        return;
    free(s->line.data);
    free(s->name.data);
    free(s->data.data);
    free(s);
}

const char *simg_sse_text(apr_uint64_t id, const char *name, const char *data, apr_pool_t *p)
{
    const char *first = id ? apr_psprintf(p, "id: %" APR_UINT64_T_FMT "\n", id) : "";

    return apr_pstrcat(p, first, "event: ", name, "\ndata: ", data, "\n\n", NULL);
}
