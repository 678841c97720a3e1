/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>

#include "provider/offline/art_stage.h"

/* What is carried, at the hand; drawn under the fingers or over them as it is held. */
static void carry(simg_stage *s, const simg_item *item, const double hand[2])
{
    simg_art *a = s->a;
    double h = item->kind->size * 200, x = hand[0], y = hand[1];

    switch (item->kind->where) {
    case SIMG_ON_STRING: break;
    case SIMG_OVERHEAD:
        x -= 8;
        y += 4;
        break;
    case SIMG_HANGING: y += h * 0.9; break;
    default:
        y += h * 0.42;
        x += h * 0.12;
        break;
    }
    simg_art_push(a, x, y, h / 200, 0, item->kind->where == SIMG_ON_STRING ? 8 : 0);
    simg_art_cut(a, item->kind->program, item->dye);
    simg_art_pop(a);
}

static void read_book(simg_stage *s, const double hand[2])
{
    static const char *const book = "mP M0 -26Q-50 -46 -84 -30V-118Q-50 -134 0 -112Q50 -134 84 -118V-30Q50 -46 0 "
                                    "-26Z;!dP M-5 -24H5V-114H-5Z;!^Yo -42 -76 16 16;!^Yo 42 -76 16 16";

    simg_art_push(s->a, hand[0] * 0.62, hand[1] + 18, 0.36, 0, 0);
    simg_art_cut(s->a, book, (simg_dye){ 0xd9574f, 0xfdf6e6 });
    simg_art_pop(s->a);
}

static void in_bed(simg_stage *s, const simg_looks *l)
{
    simg_body b;
    simg_art *a = s->a;
    double k = s->hero_height / 200;
    simg_dye dye = { l->top == 0xfdf3e0 ? 0x4f93d6 : l->top, simg_art_lit(&s->hues, 0xa9764e) };

    simg_art_measure(&b, l->age);
    simg_art_push(a, s->hero_x + (s->mirror ? -30 : 30) * k / 2, s->floor, k * 1.05, s->mirror, 0);
    simg_art_cut(a,
                 "sP M-112 4V-128Q-112 -150 -92 -150Q-72 -150 -72 -128V4Z;sr 104 -78 16 82 6;sr -110 -40 226 30 6;wr "
                 "-88 -62 200 30 12;w~ -84 -62 -86 -92 -60 -102 -26 -96 -14 -74 -24 -58",
                 dye);
    simg_art_push(a, -46, -84, b.head / 46.0, 0, -62);
    simg_art_push(a, 0, -b.head_y, 1, 0, 0);
    simg_art_head_back(a, l, &b);
    simg_art_head(a, l, &b, 1);
    simg_art_pop(a);
    simg_art_pop(a);
    simg_art_cut(a,
                 "m~ -18 -60 -4 -92 40 -98 84 -84 108 -70 114 -30 96 -14 -8 -14 -20 -30;!^l-5 2 -82 24 -58 16 "
                 "-24;!^l-5 56 -88 70 -56 62 -20;wP M-20 -64Q-16 -92 -2 -98L14 -98Q2 -84 -4 -20L-22 -22Z",
                 dye);
    simg_art_pop(a);
}

static void helmet(simg_stage *s, const simg_looks *l, double sink)
{
    simg_body b;

    simg_art_measure(&b, l->age);
    simg_art_veil(s->a, 0xe6f6ff, 0.08, SIMG_BOX(2, b.head_y + sink - b.head * 0.14, b.head * 1.74, b.head * 1.74));
    simg_art_put(s->a, apr_psprintf(s->a->p,
                                    "<ellipse cx=\"2\" cy=\"%.1f\" rx=\"%.1f\" ry=\"%.1f\" fill=\"none\" "
                                    "stroke=\"#fff\" stroke-width=\"3\" opacity=\".7\"/>"
                                    "<path d=\"M%.1f %.1fq-16 14-18 34\" stroke=\"#fff\" stroke-width=\"5\" "
                                    "stroke-linecap=\"round\" fill=\"none\" opacity=\".8\"/>\n",
                                    b.head_y + sink - b.head * 0.14, b.head * 1.74, b.head * 1.74, -b.head * 0.95,
                                    b.head_y + sink - b.head * 1.3));
}

void simg_art_hero(simg_stage *s, const simg_looks *l, const simg_item *carried)
{
    simg_stance stance = *simg_art_stance(s->plan->pose);
    simg_art *a = s->a;
    simg_body b;
    double hand[2], up = s->plan->pose == SIMG_FLOATING ? s->hero_height * 0.28 : 0;

    if (s->plan->pose == SIMG_SLEEPING) {
        in_bed(s, l);
        return;
    }
    if (carried)
        simg_art_carry(&stance, carried->kind->where);
    simg_art_measure(&b, l->age);
    if (up == 0)
        simg_art_veil(a, a->shadow, 0.24, SIMG_BOX(s->hero_x + 6, s->floor + 4, s->hero_height * 0.2, 13));
    simg_art_push(a, s->hero_x, s->floor - up, s->hero_height / 200, s->mirror, stance.lean);
    if (carried && carried->kind->where == SIMG_OVERHEAD)
        carry(s, carried,
              (double[2]){ b.shoulder * 0.84 + 0.66 * b.arm, b.shoulder_y - 0.45 * b.arm + stance.drop * b.leg });
    simg_art_figure(a, l, &stance, hand);
    if (s->plan->pose == SIMG_READING)
        read_book(s, hand);
    if (carried && carried->kind->where != SIMG_OVERHEAD)
        carry(s, carried, hand);
    if (s->plan->place->traits & (SIMG_UNDERWATER | SIMG_STARRY))
        helmet(s, l, stance.drop * b.leg);
    simg_art_pop(a);
}
