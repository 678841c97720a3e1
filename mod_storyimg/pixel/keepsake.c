/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/keepsake.h"

#include <string.h>

#include "pixel/encode.h"
#include "pixel/import.h"
#include "pixel/library.h"

#define THUMB_QUALITY 80
#define QUALITY 90
#define LEVEL 6
#define PROFILE_SPACE 16 /* where a profile says what colours it is for (ICC.1, 7.2) */

static const char xmp[] =
    "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" "
    "Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia\"/>"
    "</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";

static int encode(void **out, size_t *len, VipsImage *image, const char *format, int quality)
{
    const simg_encoding how = { format, quality, LEVEL, xmp };

    return simg_encode(out, len, image, &how) == 0 && !simg_import_is_cut() ? SIMG_PIXEL_OK : SIMG_PIXEL_BAD;
}

int simg_keepsake_thumb(void **out, size_t *len, int fd, const simg_opening *opening)
{
    VipsImage *image = NULL;
    const char *format;
    int status = simg_import_open(&image, &format, fd, opening);

    if (status == SIMG_PIXEL_OK)
        status = encode(out, len, image, "webp", THUMB_QUALITY);
    g_clear_object(&image);
    return status;
}

/** The profile of a picture whose pixels it speaks of; NULL: none. */
static const void *profile_of(VipsImage *image, size_t *len)
{
    int colours = vips_image_get_bands(image) - (vips_image_hasalpha(image) ? 1 : 0);
    const char *space = colours == 3 ? "RGB " : "GRAY";
    const void *profile = NULL;

    if (vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK ||
        !vips_image_get_typeof(image, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(image, VIPS_META_ICC_NAME, &profile, len) != 0)
        return NULL;
    return *len > PROFILE_SPACE + 4 && !memcmp((const char *)profile + PROFILE_SPACE, space, 4) ? profile : NULL;
}

/** With the profile alone, or else in sRGB without one. */
static int to_plain(VipsImage **out, VipsImage *in)
{
    VipsImage *srgb = NULL;
    size_t len = 0;
    const void *profile = profile_of(in, &len);
    int failed;

    if (profile) {
        failed = simg_import_bare(out, in);
        if (!failed)
            vips_image_set_blob_copy(*out, VIPS_META_ICC_NAME, profile, len);
        return failed;
    }
    failed = simg_import_srgb(&srgb, in) != 0 || simg_import_bare(out, srgb) != 0;
    g_clear_object(&srgb);
    return failed;
}

int simg_keepsake_convert(void **out, size_t *len, int fd, const simg_opening *opening, const char *format)
{
    VipsImage *opened = NULL, *upright = NULL, *plain = NULL;
    const char *was;
    int status = simg_open(&opened, &was, fd, opening);

    if (status == SIMG_PIXEL_OK && (simg_import_upright(&upright, opened) != 0 || to_plain(&plain, upright) != 0))
        status = SIMG_PIXEL_BAD;
    if (status == SIMG_PIXEL_OK)
        status = encode(out, len, plain, format, QUALITY);
    g_clear_object(&plain);
    g_clear_object(&upright);
    g_clear_object(&opened);
    return status;
}
