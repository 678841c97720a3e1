/* SPDX-License-Identifier: Apache-2.0 */
/** SVG bytes to the bytes of a picture, through libvips and librsvg. */
#ifndef SIMG_PIXEL_RENDER_H
#define SIMG_PIXEL_RENDER_H

#include <stddef.h>

typedef struct simg_render {
    int width, height;   /* exactly so many pixels */
    const char *format;  /* "png", "jpg" or "webp" */
} simg_render;

/** Start libvips with every loader but the SVG one shut. @return 0 or -1. */
int simg_render_init(const char *program);

/** @return 1 if a format of this name can be written. */
int simg_render_has(const char *format);

/** @return 0 and *out, or -1; simg_render_error() says why. */
int simg_render_svg(void **out, size_t *out_len, const char *svg, size_t len, const simg_render *how);
void simg_render_free(void *out);

/** What went wrong last: one line, printable. */
const char *simg_render_error(void);

/** The library's version. */
const char *simg_render_library(void);

#endif
