/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/render.h"

#include <vips/vips.h>

#include "pixel/encode.h"

/* Measured on pages of 1024 x 1024: filters make them larger; level 4 costs 4 ms more than 1 and saves a tenth. */
#define PNG_LEVEL 4
#define QUALITY 90
#define SOURCE_MAX 16384

const char *const simg_render_loaders[] = { "VipsForeignLoadSvg", NULL };

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
    const simg_encoding encoding = { how->format, QUALITY, PNG_LEVEL, NULL };
    VipsImage *drawn = NULL, *opaque = NULL;
    int failed;

    *out = NULL;
    *out_len = 0;
    failed = load(&drawn, svg, len, how) != 0;
    failed = failed || simg_encode_opaque(&opaque, drawn) != 0;
    failed = failed || simg_encode(out, out_len, opaque, &encoding) != 0;
    g_clear_object(&opaque);
    g_clear_object(&drawn);
    return failed ? -1 : 0;
}
