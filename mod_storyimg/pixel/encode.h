/* SPDX-License-Identifier: Apache-2.0 */
/** Pixels to the bytes of a picture, without metadata but what is asked for. */
#ifndef SIMG_PIXEL_ENCODE_H
#define SIMG_PIXEL_ENCODE_H

#include <stddef.h>

#include <vips/vips.h>

typedef struct simg_encoding {
    const char *format; /* "png", "jpg" or "webp" */
    int quality;        /* of jpg and webp, 1..100 */
    int level;          /* of png, 1..9 */
    const char *xmp;    /* an XMP packet that is written, and the profile that the picture has; NULL: neither is */
} simg_encoding;

/** @return 1 if a format of this name can be written. */
int simg_encode_has(const char *format);

/** Alpha is kept where the format has it, and put on white otherwise.
 * @return 0 and *out, for simg_encode_free(); or -1, and simg_library_error() says why. */
int simg_encode(void **out, size_t *len, VipsImage *in, const simg_encoding *how);
void simg_encode_free(void *out);

/** Put on white what is not opaque; *out is the caller's. @return 0 or -1. */
int simg_encode_opaque(VipsImage **out, VipsImage *in);

#endif
