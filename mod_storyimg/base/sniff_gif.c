/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sniff_walk.h"

enum { IMAGE = 0x2c, EXTENSION = 0x21, TRAILER = 0x3b, CONTROL = 0xf9, APPLICATION = 0xff };

/* A table of colours, if the packed byte announces one. */
static void table_expect(simg_sniff *s, unsigned char packed)
{
    s->state = GIF_TABLE;
    s->left = packed & 0x80 ? 6ULL << (packed & 7) : 0;
}

static void screen_step(simg_sniff *s)
{
    s->tag = 0;
    table_expect(s, s->head[4]);
    measure(s, little(s->head, 2), little(s->head + 2, 2));
}

static void block_step(simg_sniff *s)
{
    s->tag = s->head[0];
    if (s->tag == IMAGE)
        s->state = GIF_IMAGE;
    else if (s->tag == EXTENSION)
        s->state = GIF_LABEL;
    else if (s->tag == TRAILER && s->flags & PICTURE)
        finish(s);
    else
        fail(s);
}

/* No comment needs a '<', but the XMP of an application is full of them. A control's bytes are numbers. */
static void label_step(simg_sniff *s)
{
    s->state = GIF_SIZE;
    if (s->head[0] != CONTROL)
        watch(s, s->head[0] == APPLICATION ? WATCH_MARKUP : WATCH_LESS);
}

static void image_step(simg_sniff *s)
{
    table_expect(s, s->head[8]);
    if (!little(s->head + 4, 2) || !little(s->head + 6, 2))
        fail(s);
}

static void code_size_step(simg_sniff *s)
{
    s->state = GIF_SIZE;
    s->flags |= PICTURE;
    if (s->head[0] < 1 || s->head[0] > 11)
        fail(s);
}

/* XMP ignores the sizes of blocks: they are letters of its text. */
static void size_step(simg_sniff *s)
{
    s->left = s->head[0];
    s->state = s->left ? GIF_DATA : GIF_BLOCK;
    if (s->watching == WATCH_MARKUP)
        simg_sniff_watch(s, s->head, 1);
    if (!s->left)
        watch(s, WATCH_NOTHING);
}

void simg_sniff_gif(simg_sniff *s)
{
    switch (s->state) {
    case GIF_SCREEN: screen_step(s); break;
    case GIF_TABLE: s->state = s->tag == IMAGE ? GIF_CODE_SIZE : GIF_BLOCK; break;
    case GIF_BLOCK: block_step(s); break;
    case GIF_LABEL: label_step(s); break;
    case GIF_IMAGE: image_step(s); break;
    case GIF_CODE_SIZE: code_size_step(s); break;
    case GIF_SIZE: size_step(s); break;
    default: s->state = GIF_SIZE; break;
    }
}
