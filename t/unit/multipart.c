/* SPDX-License-Identifier: Apache-2.0 */
#include "base/multipart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define TYPE "multipart/form-data; boundary=xX"
#define BIG ((size_t)5 * 1024 * 1024)

/* What a form said: "[name|filename]bytes" for each part, hashed where it is long. */
typedef struct heard {
    char text[4096];
    size_t len;
    unsigned long sum;
    size_t bytes;
    int stop_at; /* the nth part is refused; 0: none */
    int parts, pieces;
} heard;

static void say(heard *h, const char *data, size_t len)
{
    size_t i;

    h->bytes += len;
    for (i = 0; i < len; i++) {
        h->sum = h->sum * 31 + (unsigned char)data[i];
        if (h->len + 1 < sizeof(h->text))
            h->text[h->len++] = data[i];
    }
    h->text[h->len] = '\0';
}

static int on_part(void *baton, const char *name, const char *filename)
{
    heard *h = baton;

    say(h, "[", 1);
    say(h, name, strlen(name));
    say(h, "|", 1);
    say(h, filename ? filename : "-", strlen(filename ? filename : "-"));
    say(h, "]", 1);
    h->bytes = 0;
    h->sum = 0;
    return ++h->parts == h->stop_at;
}

static int on_data(void *baton, const char *data, size_t len)
{
    heard *h = baton;

    h->pieces++;
    say(h, data, len);
    return 0;
}

static int on_part_end(void *baton)
{
    say(baton, ";", 1);
    return 0;
}

static simg_multipart *make(heard *h, const char *type)
{
    simg_multipart_handlers handlers = { on_part, on_data, on_part_end, h };
    const char *why;

    return simg_multipart_make(&why, type, &handlers);
}

/* Fed in pieces of `step` after a first one of `first`; a copy of each on the heap, so that nobody reads beyond it. */
static const char *parse(heard *h, const char *body, size_t len, size_t first, size_t step)
{
    simg_multipart *m = make(h, TYPE);
    const char *end = "whole";
    size_t at = 0, n = first;
    static char why[200];

    while (at < len && !strcmp(end, "whole")) {
        char *piece;

        n = n && n < len - at ? n : len - at;
        piece = malloc(n);
        memcpy(piece, body + at, n);
        if (simg_multipart_feed(m, piece, n))
            end = why;
        free(piece);
        at += n;
        n = step;
    }
    if (simg_multipart_end(m))
        end = why;
    snprintf(why, sizeof(why), "%s", simg_multipart_why(m));
    simg_multipart_free(m);
    return end;
}

#define PART(headers, bytes) "--xX\r\nContent-Disposition: form-data; " headers "\r\n\r\n" bytes "\r\n"
#define END "--xX--\r\n"

static const struct {
    const char *body, *heard;
} forms[] = {
    { PART("name=\"a\"", "one") END, "[a|-]one;" },
    { PART("name=a", "one") PART("name=\"b\"; filename=\"x.png\"", "two") END, "[a|-]one;[b|x.png]two;" },
    { PART("name=\"a\"", "") END, "[a|-];" },
    { PART("name=\"a\"", "\r\n") END, "[a|-]\r\n;" },
    { PART("name=\"a\"", "--xX") END, "[a|-];!" },
    { PART("name=\"a\"", "a\r\n--x") END, "[a|-]a\r\n--x;" },
    { PART("name=\"a\"", "-\r\r\n\r\n-") END, "[a|-]-\r\r\n\r\n-;" },
    { PART("name=\"\303\244\"; filename=\"\360\237\246\204\"", "x") END, "[\303\244|\360\237\246\204]x;" },
    { PART("name=\"a\"\r\nContent-Transfer-Encoding: 8BIT ", "x") END, "[a|-]x;" },
    { PART("name=\"a\"", "\n--xX\n") END, "[a|-]\n--xX\n;" },
    { PART("filename=\"q\\\"\\\\.png\"; name=\"a\"", "x") END, "[a|q\"\\.png]x;" },
    { PART("name=\"a\"\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary", "x") END, "[a|-]x;" },
    { "preamble\r\n" PART("name=\"a\"", "x") "--xX--\r\nepilogue --xX\r\n--xX\r\n", "[a|-]x;" },
    { "\r\n" PART("name=\"a\"", "x") END, "[a|-]x;" },
    { "--xX  \r\ncontent-disposition:form-data;NAME=\"a\"\r\n\r\nx\r\n--xX--", "[a|-]x;" },
    { END, "" },
};

static int same(const char *body, const char *expected, size_t first, size_t step)
{
    heard h = { .len = 0 };
    const char *end = parse(&h, body, strlen(body), first, step);
    size_t len = strlen(expected);

    if (len && expected[len - 1] == '!') /* malformed after that */
        return strcmp(end, "whole") && !strncmp(h.text, expected, len - 1);
    return !strcmp(end, "whole") && !strcmp(h.text, expected);
}

static void test_forms(void)
{
    size_t i, at;

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        int all = 1;

        for (at = 1; at <= strlen(forms[i].body); at++)
            all = all && same(forms[i].body, forms[i].heard, at, 0);
        ok(all, "form %d, cut at each place", (int)i);
        ok(same(forms[i].body, forms[i].heard, 1, 1), "form %d, byte by byte", (int)i);
    }
}

static const struct {
    const char *body, *why;
} broken[] = {
    { "", "it is not whole" },
    { PART("name=\"a\"", "x"), "it is not whole" },
    { PART("name=\"a\"", "x") "--xX-", "it is not whole" },
    { "--xX", "it is not whole" },
    { PART("name=\"a\"", "x") "--xX-x", "a boundary that is not followed by the end of its line" },
    { "--xXx\r\n", "a boundary that is not followed by the end of its line" },
    { "--xX\nContent-Disposition: form-data; name=\"a\"\n\nx\n--xX--", "a boundary that is not followed by the end of "
                                                                       "its line" },
    { "--xX\r\n\r\nx\r\n" END, "a part without Content-Disposition: form-data" },
    { "--xX\r\nContent-Type: text/plain\r\n\r\nx\r\n" END, "a part without Content-Disposition: form-data" },
    { "--xX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n" END,
      "a part without Content-Disposition: form-data" },
    { PART("filename=\"name=b\"", "x") END, "a part without a name" },
    { PART("name=\"a", "x") END, "a part without a name" },
    { PART("name=\"a\001b\"", "x") END, "a part without a name" },
    { PART("name=\"a\"; filename=\"a\001b\"", "x") END, "a part with a bad filename" },
    { PART("name=\"\377\376\"", "x") END, "a part without a name" },
    { PART("name=\"a\302\205\"", "x") END, "a part without a name" },
    { PART("name=\"a\"; filename=\"\300\257\"", "x") END, "a part with a bad filename" },
    { PART("name=\"a\"\r\nContent-Transfer-Encoding: binary-not", "x") END,
      "a part in another Content-Transfer-Encoding than binary" },
    { PART("name=\"a\"\r\nContent-Transfer-Encoding: base64", "eA==") END,
      "a part in another Content-Transfer-Encoding than binary" },
};

static void test_broken(void)
{
    size_t i;

    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        heard h = { .len = 0 };
        char name[32];

        snprintf(name, sizeof(name), "broken form %d", (int)i);
        is_str(parse(&h, broken[i].body, strlen(broken[i].body), 7, 3), broken[i].why, name);
    }
}

static const char *parse_made(char *body, size_t len)
{
    heard h = { .len = 0 };
    const char *end = parse(&h, body, len, 1000, 1000);

    free(body);
    return end;
}

/* begin, n times filler, end */
static char *long_one(size_t *len, const char *begin, const char *filler, size_t n, const char *end)
{
    size_t one = strlen(filler), i;
    char *body = malloc(strlen(begin) + n * one + strlen(end) + 1), *to = body;

    to = stpcpy(to, begin);
    for (i = 0; i < n; i++)
        to = stpcpy(to, filler);
    *len = (size_t)(stpcpy(to, end) - body);
    return body;
}

static void test_bounds(void)
{
    char nul[] = "--xX\r\nContent-\0Disposition: form-data; name=a\r\n\r\nx\r\n--xX--";
    heard h = { .len = 0 };
    size_t len;
    char *body;

    body =
        long_one(&len, "--xX\r\nContent-Disposition: form-data; name=\"a\"\r\nX: ", "y", 1 << 20, "\r\n\r\nx\r\n" END);
    is_str(parse_made(body, len), "the header of a part is longer than 8 KB", "a header of a megabyte");
    body = long_one(&len, "", PART("name=\"a\"", "x"), 17, END);
    is_str(parse_made(body, len), "more than 16 parts", "seventeen parts");
    body = long_one(&len, "", PART("name=\"a\"", "x"), 16, END);
    is_str(parse_made(body, len), "whole", "sixteen parts");
    body = long_one(&len, "", "preamble ", 10000, PART("name=\"a\"", "x") END);
    is_str(parse_made(body, len), "no boundary in its first 64 KB", "a long preamble");
    body = long_one(&len, "--xX\r\nContent-Disposition: form-data; name=\"", "n", 300, "\"\r\n\r\nx\r\n" END);
    is_str(parse_made(body, len), "a part without a name", "a name of 300 bytes");
    is_str(parse(&h, nul, sizeof(nul) - 1, 0, 0), "a NUL in the header of a part", "a NUL");
}

static void test_types(void)
{
    static const char *const bad[] = { "",
                                       "application/json",
                                       "multipart/form-data",
                                       "multipart/form-data; boundary=",
                                       "multipart/form-data; boundary=\"\"",
                                       "multipart/form-data; boundary=\"a",
                                       "multipart/form-data; boundary=\"a \"",
                                       "multipart/form-data; boundary=\"a\r\nb\"",
                                       "multipart/form-data; xboundary=a",
                                       "multipart/form-datax; boundary=a",
                                       "multipart/mixed; boundary=a",
                                       "multipart/form-data; boundary="
                                       "01234567890123456789012345678901234567890123456789012345678901234567890" };
    static const char *const good[] = { "multipart/form-data; boundary=xX",
                                        "Multipart/Form-Data;charset=utf-8; BOUNDARY=\"xX\"",
                                        "multipart/form-data; boundary=xX; charset=utf-8",
                                        "multipart/form-data; boundary="
                                        "0123456789012345678901234567890123456789012345678901234567890123456789" };
    heard h = { .len = 0 };
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        simg_multipart *m = make(&h, bad[i]);

        ok(!m, "no form: type %d", (int)i);
        simg_multipart_free(m);
    }
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        simg_multipart *m = make(&h, good[i]);

        ok(m != NULL, "a form: %s", good[i]);
        simg_multipart_free(m);
    }
}

static void test_stop(void)
{
    static const char body[] = PART("name=\"a\"", "one") PART("name=\"b\"", "two") END;
    heard h = { .stop_at = 2 };
    simg_multipart *m = make(&h, TYPE);

    ok(simg_multipart_feed(m, body, sizeof(body) - 1), "a handler stops it");
    is_str(h.text, "[a|-]one;[b|-]", "at once");
    ok(simg_multipart_feed(m, body, sizeof(body) - 1), "for good");
    ok(simg_multipart_end(m), "and it is not whole");
    simg_multipart_free(m);
}

static void test_big(void)
{
    static const char begin[] = "--xX\r\nContent-Disposition: form-data; name=a\r\n\r\n", end[] = "\r\n--xX--";
    size_t len = sizeof(begin) - 1 + BIG + sizeof(end) - 1, i;
    unsigned long sum = 0, seed = 42;
    char *body = malloc(len);
    heard h = { .len = 0 };

    memcpy(body, begin, sizeof(begin) - 1);
    for (i = 0; i < BIG; i++) {
        seed = seed * 6364136223846793005UL + 1442695040888963407UL;
        /* many line ends and dashes, so that boundaries are begun again and again */
        body[sizeof(begin) - 1 + i] = "\r\n--xX\0abcdefgh"[seed >> 60];
        if (body[sizeof(begin) - 1 + i] == 'X')
            body[sizeof(begin) - 1 + i] = (char)(seed >> 52);
        sum = sum * 31 + (unsigned char)body[sizeof(begin) - 1 + i];
    }
    memcpy(body + len - (sizeof(end) - 1), end, sizeof(end) - 1);
    is_str(parse(&h, body, len, 777, 8192), "whole", "5 MB");
    is_int((long)h.bytes, (long)BIG + 1, "all bytes, and the end");
    ok(h.sum == sum * 31 + ';', "the same ones");
    free(body);
}

/* A receiver may write each piece to a file. */
static void test_pieces(void)
{
    static const char body[] = PART("name=\"a\"", "a\rb\r\nc\r\n-d\r\n--xY\r\n--x\re\r\r\r\nf") END;
    heard h = { .len = 0 };

    is_str(parse(&h, body, sizeof(body) - 1, 0, 0), "whole", "line ends and half boundaries");
    is_int(h.pieces, 1, "in one piece");
}

int main(void)
{
    plan(2 * 16 + 19 + 6 + 16 + 4 + 3 + 2);
    test_forms();
    test_broken();
    test_bounds();
    test_types();
    test_stop();
    test_big();
    test_pieces();
    return done_testing();
}
