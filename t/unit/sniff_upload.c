/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures that somebody hands in: GIF too, a phone's second JPEG too; but nothing that could be read as a page. */
#include "tap.h"

#include <stdlib.h>

#include "base/sniff.h"

#define PART(text) text, sizeof(text) - 1

typedef struct bytes {
    unsigned char data[4096];
    size_t len;
} bytes;

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

/* Whole where we ordered the picture. */
static int whole(const bytes *b)
{
    simg_sniff s;

    simg_sniff_init(&s);
    simg_sniff_feed(&s, b->data, b->len);
    return simg_sniff_end(&s);
}

/* A GIF of 2 x 1 pixels: table of two colours, what a case puts there, then one image, and what a case puts there. */
static void gif_make(bytes *b, const char *before, size_t before_len, const char *after, size_t after_len)
{
    static const char head[] = "GIF89a\2\0\1\0\x80\0\0\xff\0\0\0\0\xff", image[] = "\x2c\0\0\0\0\2\0\1\0\0\2\2\x44\x0a";
    const struct {
        const char *data;
        size_t len;
    } parts[] = {
        { PART(head) }, { before, before_len }, { PART(image) }, { "\0", 1 }, { after, after_len }, { ";", 1 }
    };
    size_t i;

    b->len = 0;
    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        memcpy(b->data + b->len, parts[i].data, parts[i].len);
        b->len += parts[i].len;
    }
}

/* Whole as an upload: at once, and in steps of every length. -1: they do not agree. */
static int upload_whole(const bytes *b)
{
    int first = -1, result;
    size_t step, at, n;
    simg_sniff s;

    for (step = 1; step <= b->len; step++) {
        simg_sniff_init_upload(&s);
        for (at = 0; at < b->len; at += n) {
            n = b->len - at < step ? b->len - at : step;
            simg_sniff_feed(&s, b->data + at, n);
        }
        result = simg_sniff_end(&s);
        if (first >= 0 && result != first)
            return -1;
        first = result;
    }
    return first;
}

static const struct gif_case {
    const char *name, *before, *after;
    size_t before_len, after_len;
    int whole;
} gif_cases[] = {
#define BEFORE(text) text, "", sizeof(text) - 1, 0
#define AFTER(text) "", text, 0, sizeof(text) - 1
    { "a plain one", BEFORE(""), 1 },
    { "a control whose delay is 60", BEFORE("\x21\xf9\4\0<\0\0\0"), 1 },
    { "a looping application", BEFORE("\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"), 1 },
    { "the XMP of an application", BEFORE("\x21\xff\x0bXMP DataXMP\x09<?xpacket\0"), 1 },
    { "a kind comment", BEFORE("\x21\xfe\5hello\0"), 1 },
    { "a comment in two blocks, of 60 bytes the second",
      BEFORE("\x21\xfe\1a<012345678901234567890123456789012345678901234567890123456789\0"), 1 },
    { "a second image with a table of its own", AFTER("\x2c\0\0\0\0\1\0\1\0\x81\1\2\3\1\2\3\1\2\3\1\2\3\2\2\x44\1\0"),
      1 },
    { "a comment with a script", BEFORE("\x21\xfe\x19<script>alert(1)</script>\0"), 0 },
    { "a comment with a tag, after the picture", AFTER("\x21\xfe\3<b>\0"), 0 },
    { "a plain text with a tag", BEFORE("\x21\1\3<b>\0"), 0 },
    { "an extension of no known kind, with a tag", BEFORE("\x21\x77\3<b>\0"), 0 },
    { "an application with a script", BEFORE("\x21\xff\x08<sCrIpT>\0"), 0 },
    { "an application with a script, a size of 60 being its '<'",
      BEFORE("\x21\xff\1.<script>.....................................................\0"), 0 },
    { "an application with something else there",
      BEFORE("\x21\xff\1.<skript>.....................................................\0"), 1 },
    { "an image of no width", AFTER("\x2c\0\0\0\0\0\0\1\0\0\2\2\x44\1\0"), 0 },
    { "an image with an impossible size of codes", AFTER("\x2c\0\0\0\0\1\0\1\0\0\x0c\2\x44\1\0"), 0 },
    { "HTML between its blocks", AFTER("<html>"), 0 },
    { "a second trailer", AFTER(";"), 0 },
};

static void check_gif(void)
{
    const struct gif_case *c;
    bytes b;
    size_t i, len;
    int shorter = 0;

    for (i = 0; i < sizeof(gif_cases) / sizeof(gif_cases[0]); i++) {
        c = &gif_cases[i];
        gif_make(&b, c->before, c->before_len, c->after, c->after_len);
        is_int(upload_whole(&b), c->whole, c->name);
    }
    gif_make(&b, "", 0, "", 0);
    ok(!whole(&b), "none of which is whole where we ordered the picture");
    len = b.len;
    for (b.len = 1; b.len < len; b.len++)
        shorter += upload_whole(&b) != 0;
    is_int(shorter, 0, "no shorter part of a GIF is whole");
    b.data[4] = '7';
    ok(upload_whole(&b), "the older version is");
    b.data[4] = '8';
    ok(!upload_whole(&b), "one of neither is not");
    memcpy(b.data + len - 1, "\0;", 2);
    b.len = len + 1;
    ok(!upload_whole(&b), "nor one with a stray byte before its end");
}

static void check_gif_size(void)
{
    simg_sniff s;
    bytes b;

    gif_make(&b, "", 0, "", 0);
    simg_sniff_init_upload(&s);
    simg_sniff_feed(&s, b.data, b.len);
    ok(s.type == SIMG_IMAGE_GIF && s.width == 2 && s.height == 1, "type and size of a GIF");
    is_int((long long)s.seen, (long long)b.len, "all of it was seen");
    simg_sniff_init_upload(&s);
    simg_sniff_feed(&s, "GIF89a\0\0\1\0\0\0\0", 13);
    ok(s.broken, "a GIF of no width is broken");
    memcpy(b.data + b.len, "\0", 1);
    b.len++;
    ok(!upload_whole(&b), "a byte after its end, too");
}

static void upload_file(bytes *b, const char *name, const void *at, size_t offset, size_t cut)
{
    file_read(b, name);
    memmove(b->data + offset + cut, b->data + offset, b->len - offset);
    memcpy(b->data + offset, at, cut);
    b->len += cut;
}

static const struct {
    const char *name, *segment;
    size_t len;
    int whole;
} jpeg_cases[] = {
    { "a JPEG with a comment", PART("\xff\xfe\0\7hello"), 1 },
    { "a JPEG with <3 in a comment", PART("\xff\xfe\0\x0aI <3 you"), 1 },
    { "a JPEG with a script in a comment", PART("\xff\xfe\0\x0e<<SCRIPT src"), 0 },
    { "a JPEG with PHP in a comment", PART("\xff\xfe\0\x0b<?php 1;?"), 0 },
    { "a JPEG with HTML in a comment", PART("\xff\xfe\0\x11<!DOCTYPE html>"), 0 },
    { "a JPEG with SVG in XMP, as tools for photos may", PART("\xff\xe1\0\x0ahttp<svg"), 1 },
};

/* Chunks of text, with their CRC: a script; the start of XMP. */
static const unsigned char png_script[] = {
    0x00, 0x00, 0x00, 0x09, 0x74, 0x45, 0x58, 0x74, 0x61, 0x00, 0x3c,
    0x73, 0x63, 0x72, 0x69, 0x70, 0x74, 0x69, 0xbe, 0xf5, 0xab,
};
static const unsigned char png_xmp[] = {
    0x00, 0x00, 0x00, 0x09, 0x69, 0x54, 0x58, 0x74, 0x58, 0x00, 0x3c,
    0x78, 0x3a, 0x78, 0x6d, 0x70, 0x6d, 0xdc, 0xa1, 0x59, 0x14,
};

static const char *const files[] = {
    "tiny.png",   "restart.jpg",   "progressive.jpg", "thumbnail.jpg",
    "lossy.webp", "lossless.webp", "alpha.webp",      "animated.webp",
};

static void check_upload(void)
{
    bytes b = { .len = 0 };
    size_t i;

    for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        ok(file_read(&b, files[i]), "%s is there", files[i]);
        is_int(upload_whole(&b), 1, files[i]);
    }
    for (i = 0; i < sizeof(jpeg_cases) / sizeof(jpeg_cases[0]); i++) {
        upload_file(&b, "restart.jpg", jpeg_cases[i].segment, 2, jpeg_cases[i].len);
        is_int(upload_whole(&b), jpeg_cases[i].whole, jpeg_cases[i].name);
        is_int(whole(&b), 1, "which is nobody's concern where we ordered the picture");
    }
    upload_file(&b, "tiny.png", png_script, 33, sizeof(png_script));
    is_int(upload_whole(&b), 0, "a PNG with a script in its text");
    is_int(whole(&b), 1, "whose chunks are sound");
    upload_file(&b, "tiny.png", png_xmp, 33, sizeof(png_xmp));
    is_int(upload_whole(&b), 1, "a PNG with XMP");
}

/* Puts a file of the fixtures behind what is there. */
static void append(bytes *b, const char *name)
{
    bytes more;

    file_read(&more, name);
    memcpy(b->data + b->len, more.data, more.len);
    b->len += more.len;
}

/* Phones append a second JPEG to the first (several pictures in one file; the light that a bright screen adds). */
static void check_appended(void)
{
    bytes b = { .len = 0 };
    simg_sniff s;
    size_t first;

    file_read(&b, "progressive.jpg");
    first = b.len;
    append(&b, "restart.jpg");
    is_int(upload_whole(&b), 1, "a JPEG with a second one behind it");
    ok(!whole(&b), "is not whole where we ordered the picture");
    simg_sniff_init_upload(&s);
    simg_sniff_feed(&s, b.data, b.len);
    ok(s.width == 20 && s.height == 14, "its size is that of the first");
    b.len--;
    is_int(upload_whole(&b), 1, "nor need it be whole");
    memcpy(b.data + first, "\0\0SEFH<x", 8);
    b.len = first + 8;
    is_int(upload_whole(&b), 1, "a phone's own notes");
    memcpy(b.data + first + 6, "<html>", 6);
    b.len = first + 12;
    is_int(upload_whole(&b), 0, "but not HTML");
    memcpy(b.data + first, "<Script>", 8);
    b.len = first + 8;
    is_int(upload_whole(&b), 0, "nor a script at once");
    file_read(&b, "tiny.png");
    append(&b, "restart.jpg");
    is_int(upload_whole(&b), 0, "nor a PNG with a JPEG");
}

int main(void)
{
    check_gif();
    check_gif_size();
    check_upload();
    check_appended();
    return done_testing();
}
