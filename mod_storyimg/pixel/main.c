/* SPDX-License-Identifier: Apache-2.0 */
/* storyimg-pixel: the only place where pixels are made. A program of its own, started per picture, so that neither
 * libvips nor whatever is fed to it lives in an httpd child. Bytes in on standard input, bytes out on standard output.
 *
 * Exit status 0: the picture is written, whole. 1: it could not be made. 2: wrong usage. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pixel/limits.h"
#include "pixel/render.h"
#include "pixel/stream.h"

#define PROGRAM "storyimg-pixel"
#define INPUT_MAX (8UL * 1024 * 1024)
#define SIDE_MAX 4096
#define EXIT_USAGE 2
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unreleased"
#endif

static int usage(void)
{
    fputs("usage: " PROGRAM " render --width W --height H [--format png|jpg|webp] <SVG >PICTURE\n"
          "       " PROGRAM " --version\n", stderr);
    return EXIT_USAGE;
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, why);
    return EXIT_FAILURE;
}

/** A side in pixels, 1..SIDE_MAX; 0 if it is none. */
static int side_read(const char *text)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);

    return end != text && !*end && n >= 1 && n <= SIDE_MAX ? (int)n : 0;
}

/** @return 1 if the words make a whole order. */
static int arguments_read(simg_render *how, int argc, char **argv)
{
    static const struct option options[] = { { "width", required_argument, NULL, 'w' },
                                             { "height", required_argument, NULL, 'h' },
                                             { "format", required_argument, NULL, 'f' },
                                             { NULL, 0, NULL, 0 } };
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'w': how->width = side_read(optarg); break;
        case 'h': how->height = side_read(optarg); break;
        case 'f': how->format = optarg; break;
        default: return 0;
        }
    }
    return optind == argc && how->width && how->height && simg_render_has(how->format);
}

static int render(const simg_render *how)
{
    char *svg = NULL;
    void *picture = NULL;
    size_t svg_len = 0, picture_len = 0;
    int failed;

    if (simg_stream_read(&svg, &svg_len, STDIN_FILENO, INPUT_MAX) != 0)
        return fail("standard input", errno == EFBIG ? "larger than 8 MB" : strerror(errno));
    failed = simg_render_svg(&picture, &picture_len, svg, svg_len, how) != 0;
    free(svg);
    if (failed)
        return fail("cannot draw", simg_render_error());
    failed = simg_stream_write(STDOUT_FILENO, picture, picture_len) != 0;
    if (failed)
        fail("standard output", strerror(errno));
    simg_render_free(picture);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    simg_render how = { 0, 0, "png" };

    if (argc == 2 && !strcmp(argv[1], "--version")) {
        printf(PROGRAM " %s (libvips %s)\n", PACKAGE_VERSION, simg_render_library());
        return EXIT_SUCCESS;
    }
    if (argc < 2 || strcmp(argv[1], "render") != 0 || !arguments_read(&how, argc - 1, argv + 1))
        return usage();
    if (simg_limits_set() != 0)
        return fail("limits", strerror(errno));
    if (simg_render_init(PROGRAM) != 0)
        return fail("libvips", simg_render_error());
    return render(&how);
}
