/* SPDX-License-Identifier: Apache-2.0 */
/* Events are read alike wherever the stream is cut, and written so that they are read back. */
#include "tap.h"

#include <stdlib.h>

#include "base/sse.h"

/* What came out: name=data; with NUL shown as @. */
typedef struct seen {
    char text[4096];
    size_t len;
    int events, stop_at, status;
} seen;

static int on_event(void *baton, const char *name, const char *data, size_t len)
{
    seen *e = baton;
    size_t i;

    if (data[len] != '\0')
        return 99;
    if (e->stop_at && ++e->events == e->stop_at)
        return 7;
    e->len += (size_t)snprintf(e->text + e->len, sizeof(e->text) - e->len, "%s=", name);
    for (i = 0; i < len && e->len + 3 < sizeof(e->text); i++)
        e->text[e->len++] = data[i] ? data[i] : '@';
    e->text[e->len++] = ';';
    e->text[e->len] = '\0';
    return 0;
}

/* Feeds the first cut bytes, and then the rest in pieces of n; the pieces are copies, so that a sanitizer sees a byte
 * too far. */
static void run(seen *e, const char *text, size_t len, size_t cut, size_t n)
{
    simg_sse *s = simg_sse_make(100, on_event, e);
    size_t at, size;

    e->len = 0;
    e->events = 0;
    e->text[0] = '\0';
    e->status = simg_sse_feed(s, text, cut);
    for (at = cut; at < len; at += size) {
        char *piece;

        size = len - at < n ? len - at : n;
        piece = malloc(size);
        memcpy(piece, text + at, size);
        e->status = simg_sse_feed(s, piece, size);
        free(piece);
    }
    simg_sse_free(s);
}

#define ROW(name, text, out)                                                                                           \
    {                                                                                                                  \
        name, text, sizeof(text) - 1, out                                                                              \
    }

static const struct {
    const char *name, *text;
    size_t len;
    const char *out;
} rows[] = {
    ROW("one event", "data: hello\n\n", "message=hello;"),
    ROW("CRLF", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", "message=a\nb;message=c;"),
    ROW("CR", "data: a\rdata: b\r\rdata: c\r\r", "message=a\nb;message=c;"),
    ROW("all line ends at once", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r", "message=a\nb\nc;message=d;"),
    ROW("several lines", "data: a\ndata:\ndata: c\n\n", "message=a\n\nc;"),
    ROW("one blank is left out", "data:a\ndata: b\ndata:  c\n\n", "message=a\nb\n c;"),
    ROW("a colon in the data", "data: a: b\n\n", "message=a: b;"),
    ROW("a name", "event: picture\ndata: 1\n\ndata: 2\n\n", "picture=1;message=2;"),
    ROW("the last name counts", "event: a\nevent: b\ndata: 1\n\n", "b=1;"),
    ROW("an empty name", "event: a\nevent:\ndata: 1\n\n", "message=1;"),
    ROW("a name without data is no event", "event: a\n\ndata: 1\n\n", "message=1;"),
    ROW("the name behind the data", "data: 1\nevent: a\n\n", "a=1;"),
    ROW("data without a colon", "data\n\ndata\ndata\n\n", "message=;message=\n;"),
    ROW("comments", ": keep-alive\n\n:\ndata: a\n: b\r\n:c\rdata: d\n\n", "message=a\nd;"),
    ROW("other fields", "id: 7\nretry: 10\nfoo: bar\nDATA: x\n data: y\ndatum: z\ndat: q\ndata: a\n\n", "message=a;"),
    ROW("a BOM",
        "\xef\xbb\xbf"
        "data: a\n\n",
        "message=a;"),
    ROW("a BOM before a comment", "\xef\xbb\xbf: x\ndata: a\n\n", "message=a;"),
    ROW("only one BOM",
        "\xef\xbb\xbf\xef\xbb\xbf"
        "data: a\n\n",
        ""),
    ROW("no BOM later",
        "\n\xef\xbb\xbf"
        "data: a\n\n",
        ""),
    ROW("part of a BOM",
        "\xef\xbb"
        "data: a\n\n",
        ""),
    ROW("NUL in the data", "data: a\0b\0\n\n", "message=a@b@;"),
    ROW("bytes beyond ASCII", "data: \xf0\x9f\xa6\x84\xff\n\n", "message=\xf0\x9f\xa6\x84\xff;"),
    ROW("what did not end", "data: a\n\ndata: b\n", "message=a;"),
    ROW("nothing", "", ""),
    ROW("empty lines", "\n\r\n\r\r\n\n", ""),
    ROW("no stream", "{\"error\":\n\n{}}", ""),
};

static void check_rows(void)
{
    static seen e;
    size_t i, n;
    int wrong;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run(&e, rows[i].text, rows[i].len, 0, 4096);
        is_str(e.text, rows[i].out, rows[i].name);
        for (wrong = 0, n = 0; n <= rows[i].len; n++) {
            run(&e, rows[i].text, rows[i].len, n, 4096);
            wrong += e.status || strcmp(e.text, rows[i].out);
            run(&e, rows[i].text, rows[i].len, 0, n + 1);
            wrong += e.status || strcmp(e.text, rows[i].out);
        }
        is_int(wrong, 0, "the same in all pieces");
    }
}

static int feed_many(simg_sse *s, const char *piece, int times)
{
    int status = 0;

    while (!status && times-- > 0)
        status = simg_sse_feed(s, piece, strlen(piece));
    return status;
}

static void check_limit(void)
{
    seen e = { .len = 0 };
    simg_sse *s = simg_sse_make(20, on_event, &e);

    is_int(feed_many(s, "data: 0123456789\n\n", 1000 / 20), 0, "many events may be longer than one");
    is_int(feed_many(s, ":0123456789", 1000), 0, "a comment may be long");
    is_int(feed_many(s, "\n", 1), 0, "and ends");
    is_int(feed_many(s, "data: 01234567890123", 1), 0, "a line up to the limit");
    is_int(feed_many(s, "4", 1), SIMG_SSE_TOO_LONG, "and a byte more");
    is_int(feed_many(s, "\n\ndata: a\n\n", 1), SIMG_SSE_TOO_LONG, "for good");
    simg_sse_free(s);

    s = simg_sse_make(20, on_event, &e);
    is_int(feed_many(s, "data:\n", 16), 0, "lines up to the limit");
    is_int(feed_many(s, "data:\n", 1), SIMG_SSE_TOO_LONG, "and one more");
    simg_sse_free(s);
    s = simg_sse_make(20, on_event, &e);
    is_int(feed_many(s, "event: abc\n", 100), 0, "a name replaces a name");
    is_int(feed_many(s, "data: 0123456789a", 1), 0, "it counts");
    is_int(feed_many(s, "b", 1), SIMG_SSE_TOO_LONG, "with the data");
    simg_sse_free(s);
    simg_sse_free(NULL);
}

static void check_stop(void)
{
    static const char text[] = "data: a\n\ndata: b\n\ndata: c\n\n";
    static seen e;

    e.stop_at = 2;
    run(&e, text, sizeof(text) - 1, 0, 4096);
    is_int(e.status, 7, "what the callback returned comes back");
    is_str(e.text, "message=a;", "and it is not called again");
    run(&e, text, sizeof(text) - 1, 0, 1);
    is_int(e.status, 7, "it stays");
    is_int(e.events, 2, "and it is not called again");
}

static void check_writer(void)
{
    apr_pool_t *p;
    const char *text;
    static seen e;

    apr_pool_create(&p, NULL);
    text = simg_sse_text(APR_UINT64_C(18446744073709551615), "text", "{\"a\":1}", p);
    is_str(text, "id: 18446744073709551615\nevent: text\ndata: {\"a\":1}\n\n", "an event with an id");
    run(&e, text, strlen(text), 0, 3);
    is_str(e.text, "text={\"a\":1};", "is read back");
    is_str(simg_sse_text(0, "done", "{}", p), "event: done\ndata: {}\n\n", "one without");
    run(&e, SIMG_SSE_HEARTBEAT, strlen(SIMG_SSE_HEARTBEAT), 0, 3);
    ok(!e.status && !e.len, "a heartbeat is no event");
    apr_pool_destroy(p);
}

int main(void)
{
    apr_initialize();
    check_rows();
    check_limit();
    check_stop();
    check_writer();
    apr_terminate();
    return done_testing();
}
