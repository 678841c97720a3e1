/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/encode.h"

#include <string.h>

#define WEBP_HEAD 12             /* RIFF, its size, WEBP */
#define WEBP_METADATA_FLAGS 0x2c /* of VP8X: ICC profile, EXIF, XMP */

typedef int write_fn(VipsImage *in, void **out, size_t *len, const simg_encoding *how);

static int write_png(VipsImage *in, void **out, size_t *len, const simg_encoding *how)
{
    return vips_pngsave_buffer(in, out, len, "compression", how->level, "filter", VIPS_FOREIGN_PNG_FILTER_NONE,
                               "strip", TRUE, NULL);
}

static int write_jpg(VipsImage *in, void **out, size_t *len, const simg_encoding *how)
{
    VipsImage *opaque = NULL;
    int failed = simg_encode_opaque(&opaque, in) != 0;

    failed = failed || vips_jpegsave_buffer(opaque, out, len, "Q", how->quality, "strip", TRUE, NULL) != 0;
    g_clear_object(&opaque);
    return failed ? -1 : 0;
}

static size_t little(const unsigned char *at)
{
    return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

static int webp_is_metadata(const unsigned char *chunk)
{
    return !memcmp(chunk, "EXIF", 4) || !memcmp(chunk, "XMP ", 4) || !memcmp(chunk, "ICCP", 4);
}

/** libvips 8.14 writes EXIF into a WebP whatever it is told. The chunks go, and the header's word that they are there.
 * @return the new length. */
static size_t webp_strip(unsigned char *data, size_t len)
{
    size_t at = WEBP_HEAD, to = WEBP_HEAD, size;
    int i;

    for (; len - at >= 8; at += size) {
        size = 8 + little(data + at + 4);
        size += size & 1;
        if (size > len - at)
            break;
        if (webp_is_metadata(data + at))
            continue;
        memmove(data + to, data + at, size);
        if (!memcmp(data + to, "VP8X", 4))
            data[to + 8] &= (unsigned char)~WEBP_METADATA_FLAGS;
        to += size;
    }
    for (i = 0; i < 4; i++)
        data[4 + i] = (unsigned char)((to - 8) >> 8 * i);
    return to;
}

static int write_webp(VipsImage *in, void **out, size_t *len, const simg_encoding *how)
{
    /* the name that libvips had for "effort" before 8.12, and still knows; 2 is a third faster than the usual 4 */
    if (vips_webpsave_buffer(in, out, len, "Q", how->quality, "reduction_effort", 2, "strip", TRUE, NULL) != 0)
        return -1;
    *len = webp_strip(*out, *len);
    return 0;
}

static const struct {
    const char *name;
    write_fn *write;
} formats[] = { { "png", write_png }, { "jpg", write_jpg }, { "webp", write_webp } };

static write_fn *format_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (!strcmp(formats[i].name, name))
            return formats[i].write;
    return NULL;
}

int simg_encode_has(const char *format)
{
    return format_find(format) != NULL;
}

int simg_encode_opaque(VipsImage **out, VipsImage *in)
{
    VipsArrayDouble *white;
    int failed;

    if (!vips_image_hasalpha(in))
        return vips_copy(in, out, NULL);
    white = vips_array_double_newv(3, 255.0, 255.0, 255.0);
    failed = vips_flatten(in, out, "background", white, NULL);
    vips_area_unref(VIPS_AREA(white));
    return failed;
}

int simg_encode(void **out, size_t *len, VipsImage *in, const simg_encoding *how)
{
    *out = NULL;
    *len = 0;
    return format_find(how->format)(in, out, len, how);
}

void simg_encode_free(void *out)
{
    g_free(out);
}
