/* SPDX-License-Identifier: Apache-2.0 */
/** Copies of generated pictures: a thumbnail, or the same picture in another format. Each says what it is: drawn by a model
 * (XMP, Iptc4xmpExt:DigitalSourceType, as the IPTC Photo Metadata Standard has it). */
#ifndef SIMG_PIXEL_KEEPSAKE_H
#define SIMG_PIXEL_KEEPSAKE_H

#include "pixel/open.h"

/** A WebP in sRGB, upright, with at most opening->side pixels on its longer side, never enlarged; for simg_encode_free().
 * @return SIMG_PIXEL_OK, SIMG_PIXEL_TOO_LARGE or SIMG_PIXEL_BAD; simg_library_error() says why. */
int simg_keepsake_thumb(void **out, size_t *len, int fd, const simg_opening *opening);

/** The same picture, upright, as "png", "jpg" or "webp" of quality 90. Its profile is kept if it fits the pixels as they are
 * written; else it is in sRGB. The same answers. */
int simg_keepsake_convert(void **out, size_t *len, int fd, const simg_opening *opening, const char *format);

#endif
