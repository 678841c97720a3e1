/* SPDX-License-Identifier: Apache-2.0 */
/* storyimg-pixel: the only place where pixels are made. A program of its own, started per picture, so that neither
 * libvips nor whatever is fed to it lives in an httpd child.
 *
 *   storyimg-pixel render --width W --height H [--format png|jpg|webp] < SVG > IMAGE
 *   storyimg-pixel --version
 *
 * Exit status 0: the image is written, whole. 1: it could not be made. 2: wrong usage. One line on standard error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "pixel/render.h"

#define SIDE_MIN 16
#define SIDE_MAX 4096

static int usage(const char *what)
{
    fprintf(stderr, "storyimg-pixel: %s; usage: storyimg-pixel render --width W --height H [--format png|jpg|webp]\n",
            what);
    return 2;
}

static void limit(int resource, rlim_t most)
{
    struct rlimit r;

    if (getrlimit(resource, &r) != 0)
        return;
    if (r.rlim_max == RLIM_INFINITY || r.rlim_max > most)
        r.rlim_max = most;
    if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur > r.rlim_max)
        r.rlim_cur = r.rlim_max;
    setrlimit(resource, &r);
}

/** A picture that wants more than this is not one of ours. */
static void limit_all(void)
{
    limit(RLIMIT_CPU, 20);
    limit(RLIMIT_AS, (rlim_t)2 << 30);
    limit(RLIMIT_FSIZE, (rlim_t)256 << 20);
    limit(RLIMIT_CORE, 0);
}

static int side(const char *s)
{
    char *end = NULL;
    long n = strtol(s, &end, 10);

    return *end || n < SIDE_MIN || n > SIDE_MAX ? 0 : (int)n;
}

static const char *option(int argc, char **argv, const char *name, const char *dflt)
{
    int i;

    for (i = 2; i + 1 < argc; i += 2)
        if (!strcmp(argv[i], name))
            return argv[i + 1];
    return dflt;
}

static int known_options(int argc, char **argv)
{
    int i;

    for (i = 2; i < argc; i += 2)
        if (i + 1 == argc || (strcmp(argv[i], "--width") && strcmp(argv[i], "--height") && strcmp(argv[i], "--format")))
            return 0;
    return 1;
}

int main(int argc, char **argv)
{
    int width, height;
    const char *format;

    if (argc == 2 && !strcmp(argv[1], "--version")) {
        puts("storyimg-pixel " PACKAGE_VERSION);
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "render"))
        return usage("what is to be done?");
    if (!known_options(argc, argv))
        return usage("unknown option");
    width = side(option(argc, argv, "--width", ""));
    height = side(option(argc, argv, "--height", ""));
    format = option(argc, argv, "--format", "png");
    if (!width || !height)
        return usage("width and height must be from 16 to 4096");
    limit_all();
    return simg_render(argv[0], width, height, format);
}
