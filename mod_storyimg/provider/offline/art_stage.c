/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
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

    for (i = 0; plan->pose != SIMG_SLEEPING && plan->pose != SIMG_READING && !c->carried && i < plan->thing_count;
         i++) {
        if (is_carriable(plan->things[i].kind->where))
            c->carried = &plan->things[i];
    }
}

/* Heights fall with the number of the same kind, so that a flock fits. */
static double height_of(const simg_stage *s, const simg_item *item)
{
    double h = item->kind->size * item->size * s->hero_height * s->crowd,
           most = s->a->w * (item->kind->where == SIMG_FAR ? 0.74 : 0.56);

    if (item->count > 2)
        h *= 0.8;
    if (s->plan->creature_count + s->plan->thing_count > 4)
        h *= 0.9;
    if (s->plan->place->traits & SIMG_UNDERWATER && item->kind->where == SIMG_IN_WATER && s->plan->creature_count > 1)
        most = s->a->w * 0.4;
    return h > most ? most : h;
}

/* How much air is round a circle, if it were here; below 0: it would cover somebody. */
static double air_round(const simg_cast *c, const simg_stage *s, double x, double y, double r)
{
    double least = 1e9;
    int i;

    for (i = 0; i < c->count; i++) {
        const simg_actor *other = &c->at[i];
        double half = other->height * (other->item ? 0.5 : 0.36), dx = x - other->x;
        double low = other->item ? other->y - half : other->y - other->height * 0.66, dy = y - low, room;

        if (!other->item && s->plan->pose == SIMG_FLOATING)
            dy += other->height * 0.28;
        room = sqrt(dx * dx + dy * dy) - half - r;
        least = room < least ? room : least;
    }
    return least;
}

/* Somewhere in the air, or under water, where there is most room. */
static void fly(simg_cast *c, simg_stage *s, const simg_item *item)
{
    simg_art *a = s->a;
    double h = height_of(s, item), top = s->floor - s->hero_height * 1.45;
    double low = s->floor - (s->plan->place->traits & SIMG_UNDERWATER ? -20 : s->hero_height * 0.3) - h * 0.5;
    double x = 0, y = 0, room, best;
    int i, k;

    top = (top < 40 ? 40 : top) + h * 0.4;
    low = low < top ? top : low;
    for (i = 0; i < item->count; i++) {
        simg_actor *actor;

        for (k = 0, best = -1e9; k < 40; k++) {
            double tx = simg_art_between(a, h * 0.5 + 10, a->w - h * 0.5 - 10), ty = simg_art_between(a, top, low);

            room = air_round(c, s, tx, ty, h * 0.5);
            room = (room > 50 ? 50 : room) - fabs(tx - s->hero_x) * 0.02 + (s->mirror ? a->w - tx : tx) * 0.05;
            if (room > best) {
                best = room;
                x = tx;
                y = ty;
            }
        }
        actor = enter(c, item, x, y + h * 0.5, h);
        actor->flip = x > s->hero_x ? 0 : 1;
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

        actor->flip = actor->x < s->hero_x;
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

static void one(simg_cast *c, simg_stage *s, const simg_item *item, row *rows, int *built)
{
    if (item == c->carried)
        return;
    switch (item->kind->where) {
    case SIMG_IN_AIR:
    case SIMG_ON_STRING: fly(c, s, item); break;
    case SIMG_FAR: far_away(c, s, item, built); break;
    case SIMG_GROWING: grow(c, s, item); break;
    case SIMG_IN_WATER:
        if (s->plan->place->traits & SIMG_UNDERWATER)
            fly(c, s, item);
        else
            ground(c, s, item, s->plan->place->traits & SIMG_OPEN_WATER ? rows + 3 : rows);
        break;
    default: ground(c, s, item, rows); break;
    }
}

static const simg_item *item_at(const simg_plan *plan, int i)
{
    return i < plan->creature_count ? &plan->creatures[i] : &plan->things[i - plan->creature_count];
}

static int flies(const simg_stage *s, const simg_item *item)
{
    simg_where where = item->kind->where;

    return where == SIMG_IN_AIR || where == SIMG_ON_STRING ||
           (where == SIMG_IN_WATER && s->plan->place->traits & SIMG_UNDERWATER);
}

/* With much company the hero stands in the middle of it, and everybody is drawn smaller until they fit.
 * @return the breadth of those in open water */
static double crowd_measure(simg_stage *s, const simg_cast *c)
{
    const simg_plan *plan = s->plan;
    double wanted[2] = { 0, 0 }, w = s->a->w, most;
    int i;

    s->crowd = 1;
    for (i = 0; i < plan->creature_count + plan->thing_count; i++) {
        const simg_item *item = item_at(plan, i);
        simg_where where = item->kind->where;

        if (item != c->carried && !flies(s, item) && where != SIMG_FAR && where != SIMG_GROWING)
            wanted[where == SIMG_IN_WATER && plan->place->traits & SIMG_OPEN_WATER] +=
                height_of(s, item) * (item->count > 4 ? 4 : item->count);
    }
    most = wanted[0] > wanted[1] ? wanted[0] : wanted[1];
    if (most > w - 60 - simg_art_side(s, s->hero_x) - s->hero_height * 0.27)
        s->hero_x = simg_art_side(s, w * 0.46);
    w -= 110 + s->hero_height * 0.5;
    s->crowd = most > w ? (w / most < 0.6 ? 0.6 : w / most) : 1;
    return wanted[1] * s->crowd;
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
    double w = s->a->w, hero, swimmers, half = s->hero_height * (plan->pose == SIMG_SLEEPING ? 0.62 : 0.27);
    row rows[6];
    int built = 0, i, n = plan->creature_count + plan->thing_count;

    memset(c, 0, sizeof(*c));
    carried_choose(c, plan);
    swimmers = crowd_measure(s, c);
    hero = simg_art_side(s, s->hero_x);
    rows[0] = (row){ hero + half + (c->carried ? s->hero_height * 0.12 : 0), w - 60, s->floor + 24, 1 };
    rows[1] = (row){ 50, hero - half * 0.8, s->floor + 6, 1 };
    rows[2] = (row){ hero + half * 1.3, w - 30, s->floor - 150, 0.72 };
    rows[3] = (row){ hero + half * 0.95, w - 10, s->floor - 156, 0.95 };
    if (rows[3].from < rows[3].to - swimmers) /* As far out as they can be: who is on the shore hides nobody. */
        rows[3].from = rows[3].to - swimmers;
    rows[4] = (row){ 0, hero - half * 0.5, s->floor - 166, 0.9 };
    rows[5] = (row){ hero, w, s->floor - 200, 0.6 };
    enter(c, NULL, s->hero_x, s->floor, s->hero_height);
    for (i = 0; i < 2 * n; i++) {
        if (flies(s, item_at(plan, i % n)) == (i >= n)) /* These last: they take the room that is left. */
            one(c, s, item_at(plan, i % n), rows, &built);
    }
    qsort(c->at, (size_t)c->count, sizeof(c->at[0]), nearer);
}
