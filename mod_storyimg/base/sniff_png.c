/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sniff_walk.h"

#define LARGEST 0x7fffffffU

/* By half bytes: a small table, and fast enough beside a network. */
uint32_t simg_sniff_crc(uint32_t crc, const unsigned char *data, size_t len)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };

    for (; len; len--) {
        crc ^= *data++;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

/* Order of the chunks: IHDR, then at least one IDAT, then IEND. */
static int may_come(const simg_sniff *s)
{
    int i;

    for (i = 4; i < 8; i++)
        if ((s->head[i] | 0x20) < 'a' || (s->head[i] | 0x20) > 'z')
            return 0;
    if (s->tag == TAG('I', 'H', 'D', 'R'))
        return !(s->flags & HEADER) && s->left == 13;
    if (s->tag == TAG('I', 'E', 'N', 'D'))
        return (s->flags & PICTURE) && !s->left;
    return s->flags & HEADER && s->left <= LARGEST;
}

static void chunk_step(simg_sniff *s)
{
    s->left = big(s->head, 4);
    s->tag = big(s->head + 4, 4);
    s->crc = simg_sniff_crc(0xffffffffU, s->head + 4, 4);
    if (!may_come(s))
        fail(s);
    if (s->tag == TAG('I', 'D', 'A', 'T') && s->left)
        s->flags |= PICTURE;
    s->state = s->tag == TAG('I', 'H', 'D', 'R') ? PNG_IHDR : PNG_DATA;
}

static void ihdr_step(simg_sniff *s)
{
    uint32_t width = big(s->head, 4), height = big(s->head + 4, 4);

    s->crc = simg_sniff_crc(s->crc, s->head, 13);
    s->flags |= HEADER;
    s->state = PNG_CRC;
    measure(s, width, height);
    if (width > LARGEST || height > LARGEST || s->head[10] || s->head[11] || s->head[12] > 1)
        fail(s);
}

static void crc_step(simg_sniff *s)
{
    s->state = PNG_CHUNK;
    if (big(s->head, 4) != (s->crc ^ 0xffffffffU))
        fail(s);
    else if (s->tag == TAG('I', 'E', 'N', 'D'))
        finish(s);
}

void simg_sniff_png(simg_sniff *s)
{
    switch (s->state) {
    case PNG_CHUNK: chunk_step(s); break;
    case PNG_IHDR: ihdr_step(s); break;
    case PNG_DATA: s->state = PNG_CRC; break;
    default: crc_step(s); break;
    }
}
