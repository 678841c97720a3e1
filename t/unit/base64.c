/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 in any pieces, with and without its padding; what is not base64 is refused. */
#include "tap.h"

#include <stdlib.h>

#include "base/base64.h"

/* Decodes in steps of n characters into out (cap bytes). @return the length, -1 if it is broken, -2 if it is not whole,
 * -3 if a call wrote more than it may. */
static long decode(const char *text, size_t len, size_t n, unsigned char *out, size_t cap)
{
    unsigned char piece[600];
    size_t at, size, got, total = 0;
    simg_base64 d;

    simg_base64_init(&d);
    for (at = 0; at < len; at += size) {
        size = len - at < n ? len - at : n;
        got = simg_base64_feed(&d, text + at, size, piece);
        if (got == (size_t)-1)
            return simg_base64_end(&d) ? -3 : -1;
        if (got > (size + 3) / 4 * 3 || total + got > cap)
            return -3;
        memcpy(out + total, piece, got);
        total += got;
    }
    return simg_base64_end(&d) ? (long)total : -2;
}

static void check_vectors(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "", "" },
        { "Zg==", "f" },
        { "Zm8=", "fo" },
        { "Zm9v", "foo" },
        { "Zm9vYg==", "foob" },
        { "Zm9vYmE=", "fooba" },
        { "Zm9vYmFy", "foobar" },
        { "Zg", "f" },
        { "Zm8", "fo" },
        { " Z\r\nm\t9v\n", "foo" },
        { "Zg = =\r\n", "f" },
        { "++//", "\xfb\xef\xff" },
        { "AAA+", "\0\0\x3e" },
    };
    unsigned char out[64];
    size_t i, n, want;
    long got;
    int wrong;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        want = rows[i].text[0] == 'A' ? 3 : strlen(rows[i].want);
        for (wrong = 0, n = 1; n <= 12; n++) {
            got = decode(rows[i].text, strlen(rows[i].text), n, out, sizeof(out));
            wrong += got != (long)want || memcmp(out, rows[i].want, want);
        }
        is_int(wrong, 0, rows[i].text);
    }
}

static void check_refused(void)
{
    static const struct {
        const char *text;
        long want;
    } rows[] = {
        { "Z", -2 },      { "Zm9vZ", -2 },          { "Zg=", -2 },    { "=", -1 },
        { "Z=", -1 },     { "Z===", -1 },           { "Zg===", -1 },  { "Zm8==", -1 },
        { "Zm9v=", -1 },  { "Zg==Zg==", -1 },       { "Zg=Z", -1 },   { "Zg==Z", -1 },
        { "Zm9-", -1 },   { "Zm9_", -1 },           { "Zm9v!", -1 },  { "Zm9v\x80", -1 },
        { "<html>", -1 }, { "data:image/png", -1 }, { "Zm9v\v", -1 }, { "Zm9v\xff", -1 },
    };
    unsigned char out[64];
    size_t i, n;
    int wrong;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (wrong = 0, n = 1; n <= 12; n++)
            wrong += decode(rows[i].text, strlen(rows[i].text), n, out, sizeof(out)) != rows[i].want;
        ok(!wrong, "refused: %s", rows[i].text);
    }
    is_int(decode("Zm\0v", 4, 4, out, sizeof(out)), -1, "a NUL is refused");
}

static void check_sticky(void)
{
    simg_base64 d = { 0 };
    unsigned char out[8];

    is_int((long long)simg_base64_feed(&d, "Zm9v", 4, out), 3, "all zero is a start");
    ok(simg_base64_feed(&d, "?", 1, out) == (size_t)-1, "a wrong byte breaks it");
    ok(simg_base64_feed(&d, "Zm9v", 4, out) == (size_t)-1 && !simg_base64_end(&d), "for good");
    ok(simg_base64_feed(&d, "", 0, out) == (size_t)-1, "also if nothing is fed");
}

static size_t encode(char *to, const unsigned char *from, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *start = to;
    size_t i;

    for (i = 0; i < len; i += 3) {
        unsigned int group = (unsigned int)from[i] << 16;

        group |= i + 1 < len ? (unsigned int)from[i + 1] << 8 : 0;
        group |= i + 2 < len ? from[i + 2] : 0;
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = i + 1 < len ? digits[group >> 6 & 63] : '=';
        *to++ = i + 2 < len ? digits[group & 63] : '=';
    }
    return (size_t)(to - start);
}

/* Every length up to 256 with every byte value, in every step up to 9, and in place. */
static void check_round(void)
{
    unsigned char data[256], out[256];
    char text[400];
    size_t len, size, n, i;
    simg_base64 d;
    int wrong = 0;

    for (i = 0; i < sizeof(data); i++)
        data[i] = (unsigned char)(i * 167 + 13);
    for (len = 0; len <= sizeof(data); len++) {
        size = encode(text, data, len);
        for (n = 1; n < 10; n++)
            wrong += decode(text, size, n, out, sizeof(out)) != (long)len || memcmp(out, data, len);
        wrong += decode(text, size, size + 1, out, sizeof(out)) != (long)len || memcmp(out, data, len);
        simg_base64_init(&d);
        wrong += simg_base64_feed(&d, text, size, (unsigned char *)text) != len || memcmp(text, data, len);
    }
    is_int(wrong, 0, "what was encoded is decoded, in all pieces and in place");
}

int main(void)
{
    check_vectors();
    check_refused();
    check_sticky();
    check_round();
    return done_testing();
}
