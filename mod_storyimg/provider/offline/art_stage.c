/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "provider/offline/art_stage.h"

static simg_actor *enter(simg_cast *c, const simg_item *item, double x, double y, double height)
{
    simg_actor *actor = &c->at[c->count < SIMG_MOST_ACTORS ? c->count++ : SIMG_MOST_ACTORS - 1];

    memset(actor, 0, sizeof(*actor));
    actor->item = item;
    actor->x = x;
    actor->y = y;
    actor->height = height;
    return actor;
}

static int is_carriable(simg_where where)
{
    return where == SIMG_IN_HAND || where == SIMG_ON_STRING || where == SIMG_HANGING || where == SIMG_OVERHEAD;
}

static void carried_choose(simg_cast *c, const simg_plan *plan)
{
    int i;

    for (i = 0; plan->pose != SIMG_SLEEPING && plan->pose != SIMG_READING && !c->carried && i < plan->thing_count; i++) {
        if (is_carriable(plan->things[i].kind->where))
            c->carried = &plan->things[i];
    }
}

/* Heights fall with the number of the same kind, so that a flock fits. */
static double height_of(const simg_stage *s, const simg_item *item)
{
    double h = item->kind->size * s->hero_height, most = s->a->w * (item->kind->where == SIMG_FAR ? 0.74 : 0.56);

    if (item->count > 2)
        h *= 0.8;
    if (s->plan->creature_count + s->plan->thing_count > 4)
        h *= 0.9;
    return h > most ? most : h;
}

static void fly(simg_cast *c, simg_stage *s, const simg_item *item, int *flown)
{
    simg_art *a = s->a;
    double h = height_of(s, item), top = s->floor - s->hero_height * 1.25;
    int i;

    for (i = 0; i < item->count; i++, (*flown)++) {
        static const double across[] = { 0.62, 0.84, 0.46, 0.72, 0.92, 0.55, 0.12 }, down[] = { 0.25, 0, -0.12, 0.55, 0.42, -0.3, -0.2 };
        int k = *flown % 7;
        double y = top + 60 + down[k] * s->hero_height * 0.7 + simg_art_between(a, -20, 20) + h * 0.5;
        double x = a->w * (across[k] + simg_art_between(a, -0.03, 0.03)), hero = simg_art_side(s, s->hero_x);
        double clear = s->hero_height * 0.22 + h * 0.45;
        simg_actor *actor;

        if (x > hero - clear && x < hero + clear)
            x = hero + clear;
        actor = enter(c, item, simg_art_side(s, x), y < h * 0.9 ? h * 0.9 : y, h);

        actor->flip = s->mirror ^ (i % 3 == 2);
        actor->angle = simg_art_between(a, -8, 8);
    }
}

static void far_away(simg_cast *c, simg_stage *s, const simg_item *item, int *built)
{
    static const double across[] = { 0.74, 0.5, 0.93, 0.1, 0.62 };
    double h = height_of(s, item);
    int i, n = item->count > 3 ? 3 : item->count;

    for (i = 0; i < n; i++, (*built)++) {
        int k = *built % 5;
        double x = simg_art_side(s, s->a->w * across[k]), y = s->floor - 120 - 18 * k;
        simg_actor *actor = enter(c, item, x, y, *built ? h * 0.75 : h);

        actor->flip = s->mirror;
    }
}

static void grow(simg_cast *c, simg_stage *s, const simg_item *item)
{
    simg_art *a = s->a;
    double h = height_of(s, item);
    int i, n = item->count > 1 ? item->count + 2 : 1;

    for (i = 0; i < n; i++) {
        double t = (i + 0.5) / n, y = s->floor - 70 + (i % 3) * 52, x = a->w * (t + simg_art_between(a, -0.06, 0.06));

        if (n == 1)
            x = simg_art_side(s, a->w * 0.58);
        if (x > s->hero_x - s->hero_height * 0.2 && x < s->hero_x + s->hero_height * 0.2)
            y = s->floor - 70;
        enter(c, item, x, y, h * simg_art_between(a, 0.8, 1.15))->flip = (int)simg_art_pick(a, 2);
    }
}

typedef struct row {
    double from, to, y, shrink;
} row;

/* Put as many as fit into the row. @return how many. */
static int row_fill(simg_cast *c, simg_stage *s, row *r, const simg_item *item, int n)
{
    double h = height_of(s, item) * r->shrink, room = r->to - r->from, width = h * 0.98;
    int done = 0;

    if (width > room && room > h * 0.55) {
        h *= room / width;
        width = room;
    }
    for (; done < n && width <= r->to - r->from + 1; done++, r->from += width) {
        simg_actor *actor = enter(c, item, simg_art_side(s, r->from + width / 2), r->y + (done % 2) * 14, h);

        actor->flip = s->mirror ^ (r->to < simg_art_side(s, s->hero_x));
    }
    return done;
}

static void ground(simg_cast *c, simg_stage *s, const simg_item *item, row *rows)
{
    int k, n = item->count > 5 ? 5 : item->count, done = 0;

    for (k = 0; k < 3 && done < n; k++)
        done += row_fill(c, s, &rows[k], item, n - done);
    if (done == 0) /* No room left anywhere: it looks over a shoulder rather than being missing. */
        enter(c, item, simg_art_side(s, s->a->w * 0.55), s->floor - 150, height_of(s, item) * 0.6)->flip = s->mirror;
}

static void one(simg_cast *c, simg_stage *s, const simg_item *item, row *rows, int counts[2])
{
    if (item == c->carried)
        return;
    switch (item->kind->where) {
    case SIMG_IN_AIR: case SIMG_ON_STRING: fly(c, s, item, &counts[0]); break;
    case SIMG_FAR: far_away(c, s, item, &counts[1]); break;
    case SIMG_GROWING: grow(c, s, item); break;
    case SIMG_IN_WATER:
        if (s->plan->place->traits & SIMG_UNDERWATER)
            fly(c, s, item, &counts[0]);
        else
            ground(c, s, item, rows);
        break;
    default: ground(c, s, item, rows); break;
    }
}

/* With much company the hero stands in the middle of it. */
static void hero_move(simg_stage *s, const simg_cast *c)
{
    const simg_plan *plan = s->plan;
    double wanted = 0, w = s->a->w;
    int i;

    for (i = 0; i < plan->creature_count + plan->thing_count; i++) {
        const simg_item *item = i < plan->creature_count ? &plan->creatures[i] : &plan->things[i - plan->creature_count];
        simg_where where = item->kind->where;

        if (item != c->carried && where != SIMG_IN_AIR && where != SIMG_ON_STRING && where != SIMG_FAR && where != SIMG_GROWING
            && !(where == SIMG_IN_WATER && plan->place->traits & SIMG_UNDERWATER))
            wanted += height_of(s, item) * (item->count > 4 ? 4 : item->count);
    }
    if (wanted > w - 60 - simg_art_side(s, s->hero_x) - s->hero_height * 0.27)
        s->hero_x = simg_art_side(s, w * 0.46);
}

/* Farther ones first; the hero before whoever stands as far. */
static int nearer(const void *x, const void *y)
{
    const simg_actor *a = x, *b = y;

    return a->y < b->y ? -1 : a->y > b->y ? 1 : (a->item ? 1 : 0) - (b->item ? 1 : 0);
}

void simg_art_cast(simg_cast *c, simg_stage *s)
{
    const simg_plan *plan = s->plan;
    double w = s->a->w, hero, half = s->hero_height * (plan->pose == SIMG_SLEEPING ? 0.62 : 0.27);
    row rows[3];
    int counts[2] = { 0, 0 }, i;

    memset(c, 0, sizeof(*c));
    carried_choose(c, plan);
    hero_move(s, c);
    hero = simg_art_side(s, s->hero_x);
    rows[0] = (row){ hero + half + (c->carried ? s->hero_height * 0.12 : 0), w - 60, s->floor + 24, 1 };
    rows[1] = (row){ 50, hero - half * 0.8, s->floor + 6, 1 };
    rows[2] = (row){ hero + half * 1.3, w - 30, s->floor - 150, 0.72 };
    enter(c, NULL, s->hero_x, s->floor, s->hero_height);
    for (i = 0; i < plan->creature_count; i++)
        one(c, s, &plan->creatures[i], rows, counts);
    for (i = 0; i < plan->thing_count; i++)
        one(c, s, &plan->things[i], rows, counts);
    qsort(c->at, (size_t)c->count, sizeof(c->at[0]), nearer);
}
