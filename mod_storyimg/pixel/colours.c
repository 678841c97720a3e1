/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/colours.h"

#include <stdlib.h>
#include <string.h>

#define BINS 4096
#define REACH 32
#define MOST_WEIGHT 10

simg_rgb simg_canvas_at(const simg_canvas *c, int x, int y)
{
    const unsigned char *p = c->pixels + 3 * (y * c->width + x);
    const simg_rgb colour = { p[0], p[1], p[2] };

    return colour;
}

int simg_rgb_near(simg_rgb a, simg_rgb b, int reach)
{
    int r = a.r - b.r, g = a.g - b.g, blue = a.b - b.b;

    return r * r + g * g + blue * blue <= reach * reach;
}

static unsigned int marks_at(const simg_canvas *c, int x, int y)
{
    return c->marks[y * c->width + x];
}

/** 1 at the rim of the canvas, MOST_WEIGHT in its middle. */
static unsigned int weight_at(const simg_canvas *c, int x, int y)
{
    int across = c->width - abs(2 * x + 1 - c->width), down = c->height - abs(2 * y + 1 - c->height);

    return 1 + (unsigned int)((MOST_WEIGHT - 1) * across * down / (c->width * c->height));
}

simg_area simg_area_clip(const simg_canvas *c, simg_area a)
{
    const simg_area inside = { a.x0 > 0 ? a.x0 : 0, a.y0 > 0 ? a.y0 : 0, a.x1 < c->width ? a.x1 : c->width,
                               a.y1 < c->height ? a.y1 : c->height };

    return inside;
}

typedef void visit_fn(void *baton, simg_rgb colour, unsigned int weight);

static void visit(const simg_canvas *c, const simg_pick *pick, visit_fn *f, void *baton)
{
    const simg_area a = simg_area_clip(c, pick->area);
    unsigned int marks;
    int x, y;

    for (y = a.y0; y < a.y1; y++) {
        for (x = a.x0; x < a.x1; x++) {
            marks = marks_at(c, x, y);
            if ((marks & pick->must) == pick->must && !(marks & pick->mustnt))
                f(baton, simg_canvas_at(c, x, y), weight_at(c, x, y));
        }
    }
}

static void bin_add(void *baton, simg_rgb colour, unsigned int weight)
{
    unsigned int *bins = baton;

    bins[(colour.r >> 4) << 8 | (colour.g >> 4) << 4 | colour.b >> 4] += weight;
}

typedef struct mean {
    simg_rgb near, sum;
    int count;
} mean;

static void mean_add(void *baton, simg_rgb colour, unsigned int weight)
{
    mean *m = baton;

    (void)weight;
    if (!simg_rgb_near(colour, m->near, REACH))
        return;
    m->sum.r += colour.r;
    m->sum.g += colour.g;
    m->sum.b += colour.b;
    m->count++;
}

/** Move the colour to the mean of what is near it. */
static int mean_shift(simg_rgb *colour, const simg_canvas *c, const simg_pick *pick)
{
    mean m = { *colour, { 0, 0, 0 }, 0 };

    visit(c, pick, mean_add, &m);
    if (!m.count)
        return 0;
    colour->r = (m.sum.r + m.count / 2) / m.count;
    colour->g = (m.sum.g + m.count / 2) / m.count;
    colour->b = (m.sum.b + m.count / 2) / m.count;
    return m.count;
}

int simg_colours_dominant(simg_rgb *out, const simg_canvas *c, const simg_pick *pick)
{
    unsigned int bins[BINS] = { 0 };
    int i, best = 0;

    visit(c, pick, bin_add, bins);
    for (i = 1; i < BINS; i++)
        if (bins[i] > bins[best])
            best = i;
    if (!bins[best])
        return 0;
    out->r = (best >> 8) * 16 + 8;
    out->g = (best >> 4 & 15) * 16 + 8;
    out->b = (best & 15) * 16 + 8;
    mean_shift(out, c, pick);
    return mean_shift(out, c, pick);
}

/* A heap as it is found: a stack of pixels still to be looked at. */
typedef struct heap {
    simg_canvas *c;
    unsigned int mark, label, weight;
    int count, depth;
    simg_area area;
    short stack[SIMG_CANVAS_SIDE * SIMG_CANVAS_SIDE];
} heap;

static void area_widen(simg_area *a, int x, int y)
{
    a->x0 = x < a->x0 ? x : a->x0;
    a->y0 = y < a->y0 ? y : a->y0;
    a->x1 = x >= a->x1 ? x + 1 : a->x1;
    a->y1 = y >= a->y1 ? y + 1 : a->y1;
}

/** Each pixel is taken once: what is taken loses the mark that it is looked for by, and gets the label. */
static void heap_take(heap *h, int x, int y)
{
    unsigned char *marks;

    if (x < 0 || y < 0 || x >= h->c->width || y >= h->c->height)
        return;
    marks = &h->c->marks[y * h->c->width + x];
    if (!(*marks & h->mark))
        return;
    *marks = (unsigned char)((*marks & ~h->mark) | h->label);
    h->weight += weight_at(h->c, x, y);
    h->count++;
    area_widen(&h->area, x, y);
    h->stack[h->depth++] = (short)(y * h->c->width + x);
}

static void heap_fill(heap *h, int x, int y)
{
    int at;

    h->weight = 0;
    h->count = h->depth = 0;
    h->area.x0 = h->area.y0 = SIMG_CANVAS_SIDE;
    h->area.x1 = h->area.y1 = 0;
    heap_take(h, x, y);
    while (h->depth) {
        at = h->stack[--h->depth];
        x = at % h->c->width;
        y = at / h->c->width;
        heap_take(h, x - 1, y);
        heap_take(h, x + 1, y);
        heap_take(h, x, y - 1);
        heap_take(h, x, y + 1);
    }
}

/* Every heap is filled once to be weighed, and the heaviest again to get its mark back. */
int simg_colours_heap(simg_area *out, simg_canvas *c, unsigned int mark, unsigned int others)
{
    heap h = { .c = c, .mark = mark, .label = others };
    unsigned int heaviest = 0;
    int i, start = 0, pixels = c->width * c->height;

    for (i = 0; i < pixels; i++) {
        if (!(c->marks[i] & mark))
            continue;
        heap_fill(&h, i % c->width, i / c->width);
        if (h.weight > heaviest) {
            heaviest = h.weight;
            start = i;
        }
    }
    h.mark = others;
    h.label = mark;
    if (heaviest)
        heap_fill(&h, start % c->width, start / c->width);
    *out = h.area;
    return heaviest ? h.count : 0;
}
