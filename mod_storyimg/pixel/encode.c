/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/encode.h"

#include <string.h>

#define PNG_HEAD 33  /* signature and IHDR */
#define WEBP_HEAD 12 /* RIFF, its size, WEBP */

typedef int write_fn(VipsImage *in, void **out, size_t *len, const simg_encoding *how);

/** PNG's check of a chunk (ISO 15948, annex D). */
static guint32 png_crc(const unsigned char *data, size_t len)
{
    guint32 crc = 0xffffffff;
    int i;

    for (; len; len--, data++) {
        crc ^= *data;
        for (i = 0; i < 8; i++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return crc ^ 0xffffffff;
}

static void png_number(unsigned char *to, guint32 n)
{
    int i;

    for (i = 0; i < 4; i++)
        to[i] = (unsigned char)(n >> (24 - 8 * i));
}

/** libvips writes XMP compressed, where XMP's own standard (part 3, 1.1.5) has it plain: so it is put behind the header
 * here. */
static void png_tag(void **out, size_t *len, const char *xmp)
{
    static const char head[] = "iTXtXML:com.adobe.xmp\0\0\0\0"; /* and the one more that ends the literal */
    size_t text = strlen(xmp), size = sizeof(head) - 4 + text;
    unsigned char *data = g_realloc(*out, *len + size + 12), *chunk = data + PNG_HEAD;

    memmove(chunk + size + 12, chunk, *len - PNG_HEAD);
    png_number(chunk, (guint32)size);
    memcpy(chunk + 4, head, sizeof(head));
    memcpy(chunk + 4 + sizeof(head), xmp, text);
    png_number(chunk + 8 + size, png_crc(chunk + 4, size + 4));
    *out = data;
    *len += size + 12;
}

static int write_png(VipsImage *in, void **out, size_t *len, const simg_encoding *how)
{
    if (vips_pngsave_buffer(in, out, len, "compression", how->level, "filter", VIPS_FOREIGN_PNG_FILTER_NONE, "strip",
                            !how->xmp, NULL) != 0)
        return -1;
    if (how->xmp)
        png_tag(out, len, how->xmp);
    return 0;
}

static size_t big(const unsigned char *at)
{
    return (size_t)at[0] << 8 | (size_t)at[1];
}

/** libvips writes EXIF of its own where it may write metadata at all. The segments before the first scan are gone
 * through. @return the new length. */
static size_t jpg_strip(unsigned char *data, size_t len)
{
    size_t at = 2, size;

    while (len - at >= 10 && data[at] == 0xff && data[at + 1] != 0xda) {
        size = 2 + big(data + at + 2);
        if (size > len - at)
            break;
        if (data[at + 1] == 0xe1 && !memcmp(data + at + 4, "Exif", 4)) {
            memmove(data + at, data + at + size, len - at - size);
            len -= size;
        } else {
            at += size;
        }
    }
    return len;
}

static int write_jpg(VipsImage *in, void **out, size_t *len, const simg_encoding *how)
{
    VipsImage *opaque = NULL;
    int failed = simg_encode_opaque(&opaque, in) != 0;

    failed = failed || vips_jpegsave_buffer(opaque, out, len, "Q", how->quality, "strip", !how->xmp, NULL) != 0;
    g_clear_object(&opaque);
    if (!failed)
        *len = jpg_strip(*out, *len);
    return failed ? -1 : 0;
}

static size_t little(const unsigned char *at)
{
    return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

/** The chunks of a WebP's metadata, and the flag of each in VP8X. */
static const struct {
    const char *name;
    unsigned char flag;
    int is_exif;
} webp_metadata[] = { { "EXIF", 0x08, 1 }, { "XMP ", 0x04, 0 }, { "ICCP", 0x20, 0 } };

#define WEBP_METADATA (sizeof(webp_metadata) / sizeof(webp_metadata[0]))

/** The flag of a chunk that must go; 0: it stays. */
static unsigned char webp_unwanted(const unsigned char *chunk, int bare)
{
    size_t i;

    for (i = 0; i < WEBP_METADATA; i++)
        if (!memcmp(chunk, webp_metadata[i].name, 4))
            return bare || webp_metadata[i].is_exif ? webp_metadata[i].flag : 0;
    return 0;
}

static unsigned char webp_all_unwanted(int bare)
{
    unsigned char flags = 0;
    size_t i;

    for (i = 0; i < WEBP_METADATA; i++)
        flags |= webp_unwanted((const unsigned char *)webp_metadata[i].name, bare);
    return flags;
}

/** libvips 8.14 writes EXIF into a WebP whatever it is told. The chunks go, and the header's word that they are there.
 * @param bare  1: all metadata goes. @return the new length. */
static size_t webp_strip(unsigned char *data, size_t len, int bare)
{
    size_t at = WEBP_HEAD, to = WEBP_HEAD, size;
    int i;

    for (; len - at >= 8; at += size) {
        size = 8 + little(data + at + 4);
        size += size & 1;
        if (size > len - at)
            break;
        if (webp_unwanted(data + at, bare))
            continue;
        memmove(data + to, data + at, size);
        if (!memcmp(data + to, "VP8X", 4))
            data[to + 8] &= (unsigned char)~webp_all_unwanted(bare);
        to += size;
    }
    for (i = 0; i < 4; i++)
        data[4 + i] = (unsigned char)((to - 8) >> 8 * i);
    return to;
}

static int write_webp(VipsImage *in, void **out, size_t *len, const simg_encoding *how)
{
    /* the name that libvips had for "effort" before 8.12, and still knows; 2 is a third faster than the usual 4 */
    if (vips_webpsave_buffer(in, out, len, "Q", how->quality, "reduction_effort", 2, "strip", !how->xmp, NULL) != 0)
        return -1;
    *len = webp_strip(*out, *len, !how->xmp);
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
    write_fn *write = format_find(how->format);
    VipsImage *tagged = NULL;
    int failed;

    *out = NULL;
    *len = 0;
    if (!how->xmp || write == write_png)
        return write(in, out, len, how);
    if (vips_copy(in, &tagged, NULL) != 0)
        return -1;
    vips_image_set_blob(tagged, VIPS_META_XMP_NAME, NULL, how->xmp, strlen(how->xmp));
    failed = write(tagged, out, len, how);
    g_object_unref(tagged);
    return failed;
}

void simg_encode_free(void *out)
{
    g_free(out);
}
