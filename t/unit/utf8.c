/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 is read strictly; what may stand in a text and in a name. */
#include "tap.h"

#include <stdlib.h>

#include "base/utf8.h"

static void check_next(const char *bytes, size_t len, long long want, size_t want_n, const char *name)
{
    size_t n = 99;
    uint32_t c = simg_utf8_next(bytes, len, &n);

    is_int(c == (uint32_t)-1 ? -1 : (long long)c, want, name);
    is_int((long long)n, (long long)want_n, "its length");
}

static void check_code_points(void)
{
    check_next("A", 1, 'A', 1, "one byte");
    check_next("\0", 1, 0, 1, "NUL is a code point");
    check_next("\xc3\xa9z", 3, 0xe9, 2, "two bytes");
    check_next("\xe2\x80\x99", 3, 0x2019, 3, "three bytes");
    check_next("\xf0\x9f\xa6\x84", 4, 0x1f984, 4, "four bytes");
    check_next("\xf4\x8f\xbf\xbf", 4, 0x10ffff, 4, "the last one");
    check_next("\xed\x9f\xbf", 3, 0xd7ff, 3, "the last before the surrogates");
    check_next("\xc2\x80", 2, 0x80, 2, "the first of two bytes");
    check_next("\xe0\xa0\x80", 3, 0x800, 3, "the first of three");
    check_next("\xf0\x90\x80\x80", 4, 0x10000, 4, "the first of four");
}

static void check_invalid(void)
{
    static const struct {
        const char *bytes, *name;
    } rows[] = {
        { "\x80", "a continuation alone" },       { "\xc3", "a lead alone" },
        { "\xc3\x28", "a lead and ASCII" },       { "\xe2\x80", "two of three bytes" },
        { "\xf0\x9f\xa6", "three of four" },      { "\xc0\xaf", "an overlong slash in two bytes" },
        { "\xe0\x80\xaf", "in three" },           { "\xf0\x80\x80\xaf", "in four" },
        { "\xc1\xbf", "overlong DEL" },           { "\xed\xa0\x80", "a surrogate" },
        { "\xed\xbf\xbf", "the last surrogate" }, { "\xf4\x90\x80\x80", "above U+10FFFF" },
        { "\xf8\x88\x80\x80\x80", "five bytes" }, { "\xff", "FF" },
        { "ok \xfe", "FE after good ones" },      { "ok \xc3", "a lead at the very end" },
    };
    size_t i, n;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ok(!simg_utf8_valid(rows[i].bytes, strlen(rows[i].bytes)), "invalid: %s", rows[i].name);
        if (rows[i].bytes[0] != 'o')
            check_next(rows[i].bytes, strlen(rows[i].bytes), -1, 1, "no code point");
    }
    ok(simg_utf8_valid("", 0) && simg_utf8_valid("a\0b", 3), "nothing is valid, and NUL is");
    ok(!simg_utf8_valid("\xf0\x9f\xa6\x84", 3), "the length counts, not what lies behind it");
    is_int(simg_utf8_next("x", 0, &n) == (uint32_t)-1, 1, "nothing left is no code point");
}

/* Writes c, valid or not, in as many bytes as its number asks for. */
static size_t encode(char *out, uint32_t c)
{
    static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

    for (i = size; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 63));
    out[0] = (char)(leads[size] | c);
    return size;
}

static void check_all(void)
{
    uint32_t c, got;
    size_t n, size;
    int wrong = 0;
    char s[4];

    for (c = 0; c < 0x120000; c++) {
        size = encode(s, c);
        got = simg_utf8_next(s, size, &n);
        if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            wrong += got != (uint32_t)-1;
        else
            wrong += got != c || n != size;
    }
    is_int(wrong, 0, "every code point is read as itself, and no other");
}

static void check_lengths(void)
{
    const char *s = "Zo\xc3\xab \xf0\x9f\xa6\x84!";

    is_int((long long)simg_utf8_length(s), 6, "length in code points");
    is_int((long long)simg_utf8_length(""), 0, "of nothing");
    is_int((long long)simg_utf8_prefix(s, 0), 0, "prefix of none");
    is_int((long long)simg_utf8_prefix(s, 2), 2, "of two");
    is_int((long long)simg_utf8_prefix(s, 3), 4, "of three, the last of two bytes");
    is_int((long long)simg_utf8_prefix(s, 5), 9, "of five, the last of four bytes");
    is_int((long long)simg_utf8_prefix(s, 6), 10, "of all");
    is_int((long long)simg_utf8_prefix(s, 100), 10, "of more than there are");
}

static int count(const uint32_t *list, size_t n, int (*is)(uint32_t))
{
    int yes = 0;
    size_t i;

    for (i = 0; i < n; i++)
        yes += is(list[i]);
    return yes;
}

#define COUNT(list) (sizeof(list) / sizeof(list[0]))

static void check_text(void)
{
    static const uint32_t good[] = { '\t',   '\n',   '\r',   ' ',    '~',    0xa0,   0x200d, 0x200e,  0x200f,  0x2029,
                                     0x202f, 0x2065, 0x206a, 0xfe0f, 0xfdcf, 0xfdf0, 0xfffd, 0x1f984, 0x10fffd };
    static const uint32_t bad[] = { 0,      1,      8,      0xb,    0xc,     0xe,      0x1b,     0x1f,      0x7f,
                                    0x80,   0x85,   0x9f,   0x202a, 0x202e,  0x2066,   0x2069,   0xd800,    0xdfff,
                                    0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x10ffff, 0x110000, 0xffffffff };

    is_int(count(good, COUNT(good), simg_utf8_is_text), (long long)COUNT(good), "what may stand in a text");
    is_int(count(bad, COUNT(bad), simg_utf8_is_text), 0, "what may not");
}

/* Code points of the text that may not stand in a name. */
static int strangers(const char *s)
{
    size_t len = strlen(s), n;
    int found = 0;

    for (; len; s += n, len -= n)
        found += !simg_utf8_is_name(simg_utf8_next(s, len, &n));
    return found;
}

static void check_names(void)
{
    static const char *const names[] = {
        "Lila",
        "Anne-Marie O'Neill, Jr. 3",
        "Zo\u00eb",
        "Zoe\u0308",
        "\u00d3scar Nu\u00f1ez",
        "Si\u00f4n",
        "D\u2019Arcy",
        "Mar\u2010Lou",
        "Gal\u00b7la",
        "\u0141ucja",
        "\u0130pek",
        "Nguy\u1ec5n Th\u1ecb",
        "\u02bbIolani",
        "\u0391\u03bb\u03ad\u03be\u03b7\u03c2",
        "\u0410\u043d\u043d\u0430 \u0401\u043b\u043a\u0438\u043d\u0430",
        "\u0531\u0576\u056b",
        "\u05e9\u05b8\u05c1\u05e8\u05b8\u05d4",
        "\u0644\u064a\u0644\u0649 \u0663",
        "\u0645\u0647\u200c\u0646\u0627\u0632",
        "\u0936\u094d\u0930\u0940\u092e\u0924\u0940",
        "\u0d2e\u0d32\u0d30\u0d4d\u200d",
        "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
        "\u10dc\u10d8\u10dc\u10dd",
        "\u12a0\u1260\u1260",
        "\uc9c0\uc6b0",
        "\u5c71\u7530 \u82b1\u5b50",
        "\u3055\u304f\u3089",
        "\u30de\u30ea\u30a2\u30fb\u30eb\u30fc",
        "\U00020bb7\u91ce",
        "\U00030edd",
        "\U0001e922\U0001e923",
        "\u13e3\u13b3\u13a9",
        "\u1bb8",
    };
    size_t i;

    for (i = 0; i < COUNT(names); i++)
        is_int(strangers(names[i]), 0, names[i]);
}

static void check_strangers(void)
{
    static const uint32_t bad[] = {
        0xd7,    0xf7,    0xa0,    0xa9,    0xad,    0xab,     0x34f,    0x115f,    0x1160,  0x180b,  0x180e,
        0x17b4,  0x200b,  0x200e,  0x200f,  0x2018,  0x201c,   0x2028,   0x2029,    0x202a,  0x202e,  0x2044,
        0x2060,  0x2066,  0x2069,  0x20ac,  0x20e3,  0x2122,   0x2139,   0x2190,    0x21d2,  0x2460,  0x2603,
        0x2665,  0x2708,  0x2764,  0x3000,  0x3164,  0xd800,   0xe000,   0xfdd0,    0xfe00,  0xfe0f,  0xfeff,
        0xff0f,  0xff1c,  0xffa0,  0xfffd,  0xffff,  0x1d400,  0x1f1e9,  0x1f3fb,   0x1f600, 0x1f984, 0x1fae0,
        0x2fffe, 0xe0001, 0xe0061, 0xe0100, 0xf0000, 0x10fffd, 0x110000, 0xffffffff
    };
    const char *allowed = " '-.,";
    int c, wrong = 0;

    is_int(count(bad, COUNT(bad), simg_utf8_is_name), 0,
           "symbols, emoji, invisible and direction characters are not in names");
    for (c = 0; c < 0x80; c++) {
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        wrong += simg_utf8_is_name((uint32_t)c) != (letter || (c && strchr(allowed, c)));
    }
    is_int(wrong, 0, "of ASCII letters, digits and five others");
}

int main(void)
{
    check_code_points();
    check_invalid();
    check_all();
    check_lengths();
    check_text();
    check_names();
    check_strangers();
    return done_testing();
}
