/* SPDX-License-Identifier: Apache-2.0 */
/** An upload made clean: upright, sRGB of 8 bits, nothing in it but pixels. */
#ifndef SIMG_PIXEL_IMPORT_H
#define SIMG_PIXEL_IMPORT_H

#include <stddef.h>

#include "pixel/open.h"

typedef struct simg_import {
    simg_opening opening;
    const char *format; /* of the output; NULL: as the input is */
    int quality;        /* of jpg and webp */
} simg_import;

/** Upright and in sRGB; *out is the caller's. opening.side: at most so many pixels on the longer side, unless 0.
 * @return SIMG_PIXEL_OK, SIMG_PIXEL_TOO_LARGE or SIMG_PIXEL_BAD; simg_library_error() says why. */
int simg_import_open(VipsImage **out, const char **format, int fd, const simg_opening *opening);

/** The same as the bytes of a picture, for simg_encode_free(). All of it or nothing. */
int simg_import_picture(void **out, size_t *len, int fd, const simg_import *how);

#endif
