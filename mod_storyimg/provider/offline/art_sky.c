/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <math.h>

#include "provider/offline/art_land.h"

double simg_art_side(const simg_stage *s, double x)
{
    return s->mirror ? s->a->w - x : x;
}

/* One ring of the sky: a round sheet with a hand-cut, slightly wavy edge. */
static void ring(simg_stage *s, simg_colour c, double x, double y, double r)
{
    double xy[48], t;
    int i;

    for (i = 0; i < 24; i++) {
        t = 6.2831853 * i / 24;
        xy[2 * i] = x + r * cos(t) * (1 + (i % 2 ? 0.035 : -0.02));
        xy[2 * i + 1] = y + r * sin(t) * (1 + (i % 2 ? 0.035 : -0.02));
    }
    simg_art_path(s->a, c, simg_art_curve(s->a, xy, 24, 1));
}

static void sun(simg_stage *s, double x, double y, double r)
{
    simg_art_veil(s->a, s->hues.glow, 0.35, SIMG_BOX(x, y, r * 1.7, r * 1.7));
    simg_art_ellipse(s->a, s->hues.light, x, y, r, r);
    simg_art_veil(s->a, 0xfff3c0, 0.5, SIMG_BOX(x - r * 0.12, y - r * 0.12, r * 0.72, r * 0.72));
}

static void moon(simg_stage *s, double x, double y, double r)
{
    simg_art_veil(s->a, s->hues.glow, 0.16, SIMG_BOX(x, y, r * 1.9, r * 1.9));
    simg_art_veil(s->a, s->hues.glow, 0.2, SIMG_BOX(x, y, r * 1.4, r * 1.4));
    simg_art_ellipse(s->a, s->hues.light, x, y, r, r);
    simg_art_veil(s->a, 0xe0c98f, 0.5, SIMG_BOX(x - r * 0.35, y - r * 0.2, r * 0.22, r * 0.22));
    simg_art_veil(s->a, 0xe0c98f, 0.5, SIMG_BOX(x + r * 0.3, y + r * 0.3, r * 0.28, r * 0.28));
    simg_art_veil(s->a, 0xe0c98f, 0.5, SIMG_BOX(x + r * 0.22, y - r * 0.48, r * 0.13, r * 0.13));
}

static void sparkle(simg_art *a, double x, double y, double r, simg_colour c)
{
    double q = r * 0.18;

    simg_art_wash(
        a, c, 0.9,
        apr_psprintf(
            a->p, "M%.1f %.1fQ%.1f %.1f %.1f %.1fQ%.1f %.1f %.1f %.1fQ%.1f %.1f %.1f %.1fQ%.1f %.1f %.1f %.1fZ", x,
            y - r, x + q, y - q, x + r, y, x + q, y + q, x, y + r, x - q, y + q, x - r, y, x - q, y - q, x, y - r));
}

void simg_art_stars(simg_stage *s, int n, double bottom)
{
    simg_art *a = s->a;
    int i;

    for (i = 0; i < n; i++) {
        double x = simg_art_between(a, 0, a->w), y = simg_art_between(a, 10, bottom);

        if (i % 5 == 0)
            sparkle(a, x, y, simg_art_between(a, 9, 20), 0xfff3cf);
        else
            simg_art_veil(a, 0xfff6dd, simg_art_between(a, 0.4, 0.95), SIMG_BOX(x, y, 2 + i % 3, 2 + i % 3));
    }
}

void simg_art_cloud(simg_art *a, simg_colour c, double x, double y, double size)
{
    static const double half[] = { -98, -12, -78, -46, -44, -50, -22, -84, 22,  -90,
                                   46,  -58, 76,  -56, 98,  -20, 84,  0,   -84, 0 };
    double xy[20];
    int i;

    for (i = 0; i < 10; i++) {
        xy[2 * i] = x + half[2 * i] * size / 100;
        xy[2 * i + 1] = y + half[2 * i + 1] * size / 130;
    }
    simg_art_path(a, c, simg_art_curve(a, xy, 10, 1));
}

static void clouds(simg_stage *s, int n, double bottom)
{
    simg_art *a = s->a;
    int dark = (s->plan->weather & (SIMG_RAIN | SIMG_STORM)) != 0, i;
    simg_colour c = simg_art_mix(s->hues.sky[3], dark ? 0x66748c : 0xffffff, dark ? 0.5 : 0.55);

    if (s->plan->hour == SIMG_NIGHT)
        c = simg_art_mix(s->hues.sky[3], 0x8fa2cf, 0.25);
    for (i = 0; i < n; i++) {
        double x = a->w * (i + simg_art_between(a, 0.1, 0.9)) / n, y = simg_art_between(a, 90, bottom);

        simg_art_cloud(a, simg_art_mix(c, s->hues.sky[2], 0.15 * (i % 3)), x, y, simg_art_between(a, 70, 130));
    }
}

static void rainbow(simg_stage *s)
{
    static const simg_colour bands[] = { 0xe9685f, 0xf4a052, 0xf8d665, 0x86c06c, 0x6aaede, 0x9a7fcb };
    simg_art *a = s->a;
    double x = a->w * 0.5, y = s->horizon + 120, r = a->w * 0.46 < 560 ? a->w * 0.46 : 560;
    int i;

    for (i = 0; i < 6; i++, r -= 24)
        simg_art_strip(a, simg_art_mix(bands[i], s->hues.sky[3], 0.15), 25,
                       apr_psprintf(a->p, "M%.1f %.1fA%.1f %.1f 0 0 1 %.1f %.1f", x - r, y, r, r, x + r, y));
}

static void bolt(simg_stage *s)
{
    double x = simg_art_side(s, s->a->w * 0.5);

    simg_art_path(s->a, 0xffe08a, apr_psprintf(s->a->p, "M%.1f 130l-60 150h44l-34 130 112-180h-50l46-100z", x));
}

void simg_art_sky(simg_stage *s)
{
    simg_art *a = s->a;
    const simg_plan *plan = s->plan;
    int dark = plan->hour == SIMG_NIGHT || plan->hour == SIMG_EVENING,
        low = plan->hour == SIMG_SUNSET || plan->hour == SIMG_DAWN, i;
    double x = simg_art_side(s, a->w * simg_art_between(a, 0.62, 0.8));
    double y = low ? s->horizon - 60 : simg_art_between(a, 150, 230), lift = a->lift;
    double step = (a->w > 1000 ? a->w : 1000) * 0.2;

    a->lift = 0;
    simg_art_rect(a, s->hues.sky[0], SIMG_BOX(0, 0, a->w, 1000), 0);
    a->lift = 10;
    for (i = 1; i < 4; i++)
        ring(s, s->hues.sky[i], x, y, 130 + step * (4 - i) * 0.98);
    a->lift = lift;
    if (dark || plan->weather & SIMG_STARS)
        simg_art_stars(s, dark ? (int)(a->w / 16) : 20, s->horizon);
    if (!(plan->weather & (SIMG_RAIN | SIMG_STORM | SIMG_FOG)) || dark)
        (dark ? moon : sun)(s, x, y, dark ? 62 : low ? 92 : 72);
    if (plan->weather & SIMG_RAINBOW)
        rainbow(s);
    clouds(s, (int)(a->w / (plan->weather & (SIMG_CLOUDS | SIMG_RAIN | SIMG_STORM) ? 190 : 420)) + (dark ? 0 : 1),
           s->horizon * 0.62);
    if (plan->weather & SIMG_STORM)
        bolt(s);
}

static void streaks(simg_stage *s, simg_colour c, double width, double opacity, double dx)
{
    simg_art *a = s->a;
    const char *d = "";
    int i, n = (int)(a->w / 13);

    for (i = 0; i < n; i++)
        d = apr_psprintf(a->p, "%sM%.0f %.0fl%.0f %.0f", d, simg_art_between(a, 0, a->w), simg_art_between(a, 0, 980),
                         dx, simg_art_between(a, 22, 44));
    simg_art_put(a, apr_psprintf(a->p,
                                 "<path d=\"%s\" stroke=\"#%06x\" stroke-width=\"%.1f\" stroke-linecap=\"round\" "
                                 "opacity=\"%.2f\" fill=\"none\"/>\n",
                                 d, c, width, opacity));
}

static void snowflakes(simg_stage *s)
{
    simg_art *a = s->a;
    int i, n = (int)(a->w / 11);

    for (i = 0; i < n; i++) {
        double r = simg_art_between(a, 2.5, 8);

        simg_art_veil(a, 0xffffff, 0.85, SIMG_BOX(simg_art_between(a, 0, a->w), simg_art_between(a, 0, 1000), r, r));
    }
}

static void gusts(simg_stage *s)
{
    simg_art *a = s->a;
    int i;

    for (i = 0; i < 4; i++)
        simg_art_put(
            a,
            apr_psprintf(
                a->p,
                "<path d=\"M%.0f %.0fq90 -46 180 -6t170 -20q44 -34 18 -62t-52 8\" stroke=\"#fff\" stroke-width=\"7\" "
                "stroke-linecap=\"round\" fill=\"none\" opacity=\".55\"/>\n",
                simg_art_between(a, -100, a->w - 200), 150 + i * 130.0 + simg_art_between(a, -40, 40)));
}

void simg_art_mist(simg_stage *s)
{
    simg_art *a = s->a;
    int i;

    if (!(s->plan->weather & SIMG_FOG) ||
        s->plan->place->traits & (SIMG_INDOORS | SIMG_UNDERWATER | SIMG_STARRY | SIMG_COVERED))
        return;
    for (i = 0; i < 5; i++)
        simg_art_veil(a, 0xf2f2ee, 0.34,
                      SIMG_BOX(simg_art_between(a, 0, a->w), s->horizon + 40 + i * 90, a->w * 0.55, 46));
}

void simg_art_weather(simg_stage *s)
{
    unsigned weather = s->plan->weather;

    if (s->plan->place->traits & (SIMG_INDOORS | SIMG_UNDERWATER | SIMG_STARRY | SIMG_COVERED))
        return;
    if (weather & (SIMG_RAIN | SIMG_STORM))
        streaks(s, 0xe6f2fb, 3, 0.5, -9);
    if (weather & SIMG_SNOW)
        snowflakes(s);
    if (weather & SIMG_WIND)
        gusts(s);
}
