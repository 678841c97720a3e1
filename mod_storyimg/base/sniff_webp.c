/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sniff_walk.h"

/* The chunks that say how large the picture is; the first chunk of all is one of them. */
static const struct {
    uint32_t tag, least;
    int state;
} chunks[] = {
    { TAG('V', 'P', '8', ' '), 10, WEBP_VP8 },
    { TAG('V', 'P', '8', 'L'), 5, WEBP_VP8L },
    { TAG('V', 'P', '8', 'X'), 10, WEBP_VP8X },
};

static void chunk_step(simg_sniff *s)
{
    uint32_t size = little(s->head + 4, 4);
    size_t i;

    s->tag = big(s->head, 4);
    s->left = (uint64_t)size + (size & 1);
    s->state = WEBP_DATA;
    for (i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        if (chunks[i].tag != s->tag)
            continue;
        s->state = chunks[i].state;
        if (size < chunks[i].least)
            fail(s);
    }
    if (s->flags & HEADER ? s->state == WEBP_VP8X : s->state == WEBP_DATA)
        fail(s);
    if (s->seen + s->left > s->end)
        fail(s);
    if (s->tag == TAG('A', 'N', 'M', 'F') && size >= 24) /* a frame of an animation */
        s->flags |= PICTURE;
    s->flags |= HEADER;
}

/* A picture inside the extended format does not tell the size again. */
static void picture(simg_sniff *s, int valid, uint32_t width, uint32_t height)
{
    s->state = WEBP_DATA;
    s->flags |= PICTURE;
    if (!s->width)
        measure(s, width, height);
    if (!valid)
        fail(s);
}

/* Frame tag of a key frame, start code, 14 bits each. */
static void vp8_step(simg_sniff *s)
{
    int valid = !(s->head[0] & 1) && big(s->head + 3, 3) == 0x9d012a;

    picture(s, valid, little(s->head + 6, 2) & 0x3fff, little(s->head + 8, 2) & 0x3fff);
}

/* Signature, 14 bits each (less one), alpha, version 0. */
static void vp8l_step(simg_sniff *s)
{
    uint32_t bits = little(s->head + 1, 4);

    picture(s, s->head[0] == 0x2f && !(bits >> 29), (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
}

static void vp8x_step(simg_sniff *s)
{
    s->state = WEBP_DATA;
    measure(s, little(s->head + 4, 3) + 1, little(s->head + 7, 3) + 1);
}

static void data_step(simg_sniff *s)
{
    s->state = WEBP_CHUNK;
    if (s->seen == s->end && s->flags & PICTURE)
        finish(s);
    else if (s->end - s->seen < 8)
        fail(s);
}

void simg_sniff_webp(simg_sniff *s)
{
    switch (s->state) {
    case WEBP_CHUNK: chunk_step(s); break;
    case WEBP_VP8: vp8_step(s); break;
    case WEBP_VP8L: vp8l_step(s); break;
    case WEBP_VP8X: vp8x_step(s); break;
    default: data_step(s); break;
    }
}
