/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/open.h"

#include <string.h>

#include "pixel/library.h"

#if VIPS_MAJOR_VERSION > 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION >= 12)
#define STRICT "fail_on", VIPS_FAIL_ON_ERROR
#else
#define STRICT "fail", TRUE
#endif

#define MAGIC_SIZE 12
/* what a block shrink of the decoder leaves to be resampled well */
#define HEADROOM 2
#define SHRINK_MAX 8

const char *const simg_open_loaders[] = {
    "VipsForeignLoadPng", "VipsForeignLoadJpeg", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", NULL,
};

typedef int load_fn(VipsSource *source, VipsImage **out, ...);

/* How each type starts; a 1 in any is a byte that may be anything. */
static const struct type {
    unsigned char bytes[MAGIC_SIZE];
    unsigned int size, any;
    const char *format;
    load_fn *load;
    int shrinks; /* its loader can halve as it decodes */
} types[] = {
    { "\x89PNG\r\n\x1a\n", 8, 0, "png", vips_pngload_source, 0 },
    { "\xff\xd8\xff", 3, 0, "jpg", vips_jpegload_source, 1 },
    { "RIFF\0\0\0\0WEBP", 12, 0xf0, "webp", vips_webpload_source, 0 },
    { "GIF87a", 6, 0, "png", vips_gifload_source, 0 },
    { "GIF89a", 6, 0, "png", vips_gifload_source, 0 },
};

static int magic_matches(const struct type *type, const unsigned char *bytes)
{
    unsigned int i;

    for (i = 0; i < type->size; i++)
        if (!(type->any >> i & 1) && bytes[i] != type->bytes[i])
            return 0;
    return 1;
}

static const struct type *type_find(VipsSource *source)
{
    const unsigned char *bytes = vips_source_sniff(source, MAGIC_SIZE);
    size_t i;

    for (i = 0; bytes && i < sizeof(types) / sizeof(types[0]); i++)
        if (magic_matches(&types[i], bytes))
            return &types[i];
    vips_error_clear();
    vips_error("input", bytes ? "not a PNG, JPEG, WebP or GIF" : "too short for a picture");
    return NULL;
}

static int size_check(const VipsImage *image, long max_pixels)
{
    int width = vips_image_get_width(image), height = vips_image_get_height(image);

    if ((gint64)width * height <= max_pixels)
        return SIMG_PIXEL_OK;
    vips_error_clear();
    vips_error("input", "%d x %d pixels, more than %ld", width, height, max_pixels);
    return SIMG_PIXEL_TOO_LARGE;
}

static int shrink_choose(const VipsImage *image, int side)
{
    int width = vips_image_get_width(image), height = vips_image_get_height(image);
    int longer = width > height ? width : height, shorter = width + height - longer, shrink = 1;

    /* of the shorter side something must be left, or libvips aborts */
    while (side && shrink < SHRINK_MAX && longer / (shrink * 2) >= side * HEADROOM && shorter >= shrink * 2)
        shrink *= 2;
    return shrink;
}

/** Only the decoder knows how to drop detail early: eight times less work for a small copy. */
static int load_smaller(VipsImage **image, VipsSource *source, const struct type *type, int side)
{
    int shrink = type->shrinks ? shrink_choose(*image, side) : 1;

    if (shrink == 1)
        return 0;
    g_clear_object(image);
    return type->load(source, image, "access", VIPS_ACCESS_SEQUENTIAL, STRICT, "shrink", shrink, NULL);
}

static int load(VipsImage **out, const char **format, VipsSource *source, const simg_opening *how)
{
    const struct type *type = type_find(source);
    int status;

    if (!type || type->load(source, out, "access", VIPS_ACCESS_SEQUENTIAL, STRICT, NULL) != 0)
        return SIMG_PIXEL_BAD;
    *format = type->format;
    status = size_check(*out, how->max_pixels);
    if (status == SIMG_PIXEL_OK && load_smaller(out, source, type, how->side) != 0)
        status = SIMG_PIXEL_BAD;
    return status;
}

int simg_open(VipsImage **out, const char **format, int fd, const simg_opening *how)
{
    VipsSource *source = vips_source_new_from_descriptor(fd);
    int status;

    *out = NULL;
    if (!source)
        return SIMG_PIXEL_BAD;
    status = load(out, format, source, how);
    g_object_unref(source);
    if (status != SIMG_PIXEL_OK)
        g_clear_object(out);
    return status;
}
