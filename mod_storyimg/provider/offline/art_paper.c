/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <math.h>
#include <string.h>

#include "provider/offline/art.h"

#define PI 3.14159265358979

simg_art *simg_art_new(double w, apr_uint64_t seed, apr_pool_t *p)
{
    simg_art *a = apr_pcalloc(p, sizeof(*a));

    a->p = p;
    a->size = 65536;
    a->text = apr_palloc(p, a->size);
    a->text[0] = '\0';
    a->state = seed;
    a->w = w;
    a->lift = 6;
    a->dim = 0.2;
    a->scale[0] = 1;
    a->shadow = 0x1c1436;
    return a;
}

static apr_uint64_t mixed(apr_uint64_t z)
{
    z = (z ^ (z >> 30)) * APR_UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * APR_UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

unsigned simg_art_pick(simg_art *a, unsigned n)
{
    a->state += APR_UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)((mixed(a->state) >> 33) % n);
}

double simg_art_between(simg_art *a, double lo, double hi)
{
    return lo + (hi - lo) * simg_art_pick(a, 65536) / 65536;
}

apr_uint64_t simg_art_hash(const char *s, apr_uint64_t seed)
{
    apr_uint64_t h = seed ^ APR_UINT64_C(0xcbf29ce484222325);

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * APR_UINT64_C(0x100000001b3);
    return mixed(h);
}

void simg_art_put(simg_art *a, const char *s)
{
    apr_size_t n = strlen(s);
    char *more;

    if (a->len + n >= a->size) {
        a->size = (a->len + n) * 2;
        more = apr_palloc(a->p, a->size);
        memcpy(more, a->text, a->len);
        a->text = more;
    }
    memcpy(a->text + a->len, s, n + 1);
    a->len += n;
}

/* One decimal, and none where it would be zero: half the document is numbers. */
static const char *digits(char *buf, apr_size_t size, double x)
{
    apr_size_t n;

    apr_snprintf(buf, size, "%.1f", x);
    n = strlen(buf);
    if (n > 2 && !strcmp(buf + n - 2, ".0"))
        buf[n - 2] = '\0';
    return strcmp(buf, "-0") ? buf : "0";
}

void simg_art_number(simg_art *a, double x)
{
    char buf[32];

    simg_art_put(a, digits(buf, sizeof(buf), x));
}

static void attribute(simg_art *a, const char *name, double x)
{
    simg_art_put(a, " ");
    simg_art_put(a, name);
    simg_art_put(a, "=\"");
    simg_art_number(a, x);
    simg_art_put(a, "\"");
}

static void paint(simg_art *a, const char *with, simg_colour c, double opacity)
{
    char buf[96];

    if (opacity < 1)
        apr_snprintf(buf, sizeof(buf), " %s=\"#%06x\" %s-opacity=\"%.2f\"", with, c & 0xffffff, with, opacity);
    else
        apr_snprintf(buf, sizeof(buf), " %s=\"#%06x\"", with, c & 0xffffff);
    simg_art_put(a, buf);
}

void simg_art_push(simg_art *a, double x, double y, double scale, int flip, double angle)
{
    int d = a->depth < SIMG_ART_DEPTH - 1 ? a->depth + 1 : a->depth;
    char buf[128];

    simg_art_put(a, "<g transform=\"translate(");
    simg_art_number(a, x);
    simg_art_put(a, " ");
    simg_art_number(a, y);
    apr_snprintf(buf, sizeof(buf), ")%s", flip ? " scale(-1 1)" : "");
    simg_art_put(a, buf);
    if (angle != 0) {
        apr_snprintf(buf, sizeof(buf), " rotate(%.1f)", angle);
        simg_art_put(a, buf);
    }
    apr_snprintf(buf, sizeof(buf), " scale(%.3f)\">\n", scale);
    simg_art_put(a, buf);
    a->scale[d] = a->scale[a->depth] * scale;
    a->flip[d] = a->flip[a->depth] ^ (flip ? 1 : 0);
    a->angle[d] = (flip ? -a->angle[a->depth] : a->angle[a->depth]) + angle;
    a->depth = d;
}

void simg_art_pop(simg_art *a)
{
    simg_art_put(a, "</g>\n");
    a->depth -= a->depth > 0;
}

/* Shadows fall the same way whatever is turned or mirrored: the light has one place. */
static void shadow_offset(const simg_art *a, double *dx, double *dy)
{
    double len = a->lift / a->scale[a->depth], t = -a->angle[a->depth] * PI / 180;
    double x = a->flip[a->depth] ? -len * 0.55 : len * 0.55, y = len;

    *dx = x * cos(t) - y * sin(t);
    *dy = x * sin(t) + y * cos(t);
}

static void shadow_attributes(simg_art *a, const char *with, double opacity)
{
    double dx, dy;

    shadow_offset(a, &dx, &dy);
    paint(a, with, a->shadow, opacity);
    simg_art_put(a, " transform=\"translate(");
    simg_art_number(a, dx);
    simg_art_put(a, " ");
    simg_art_number(a, dy);
    simg_art_put(a, ")\"");
}

static void ellipse_open(simg_art *a, double x, double y, double rx, double ry)
{
    simg_art_put(a, "<ellipse");
    attribute(a, "cx", x);
    attribute(a, "cy", y);
    attribute(a, "rx", rx);
    attribute(a, "ry", ry);
}

void simg_art_ellipse(simg_art *a, simg_colour c, double x, double y, double rx, double ry)
{
    if (a->lift != 0) {
        ellipse_open(a, x, y, rx, ry);
        shadow_attributes(a, "fill", a->dim);
        simg_art_put(a, "/>");
    }
    ellipse_open(a, x, y, rx, ry);
    paint(a, "fill", c, 1);
    simg_art_put(a, "/>\n");
}

static void rect_open(simg_art *a, double x, double y, double w, double h)
{
    simg_art_put(a, "<rect");
    attribute(a, "x", x);
    attribute(a, "y", y);
    attribute(a, "width", w);
    attribute(a, "height", h);
}

void simg_art_rect(simg_art *a, simg_colour c, simg_box b, double r)
{
    if (a->lift != 0) {
        rect_open(a, b.x, b.y, b.w, b.h);
        attribute(a, "rx", r);
        shadow_attributes(a, "fill", a->dim);
        simg_art_put(a, "/>");
    }
    rect_open(a, b.x, b.y, b.w, b.h);
    if (r > 0)
        attribute(a, "rx", r);
    paint(a, "fill", c, 1);
    simg_art_put(a, "/>\n");
}

static void path_open(simg_art *a, const char *d)
{
    simg_art_put(a, "<path d=\"");
    simg_art_put(a, d);
    simg_art_put(a, "\"");
}

void simg_art_path(simg_art *a, simg_colour c, const char *d)
{
    if (a->lift != 0) {
        path_open(a, d);
        shadow_attributes(a, "fill", a->dim);
        simg_art_put(a, "/>");
    }
    path_open(a, d);
    paint(a, "fill", c, 1);
    simg_art_put(a, "/>\n");
}

static void strip_style(simg_art *a, double width)
{
    attribute(a, "stroke-width", width);
    simg_art_put(a, " fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>");
}

void simg_art_strip(simg_art *a, simg_colour c, double width, const char *d)
{
    if (a->lift != 0) {
        path_open(a, d);
        shadow_attributes(a, "stroke", a->dim);
        strip_style(a, width);
    }
    path_open(a, d);
    paint(a, "stroke", c, 1);
    strip_style(a, width);
    simg_art_put(a, "\n");
}

void simg_art_veil(simg_art *a, simg_colour c, double opacity, simg_box b)
{
    ellipse_open(a, b.x, b.y, b.w, b.h);
    paint(a, "fill", c, opacity);
    simg_art_put(a, "/>\n");
}

void simg_art_wash(simg_art *a, simg_colour c, double opacity, const char *d)
{
    path_open(a, d);
    paint(a, "fill", c, opacity);
    simg_art_put(a, "/>\n");
}

/* Catmull-Rom: the curve goes through every point, so shapes can be given by a few of them. */
const char *simg_art_curve(simg_art *a, const double *xy, int n, int closed)
{
    simg_art line = *a;
    int i, k, at[4];

    line.size = (apr_size_t)n * 60 + 64;
    line.text = apr_palloc(a->p, line.size);
    line.text[0] = '\0';
    line.len = 0;
    simg_art_put(&line, "M");
    simg_art_number(&line, xy[0]);
    simg_art_put(&line, " ");
    simg_art_number(&line, xy[1]);
    for (i = 0; i < n - (closed ? 0 : 1); i++) {
        const double *q[4];

        for (k = 0; k < 4; k++) {
            at[k] = i - 1 + k;
            if (closed)
                at[k] = (at[k] + n) % n;
            else
                at[k] = at[k] < 0 ? 0 : at[k] > n - 1 ? n - 1 : at[k];
            q[k] = xy + 2 * at[k];
        }
        simg_art_put(&line, "C");
        for (k = 0; k < 6; k++) {
            double v = k < 2   ? q[1][k] + (q[2][k] - q[0][k]) / 6
                       : k < 4 ? q[2][k - 2] - (q[3][k - 2] - q[1][k - 2]) / 6
                               : q[2][k - 4];

            if (k)
                simg_art_put(&line, " ");
            simg_art_number(&line, v);
        }
    }
    return closed ? apr_pstrcat(a->p, line.text, "Z", NULL) : line.text;
}

static simg_colour part(simg_colour a, simg_colour b, double t, int shift)
{
    double x = (a >> shift) & 255, y = (b >> shift) & 255;
    double v = x + (y - x) * t;

    return (simg_colour)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5) << shift;
}

simg_colour simg_art_mix(simg_colour a, simg_colour b, double t)
{
    return part(a, b, t, 16) | part(a, b, t, 8) | part(a, b, t, 0);
}

/* Towards a deep violet and a warm white rather than black and white: greys look dirty on paper. */
simg_colour simg_art_darker(simg_colour c, double t)
{
    return simg_art_mix(c, 0x241a3c, t);
}

/* Brighter first, whiter second: mixing with white alone makes a dark colour grey. */
simg_colour simg_art_lighter(simg_colour c, double t)
{
    double most = 1 + 0.7 * t, peak = (c >> 16) & 255;

    peak = ((c >> 8) & 255) > peak ? (c >> 8) & 255 : peak;
    peak = (c & 255) > peak ? c & 255 : peak;
    most = peak * most > 250 ? 250 / (peak > 1 ? peak : 1) : most;
    if (most > 1)
        c = simg_art_mix(0, c, most);
    return simg_art_mix(c, 0xfff6e6, peak < 160 ? t * 0.45 : t);
}
