/* SPDX-License-Identifier: Apache-2.0 */
/* storyimg-pixel: the only place where pixels are made. A program of its own, started per picture, so that neither
 * libvips nor whatever is fed to it lives in an httpd child. Bytes in on standard input, bytes out on standard output.
 *
 * Exit status 0: the answer is written, whole. 1: it could not be made. 2: wrong usage. 3: too many pixels. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pixel/encode.h"
#include "pixel/import.h"
#include "pixel/keepsake.h"
#include "pixel/library.h"
#include "pixel/limits.h"
#include "pixel/looks.h"
#include "pixel/render.h"
#include "pixel/stream.h"

#define PROGRAM "storyimg-pixel"
#define INPUT_MAX (8UL * 1024 * 1024)
#define SIDE_MAX 4096
#define PIXELS_MAX 40000000L
#define IMPORT_QUALITY 90
#define FIT_QUALITY 85
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unreleased"
#endif

/* What the words of the command line asked for; 0 and NULL where they did not. */
typedef struct order {
    int width, height, side;
    long max_pixels;
    const char *format;
} order;

static int usage(void)
{
    fputs("usage: " PROGRAM " render --width W --height H [--format png|jpg|webp] <SVG >PICTURE\n"
          "       " PROGRAM " import [--format png|jpg|webp] [--max-pixels N] <UPLOAD >PICTURE\n"
          "       " PROGRAM " fit --side N [--format png|jpg|webp] [--max-pixels N] <UPLOAD >PICTURE\n"
          "       " PROGRAM " thumb --side N [--max-pixels N] <PICTURE >WEBP\n"
          "       " PROGRAM " convert --format png|jpg|webp [--max-pixels N] <PICTURE >PICTURE\n"
          "       " PROGRAM " looks [--max-pixels N] <UPLOAD >JSON\n"
          "       " PROGRAM " --version\n", stderr);
    return SIMG_PIXEL_USAGE;
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, why);
    return SIMG_PIXEL_BAD;
}

static int answer(const void *data, size_t len)
{
    if (simg_stream_write(STDOUT_FILENO, data, len) != 0)
        return fail("standard output", strerror(errno));
    return SIMG_PIXEL_OK;
}

static int render(const order *what)
{
    const simg_render how = { what->width, what->height, what->format ? what->format : "png" };
    char *svg = NULL;
    void *picture = NULL;
    size_t svg_len = 0, picture_len = 0;
    int failed;

    if (simg_stream_read(&svg, &svg_len, STDIN_FILENO, INPUT_MAX) != 0)
        return fail("standard input", errno == EFBIG ? "larger than 8 MB" : strerror(errno));
    failed = simg_render_svg(&picture, &picture_len, svg, svg_len, &how) != 0;
    free(svg);
    if (failed)
        return fail("cannot draw", simg_library_error());
    failed = answer(picture, picture_len);
    simg_encode_free(picture);
    return failed;
}

static int picture_answer(int status, void *picture, size_t len)
{
    if (status == SIMG_PIXEL_OK)
        status = answer(picture, len);
    else
        fail("cannot read the picture", simg_library_error());
    simg_encode_free(picture);
    return status;
}

static int picture_make(const simg_import *how)
{
    void *picture = NULL;
    size_t len = 0;
    int status = simg_import_picture(&picture, &len, STDIN_FILENO, how);

    return picture_answer(status, picture, len);
}

static int thumb(const order *what)
{
    const simg_opening opening = { what->max_pixels, what->side };
    void *picture = NULL;
    size_t len = 0;
    int status = simg_keepsake_thumb(&picture, &len, STDIN_FILENO, &opening);

    return picture_answer(status, picture, len);
}

static int convert(const order *what)
{
    const simg_opening opening = { what->max_pixels, 0 };
    void *picture = NULL;
    size_t len = 0;
    int status = simg_keepsake_convert(&picture, &len, STDIN_FILENO, &opening, what->format);

    return picture_answer(status, picture, len);
}

static int import(const order *what)
{
    const simg_import how = { { what->max_pixels, 0 }, what->format, IMPORT_QUALITY };

    return picture_make(&how);
}

static int fit(const order *what)
{
    const simg_import how = { { what->max_pixels, what->side }, what->format ? what->format : "jpg", FIT_QUALITY };

    return picture_make(&how);
}

static int looks(const order *what)
{
    char line[SIMG_LOOKS_SIZE];
    int status = simg_looks_tell(line, STDIN_FILENO, what->max_pixels);

    if (status != SIMG_PIXEL_OK)
        fail("cannot read the picture", simg_library_error());
    return status == SIMG_PIXEL_OK ? answer(line, strlen(line)) : status;
}

/* may, must: the letters of its options. */
static const struct command {
    const char *name, *may, *must;
    const char *const *loaders;
    int (*run)(const order *what);
} commands[] = {
    { "render", "whf", "wh", simg_render_loaders, render },
    { "import", "fm", "", simg_open_loaders, import },
    { "fit", "sfm", "s", simg_open_loaders, fit },
    { "thumb", "sm", "s", simg_open_loaders, thumb },
    { "convert", "fm", "f", simg_open_loaders, convert },
    { "looks", "m", "", simg_open_loaders, looks },
};

static const struct command *command_find(const char *name)
{
    size_t i;

    for (i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

/** A number, 1..most; 0 if it is none. */
static long number_read(const char *text, long most)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);

    return end != text && !*end && n >= 1 && n <= most ? n : 0;
}

/** @return 1 if the option's value is a good one. */
static int option_take(order *what, int option, const char *value)
{
    switch (option) {
    case 'w': return (what->width = (int)number_read(value, SIDE_MAX)) > 0;
    case 'h': return (what->height = (int)number_read(value, SIDE_MAX)) > 0;
    case 's': return (what->side = (int)number_read(value, SIDE_MAX)) > 0;
    case 'm': return (what->max_pixels = number_read(value, PIXELS_MAX)) > 0;
    default: what->format = value; return simg_encode_has(value);
    }
}

/** @return 1 if the words make a whole order. */
static int arguments_read(order *what, const struct command *command, int argc, char **argv)
{
    static const struct option options[] = { { "width", required_argument, NULL, 'w' },
                                             { "height", required_argument, NULL, 'h' },
                                             { "side", required_argument, NULL, 's' },
                                             { "max-pixels", required_argument, NULL, 'm' },
                                             { "format", required_argument, NULL, 'f' },
                                             { NULL, 0, NULL, 0 } };
    char must[8];
    char *due;
    int c;

    snprintf(must, sizeof(must), "%s", command->must);
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!strchr(command->may, c) || !option_take(what, c, optarg))
            return 0;
        due = strchr(must, c);
        if (due)
            *due = ' ';
    }
    return optind == argc && strspn(must, " ") == strlen(must);
}

int main(int argc, char **argv)
{
    const struct command *command = command_find(argc > 1 ? argv[1] : NULL);
    order what = { 0, 0, 0, PIXELS_MAX, NULL };

    if (argc == 2 && !strcmp(argv[1], "--version")) {
        printf(PROGRAM " %s (libvips %s)\n", PACKAGE_VERSION, simg_library_version());
        return SIMG_PIXEL_OK;
    }
    if (!command || !arguments_read(&what, command, argc - 1, argv + 1))
        return usage();
    if (simg_limits_set() != 0)
        return fail("limits", strerror(errno));
    if (simg_library_init(PROGRAM, command->loaders) != 0)
        return fail("libvips", simg_library_error());
    return command->run(&what);
}
