/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_figure.h"

typedef struct tailor {
    simg_art *a;
    const simg_looks *l;
    const simg_body *b;
    const simg_stance *st;
    double hip_y; /* the body may have sunk */
    double sink;
} tailor;

static void limb(simg_art *a, simg_colour c, double width, double x, double y, const simg_joints *j, double len)
{
    double xy[6];

    xy[0] = x;
    xy[1] = y;
    xy[2] = x + j->bend_x * len;
    xy[3] = y + j->bend_y * len;
    xy[4] = x + j->end_x * len;
    xy[5] = y + j->end_y * len;
    simg_art_strip(a, c, width, simg_art_curve(a, xy, 3, 0));
}

static int long_legs(const simg_looks *l)
{
    return l->garment == SIMG_TROUSERS || l->garment == SIMG_DUNGAREES;
}

static void shoe(const tailor *t, double x, double y)
{
    double r = t->b->shoulder * 0.42;

    simg_art_path(t->a, t->l->shoes,
                  apr_psprintf(t->a->p, "M%.1f %.1fq-1-%.1f %.1f-%.1fq%.1f 0 %.1f %.1fq2 %.1f-2 %.1fz", x - r * 0.8,
                               y + 4, r * 1.2, r * 0.9, r * 1.25, r * 0.9, r * 1.5, r * 0.8, r * 0.4, r * 0.42));
}

static void leg(const tailor *t, int i)
{
    const simg_joints *j = &t->st->legs[i];
    double x = (i ? 0.42 : -0.42) * t->b->shoulder, width = t->b->shoulder * 0.62, len = t->b->leg;
    simg_joints half = *j;
    double fx = x + j->end_x * len, fy = t->hip_y + j->end_y * len;

    if (long_legs(t->l)) {
        limb(t->a, t->l->bottom, width, x, t->hip_y, j, len);
    } else {
        limb(t->a, t->l->skin, width * 0.78, x, t->hip_y, j, len);
        half.end_x = j->bend_x * 1.1;
        half.end_y = j->bend_y * 1.1;
        half.bend_x *= 0.5;
        half.bend_y *= 0.5;
        if (t->l->garment == SIMG_SHORTS)
            limb(t->a, t->l->bottom, width * 1.1, x, t->hip_y, &half, len);
        simg_art_strip(t->a, 0xfdf3e0, width * 0.78, apr_psprintf(t->a->p, "M%.1f %.1fl.5 3", fx, fy - 4));
    }
    shoe(t, fx, fy);
}

static void arm(const tailor *t, int i, double hand[2])
{
    const simg_joints *j = &t->st->arms[i];
    double x = (i ? 0.84 : -0.84) * t->b->shoulder, y = t->b->shoulder_y + t->sink + t->b->shoulder * 0.42;
    double width = t->b->shoulder * 0.52, len = t->b->arm;

    hand[0] = x + j->end_x * len;
    hand[1] = y + j->end_y * len;
    simg_art_ellipse(t->a, t->l->skin, hand[0], hand[1], width * 0.56, width * 0.56);
    limb(t->a, i ? t->l->top : simg_art_darker(t->l->top, 0.1), width, x, y,
         &(simg_joints){ j->bend_x, j->bend_y, j->bend_x + (j->end_x - j->bend_x) * 0.72,
                         j->bend_y + (j->end_y - j->bend_y) * 0.72 },
         len);
}

static void pattern(const tailor *t, double top, double bottom, double half)
{
    simg_art *a = t->a;
    double y, lift = a->lift;
    int i, n = 0;
    simg_colour c = t->l->top == 0xfdf3e0 ? 0xe2574c : 0xfdf3e0;

    a->lift = 0;
    for (y = top + 9; y < bottom - 5; y += t->l->extras & SIMG_DOTS ? 9 : 11, n++) {
        if (!(t->l->extras & SIMG_DOTS)) {
            simg_art_strip(a, c, 3.4,
                           apr_psprintf(a->p, "M%.1f %.1fQ0 %.1f %.1f %.1f", -half * 0.84, y, y + 3, half * 0.84, y));
            continue;
        }
        for (i = -1; i <= 1; i++)
            simg_art_ellipse(a, c, i * half * 0.55 + (n % 2 ? half * 0.27 : 0) - half * 0.12, y, 2.2, 2.2);
    }
    a->lift = lift;
}

/* A trunk from the shoulders, `w` half wide, to y, `wide` half wide, with a soft hem. */
static void trunk(const tailor *t, simg_colour c, double top, double w, double y, double wide)
{
    simg_art_path(
        t->a, c,
        apr_psprintf(t->a->p,
                     "M%.1f %.1fQ%.1f %.1f %.1f %.1fL%.1f %.1fQ0 %.1f %.1f %.1fL%.1f %.1fQ%.1f %.1f %.1f %.1fZ",
                     -w * 0.5, top, -w, top + 1, -w, top + w * 0.5, -wide, y, y + 6, wide, y, w, top + w * 0.5, w,
                     top + 1, w * 0.5, top));
}

static void clothes(const tailor *t)
{
    const simg_looks *l = t->l;
    double s = t->b->shoulder, top = t->b->shoulder_y + t->sink - 3, hip = t->hip_y,
           skirt = hip + t->b->leg * (t->st->drop > 0.5 ? 0.1 : 0.42);

    if (l->garment == SIMG_SKIRT)
        trunk(t, l->bottom, hip - t->b->arm * 0.28, s * 0.9, skirt, s * 1.5);
    if (l->garment == SIMG_TROUSERS || l->garment == SIMG_SHORTS)
        trunk(t, l->bottom, hip - s * 0.7, s * 0.85, hip + s * 0.25, s * 0.8);
    if (l->garment == SIMG_DRESS)
        trunk(t, l->top, top, s * 0.98, skirt, s * 1.62);
    else
        trunk(t, l->top, top, s * 1.02, hip - 1, s * 1.04);
    if (l->extras & (SIMG_STRIPES | SIMG_DOTS))
        pattern(t, top + 4, l->garment == SIMG_DRESS ? skirt - 6 : hip - 1, s);
    if (l->garment == SIMG_DUNGAREES) {
        trunk(t, l->bottom, top + (hip - top) * 0.4, s * 0.72, hip + s * 0.3, s * 0.98);
        simg_art_strip(t->a, l->bottom, 5,
                       apr_psprintf(t->a->p, "M%.1f %.1fL%.1f %.1fM%.1f %.1fL%.1f %.1f", -s * 0.5,
                                    top + (hip - top) * 0.5, -s * 0.62, top + 3, s * 0.5, top + (hip - top) * 0.5,
                                    s * 0.62, top + 3));
        simg_art_veil(t->a, 0xfbd264, 1, SIMG_BOX(-s * 0.48, top + (hip - top) * 0.52, 2.6, 2.6));
        simg_art_veil(t->a, 0xfbd264, 1, SIMG_BOX(s * 0.48, top + (hip - top) * 0.52, 2.6, 2.6));
    }
    if (l->garment != SIMG_DUNGAREES && !(l->extras & (SIMG_STRIPES | SIMG_DOTS)))
        simg_art_wash(t->a, 0xfdf3e0, 0.9,
                      apr_psprintf(t->a->p, "M%.1f %.1fQ0 %.1f %.1f %.1fL%.1f %.1fQ0 %.1f %.1f %.1fZ", -s * 0.52,
                                   top + 1, top + s * 0.6, s * 0.52, top + 1, s * 0.62, top + 6, top + s * 0.98,
                                   -s * 0.62, top + 6));
    if (l->extras & SIMG_SCARF)
        simg_art_strip(t->a, l->tie, 11,
                       apr_psprintf(t->a->p, "M%.1f %.1fQ0 %.1f %.1f %.1fM%.1f %.1fl3 26", -s * 0.6, top + 3, top + 14,
                                    s * 0.6, top + 3, s * 0.4, top + 8));
}

static void cape(const tailor *t)
{
    double s = t->b->shoulder, top = t->b->shoulder_y + t->sink, y = t->hip_y + t->b->leg * 0.4;

    simg_art_path(t->a, t->l->tie,
                  apr_psprintf(t->a->p, "M%.1f %.1fQ%.1f %.1f %.1f %.1fQ%.1f %.1f %.1f %.1fL%.1f %.1fZ", s * 0.8, top,
                               -s * 1.2, top, -s * 2.2, y, -s * 0.6, y + 14, s * 1.3, y - 4, s * 0.9, top));
}

void simg_art_figure(simg_art *a, const simg_looks *l, const simg_stance *st, double hand[2])
{
    simg_body body;
    tailor t = { a, l, &body, st, 0, 0 };
    double other[2], lift = a->lift;

    simg_art_measure(&body, l->age);
    t.sink = st->drop * body.leg;
    t.hip_y = body.hip_y + t.sink;
    a->lift = lift * 0.6; /* The pieces of one figure lie close on each other. */
    if (l->extras & SIMG_CAPE)
        cape(&t);
    simg_art_push(a, 0, t.sink, 1, 0, 0);
    simg_art_head_back(a, l, &body);
    simg_art_pop(a);
    leg(&t, 0);
    arm(&t, 0, other);
    leg(&t, 1);
    simg_art_strip(a, simg_art_darker(l->skin, 0.12), body.shoulder * 0.6,
                   apr_psprintf(a->p, "M0 %.1fV%.1f", body.shoulder_y + t.sink - 8, body.shoulder_y + t.sink + 2));
    clothes(&t);
    simg_art_push(a, 0, t.sink, 1, 0, 0);
    simg_art_head(a, l, &body, st->shut > 0);
    simg_art_pop(a);
    arm(&t, 1, hand);
    a->lift = lift;
}
