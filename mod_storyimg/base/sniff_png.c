/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "base/sniff_walk.h"

#define LARGEST 0x7fffffffU

/* crcs[k][b]: what byte b becomes with k zero bytes behind it. Made once. */
static uint32_t crcs[8][256];
static pthread_once_t crcs_made = PTHREAD_ONCE_INIT;

static void crcs_make(void)
{
    uint32_t b, k;

    for (b = 0; b < 256; b++) {
        crcs[0][b] = b;
        for (k = 0; k < 8; k++)
            crcs[0][b] = crcs[0][b] >> 1 ^ (crcs[0][b] & 1 ? 0xedb88320U : 0);
    }
    for (k = 1; k < 8; k++)
        for (b = 0; b < 256; b++)
            crcs[k][b] = crcs[k - 1][b] >> 8 ^ crcs[0][crcs[k - 1][b] & 255];
}

static uint32_t four(const unsigned char *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Eight bytes at a time: an upload is to be no slower for being looked at. */
uint32_t simg_sniff_crc(uint32_t crc, const unsigned char *data, size_t len)
{
    pthread_once(&crcs_made, crcs_make);
    for (; len >= 8; data += 8, len -= 8) {
        uint32_t a = crc ^ four(data), b = four(data + 4);

        crc = crcs[7][a & 255] ^ crcs[6][a >> 8 & 255] ^ crcs[5][a >> 16 & 255] ^ crcs[4][a >> 24] ^
              crcs[3][b & 255] ^ crcs[2][b >> 8 & 255] ^ crcs[1][b >> 16 & 255] ^ crcs[0][b >> 24];
    }
    for (; len; len--)
        crc = crc >> 8 ^ crcs[0][(crc ^ *data++) & 255];
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
    if (s->tag == TAG('t', 'E', 'X', 't') || s->tag == TAG('i', 'T', 'X', 't'))
        watch(s, WATCH_MARKUP);
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
    watch(s, WATCH_NOTHING);
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
