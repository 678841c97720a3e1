/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "provider/offline/art_stage.h"
#include "provider/offline/offline.h"

#define NARROWEST 600.0
#define WIDEST 2400.0

static int is_wet(const simg_stage *s, const simg_item *item)
{
    return item->kind->where == SIMG_IN_WATER && !(s->plan->place->traits & (SIMG_UNDERWATER | SIMG_INDOORS));
}

/* Who swims needs water: a pond, with the near rim of it in front. */
static void pond(simg_stage *s, const simg_actor *actor, int before)
{
    double rx = actor->height * 0.6, lift = s->a->lift;
    int open = s->plan->place->traits & SIMG_OPEN_WATER;
    simg_colour c = open ? simg_art_darker(s->hues.water, 0.1) : simg_art_lit(&s->hues, 0x58b0cf);

    if (!before && open)
        return;
    if (!before) {
        simg_art_ellipse(s->a, simg_art_lighter(c, 0.35), actor->x, actor->y - 2, rx + 9, rx * 0.23 + 7);
        s->a->lift = 0;
        simg_art_ellipse(s->a, c, actor->x, actor->y - 2, rx, rx * 0.23);
        s->a->lift = lift;
        return;
    }
    simg_art_wash(s->a, simg_art_lighter(c, 0.12), 0.92,
                  apr_psprintf(s->a->p, "M%.1f %.1fA%.1f %.1f 0 0 0 %.1f %.1fQ%.1f %.1f %.1f %.1fT%.1f %.1fT%.1f %.1fZ",
                               actor->x - rx, actor->y - 2, rx, rx * 0.23, actor->x + rx, actor->y - 2,
                               actor->x + rx * 0.75, actor->y - 14, actor->x + rx * 0.5, actor->y, actor->x, actor->y,
                               actor->x - rx, actor->y - 2));
}

static void act(simg_stage *s, const simg_actor *actor)
{
    const simg_item *item = actor->item;
    simg_art *a = s->a;
    int wet = is_wet(s, item),
        stands = item->kind->where != SIMG_IN_AIR && item->kind->where != SIMG_ON_STRING && !wet &&
                 !(s->plan->place->traits & SIMG_UNDERWATER && item->kind->where == SIMG_IN_WATER);

    if (stands)
        simg_art_veil(a, a->shadow, 0.2,
                      SIMG_BOX(actor->x + 4, actor->y + 1, actor->height * 0.36, actor->height * 0.045 + 2));
    if (wet)
        pond(s, actor, 0);
    simg_art_push(a, actor->x, actor->y, actor->height / 200, actor->flip, actor->angle);
    simg_art_cut(a, item->kind->program, item->dye);
    simg_art_pop(a);
    if (wet)
        pond(s, actor, 1);
}

static void stage_set(simg_stage *s, const simg_looks *l)
{
    simg_art *a = s->a;
    double grown = l->age < 4 ? 0.88 : l->age >= 16 ? 1.1 : l->age >= 10 ? 1.04 : 1;

    s->mirror = (int)simg_art_pick(a, 2);
    s->horizon = simg_art_between(a, 400, 520);
    s->floor = simg_art_between(a, 888, 912);
    s->hero_height = simg_art_between(a, 420, 470) * grown;
    if (s->hero_height > a->w * 0.66)
        s->hero_height = a->w * 0.66;
    s->hero_x = simg_art_side(s, a->w * (a->w < 800 ? 0.28 : simg_art_between(a, 0.27, 0.35)));
    if (s->plan->creature_count + s->plan->thing_count == 0)
        s->hero_x = simg_art_side(s, a->w * simg_art_between(a, 0.4, 0.5));
    simg_art_hues(&s->hues, s->plan, a);
}

static void play(simg_stage *s, const simg_looks *l)
{
    simg_cast cast;
    int i;

    simg_art_cast(&cast, s);
    for (i = 0; i < cast.count; i++) {
        if (cast.at[i].item)
            act(s, &cast.at[i]);
        else
            simg_art_hero(s, l, cast.carried);
    }
}

/* A format far from a page's shows the whole page on a mat rather than a strip of it. */
static void open_document(simg_art *a, int width, int height, simg_colour mat)
{
    double w = 1000.0 * width / height;
    int strange = w < NARROWEST * 0.8 || w > WIDEST;

    simg_art_put(
        a,
        apr_psprintf(a->p,
                     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %.1f 1000\" "
                     "preserveAspectRatio=\"xMidYMid %s\">\n",
                     width, height, a->w, strange ? "meet" : "slice"));
    if (strange)
        simg_art_put(
            a, apr_psprintf(a->p, "<rect x=\"-20000\" y=\"-20000\" width=\"42000\" height=\"42000\" fill=\"#%06x\"/>\n",
                            mat));
}

const char *simg_offline_paint(const simg_brief *brief, int width, int height, apr_uint64_t seed, apr_pool_t *p)
{
    double w = 1000.0 * width / height;
    const char *scene = brief->scene ? brief->scene : "";
    simg_art *a = simg_art_new(w < NARROWEST ? NARROWEST : w > WIDEST ? WIDEST : w, simg_art_hash(scene, seed), p);
    simg_looks looks;
    simg_stage s;

    memset(&s, 0, sizeof(s));
    s.a = a;
    s.plan = simg_art_plan(scene, brief->character ? brief->character->name : NULL, a);
    simg_art_looks(&looks, brief, p);
    stage_set(&s, &looks);
    open_document(a, width, height, s.hues.sky[0]);
    a->tint = s.hues.tint;
    a->tinting = s.hues.tinting;
    s.plan->place->back(&s);
    a->tinting = 0;
    simg_art_mist(&s);
    play(&s, &looks);
    if (s.plan->place->front)
        s.plan->place->front(&s);
    simg_art_weather(&s);
    simg_art_put(a, "</svg>\n");
    return a->text;
}
