/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/offline.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/json.h"
#include "base/utf8.h"
#include "provider/offline/tell_person.h"

#define PAGES_MAX 12
#define CROWDED 3 /* in a book of so few pages everything happens at once */
#define TEXT_MAX 1200
#define TITLE_MAX 60
#define TITLE_TRIES 8
#define SCENE_MAX 600

/* What stands on one page: one beat, or two that belong together. */
typedef struct page {
    simg_tell_moment first, last;
} page;

static simg_tell_band band_of(int age)
{
    if (age < 0)
        return SIMG_TELL_MIDDLE;
    return age <= 5 ? SIMG_TELL_YOUNG : age <= 8 ? SIMG_TELL_MIDDLE : SIMG_TELL_RICH;
}

simg_tell *simg_tell_new(const simg_order *order, apr_uint64_t seed, int tight, apr_pool_t *p)
{
    simg_tell *t = apr_pcalloc(p, sizeof(*t));

    t->p = p;
    t->state = seed;
    t->tight = tight;
    t->band = band_of(order->character.age);
    t->slots = apr_table_make(p, 60);
    simg_tell_set_hero(t, &order->character);
    simg_tell_set_sisters(t, &order->character);
    simg_tell_set_wishes(t, order);
    simg_tell_set_cast(t, order);
    return t;
}

/* A shape the prompt asks for has six lots in the hat; one that this cast would spoil has none. */
static unsigned lots_of(simg_tell *t, const simg_tell_shape *shape, const char *prompt)
{
    apr_size_t len;

    if (shape->without && (!strcmp(shape->without, apr_table_get(t->slots, "fkind")) ||
                           !strcmp(shape->without, apr_table_get(t->slots, "place"))))
        return 0;
    return prompt && simg_tell_find(prompt, shape->hints, 0, &len) ? 6 : 1;
}

static const simg_tell_shape *draw_shape(simg_tell *t, const char *prompt, unsigned avoid)
{
    unsigned i, all = 0, lot;

    for (i = 0; simg_tell_shapes[i]; i++)
        all += avoid & 1u << i ? 0 : lots_of(t, simg_tell_shapes[i], prompt);
    lot = simg_tell_pick(t, all);
    for (i = 0; simg_tell_shapes[i]; i++) {
        unsigned lots = avoid & 1u << i ? 0 : lots_of(t, simg_tell_shapes[i], prompt);

        if (lot < lots)
            break;
        lot -= lots;
    }
    return simg_tell_shapes[i];
}

const simg_tell_shape *simg_tell_shape_choose(simg_tell *t, const simg_order *order, unsigned avoid)
{
    static const char *const slots[] = { "k1", "k2", "k3" };
    const simg_tell_shape *shape = draw_shape(t, order->prompt, avoid);
    unsigned n = 0, i;

    while (n < 6 && shape->kinds[n][0])
        n++;
    n = simg_tell_pick(t, n);
    for (i = 0; i < 3; i++)
        simg_tell_set(t, slots[i], simg_tell_fill(t, shape->kinds[n][i]));
    simg_tell_set(t, "goal", simg_tell_fill(t, shape->goal));
    if (shape->seeks_thing)
        simg_tell_set(t, "keepsake", "");
    simg_tell_set(t, "other", simg_tell_fill(t, shape->other));
    simg_tell_set(t, "idea",
                  simg_tell_fill(t, t->band == SIMG_TELL_YOUNG || t->brief > 0 ? t->idea->young : t->idea->text));
    simg_tell_set(t, "act",
                  simg_tell_fill(t, t->band == SIMG_TELL_YOUNG || t->brief > 1 ? t->act->young : t->act->text));
    return shape;
}

const char *simg_tell_title(simg_tell *t, const simg_tell_shape *shape)
{
    const char *title;
    int i;

    for (i = 0; i < TITLE_TRIES; i++) {
        title = simg_tell_title_case(simg_tell_fill(t, shape->titles), t->p);
        if (simg_utf8_length(title) <= TITLE_MAX)
            return title;
    }
    return "A Story for the Evening";
}

/* Which moments a book of n pages has: the core, then what carries it, then whatever the seed likes. */
static void choose_moments(simg_tell *t, char *has, int n)
{
    static const simg_tell_moment core[] = { SIMG_TELL_OPENING, SIMG_TELL_NIGHT, SIMG_TELL_TRIAL, SIMG_TELL_IDEA,
                                             SIMG_TELL_TROUBLE };
    int i;
    unsigned moment;

    memset(has, 0, SIMG_TELL_MOMENTS);
    for (i = 0; i < n && i < 5; i++)
        has[core[i]] = 1;
    while (i < n) {
        moment = SIMG_TELL_WISH + simg_tell_pick(t, SIMG_TELL_NIGHT - SIMG_TELL_WISH);
        i += !has[moment];
        has[moment] = 1;
    }
}

/* In a short book the idea has no page of its own. */
static void plan(simg_tell *t, page *pages, int n)
{
    char has[SIMG_TELL_MOMENTS];
    int moment, at = 0;

    choose_moments(t, has, n);
    for (moment = SIMG_TELL_OPENING; moment < SIMG_TELL_MOMENTS; moment++) {
        if (!has[moment])
            continue;
        pages[at].first = pages[at].last = (simg_tell_moment)moment;
        if (moment == SIMG_TELL_TRIAL && !has[SIMG_TELL_IDEA])
            pages[at].first = SIMG_TELL_IDEA;
        at++;
    }
}

static const simg_tell_beat *beat_of(simg_tell *t, const simg_tell_shape *shape, simg_tell_moment moment)
{
    return shape->beats[moment].text ? &shape->beats[moment] : simg_tell_common(t, moment);
}

static const char *text_of(simg_tell *t, const simg_tell_beat *beat)
{
    if (t->band == SIMG_TELL_YOUNG)
        return simg_tell_fill(t, beat->young);
    if (t->band == SIMG_TELL_RICH && beat->rich && !t->brief)
        return simg_tell_fill(t, apr_pstrcat(t->p, beat->text, " ", beat->rich, NULL));
    return simg_tell_fill(t, beat->text);
}

/* What the order brings along that no shape knows: on the first page, the second, the last. */
static const char *with_extras(simg_tell *t, const char *text, int at, int n)
{
    const char *before = "", *after = "";

    if (at == 0)
        before = n > CROWDED ? "{intro} {setting} {charm} {air} {gist}" : "{intro} {setting} {waving} {gist}";
    else if (at == 1 && n > CROWDED)
        after = "{sisters}";
    if (at == n - 1)
        after = "{keepsake} {payoff} {themes} {message}";
    simg_tell_set(t, "told", text);
    return simg_tell_fill(t, apr_pstrcat(t->p, before, " {told} ", after, NULL));
}

/* A very short book is the tiny story, in halves if there are two pages. */
static const char *tiny_text(simg_tell *t, const simg_tell_shape *shape, int at, int n)
{
    const simg_tell_beat *tiny = &shape->beats[SIMG_TELL_TINY];
    char *whole =
        apr_pstrdup(t->p, t->band == SIMG_TELL_YOUNG || t->brief == SIMG_TELL_TIGHTEST ? tiny->young : tiny->text);
    char *half = strchr(whole, '\n');

    *half = n == 1 ? ' ' : '\0';
    return simg_tell_fill(t, n == 2 && at == 1 ? half + 1 : whole);
}

static json_t *page_json(simg_tell *t, const char *text, const char *scene_pattern)
{
    const char *scene = simg_tell_fill(t, scene_pattern);

    if (t->tight < SIMG_TELL_TIGHTEST && (simg_utf8_length(text) > TEXT_MAX || simg_utf8_length(scene) > SCENE_MAX))
        return NULL;
    return json_pack("{s:s, s:s}", "text", text, "scene", scene);
}

static json_t *tiny_page(simg_tell *t, const simg_tell_shape *shape, int at, int n)
{
    simg_tell_moment pictured = n == 2 && at == 0 ? SIMG_TELL_OPENING : SIMG_TELL_TINY;

    return page_json(t, with_extras(t, tiny_text(t, shape, at, n), at, n), shape->beats[pictured].scene);
}

static json_t *page_of(simg_tell *t, const simg_tell_shape *shape, const page *moments, int at, int n)
{
    const simg_tell_beat *last = beat_of(t, shape, moments->last);
    const char *text = text_of(t, last);

    if (moments->first != moments->last)
        text = apr_pstrcat(t->p, text_of(t, beat_of(t, shape, moments->first)), " ", text, NULL);
    return page_json(t, with_extras(t, text, at, n), last->scene);
}

/* NULL: a page is too long; try with fewer of the client's words. */
static json_t *tell(simg_tell *t, const simg_order *order, int n)
{
    const simg_tell_shape *shape;
    json_t *pages = json_array(), *one;
    page planned[PAGES_MAX];
    int i;

    t->brief = n <= CROWDED ? t->tight : 0;
    shape = simg_tell_shape_choose(t, order, 0);
    plan(t, planned, n);
    for (i = 0; i < n; i++) {
        one = n < 3 ? tiny_page(t, shape, i, n) : page_of(t, shape, &planned[i], i, n);
        if (!one) {
            json_decref(pages);
            return NULL;
        }
        json_array_append_new(pages, one);
    }
    return json_pack("{s:s, s:o}", "title", simg_tell_title(t, shape), "pages", pages);
}

const char *simg_offline_tell(const simg_order *order, int pages, apr_uint64_t seed, apr_pool_t *p)
{
    json_t *story = NULL;
    int tight;

    pages = pages < 1 ? 1 : pages > PAGES_MAX ? PAGES_MAX : pages;
    for (tight = 0; tight <= SIMG_TELL_TIGHTEST && !story; tight++)
        story = tell(simg_tell_new(order, seed, tight, p), order, pages);
    return simg_json_text(simg_json_own(p, story), p);
}
