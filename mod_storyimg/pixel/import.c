/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/import.h"

#include <string.h>

#include "pixel/encode.h"
#include "pixel/library.h"

#define PNG_LEVEL 6
#define UPRIGHT 1

/* sRGB through the picture's own profile. Many a photo has a profile that does not fit its pixels (RGB on grey): then
 * its pixels count. */
int simg_import_srgb(VipsImage **out, VipsImage *in)
{
    if (vips_image_get_typeof(in, VIPS_META_ICC_NAME) &&
        vips_icc_transform(in, out, "srgb", "embedded", TRUE, "depth", 8, NULL) == 0)
        return 0;
    return vips_colourspace(in, out, VIPS_INTERPRETATION_sRGB, NULL);
}

/* Turning asks for pixels out of order, and the decoder gives them in order: so they are kept, of 8 bits by now. */
int simg_import_upright(VipsImage **out, VipsImage *in)
{
    VipsImage *kept;
    int failed;

    if (vips_image_get_orientation(in) == UPRIGHT)
        return vips_copy(in, out, NULL);
    kept = vips_image_copy_memory(in);
    if (!kept)
        return -1;
    failed = vips_autorot(kept, out, NULL);
    g_object_unref(kept);
    return failed;
}

int simg_import_side(VipsImage **out, VipsImage *in, int side)
{
    return vips_thumbnail_image(in, out, side, "height", side, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE, NULL);
}

/* Encoders are told to write no metadata, and some do all the same: so there must be none to write. */
int simg_import_bare(VipsImage **out, VipsImage *in)
{
    char **fields;
    int i;

    if (vips_copy(in, out, NULL) != 0)
        return -1;
    fields = vips_image_get_fields(*out);
    for (i = 0; fields && fields[i]; i++)
        vips_image_remove(*out, fields[i]); /* width and the like cannot be removed, and stay */
    g_strfreev(fields);
    return 0;
}

int simg_import_open(VipsImage **out, const char **format, int fd, const simg_opening *opening)
{
    VipsImage *opened = NULL, *srgb = NULL, *sized = NULL, *upright = NULL;
    int status = simg_open(&opened, format, fd, opening), failed;

    *out = NULL;
    failed = status != SIMG_PIXEL_OK || simg_import_srgb(&srgb, opened) != 0;
    if (!failed && opening->side)
        failed = simg_import_side(&sized, srgb, opening->side) != 0;
    failed = failed || simg_import_upright(&upright, sized ? sized : srgb) != 0;
    failed = failed || simg_import_bare(out, upright) != 0;
    g_clear_object(&upright);
    g_clear_object(&sized);
    g_clear_object(&srgb);
    g_clear_object(&opened);
    return failed && status == SIMG_PIXEL_OK ? SIMG_PIXEL_BAD : status;
}

int simg_import_is_cut(void)
{
    return strstr(vips_error_buffer(), "premature end of data") != NULL;
}

int simg_import_picture(void **out, size_t *len, int fd, const simg_import *how)
{
    simg_encoding encoding = { how->format, how->quality, PNG_LEVEL, NULL };
    VipsImage *image = NULL;
    const char *format = NULL;
    int status = simg_import_open(&image, &format, fd, &how->opening);

    if (!encoding.format)
        encoding.format = format;
    if (status == SIMG_PIXEL_OK && (simg_encode(out, len, image, &encoding) != 0 || simg_import_is_cut()))
        status = SIMG_PIXEL_BAD;
    g_clear_object(&image);
    return status;
}
