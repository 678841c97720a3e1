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

/* The steps that it is made of; *out is the caller's. @return 0 or -1. */

/** To sRGB of 8 bits, through the picture's own profile if it has one that fits. */
int simg_import_srgb(VipsImage **out, VipsImage *in);
/** Smaller, if it has more than so many pixels on its longer side; not turned. */
int simg_import_side(VipsImage **out, VipsImage *in, int side);
/** Turned as its orientation tag says. */
int simg_import_upright(VipsImage **out, VipsImage *in);
/** Without any metadata. */
int simg_import_bare(VipsImage **out, VipsImage *in);
/** A JPEG whose data ends early, with an end marker after all, is only a warning to its decoder, and half a picture. Its
 * other warnings are those of many a sound photo. @return 1 if that has been said. */
int simg_import_is_cut(void);

/** The same as the bytes of a picture, for simg_encode_free(). All of it or nothing. */
int simg_import_picture(void **out, size_t *len, int fd, const simg_import *how);

#endif
