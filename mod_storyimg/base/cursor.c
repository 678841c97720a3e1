/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cursor.h"

#include <string.h>

enum { BYTES = 24, LETTERS = 32 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int simg_cursor_limit(int wanted)
{
    if (wanted < 1)
        return 1;
    return wanted > 1000 ? 1000 : wanted;
}

static void put(unsigned char *to, apr_uint64_t v)
{
    int i;

    for (i = 7; i >= 0; i--, v >>= 8)
        to[i] = (unsigned char)v;
}

static apr_uint64_t take(const unsigned char *from)
{
    apr_uint64_t v = 0;
    int i;

    for (i = 0; i < 8; i++)
        v = v << 8 | from[i];
    return v;
}

/* FNV-1a. It is there to catch mistakes: whoever forges it sees a page of a list that they may see anyway. */
static apr_uint64_t hash(apr_uint64_t h, const unsigned char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        h = (h ^ data[i]) * APR_UINT64_C(0x100000001b3);
    return h;
}

static apr_uint64_t check_of(const unsigned char *position, const char *query)
{
    apr_uint64_t h = hash(APR_UINT64_C(0xcbf29ce484222325), position, 16);

    return hash(h, (const unsigned char *)query, strlen(query));
}

const char *simg_cursor_write(const simg_cursor *at, const char *query, apr_pool_t *p)
{
    unsigned char bytes[BYTES];
    char *text = apr_pcalloc(p, LETTERS + 1);
    int i;

    put(bytes, (apr_uint64_t)at->created_at);
    put(bytes + 8, (apr_uint64_t)at->seq);
    put(bytes + 16, check_of(bytes, query));
    for (i = 0; i < LETTERS; i++) {
        const unsigned char *three = bytes + i / 4 * 3;
        unsigned int bits = (unsigned int)three[0] << 16 | (unsigned int)three[1] << 8 | three[2];

        text[i] = alphabet[bits >> (18 - i % 4 * 6) & 63];
    }
    return text;
}

static int decode(unsigned char *bytes, const char *text)
{
    unsigned int bits = 0;
    int i;

    if (strnlen(text, LETTERS + 1) != LETTERS)
        return 0;
    for (i = 0; i < LETTERS; i++) {
        const char *at = strchr(alphabet, text[i]);

        if (!at)
            return 0;
        bits = bits << 6 | (unsigned int)(at - alphabet);
        if (i % 4 == 3) {
            bytes[i / 4 * 3] = (unsigned char)(bits >> 16);
            bytes[i / 4 * 3 + 1] = (unsigned char)(bits >> 8);
            bytes[i / 4 * 3 + 2] = (unsigned char)bits;
        }
    }
    return 1;
}

int simg_cursor_read(simg_cursor *out, const char *text, const char *query)
{
    unsigned char bytes[BYTES];

    if (!decode(bytes, text) || take(bytes + 16) != check_of(bytes, query))
        return 0;
    out->created_at = (apr_int64_t)take(bytes);
    out->seq = (apr_int64_t)take(bytes + 8);
    return 1;
}
