/* SPDX-License-Identifier: Apache-2.0 */
/** Whole reads and writes on descriptors: interrupted calls go on, short ones too. */
#ifndef SIMG_PIXEL_STREAM_H
#define SIMG_PIXEL_STREAM_H

#include <stddef.h>

/** Read fd to its end into malloc'ed *out. @return 0; -1 with errno (EFBIG: more than max bytes). */
int simg_stream_read(char **out, size_t *len, int fd, size_t max);

/** Write all of it. @return 0, or -1 with errno (EPIPE: nobody reads any more). */
int simg_stream_write(int fd, const void *data, size_t len);

#endif
