/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/render.h"

#include <stdio.h>
#include <string.h>

#include <vips/vips.h>

/* Measured on pages of 1024 x 1024: filters make them larger; level 4 costs 4 ms more than level 1 and saves a tenth. */
#define PNG_LEVEL 4
#define QUALITY 90
#define SOURCE_MAX 16384

typedef int write_fn(VipsImage *in, void **out, size_t *len);

static int write_png(VipsImage *in, void **out, size_t *len)
{
    return vips_pngsave_buffer(in, out, len, "compression", PNG_LEVEL, "filter", VIPS_FOREIGN_PNG_FILTER_NONE,
                               "strip", TRUE, NULL);
}

static int write_jpg(VipsImage *in, void **out, size_t *len)
{
    return vips_jpegsave_buffer(in, out, len, "Q", QUALITY, "strip", TRUE, NULL);
}

static int write_webp(VipsImage *in, void **out, size_t *len)
{
    /* the name that libvips had for "effort" before 8.12, and still knows; 2 is a third faster than the usual 4 */
    return vips_webpsave_buffer(in, out, len, "Q", QUALITY, "reduction_effort", 2, "strip", TRUE, NULL);
}

static const struct {
    const char *name;
    write_fn *write;
} formats[] = { { "png", write_png }, { "jpg", write_jpg }, { "webp", write_webp } };

static write_fn *format_find(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (!strcmp(formats[i].name, name))
            return formats[i].write;
    return NULL;
}

int simg_render_has(const char *format)
{
    return format_find(format) != NULL;
}

/** Libraries below libvips chat on stderr, which belongs to our one line. */
static void log_nothing(const char *domain, GLogLevelFlags level, const char *text, void *baton)
{
    (void)domain;
    (void)level;
    (void)text;
    (void)baton;
}

int simg_render_init(const char *program)
{
    g_log_set_default_handler(log_nothing, NULL);
    /* keeps libvips from loading its modules (ImageMagick, PDF, HEIF ...): 25 ms and much code that nobody needs here */
    g_setenv("VIPSHOME", "/nonexistent", TRUE);
    if (VIPS_INIT(program) != 0)
        return -1;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
#if VIPS_MAJOR_VERSION > 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION >= 13)
    vips_operation_block_set("VipsForeignLoad", TRUE);
    vips_operation_block_set("VipsForeignLoadSvg", FALSE);
#endif
    return 0;
}

static int load_at(VipsImage **out, const char *svg, size_t len, double scale)
{
    return vips_svgload_buffer((void *)svg, len, out, "scale", scale, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
}

static double cover_scale(const VipsImage *in, const simg_render *how)
{
    double x = (double)how->width / vips_image_get_width(in);
    double y = (double)how->height / vips_image_get_height(in);

    return x > y ? x : y;
}

/** A drawing that names another size is drawn to cover the asked one, then fitted: only its outline is resampled. */
static int load(VipsImage **out, const char *svg, size_t len, const simg_render *how)
{
    VipsImage *covering = NULL;
    double scale;
    int failed;

    if (load_at(out, svg, len, 1.0) != 0)
        return -1;
    if (vips_image_get_width(*out) == how->width && vips_image_get_height(*out) == how->height)
        return 0;
    scale = cover_scale(*out, how);
    failed = vips_image_get_width(*out) > SOURCE_MAX || vips_image_get_height(*out) > SOURCE_MAX;
    if (failed)
        vips_error("svg", "drawing is larger than %d units", SOURCE_MAX);
    failed = failed || load_at(&covering, svg, len, scale) != 0;
    g_clear_object(out);
    failed = failed || vips_thumbnail_image(covering, out, how->width, "height", how->height, "size",
                                            VIPS_SIZE_FORCE, NULL) != 0;
    g_clear_object(&covering);
    return failed ? -1 : 0;
}

int simg_render_svg(void **out, size_t *out_len, const char *svg, size_t len, const simg_render *how)
{
    write_fn *write = format_find(how->format);
    VipsImage *drawn = NULL, *opaque = NULL;
    VipsArrayDouble *white = vips_array_double_newv(3, 255.0, 255.0, 255.0);
    int failed;

    *out = NULL;
    *out_len = 0;
    failed = load(&drawn, svg, len, how) != 0;
    failed = failed || vips_flatten(drawn, &opaque, "background", white, NULL) != 0;
    failed = failed || write(opaque, out, out_len) != 0;
    g_clear_object(&opaque);
    g_clear_object(&drawn);
    vips_area_unref(VIPS_AREA(white));
    return failed ? -1 : 0;
}

void simg_render_free(void *out)
{
    g_free(out);
}

const char *simg_render_error(void)
{
    static char line[200];
    size_t i;

    snprintf(line, sizeof(line), "%s", vips_error_buffer());
    for (i = 0; line[i]; i++) {
        if (line[i] == '\n')
            line[i] = '\0';
        else if (line[i] < ' ' || line[i] > '~')
            line[i] = '?';
        if (!line[i])
            break;
    }
    return line[0] ? line : "cannot be drawn";
}

const char *simg_render_library(void)
{
    return vips_version_string();
}
