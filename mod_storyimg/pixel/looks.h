/* SPDX-License-Identifier: Apache-2.0 */
/** What a simple look at a portrait, a photo or a child's drawing, tells: colours of skin, hair and clothes. */
#ifndef SIMG_PIXEL_LOOKS_H
#define SIMG_PIXEL_LOOKS_H

#define SIMG_LOOKS_SIZE 80

/** One line of JSON, {"skin":"#c98d62","hair":"#3a2a34","top":"#e8594f"}, with its newline; a member that would be a
 * guess is left out. The same picture always gives the same line.
 * @return SIMG_PIXEL_OK, SIMG_PIXEL_TOO_LARGE or SIMG_PIXEL_BAD; simg_library_error() says why. */
int simg_looks_tell(char line[SIMG_LOOKS_SIZE], int fd, long max_pixels);

#endif
