/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_person.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

/* A word of the order that the tables know. */
typedef struct match {
    const void *row;
    const char *text;   /* the order's text */
    apr_size_t at, len; /* of the word; at counts from 0 */
} match;

typedef struct weather {
    const char *keys, *day, *night, *told;
} weather;

static const weather weathers[] = {
    { "rain rainy raindrop drizzle puddle", "light rain", "light rain",
      "[It was raining softly, like somebody sorting peas.|A thin soft rain was falling, the kind that only "
      "counts if you have no hat.]" },
    { "snow snowy snowflake snowman winter blizzard", "gentle snow", "gentle snow",
      "[Snow was falling, one careful flake at a time.|It had snowed, and every sound wore slippers.]" },
    { "storm stormy thunder", "wind and grey clouds", "wind and clouds",
      "[The wind had a lot to say that day.|The clouds were moving furniture.]" },
    { "wind windy breeze", "wind", "wind and stars",
      "[The wind had a lot to say that day.|It was so windy that hats went visiting.]" },
    { "fog foggy mist misty", "fog", "fog",
      "[A soft fog lay over everything like a blanket.|The fog was so thick that you could lean on it.]" },
    { "rainbow", "sunny, with a rainbow", "stars in the sky",
      "[There was a rainbow, a whole one, both ends included.]" },
    { 0, "sunny", "stars in the sky", "" },
};

static const char *word_before(const match *m, apr_pool_t *p)
{
    const char *end = m->text + m->at, *start;

    while (end > m->text && end[-1] == ' ')
        end--;
    for (start = end; start > m->text && (apr_isalpha(start[-1]) || start[-1] == '-'); start--)
        ;
    return apr_pstrmemdup(p, start, (apr_size_t)(end - start));
}

/* The adjective that the client gave a place, if it is one that we know how to use; with a space after it. */
static const char *adjective(const match *m, apr_pool_t *p)
{
    static const char known[] = "cosmic magic magical enchanted secret hidden snowy frozen golden tiny "
                                "crystal rainbow candy chocolate floating "
                                "upside-down sunny starry glowing quiet silver tropical ancient forgotten "
                                "mysterious wonderful misty sleepy "
                                "singing invisible wild sparkling moonlit whispering green blue purple pink "
                                "old little big faraway peaceful beautiful";
    const char *word = m->text ? word_before(m, p) : "";
    const char *at = known;
    apr_size_t len = strlen(word), n;

    for (; len && *at; at += n + (at[n] == ' ')) {
        n = strcspn(at, " ");
        if (n == len && !strncasecmp(at, word, n))
            return apr_pstrcat(p, apr_pstrmemdup(p, at, n), " ", NULL);
    }
    return "";
}

/* What such a place is like; empty for adjectives that speak for themselves. */
static const char *charm_of(const char *own)
{
    static const char *const charms[][2] = {
        { "cosmic starry galactic",
          "[Stars grow {inplace}, low down, like buttercups.|{Theplace} lies a little above the others, and "
          "at noon you can see the stars from there.]" },
        { "magic magical enchanted", "[Even the stones have manners {inplace}, and say good evening.|Things "
                                     "happen {inplace} that don't happen elsewhere, mostly before lunch.]" },
        { "candy chocolate", "It always smells of warm sugar {inplace}." },
        { "secret hidden invisible forgotten mysterious",
          "Hardly anybody knows about {theplace}, and those who do keep it that way." },
        { "floating upside-down",
          "{Theplace} hangs a hand's breadth above the ground, and nobody there thinks that odd." },
        { "crystal sparkling glowing",
          "Everything shines a little {inplace}, as if it had been polished that morning." },
        { "singing whispering", "If you hold your breath {inplace}, you can hear it hum." },
    };
    apr_size_t i, len;

    for (i = 0; i < sizeof(charms) / sizeof(charms[0]); i++)
        if (*own && simg_tell_find(own, charms[i][0], 0, &len))
            return charms[i][1];
    return "";
}

/* The first row, by where it stands in the text, whose keys occur; but not `except`. */
#define FIRST_MATCH(name, type, table)                                                                                 \
    static int name(match *m, const char *s, int hints, const type *except)                                            \
    {                                                                                                                  \
        const type *row;                                                                                               \
        apr_size_t at, len;                                                                                            \
                                                                                                                       \
        for (m->row = NULL, m->text = s, row = table; s && row->keys; row++) {                                         \
            at = row == except ? 0 : simg_tell_find(s, row->keys, hints, &len);                                        \
            if (at && (!m->row || at - 1 < m->at)) {                                                                   \
                m->row = row;                                                                                          \
                m->at = at - 1;                                                                                        \
                m->len = len;                                                                                          \
            }                                                                                                          \
        }                                                                                                              \
        return m->row != NULL;                                                                                         \
    }

FIRST_MATCH(find_place, simg_tell_place, simg_tell_places)
FIRST_MATCH(find_creature, simg_tell_creature, simg_tell_creatures)
FIRST_MATCH(find_thing, simg_tell_thing, simg_tell_things)

static const char *all_interests(const simg_order *o, apr_pool_t *p)
{
    return apr_array_pstrcat(p, o->character.interests, ' ');
}

/* A place that somebody would start from if nothing was said; a plain one if a place was named that we do not
 * know. */
static void any_place(simg_tell *t, match *m, int plain)
{
    static const char *const anywhere[] = { "forest",  "meadow",  "garden", "mountain", "beach", "island",
                                            "village", "town",    "river",  "castle",   "cloud", "moon",
                                            "farm",    "library", "jungle", "harbour",  "lake",  "treehouse" };
    static const char *const plainly[] = { "garden", "meadow", "river", "town", "playground" };

    find_place(m, plain ? plainly[simg_tell_pick(t, 5)] : anywhere[simg_tell_pick(t, 18)], 0, NULL);
    m->text = NULL;
}

static void choose_place(simg_tell *t, match *m, const simg_order *o)
{
    const char *texts[] = { o->setting, o->prompt, o->themes };
    int i, hints;

    for (hints = 0; hints < 2; hints++)
        for (i = 0; i < 3; i++)
            if (find_place(m, texts[i], hints, NULL))
                return;
    if (simg_tell_pick(t, 2) && find_place(m, all_interests(o, t->p), 0, NULL)) {
        m->text = NULL;
        return;
    }
    any_place(t, m, o->setting != NULL);
}

/* `a cosmic garden full of flowers`, but `a chocolate forest, a green forest with tall trees`. */
static const char *scene_of(const simg_tell_place *place, const char *own, apr_pool_t *p)
{
    const char *noun = strncmp(place->scene, "a ", 2) ? place->scene : place->scene + 2;

    if (!*own)
        return place->scene;
    if (!strncmp(noun, place->noun, strlen(place->noun)))
        return simg_tell_a(apr_pstrcat(p, own, noun, NULL), p);
    return apr_pstrcat(p, "the ", own, place->noun, ", ", place->scene, NULL);
}

static void set_place(simg_tell *t, const match *m)
{
    const simg_tell_place *place = m->row;
    const char *own = m->at || m->text ? adjective(m, t->p) : "";
    const char *the = strstr(place->in, "the ");

    own = the ? own : "";
    simg_tell_set(t, "place", apr_pstrcat(t->p, own, place->noun, NULL));
    simg_tell_set(t, "theplace", apr_pstrcat(t->p, the ? the : "", own, place->noun, NULL));
    simg_tell_set(t, "inplace", apr_pstrcat(t->p, place->in, own, place->noun, NULL));
    simg_tell_set(t, "toplace", apr_pstrcat(t->p, place->to, own, place->noun, NULL));
    simg_tell_set(t, "pscene", scene_of(place, own, t->p));
    simg_tell_set(t, "charm", simg_tell_fill(t, charm_of(own)));
    simg_tell_set(t, "path", place->path);
    simg_tell_set(t, "spot", place->spot);
    simg_tell_set(t, "sound", place->sound);
}

/* Somebody who lives here. */
static const simg_tell_creature *local(simg_tell *t, const simg_tell_place *place, const simg_tell_creature *except)
{
    unsigned n = 0, wanted = simg_tell_pick(t, 5);
    const char *key = place->locals;
    match m;

    for (; n < wanted; n++)
        key += strcspn(key, " ") + 1;
    key = apr_pstrmemdup(t->p, key, strcspn(key, " "));
    if (find_creature(&m, key, 0, except))
        return m.row;
    return local(t, place, except);
}

static void set_creatures(simg_tell *t, const simg_order *o, const simg_tell_place *place)
{
    const char *texts[] = { o->prompt, o->setting, o->themes };
    const simg_tell_creature *friend = NULL, *helper;
    match m = { 0 };
    int i;

    for (i = 0; i < 3 && !friend; i++)
        friend = find_creature(&m, texts[i], 0, NULL) ? m.row : NULL;
    simg_tell_friend_name(t, &o->character, friend ? o->prompt : NULL);
    simg_tell_set(t, "habit", "");
    simg_tell_set(t, "own", "");
    simg_tell_set(t, "payoff", "");
    if (friend)
        simg_tell_friend_read(t, m.text + m.at + m.len);
    else
        friend = local(t, place, NULL);
    if (!*apr_table_get(t->slots, "habit"))
        simg_tell_set(t, "habit", friend->habit);
    helper = find_creature(&m, o->prompt, 0, friend) ? m.row : local(t, place, friend);
    simg_tell_set(t, "fkind", friend->kind);
    simg_tell_set(t, "afriend", simg_tell_a(friend->looks, t->p));
    simg_tell_set(t, "helper", apr_pstrcat(t->p, "the ", helper->kind, NULL));
    simg_tell_set(t, "ahelper", simg_tell_a(helper->looks, t->p));
    simg_tell_set(t, "hhabit", helper->habit);
}

/* Where the thing of the prompt comes in if the story is not about looking for it. */
static void set_keepsake(simg_tell *t, const simg_tell_thing *thing)
{
    simg_tell_set(t, "keepsake", "");
    if (!thing)
        return;
    simg_tell_set(t, "present", simg_tell_a(thing->looks, t->p));
    simg_tell_set(
        t, "keepsake",
        simg_tell_fill(
            t, t->band == SIMG_TELL_YOUNG
                   ? "And what was that on the windowsill? {Present}! It was from {friend}."
                   : "[And on the windowsill, where nobody could overlook it, there was {present}. {friend} had "
                     "found it on the way home and thought of {name}.|And what was that "
                     "on the windowsill? {Present}! It hadn't been there that morning, and it smelled a little "
                     "of {friend}.|By the bed stood a small parcel from {friend}, and in it was {present}.]"));
}

/* Something to carry: the prompt's own, or any. Something large stands in the pictures and by the way. */
static void set_things(simg_tell *t, const simg_order *o)
{
    static const int usual = 12;
    const simg_tell_thing *thing = NULL, *large = NULL;
    match m = { 0 };

    if (find_thing(&m, o->prompt, 0, NULL) || find_thing(&m, o->setting, 0, NULL))
        thing = m.row;
    if (thing && thing->large) {
        large = thing;
        thing = find_thing(&m, o->prompt, 0, large) && !((const simg_tell_thing *)m.row)->large ? m.row : NULL;
    }
    set_keepsake(t, thing);
    thing = thing ? thing : &simg_tell_things[simg_tell_pick(t, (unsigned)usual)];
    simg_tell_set(t, "thing", thing->looks);
    simg_tell_set(t, "athing", simg_tell_a(thing->looks, t->p));
    simg_tell_set(t, "landmark",
                  large ? simg_tell_fill(t, apr_pstrcat(t->p, "[Nearby stood ", simg_tell_a(large->looks, t->p),
                                                        ", as if it were waiting for somebody.|There was ",
                                                        simg_tell_a(large->looks, t->p),
                                                        " there too, [shining a little|keeping quiet].]", NULL))
                        : NULL);
    simg_tell_set(t, "lscene",
                  large ? apr_pstrcat(t->p, "Nearby is ", simg_tell_a(large->looks, t->p), ".", NULL) : NULL);
}

static void set_weather(simg_tell *t, const simg_order *o, const simg_tell_place *place)
{
    const weather *w = weathers;
    int airless = !strcmp(place->noun, "space") || !strcmp(place->noun, "moon");
    apr_size_t len;

    while (w->keys && !(o->prompt && simg_tell_find(o->prompt, w->keys, 0, &len)) &&
           !(o->setting && simg_tell_find(o->setting, w->keys, 0, &len)))
        w++;
    simg_tell_set(t, "weather", airless ? "bright stars" : w->day);
    simg_tell_set(t, "nweather", airless ? "bright stars" : w->night);
    simg_tell_set(t, "air", airless ? "" : simg_tell_fill(t, w->told));
}

void simg_tell_set_cast(simg_tell *t, const simg_order *order)
{
    match place = { 0 };

    choose_place(t, &place, order);
    set_place(t, &place);
    set_creatures(t, order, place.row);
    set_things(t, order);
    set_weather(t, order, place.row);
}
