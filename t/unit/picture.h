/* SPDX-License-Identifier: Apache-2.0 */
/** Pictures for tests: whole as far as headers, lengths and checksums go, of any size, all different. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdint.h>
#include <string.h>

#include <apr_pools.h>

typedef struct picture {
    unsigned char *bytes;
    apr_size_t len;
} picture;

static inline unsigned char *picture_be32(unsigned char *to, uint32_t v)
{
    *to++ = (unsigned char)(v >> 24);
    *to++ = (unsigned char)(v >> 16);
    *to++ = (unsigned char)(v >> 8);
    *to++ = (unsigned char)v;
    return to;
}

static inline uint32_t picture_crc(const unsigned char *data, apr_size_t len)
{
    uint32_t table[256], c;
    apr_size_t i;
    int k;

    for (i = 0; i < 256; i++) {
        for (c = (uint32_t)i, k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    for (c = 0xffffffffu, i = 0; i < len; i++)
        c = table[(c ^ data[i]) & 255] ^ (c >> 8);
    return c ^ 0xffffffffu;
}

/* The chunk whose data is in place already: length before it, checksum behind it. */
static inline unsigned char *picture_chunk(unsigned char *to, const char *type, apr_size_t len)
{
    picture_be32(to, (uint32_t)len);
    memcpy(to + 4, type, 4);
    return picture_be32(to + 8 + len, picture_crc(to + 4, len + 4));
}

/** A PNG of exactly len bytes (58 at least) whose content depends on seed. */
static inline picture picture_png(apr_size_t len, uint32_t seed, apr_pool_t *p)
{
    static const unsigned char header[13] = { 0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0 };
    picture png = { apr_palloc(p, len), len };
    unsigned char *to = png.bytes;
    apr_size_t filler = len - 57, i;

    memcpy(to, "\x89PNG\r\n\x1a\n", 8);
    memcpy(to + 16, header, sizeof(header));
    to = picture_chunk(to + 8, "IHDR", sizeof(header));
    for (i = 0; i < filler; i++) {
        seed = seed * 1664525u + 1013904223u;
        to[8 + i] = (unsigned char)(seed >> 24);
    }
    to = picture_chunk(to, "IDAT", filler);
    picture_chunk(to, "IEND", 0);
    return png;
}

static inline picture picture_copy(const char *bytes, apr_size_t len, apr_pool_t *p)
{
    return (picture){ apr_pmemdup(p, bytes, len), len };
}

static inline picture picture_jpeg(apr_pool_t *p)
{
    static const char jpeg[] = "\xff\xd8"
                               "\xff\xc0\x00\x0b\x08\x00\x30\x00\x40\x01\x01\x11\x00"
                               "\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
                               "entropy\xff\xd9";

    return picture_copy(jpeg, sizeof(jpeg) - 1, p);
}

static inline picture picture_webp(apr_pool_t *p)
{
    static const char webp[] = "RIFF\x16\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f\x3f\xc0\x0b\x00xxxxx";

    return picture_copy(webp, sizeof(webp) - 1, p);
}

#endif
