/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "provider/offline/art.h"

#define MOST_NUMBERS 64

static const struct {
    char letter;
    simg_colour colour;
} fixed[] = { { 'w', 0xfffaf0 }, { 'c', 0xf7e4c3 }, { 'k', 0x2c2242 }, { 'y', 0xf5b83d }, { 'Y', 0xffe08a },
              { 'b', 0x94613f }, { 'B', 0x5f3d33 }, { 'g', 0x6aa857 }, { 'G', 0x3f7d53 }, { 'r', 0xe2574c },
              { 'R', 0xb23a48 }, { 'p', 0xf5a3b2 }, { 'u', 0x5a9bd8 }, { 'U', 0x34609f }, { 'v', 0x9377c9 },
              { 'V', 0x5d4a94 }, { 'n', 0x8f95ab }, { 'N', 0xd0d5e2 }, { 'o', 0xf2913f }, { 't', 0x4fb3a5 } };

static simg_colour colour_of(const simg_art *a, char letter, simg_dye dye)
{
    apr_size_t i;

    switch (letter) {
    case 'm': return dye.main;
    case 'd': return simg_art_darker(dye.main, 0.16);
    case 'D': return simg_art_darker(dye.main, 0.4);
    case 'l': return simg_art_lighter(dye.main, 0.3);
    case 'L': return simg_art_lighter(dye.main, 0.65);
    case 's': return dye.second;
    case 'S': return simg_art_darker(dye.second, 0.16);
    }
    for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (fixed[i].letter == letter)
            return letter == 'Y' ? fixed[i].colour : simg_art_mix(fixed[i].colour, a->tint, a->tinting);
    }
    return dye.main;
}

static int numbers(const char *s, double *v, int most)
{
    char *end;
    int n = 0;

    for (; n < most; s = end) {
        v[n] = strtod(s, &end);
        if (end == s)
            break;
        n++;
    }
    return n;
}

static void eye(simg_art *a, double x, double y, double r)
{
    simg_art_ellipse(a, 0x2c2242, x, y, r * 0.92, r * 1.1);
    simg_art_ellipse(a, 0xfffaf0, x + r * 0.3, y - r * 0.42, r * 0.34, r * 0.34);
}

/* s: half the distance of the eyes is 10 s. */
static void face(simg_art *a, double x, double y, double s)
{
    eye(a, x - 10 * s, y, 3.6 * s);
    eye(a, x + 10 * s, y, 3.6 * s);
    simg_art_veil(a, 0xf0768c, 0.5, SIMG_BOX(x - 16 * s, y + 8 * s, 5 * s, 3.6 * s));
    simg_art_veil(a, 0xf0768c, 0.5, SIMG_BOX(x + 16 * s, y + 8 * s, 5 * s, 3.6 * s));
    simg_art_strip(a, 0x2c2242, 1.9 * s,
                   apr_psprintf(a->p, "M%.1f %.1fQ%.1f %.1f %.1f %.1f", x - 6 * s, y + 7 * s, x, y + 14 * s, x + 6 * s,
                                y + 7 * s));
}

static void star(simg_art *a, simg_colour c, const double *v)
{
    double xy[2 * MOST_NUMBERS];
    int i, n = (int)v[3];
    const char *d = "M";

    n = n < 3 ? 3 : n > MOST_NUMBERS / 2 ? MOST_NUMBERS / 2 : n;
    for (i = 0; i < 2 * n; i++) {
        double r = i % 2 ? v[2] * 0.52 : v[2], t = 3.14159265 * (i / (double)n - 0.5);

        xy[0] = v[0] + r * cos(t);
        xy[1] = v[1] + r * sin(t);
        d = apr_psprintf(a->p, "%s%s%.1f %.1f", d, i ? "L" : "", xy[0], xy[1]);
    }
    simg_art_path(a, c, apr_pstrcat(a->p, d, "Z", NULL));
}

static void scallop(simg_art *a, simg_colour c, const double *v)
{
    const char *d = "";
    int i, n = 9;
    double r = v[2];

    for (i = 0; i <= n; i++) {
        double t = 6.2831853 * i / n + 0.35, x = v[0] + r * cos(t), y = v[1] + r * sin(t);

        d = i ? apr_psprintf(a->p, "%sA%.1f %.1f 0 0 1 %.1f %.1f", d, r * 0.4, r * 0.4, x, y)
              : apr_psprintf(a->p, "M%.1f %.1f", x, y);
    }
    simg_art_path(a, c, apr_pstrcat(a->p, d, "Z", NULL));
}

static void smooth_strip(simg_art *a, simg_colour c, const double *v, int n)
{
    simg_art_strip(a, c, v[0], simg_art_curve(a, v + 1, (n - 1) / 2, 0));
}

static void line_strip(simg_art *a, simg_colour c, const char *s)
{
    char *d;
    double width = strtod(s, &d);

    simg_art_strip(a, c, width, d + strspn(d, " "));
}

static void shape(simg_art *a, simg_colour c, char kind, const char *s)
{
    double v[MOST_NUMBERS];
    int n;

    memset(v, 0, sizeof(v));
    n = numbers(s, v, MOST_NUMBERS);
    switch (kind) {
    case 'o': simg_art_ellipse(a, c, v[0], v[1], v[2], v[3]); break;
    case 'r': simg_art_rect(a, c, SIMG_BOX(v[0], v[1], v[2], v[3]), v[4]); break;
    case '~': simg_art_path(a, c, simg_art_curve(a, v, n / 2, 1)); break;
    case '-': smooth_strip(a, c, v, n); break;
    case 'P': simg_art_path(a, c, s); break;
    case '/': line_strip(a, c, s); break;
    case 'e': eye(a, v[0], v[1], v[2]); break;
    case '@': face(a, v[0], v[1], v[2]); break;
    case '$': star(a, c, v); break;
    case '%': scallop(a, c, v); break;
    }
}

/* One cut: flags, colour, shape, numbers. */
static void cut_one(simg_art *a, const char *s, simg_dye dye)
{
    double lift = a->lift;
    int twice = 0, clear = 0;

    for (;; s++) {
        if (*s == '!')
            a->lift = 0;
        else if (*s == '*')
            twice = 1;
        else if (*s == '^')
            clear = 1;
        else if (*s != ' ' && *s != '\n')
            break;
    }
    if (s[0] && s[1]) {
        if (strchr("e@", s[1]))
            a->lift = 0;
        simg_art_put(a, clear ? "<g opacity=\".55\">" : "");
        shape(a, colour_of(a, s[0], dye), s[1], s + 2);
        if (twice) {
            simg_art_push(a, 0, 0, 1, 1, 0);
            shape(a, colour_of(a, s[0], dye), s[1], s + 2);
            simg_art_pop(a);
        }
        simg_art_put(a, clear ? "</g>" : "");
    }
    a->lift = lift;
}

void simg_art_cut(simg_art *a, const char *program, simg_dye dye)
{
    const char *end;

    for (; *program; program = *end ? end + 1 : end) {
        end = program + strcspn(program, ";");
        cut_one(a, apr_pstrmemdup(a->p, program, (apr_size_t)(end - program)), dye);
    }
}
