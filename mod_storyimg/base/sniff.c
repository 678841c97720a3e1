/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sniff.h"

#include <string.h>

#include "base/sniff_walk.h"

static const struct {
    const char *extension, *media_type;
} types[] = {
    { NULL, NULL }, { "png", "image/png" }, { "jpg", "image/jpeg" }, { "webp", "image/webp" }, { "gif", "image/gif" }
};

/* How each type starts; a 1 in any is a byte that may be anything. */
static const struct {
    simg_image_type type;
    unsigned char bytes[12];
    unsigned int any, size;
} magics[] = {
    { SIMG_IMAGE_PNG, "\x89PNG\r\n\x1a\n", 0, 8 },
    { SIMG_IMAGE_JPEG, "\xff\xd8", 0, 2 },
    { SIMG_IMAGE_WEBP, "RIFF\0\0\0\0WEBP", 0xf0, 12 },
    { SIMG_IMAGE_GIF, "GIF87a", 0, 6 },
    { SIMG_IMAGE_GIF, "GIF89a", 0, 6 },
};

#define MAGICS (sizeof(magics) / sizeof(magics[0]))
#define ORDERED_MAGICS 3

static void magic_found(simg_sniff *s, simg_image_type type)
{
    static const int next[] = { END, PNG_CHUNK, JPEG_MARKER, WEBP_CHUNK, GIF_SCREEN };

    s->type = type;
    s->state = next[type];
    s->flags = 0;
    if (type != SIMG_IMAGE_WEBP)
        return;
    s->end += 8; /* RIFF does not count its own first eight bytes */
    if (s->end < 20 || s->end & 1)
        fail(s);
}

/* Byte by byte, so that the first wrong one tells. */
static void magic_step(simg_sniff *s)
{
    uint64_t at = s->seen - 1;
    unsigned int row;

    if (at >= 4 && at < 8)
        s->end |= (uint64_t)s->head[0] << 8 * (at - 4);
    for (row = 0; row < MAGICS; row++) {
        if (!(s->flags >> row & 1))
            continue;
        if (!(magics[row].any >> at & 1) && magics[row].bytes[at] != s->head[0])
            s->flags &= ~(1U << row);
        else if (at + 1 == magics[row].size) {
            magic_found(s, magics[row].type);
            return;
        }
    }
    if (!s->flags)
        fail(s);
}

/* Some encoders fill up the last block of a JPEG with zeros; phones append a second
 * one, a film, or notes of their own. */
static void end_step(simg_sniff *s)
{
    if (s->type == SIMG_IMAGE_JPEG && s->upload && s->head[0]) {
        s->state = JPEG_TRAILER;
        s->left = UINT64_MAX;
        watch(s, WATCH_MARKUP);
        simg_sniff_watch(s, s->head, 1);
    } else if (s->type != SIMG_IMAGE_JPEG || s->head[0])
        fail(s);
}

/* need: bytes to gather, 0 if the state passes `left` bytes by; inside: the gathered ones belong to `left`. */
static const struct {
    uint32_t need, inside;
    void (*step)(simg_sniff *s);
} states[] = {
    [MAGIC] = { 1, 0, magic_step },
    [PNG_CHUNK] = { 8, 0, simg_sniff_png },
    [PNG_IHDR] = { 13, 1, simg_sniff_png },
    [PNG_DATA] = { 0, 0, simg_sniff_png },
    [PNG_CRC] = { 4, 0, simg_sniff_png },
    [JPEG_TRAILER] = { 0, 0, NULL }, /* has no end */
    [JPEG_MARKER] = { 1, 0, simg_sniff_jpeg },
    [JPEG_CODE] = { 1, 0, simg_sniff_jpeg },
    [JPEG_LENGTH] = { 2, 0, simg_sniff_jpeg },
    [JPEG_SOF] = { 6, 1, simg_sniff_jpeg },
    [JPEG_SEGMENT] = { 0, 0, simg_sniff_jpeg },
    [JPEG_SCAN] = { 0, 0, NULL }, /* scan() does it */
    [JPEG_SCAN_CODE] = { 1, 0, simg_sniff_jpeg },
    [WEBP_CHUNK] = { 8, 0, simg_sniff_webp },
    [WEBP_VP8] = { 10, 1, simg_sniff_webp },
    [WEBP_VP8L] = { 5, 1, simg_sniff_webp },
    [WEBP_VP8X] = { 10, 1, simg_sniff_webp },
    [WEBP_DATA] = { 0, 0, simg_sniff_webp },
    [GIF_SCREEN] = { 7, 0, simg_sniff_gif },
    [GIF_TABLE] = { 0, 0, simg_sniff_gif },
    [GIF_BLOCK] = { 1, 0, simg_sniff_gif },
    [GIF_LABEL] = { 1, 0, simg_sniff_gif },
    [GIF_IMAGE] = { 9, 0, simg_sniff_gif },
    [GIF_CODE_SIZE] = { 1, 0, simg_sniff_gif },
    [GIF_SIZE] = { 1, 0, simg_sniff_gif },
    [GIF_DATA] = { 0, 0, simg_sniff_gif },
    [END] = { 1, 0, end_step },
};

static size_t gather(simg_sniff *s, const unsigned char *data, size_t len)
{
    uint32_t need = states[s->state].need;
    size_t n = len < need - s->have ? len : need - s->have;

    memcpy(s->head + s->have, data, n);
    s->have += (uint32_t)n;
    if (s->have == need && states[s->state].inside)
        s->left -= need;
    return n;
}

static size_t pass(simg_sniff *s, const unsigned char *data, size_t len)
{
    size_t n = len < s->left ? len : (size_t)s->left;

    if (s->type == SIMG_IMAGE_PNG)
        s->crc = simg_sniff_crc(s->crc, data, n);
    if (s->watching)
        simg_sniff_watch(s, data, n);
    s->left -= n;
    return n;
}

/* What makes a browser or a server read a file as something else, in lower case. */
static int is_markup(uint64_t since_less)
{
    static const char *const words[] = { "<script", "<html>", "<html ", "<svg>", "<svg ", "<svg\n",
                                         "<body>",  "<body ", "<iframe", "<!doctyp", "<?php" };
    const char *at;
    uint64_t word;
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (word = 0, at = words[i]; *at; at++)
            word = word << 8 | (unsigned char)*at;
        if (since_less == word)
            return 1;
    }
    return 0;
}

/* recent: a '<' and up to seven letters after it, or 0. */
void simg_sniff_watch(simg_sniff *s, const unsigned char *data, size_t len)
{
    uint64_t letter;

    for (; len && !s->broken; data++, len--) {
        letter = *data >= 'A' && *data <= 'Z' ? *data | 0x20U : *data;
        s->recent = letter == '<' || !s->recent || s->recent >> 56 ? 0 : s->recent << 8;
        s->recent = letter == '<' || s->recent ? s->recent | letter : 0;
        if (s->recent && (s->watching == WATCH_LESS || is_markup(s->recent)))
            fail(s);
    }
}

/* Coded data up to and with the next FF. */
static size_t scan(simg_sniff *s, const unsigned char *data, size_t len)
{
    const unsigned char *mark = memchr(data, 0xff, len);

    if (mark != data)
        s->flags |= SCAN;
    if (!mark)
        return len;
    s->state = JPEG_SCAN_CODE;
    return (size_t)(mark - data) + 1;
}

static size_t take(simg_sniff *s, const unsigned char *data, size_t len)
{
    if (s->state == JPEG_SCAN)
        return scan(s, data, len);
    return states[s->state].need ? gather(s, data, len) : pass(s, data, len);
}

/* Steps need no byte of their own, so several may follow each other. */
static void settle(simg_sniff *s)
{
    while (!s->broken && s->state != JPEG_SCAN &&
           (states[s->state].need ? s->have == states[s->state].need : !s->left)) {
        s->have = 0;
        states[s->state].step(s);
    }
}

void simg_sniff_init(simg_sniff *s)
{
    memset(s, 0, sizeof(*s));
    s->flags = (1U << ORDERED_MAGICS) - 1;
}

void simg_sniff_init_upload(simg_sniff *s)
{
    memset(s, 0, sizeof(*s));
    s->flags = (1U << MAGICS) - 1;
    s->upload = 1;
}

int simg_sniff_feed(simg_sniff *s, const void *data, size_t len)
{
    const unsigned char *at = data;
    size_t n;

    for (; len && !s->broken; at += n, len -= n) {
        n = take(s, at, len);
        s->seen += n;
        settle(s);
    }
    s->seen += len;
    return !s->broken;
}

int simg_sniff_end(const simg_sniff *s)
{
    return s->whole && !s->broken && s->width && s->height;
}

const char *simg_image_extension(simg_image_type type)
{
    return types[type].extension;
}

const char *simg_image_media_type(simg_image_type type)
{
    return types[type].media_type;
}
