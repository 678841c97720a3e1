/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIMG_PIXEL_RENDER_H
#define SIMG_PIXEL_RENDER_H

/** Read an SVG (at most 8 MB) from standard input, draw it at exactly width x height, write it to standard output.
 * @param format  "png", "jpg" or "webp"
 * @return the program's exit status; what is wrong is said on standard error. */
int simg_render(const char *program, int width, int height, const char *format);

#endif
