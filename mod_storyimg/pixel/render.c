/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vips/vips.h>

#define SVG_MAX ((size_t)8 * 1024 * 1024)

static int complain(const char *what, const char *why)
{
    char line[300];
    char *c;

    snprintf(line, sizeof(line), "%s", why);
    for (c = line; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    fprintf(stderr, "storyimg-pixel: %s: %s\n", what, line);
    return 1;
}

static char *read_all(size_t *len)
{
    char *data = malloc(SVG_MAX + 1);
    ssize_t n = 1;

    *len = 0;
    while (data && n != 0 && *len <= SVG_MAX) {
        n = read(STDIN_FILENO, data + *len, SVG_MAX + 1 - *len);
        if (n < 0 && errno != EINTR) {
            free(data);
            return NULL;
        }
        if (n > 0)
            *len += (size_t)n;
        else if (n < 0)
            n = 1;
    }
    return data;
}

static int write_all(const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(STDOUT_FILENO, data, len);

        if (n < 0 && errno != EINTR)
            return 0;
        if (n > 0) {
            data += n;
            len -= (size_t)n;
        }
    }
    return 1;
}

/** Only SVG is read here, whatever the bytes claim to be. */
static void only_svg(void)
{
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadSvg", FALSE);
}

/** The drawing at the size asked for; NULL and vips's error buffer if it cannot be drawn. */
static VipsImage *draw(void *svg, size_t len, int width, int height)
{
    VipsImage *drawn = NULL, *flat = NULL, *sized = NULL;

    if (vips_svgload_buffer(svg, len, &drawn, NULL) != 0)
        return NULL;
    if (vips_flatten(drawn, &flat, NULL) == 0 && flat->Xsize == width && flat->Ysize == height)
        sized = g_object_ref(flat);
    else if (flat)
        vips_thumbnail_image(flat, &sized, width, "height", height, "size", VIPS_SIZE_FORCE, NULL);
    if (flat)
        g_object_unref(flat);
    g_object_unref(drawn);
    return sized;
}

static int encode(VipsImage *image, const char *format, void **data, size_t *len)
{
    if (!strcmp(format, "jpg"))
        return vips_jpegsave_buffer(image, data, len, "Q", 90, "strip", TRUE, NULL);
    if (!strcmp(format, "webp"))
        return vips_webpsave_buffer(image, data, len, "Q", 90, "strip", TRUE, NULL);
    if (!strcmp(format, "png"))
        return vips_pngsave_buffer(image, data, len, "compression", 4, "filter", VIPS_FOREIGN_PNG_FILTER_NONE, "strip",
                                   TRUE, NULL);
    vips_error("format", "must be png, jpg or webp");
    return -1;
}

static int render(char *svg, size_t svg_len, int width, int height, const char *format)
{
    VipsImage *image = draw(svg, svg_len, width, height);
    size_t len = 0;
    void *data = NULL;
    int status = 0;

    if (!image)
        return complain("cannot draw", vips_error_buffer());
    if (encode(image, format, &data, &len) != 0)
        status = complain("cannot encode", vips_error_buffer());
    else if (!write_all(data, len))
        status = complain("cannot write", strerror(errno));
    g_free(data);
    g_object_unref(image);
    return status;
}

int simg_render(const char *program, int width, int height, const char *format)
{
    size_t len;
    char *svg;
    int status;

    svg = read_all(&len);
    if (!svg || len == 0 || len > SVG_MAX) {
        free(svg);
        return complain("cannot read the drawing", !svg ? strerror(errno) : len ? "larger than 8 MB" : "empty");
    }
    if (VIPS_INIT(program) != 0) {
        free(svg);
        return complain("libvips", vips_error_buffer());
    }
    only_svg();
    status = render(svg, len, width, height, format);
    vips_shutdown();
    free(svg);
    return status;
}
