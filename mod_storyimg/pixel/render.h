/* SPDX-License-Identifier: Apache-2.0 */
/** SVG bytes to the bytes of a picture, through libvips and librsvg. */
#ifndef SIMG_PIXEL_RENDER_H
#define SIMG_PIXEL_RENDER_H

#include <stddef.h>

typedef struct simg_render {
    int width, height;   /* exactly so many pixels */
    const char *format;  /* "png", "jpg" or "webp" */
} simg_render;

/** The loader that it needs. */
extern const char *const simg_render_loaders[];

/** @return 0 and *out, for simg_encode_free(); or -1, and simg_library_error() says why. */
int simg_render_svg(void **out, size_t *out_len, const char *svg, size_t len, const simg_render *how);

#endif
