/* SPDX-License-Identifier: Apache-2.0 */
/* No face is recognised here. In a portrait the face is the heap of skin tones nearest to the middle, hair is what lies
 * above and beside it, clothes are what lies below it, and the upper corners show what is behind all of them. */
#include "pixel/looks.h"

#include <stdio.h>
#include <string.h>

#include "pixel/colours.h"
#include "pixel/encode.h"
#include "pixel/import.h"
#include "pixel/library.h"

enum { TONE = 1, SKIN = 2, BEHIND = 4, OTHER_SKIN = 8 };

#define BEHIND_REACH 28
/* parts that a colour must have, in percent: the face of the picture, others of the area that they are looked for in */
#define FACE_LEAST 1
#define BEHIND_LEAST 35
#define HAIR_LEAST 12
#define TOP_LEAST 25

typedef struct look {
    simg_canvas canvas;
    simg_area face;
    simg_rgb skin, hair, top;
    int has_skin, has_hair, has_top;
} look;

static int luma(simg_rgb c)
{
    return (299 * c.r + 587 * c.g + 114 * c.b) / 1000;
}

/** The region of YCbCr that skin of all shades lies in; some wood, sand and hair do too. */
static int is_tone(simg_rgb c)
{
    int cb = 128 + (-169 * c.r - 331 * c.g + 500 * c.b) / 1000;
    int cr = 128 + (500 * c.r - 419 * c.g - 81 * c.b) / 1000;

    return luma(c) > 30 && cb >= 77 && cb <= 127 && cr >= 133 && cr <= 177 && c.r > c.g;
}

/** Light and shade spread a light skin further than a dark one. */
static int skin_reach(simg_rgb skin)
{
    return 20 + luma(skin) / 6;
}

typedef int test_fn(simg_rgb colour, simg_rgb like);

static int is_any_tone(simg_rgb colour, simg_rgb like)
{
    (void)like;
    return is_tone(colour);
}

static int is_skin(simg_rgb colour, simg_rgb like)
{
    return simg_rgb_near(colour, like, skin_reach(like));
}

static int is_behind(simg_rgb colour, simg_rgb like)
{
    return simg_rgb_near(colour, like, BEHIND_REACH);
}

static void mark(simg_canvas *c, unsigned int bit, test_fn *test, simg_rgb like)
{
    int x, y;

    for (y = 0; y < c->height; y++)
        for (x = 0; x < c->width; x++)
            if (test(simg_canvas_at(c, x, y), like))
                c->marks[y * c->width + x] |= (unsigned char)bit;
}

static int prevails(int count, simg_area in, int percent)
{
    return count > 0 && 100 * count >= percent * (in.x1 - in.x0) * (in.y1 - in.y0);
}

static int area_dominant(simg_rgb *out, const simg_canvas *c, simg_area area, unsigned int mustnt)
{
    const simg_pick pick = { area, 0, mustnt };

    return simg_colours_dominant(out, c, &pick);
}

/* Either corner may be hidden, by hair or a hat; a busy background is none. */
static void behind_find(look *l)
{
    simg_canvas *c = &l->canvas;
    const int width = c->width / 6 + 1, height = c->height / 4 + 1;
    const simg_area left = { 0, 0, width, height }, right = { c->width - width, 0, c->width, height };
    simg_rgb colour;

    if (prevails(area_dominant(&colour, c, left, 0), left, BEHIND_LEAST))
        mark(c, BEHIND, is_behind, colour);
    if (prevails(area_dominant(&colour, c, right, 0), right, BEHIND_LEAST))
        mark(c, BEHIND, is_behind, colour);
}

/* A heap may go on into neck and arms: a face is not much higher than wide. */
static void skin_find(look *l)
{
    simg_canvas *c = &l->canvas;
    const simg_area whole = { 0, 0, c->width, c->height };
    const simg_pick pick = { { c->width / 5, c->height / 12, c->width - c->width / 5, c->height - c->height / 4 },
                             TONE, BEHIND };
    int highest, i;

    mark(c, TONE, is_any_tone, l->skin);
    if (!simg_colours_dominant(&l->skin, c, &pick))
        return;
    mark(c, SKIN, is_skin, l->skin);
    for (i = 0; i < c->width * c->height; i++)
        if (c->marks[i] & BEHIND)
            c->marks[i] &= (unsigned char)~SKIN;
    l->has_skin = prevails(simg_colours_heap(&l->face, c, SKIN, OTHER_SKIN), whole, FACE_LEAST);
    highest = l->face.y0 + (l->face.x1 - l->face.x0) * 5 / 4;
    if (l->face.y1 > highest)
        l->face.y1 = highest;
}

/* Down to above the eyes. */
static void hair_find(look *l)
{
    int width = l->face.x1 - l->face.x0, height = l->face.y1 - l->face.y0;
    simg_area band = { l->face.x0 - width / 5, l->face.y0 - height / 2, l->face.x1 + width / 5,
                       l->face.y0 + height / 4 };

    band = simg_area_clip(&l->canvas, band);
    l->has_hair = prevails(area_dominant(&l->hair, &l->canvas, band, SKIN | OTHER_SKIN | BEHIND), band, HAIR_LEAST);
}

/* Below the chin, where a portrait shows that much; else low in the middle. */
static void top_find(look *l)
{
    const simg_canvas *c = &l->canvas;
    int height = l->face.y1 - l->face.y0;
    simg_area below = { c->width / 3, c->height * 2 / 3, c->width - c->width / 3, c->height };

    if (l->has_skin && l->face.y1 + height / 2 < c->height) {
        below.x0 = l->face.x0;
        below.x1 = l->face.x1;
        below.y0 = l->face.y1 + height / 8;
        below.y1 = l->face.y1 + height;
        below = simg_area_clip(c, below);
    }
    l->has_top = prevails(area_dominant(&l->top, c, below, SKIN | OTHER_SKIN | BEHIND), below, TOP_LEAST);
}

static int canvas_fill(simg_canvas *c, VipsImage *opaque)
{
    size_t len = 0;
    void *pixels;

    c->width = vips_image_get_width(opaque);
    c->height = vips_image_get_height(opaque);
    pixels = vips_image_write_to_memory(opaque, &len);
    if (pixels && len == (size_t)c->width * (size_t)c->height * 3 && len <= sizeof(c->pixels))
        memcpy(c->pixels, pixels, len);
    else
        len = 0;
    g_free(pixels);
    return len ? 0 : -1;
}

static int canvas_read(simg_canvas *c, int fd, long max_pixels)
{
    const simg_opening opening = { max_pixels, SIMG_CANVAS_SIDE };
    VipsImage *image = NULL, *opaque = NULL;
    const char *format = NULL;
    int status = simg_import_open(&image, &format, fd, &opening);

    if (status == SIMG_PIXEL_OK && (simg_encode_opaque(&opaque, image) != 0 || canvas_fill(c, opaque) != 0))
        status = SIMG_PIXEL_BAD;
    g_clear_object(&opaque);
    g_clear_object(&image);
    return status;
}

static void member_add(char line[SIMG_LOOKS_SIZE], int is_there, const char *name, simg_rgb c)
{
    size_t len = strlen(line);

    if (is_there)
        snprintf(line + len, SIMG_LOOKS_SIZE - len, "%s\"%s\":\"#%02x%02x%02x\"", len > 1 ? "," : "", name,
                 (unsigned int)c.r, (unsigned int)c.g, (unsigned int)c.b);
}

int simg_looks_tell(char line[SIMG_LOOKS_SIZE], int fd, long max_pixels)
{
    static look l; /* too large for a stack */
    int status = canvas_read(&l.canvas, fd, max_pixels);
    size_t len;

    if (status != SIMG_PIXEL_OK)
        return status;
    behind_find(&l);
    skin_find(&l);
    if (l.has_skin)
        hair_find(&l);
    top_find(&l);
    snprintf(line, SIMG_LOOKS_SIZE, "{");
    member_add(line, l.has_skin, "skin", l.skin);
    member_add(line, l.has_hair, "hair", l.hair);
    member_add(line, l.has_top, "top", l.top);
    len = strlen(line);
    snprintf(line + len, SIMG_LOOKS_SIZE - len, "}\n");
    return SIMG_PIXEL_OK;
}
