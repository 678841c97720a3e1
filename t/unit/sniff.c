/* SPDX-License-Identifier: Apache-2.0 */
/* Images are told by their bytes, in any pieces; half ones, longer ones and damaged ones are not whole. */
#include "tap.h"

#include <stdlib.h>

#include "base/sniff.h"

typedef struct bytes {
    unsigned char data[4096];
    size_t len;
} bytes;

/* A PNG of one red pixel, with a text chunk that names IDAT but is none. */
static const unsigned char png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x74,
    0x45, 0x58, 0x74, 0x43, 0x6f, 0x6d, 0x6d, 0x65, 0x6e, 0x74, 0x00, 0x49, 0x44, 0x41, 0x54, 0xba, 0xb1, 0x53, 0xfb,
    0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0xf8, 0xcf, 0xc0, 0x00, 0x00, 0x03, 0x01, 0x01,
    0x00, 0xf7, 0x03, 0x41, 0x43, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

/* The segments of a JPEG of 3 x 2 pixels: a thumbnail's markers inside APP1, fill bytes before DQT, two scans with a
 * stuffed FF and restart markers. What it shows is noise. */
static const unsigned char jpeg[] = {
    0xff, 0xd8, 0xff, 0xe1, 0x00, 0x08, 0xff, 0xd8, 0xff, 0xd9, 0x00, 0x01, 0xff, 0xff, 0xff, 0xdb, 0x00, 0x03,
    0x00, 0xff, 0xc2, 0x00, 0x0b, 0x08, 0x00, 0x02, 0x00, 0x03, 0x01, 0x01, 0x11, 0x00, 0xff, 0xda, 0x00, 0x08,
    0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xc4, 0x00, 0x03, 0x00,
    0xff, 0xda, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3f, 0x00, 0x78, 0xff, 0xd1, 0x9a, 0xff, 0xff, 0xd9,
};

/* A simple lossless WebP of 5 x 4 pixels whose chunk is odd, so that a byte pads it. */
static const unsigned char webp[] = {
    'R', 'I', 'F', 'F', 20, 0, 0,    0,    'W',  'E',  'B',  'P',  'V',  'P',
    '8', 'L', 7,   0,   0,  0, 0x2f, 0x04, 0xc0, 0x00, 0x00, 0x11, 0x22, 0x00,
};

static int whole_in_steps(const unsigned char *data, size_t len, size_t step, simg_sniff *s)
{
    size_t at, n;

    simg_sniff_init(s);
    for (at = 0; at < len; at += n) {
        n = len - at < step ? len - at : step;
        simg_sniff_feed(s, data + at, n);
    }
    return simg_sniff_end(s);
}

static int whole(const unsigned char *data, size_t len)
{
    simg_sniff s;

    return whole_in_steps(data, len, len ? len : 1, &s);
}

static int whole_in_any_steps(const unsigned char *data, size_t len)
{
    size_t step;
    simg_sniff s;

    for (step = 1; step <= 40; step++)
        if (!whole_in_steps(data, len, step, &s) || s.seen != len)
            return 0;
    return 1;
}

/* The length of the longest part from the start that counts as whole; 0 if there is none. */
static size_t truncated_whole(const unsigned char *data, size_t len)
{
    while (len-- > 0)
        if (whole(data, len))
            return len;
    return 0;
}

static int whole_with(const unsigned char *data, size_t len, const char *more, size_t more_len)
{
    unsigned char *both = malloc(len + more_len);
    int result;

    memcpy(both, data, len);
    memcpy(both + len, more, more_len);
    result = whole(both, len + more_len);
    free(both);
    return result;
}

static void check_image(const char *name, const bytes *b, simg_image_type type, const char *size)
{
    simg_sniff s;
    char got[32];

    ok(whole_in_steps(b->data, b->len, b->len, &s), "%s is whole", name);
    is_int(s.type, type, "its type");
    snprintf(got, sizeof(got), "%ux%u", s.width, s.height);
    is_str(got, size, "its size");
    ok(whole_in_any_steps(b->data, b->len), "%s is whole byte by byte and in pieces of up to 40", name);
    is_int((long long)truncated_whole(b->data, b->len), 0, "no shorter part of it is");
    ok(!whole_with(b->data, b->len, "<html>", 6), "%s with HTML behind it is not", name);
    ok(!whole_with(b->data, b->len, "\0\0\0<", 4), "nor with zeros and more");
    is_int(whole_with(b->data, b->len, "\0\0", 2), type == SIMG_IMAGE_JPEG,
           "zeros alone are let through for JPEG only");
}

static int file_read(bytes *b, const char *name)
{
    const char *top = getenv("STORYIMG_SRCDIR");
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/t/fixtures/sniff/%s", top ? top : ".", name);
    f = fopen(path, "rb");
    b->len = f ? fread(b->data, 1, sizeof(b->data), f) : 0;
    if (f)
        fclose(f);
    return b->len > 0;
}

static const struct {
    const char *name;
    simg_image_type type;
} files[] = {
    { "tiny.png", SIMG_IMAGE_PNG },       { "restart.jpg", SIMG_IMAGE_JPEG },   { "progressive.jpg", SIMG_IMAGE_JPEG },
    { "thumbnail.jpg", SIMG_IMAGE_JPEG }, { "lossy.webp", SIMG_IMAGE_WEBP },    { "lossless.webp", SIMG_IMAGE_WEBP },
    { "alpha.webp", SIMG_IMAGE_WEBP },    { "animated.webp", SIMG_IMAGE_WEBP },
};

static void literal_read(bytes *b, const unsigned char *data, size_t len)
{
    memcpy(b->data, data, len);
    b->len = len;
}

static void check_whole(void)
{
    bytes b = { .len = 0 };
    size_t i;

    literal_read(&b, png, sizeof(png));
    check_image("a small PNG", &b, SIMG_IMAGE_PNG, "1x1");
    literal_read(&b, jpeg, sizeof(jpeg));
    check_image("a small JPEG", &b, SIMG_IMAGE_JPEG, "3x2");
    literal_read(&b, webp, sizeof(webp));
    check_image("a small WebP", &b, SIMG_IMAGE_WEBP, "5x4");
    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (ok(file_read(&b, files[i].name), "%s is there", files[i].name))
            check_image(files[i].name, &b, files[i].type, "20x14");
    }
}

/* Every bit of it counts. */
static void check_png_damage(void)
{
    bytes b;
    size_t i;
    int bit, survived = 0;

    file_read(&b, "tiny.png");
    for (i = 0; i < b.len; i++) {
        for (bit = 0; bit < 8; bit++) {
            b.data[i] ^= (unsigned char)(1 << bit);
            survived += whole(b.data, b.len);
            b.data[i] ^= (unsigned char)(1 << bit);
        }
        b.data[i] ^= 0xff;
        survived += whole(b.data, b.len);
        b.data[i] ^= 0xff;
    }
    is_int(survived, 0, "a PNG with any bit or byte flipped is not whole");
}

/* What is refused is refused at that byte, and for good. */
static void check_refused(const char *name, const void *data, size_t len, size_t at)
{
    const unsigned char *u = data;
    simg_sniff s;
    size_t i;

    simg_sniff_init(&s);
    for (i = 0; i < len && simg_sniff_feed(&s, u + i, 1); i++)
        continue;
    is_int((long long)i, (long long)at, name);
    ok(!simg_sniff_feed(&s, png, sizeof(png)) && !simg_sniff_end(&s) && s.broken, "and stays refused: %s", name);
}

static void check_others(void)
{
    static const struct {
        const char *name, *data;
        size_t len, at;
    } others[] = {
        { "GIF", "GIF89a", 6, 0 },
        { "GIF of the older version", "GIF87a", 6, 0 },
        { "SVG", "<svg xmlns=", 11, 0 },
        { "HTML", "<!DOCTYPE html>", 15, 0 },
        { "AVIF",
          "\0\0\0\x20"
          "ftypavif",
          12, 0 },
        { "BMP", "BM", 2, 0 },
        { "text", "Really", 6, 1 },
        { "WAVE", "RIFF\x24\0\0\0WAVEfmt ", 16, 9 },
        { "half a PNG signature", "\x89PNX", 4, 3 },
        { "a PNG through a text-mode transfer", "\x89PNG\n\x1a\n", 7, 4 },
        { "JPEG 2000", "\xff\x4f\xff\x51", 4, 1 },
        { "JPEG that starts with no marker", "\xff\xd8\x00\x10", 4, 2 },
        { "JPEG that is only its ends", "\xff\xd8\xff\xd9", 4, 3 },
        { "JPEG scan before its frame", "\xff\xd8\xff\xda", 4, 3 },
        { "JPEG segment too short for its length", "\xff\xd8\xff\xe0\0\1", 6, 5 },
        { "JPEG restart outside a scan", "\xff\xd8\xff\xd0", 4, 3 },
        { "JPEG of no height", "\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\1", 11, 11 },
        { "WebP of odd size", "RIFF\x15\0\0\0WEBP", 12, 11 },
        { "WebP too small", "RIFF\x04\0\0\0WEBP", 12, 11 },
        { "WebP whose first chunk is no picture", "RIFF\x20\0\0\0WEBPEXIF\2\0\0\0", 20, 19 },
        { "WebP with a chunk larger than the file", "RIFF\x20\0\0\0WEBPVP8L\xff\0\0\0", 20, 19 },
        { "PNG whose first chunk is another", "\x89PNG\r\n\x1a\n\0\0\0\4gAMA", 16, 15 },
        { "PNG with a header of the wrong length", "\x89PNG\r\n\x1a\n\0\0\0\x0eIHDR", 16, 15 },
    };
    simg_sniff s;
    size_t i;

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        check_refused(others[i].name, others[i].data, others[i].len, others[i].at);
    ok(!whole(png, 0), "nothing is not whole");
    simg_sniff_init(&s);
    ok(simg_sniff_feed(&s, "RIFF\xf0\xf1\xf2\xf3WEBPVP8L\xe0\xf1\xf2\xf3", 20), "a WebP of gigabytes is one so far");
}

/* Chunks and segments in the wrong order, or that lie. */
static void check_structure(void)
{
    bytes b = { .len = 0 };
    size_t idat = 8 + 25, iend = sizeof(png) - 12;

    memcpy(b.data, png, idat);
    memcpy(b.data + idat, png + iend, 12);
    ok(!whole(b.data, idat + 12), "a PNG without IDAT is not whole");
    memcpy(b.data + idat, png + 8, 25);
    memcpy(b.data + idat + 25, png + idat, sizeof(png) - idat);
    ok(!whole(b.data, sizeof(png) + 25), "a PNG with two IHDR is not whole");
    literal_read(&b, jpeg, sizeof(jpeg));
    b.data[47] = 0xd8; /* where a restart marker was */
    ok(!whole(b.data, b.len), "a JPEG that starts again in its scan is not whole");
    literal_read(&b, webp, sizeof(webp));
    b.data[20] = 0x2e;
    ok(!whole(b.data, b.len), "a lossless WebP with a wrong signature is not whole");
    literal_read(&b, webp, sizeof(webp));
    b.data[24] = 0x20;
    ok(!whole(b.data, b.len), "nor one of a later version");
    file_read(&b, "lossy.webp");
    b.data[20] |= 1;
    ok(!whole(b.data, b.len), "nor a WebP without a key frame");
    file_read(&b, "alpha.webp");
    b.data[4] -= 2;
    ok(!whole(b.data, b.len), "nor one whose size is less than its chunks");
}

static void check_names(void)
{
    is_str(simg_image_extension(SIMG_IMAGE_PNG), "png", "extension of a PNG");
    is_str(simg_image_extension(SIMG_IMAGE_JPEG), "jpg", "of a JPEG");
    is_str(simg_image_extension(SIMG_IMAGE_WEBP), "webp", "of a WebP");
    is_str(simg_image_extension(SIMG_IMAGE_GIF), "gif", "of a GIF");
    is_str(simg_image_extension(SIMG_IMAGE_NONE), NULL, "of nothing");
    is_str(simg_image_media_type(SIMG_IMAGE_PNG), "image/png", "media type of a PNG");
    is_str(simg_image_media_type(SIMG_IMAGE_JPEG), "image/jpeg", "of a JPEG");
    is_str(simg_image_media_type(SIMG_IMAGE_WEBP), "image/webp", "of a WebP");
    is_str(simg_image_media_type(SIMG_IMAGE_GIF), "image/gif", "of a GIF");
    is_str(simg_image_media_type(SIMG_IMAGE_NONE), NULL, "of nothing");
}

int main(void)
{
    check_whole();
    check_png_damage();
    check_others();
    check_structure();
    check_names();
    return done_testing();
}
