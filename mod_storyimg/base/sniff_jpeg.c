/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sniff_walk.h"

static void marker_step(simg_sniff *s)
{
    s->state = JPEG_CODE;
    if (s->head[0] != 0xff)
        fail(s);
}

/* A marker that says how a frame is coded: C0..CF but DHT, JPG and DAC. */
static int is_sof(uint32_t code)
{
    return code >= 0xc0 && code <= 0xcf && code != 0xc4 && code != 0xc8 && code != 0xcc;
}

/* The byte after FF between segments. */
static void code_step(simg_sniff *s)
{
    s->tag = s->head[0];
    if (s->tag == 0xff)
        return; /* a fill byte */
    if (s->tag == 0xd9 && s->flags & SCAN)
        finish(s);
    else if (s->tag == 0x01)
        s->state = JPEG_MARKER;
    else if (s->tag < 0xc0 || (s->tag >= 0xd0 && s->tag <= 0xd9))
        fail(s);
    else if ((s->tag == 0xda && !(s->flags & HEADER)) || (is_sof(s->tag) && s->flags & HEADER))
        fail(s);
    else
        s->state = JPEG_LENGTH;
}

static void segment_step(simg_sniff *s)
{
    s->state = s->tag == 0xda ? JPEG_SCAN : JPEG_MARKER;
    watch(s, WATCH_NOTHING);
}

static void length_step(simg_sniff *s)
{
    uint32_t length = big(s->head, 2);

    s->left = length - 2;
    s->state = is_sof(s->tag) ? JPEG_SOF : JPEG_SEGMENT;
    if (length < 2 || (s->tag == 0xda && length < 8) || (is_sof(s->tag) && length < 11))
        fail(s);
    if (s->tag == 0xfe)
        watch(s, WATCH_MARKUP);
}

static void sof_step(simg_sniff *s)
{
    s->flags |= HEADER;
    s->state = JPEG_SEGMENT;
    measure(s, big(s->head + 3, 2), big(s->head + 1, 2));
    if (s->left != 3 * (uint64_t)s->head[5])
        fail(s);
}

/* The byte after FF inside coded data: a stuffed zero, a restart, a fill byte, or the marker that ends the scan. */
static void scan_code_step(simg_sniff *s)
{
    if (s->head[0] == 0xff)
        return;
    if (s->head[0] == 0 || (s->head[0] >= 0xd0 && s->head[0] <= 0xd7))
        s->state = JPEG_SCAN;
    else
        code_step(s);
}

void simg_sniff_jpeg(simg_sniff *s)
{
    switch (s->state) {
    case JPEG_MARKER: marker_step(s); break;
    case JPEG_CODE: code_step(s); break;
    case JPEG_LENGTH: length_step(s); break;
    case JPEG_SOF: sof_step(s); break;
    case JPEG_SEGMENT: segment_step(s); break;
    default: scan_code_step(s); break;
    }
}
