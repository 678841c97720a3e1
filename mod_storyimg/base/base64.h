/* SPDX-License-Identifier: Apache-2.0 */
/** Base64 (RFC 4648, section 4) decoded piece by piece, without a buffer of its own. Pure; no pools. */
#ifndef SIMG_BASE_BASE64_H
#define SIMG_BASE_BASE64_H

#include <stddef.h>

typedef struct simg_base64 {
    unsigned int bits; /* bits not yet given out */
    int have;          /* characters of the current group of four, 0..3 */
    int padding;       /* '=' seen, 0..2 */
    int broken;        /* a byte that is not base64 was seen */
} simg_base64;

/** Start: all zero is a valid start as well. */
void simg_base64_init(simg_base64 *d);

/** Decode len characters; white space is skipped. Writes at most (len + 3) / 4 * 3 bytes to out.
 * @return the number of bytes written, or (size_t)-1 if the text is not base64 (sticky). */
size_t simg_base64_feed(simg_base64 *d, const char *text, size_t len, unsigned char *out);

/** @return 1 if what was fed is whole (groups complete, padding right; a last group without its padding is
 * accepted, a single left-over character is not), else 0. */
int simg_base64_end(const simg_base64 *d);

#endif
