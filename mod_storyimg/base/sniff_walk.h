/* SPDX-License-Identifier: Apache-2.0 */
/** What the walkers of sniff share. Private to sniff*.c.
 *
 * A walk is always in one state. A state gathers a fixed number of bytes into head, or passes `left` bytes by, or looks
 * for the end of JPEG's coded data; then the step of its format decides on the next one. */
#ifndef SIMG_BASE_SNIFF_WALK_H
#define SIMG_BASE_SNIFF_WALK_H

#include "base/sniff.h"

enum {
    MAGIC,
    PNG_CHUNK,
    PNG_IHDR,
    PNG_DATA,
    PNG_CRC,
    JPEG_TRAILER,
    JPEG_MARKER,
    JPEG_CODE,
    JPEG_LENGTH,
    JPEG_SOF,
    JPEG_SEGMENT,
    JPEG_SCAN,
    JPEG_SCAN_CODE,
    WEBP_CHUNK,
    WEBP_VP8,
    WEBP_VP8L,
    WEBP_VP8X,
    WEBP_DATA,
    GIF_SCREEN,
    GIF_TABLE,
    GIF_BLOCK,
    GIF_LABEL,
    GIF_IMAGE,
    GIF_CODE_SIZE,
    GIF_SIZE,
    GIF_DATA,
    END
};

/* Bits of flags: what was seen already (while in MAGIC: the rows of its table that are still possible). */
enum { PICTURE = 1, HEADER = 2, SCAN = 4 };

/* What an upload must not hold in the bytes that pass by: anything like HTML or a script; any '<'. */
enum { WATCH_NOTHING, WATCH_MARKUP, WATCH_LESS };

#define TAG(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The step of a format: what s->head or the bytes that passed mean in s->state. */
void simg_sniff_png(simg_sniff *s);
void simg_sniff_jpeg(simg_sniff *s);
void simg_sniff_webp(simg_sniff *s);
void simg_sniff_gif(simg_sniff *s);

/* Fail if there is what s->watching says, also across calls. */
void simg_sniff_watch(simg_sniff *s, const unsigned char *data, size_t len);

/* CRC-32 of ISO 3309, to be started with all ones and to be inverted at the end. */
uint32_t simg_sniff_crc(uint32_t crc, const unsigned char *data, size_t len);

static inline void fail(simg_sniff *s)
{
    s->broken = 1;
    s->whole = 0;
}

/* Of uploads only. */
static inline void watch(simg_sniff *s, int what)
{
    s->watching = s->upload ? what : WATCH_NOTHING;
    s->recent = 0;
}

static inline void finish(simg_sniff *s)
{
    s->state = END;
    s->whole = 1;
}

static inline uint32_t big(const unsigned char *at, int bytes)
{
    uint32_t value = 0;

    for (; bytes > 0; bytes--)
        value = value << 8 | *at++;
    return value;
}

static inline uint32_t little(const unsigned char *at, int bytes)
{
    uint32_t value = 0;

    while (bytes-- > 0)
        value = value << 8 | at[bytes];
    return value;
}

/* A size of nothing is no picture's. */
static inline void measure(simg_sniff *s, uint32_t width, uint32_t height)
{
    s->width = width;
    s->height = height;
    if (!width || !height)
        fail(s);
}

#endif
