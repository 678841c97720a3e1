/* SPDX-License-Identifier: Apache-2.0 */
/** What an image is, and whether it is whole, decided by its bytes as they pass. Pure; no pools, no allocation.
 *
 * PNG (ISO 15948): signature, every chunk's length and CRC, IHDR first, at least one IDAT, IEND last.
 * JPEG (ITU T.81): SOI, marker segments, one SOF with its size, SOS and entropy-coded data, EOI.
 * WebP (RFC 9649): RIFF size, chunks, VP8 / VP8L / VP8X size; at least one picture chunk.
 * GIF (87a, 89a), of uploads only: screen size, blocks, at least one image, trailer.
 * Anything else (SVG, HTML, AVIF, ...) is SIMG_IMAGE_NONE, known at the first wrong byte. Bytes after the end of the
 * image make it not whole (a PNG followed by HTML is not a picture), except that zero bytes after a JPEG's EOI are let
 * through. Pixels are not decoded. */
#ifndef SIMG_BASE_SNIFF_H
#define SIMG_BASE_SNIFF_H

#include <stddef.h>
#include <stdint.h>

typedef enum simg_image_type {
    SIMG_IMAGE_NONE,
    SIMG_IMAGE_PNG,
    SIMG_IMAGE_JPEG,
    SIMG_IMAGE_WEBP,
    SIMG_IMAGE_GIF
} simg_image_type;

typedef struct simg_sniff {
    simg_image_type type;   /* once enough bytes have passed */
    uint32_t width, height; /* pixels; 0 until known */
    uint64_t seen;          /* bytes fed */
    int broken;             /* it cannot become a whole image any more */
    int whole;              /* the end was seen, and nothing after it */
    /* the walker's own state */
    int state;
    unsigned char head[32];
    uint32_t have;
    uint64_t left, end;
    uint32_t crc, tag;
    uint32_t flags;
    int upload, watching;
    uint64_t recent;
} simg_sniff;

/** For a picture that we ordered: PNG, JPEG or WebP. */
void simg_sniff_init(simg_sniff *s);

/** For a picture that somebody hands in: GIF as well; anything behind a JPEG's end (phones append a second picture, a
 * film, notes of their own: whoever makes the picture anew leaves it out); but comments, texts and what lies behind the
 * end make it broken if they hold HTML or a script. */
void simg_sniff_init_upload(simg_sniff *s);

/** Take the next len bytes. @return 1 while it can still become a whole image, 0 once it cannot (sticky). */
int simg_sniff_feed(simg_sniff *s, const void *data, size_t len);

/** @return 1 if what was fed is exactly one whole image with a width and a height. */
int simg_sniff_end(const simg_sniff *s);

/** "png", "jpg", "webp", "gif"; NULL for SIMG_IMAGE_NONE. */
const char *simg_image_extension(simg_image_type type);
/** "image/png", ...; NULL for SIMG_IMAGE_NONE. */
const char *simg_image_media_type(simg_image_type type);

#endif
