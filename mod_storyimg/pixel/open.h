/* SPDX-License-Identifier: Apache-2.0 */
/** A picture of unknown origin, opened: its type by its first bytes, its size before a pixel is decoded. */
#ifndef SIMG_PIXEL_OPEN_H
#define SIMG_PIXEL_OPEN_H

#include <vips/vips.h>

typedef struct simg_opening {
    long max_pixels; /* width times height */
    int side;        /* the longer side may be loaded smaller, but not below this; 0: as it is */
} simg_opening;

/** The loaders that it needs. */
extern const char *const simg_open_loaders[];

/** PNG, JPEG, WebP or GIF from the start of a file or from a pipe; of an animation the first frame. Pixels are decoded
 * in order as they are asked for; a picture that is cut or damaged then fails.
 * @param format "png", "jpg" or "webp": as which it is kept
 * @return SIMG_PIXEL_OK and *out; SIMG_PIXEL_TOO_LARGE; or SIMG_PIXEL_BAD. simg_library_error() says why. */
int simg_open(VipsImage **out, const char **format, int fd, const simg_opening *how);

#endif
