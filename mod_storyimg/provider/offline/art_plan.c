/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <string.h>

#include "provider/offline/art_scene.h"

static const simg_kind *const creature_tables[] = { simg_art_animals, simg_art_wild, simg_art_water_folk,
                                                    simg_art_wonders };
static const simg_kind *const thing_tables[] = { simg_art_carried, simg_art_furniture, simg_art_vehicles,
                                                 simg_art_plants };

#define COUNT(x) ((int)(sizeof(x) / sizeof((x)[0])))

static const struct {
    simg_hour hour;
    const char *words;
} hours[] = {
    { SIMG_DAWN, "dawn sunrise daybreak first_light" },
    { SIMG_MORNING, "morning breakfast" },
    { SIMG_AFTERNOON, "afternoon teatime golden_hour" },
    { SIMG_SUNSET, "sunset dusk sundown" },
    { SIMG_EVENING, "evening twilight" },
    { SIMG_NIGHT,
      "night midnight nighttime bedtime moonlit moonlight starlit starlight full_moon at_the_moon moon_shines dark_sky "
      "stars starry the_moon_shone the_moon_rises" },
    { SIMG_DAY, "day noon midday daylight daytime sunny" }
};

static const struct {
    unsigned bit;
    const char *words;
} weathers[] = { { SIMG_RAIN, "rain rainy raining raindrop drizzle puddle shower" },
                 { SIMG_SNOW, "snow snowy snowing snowflake winter wintry blizzard" },
                 { SIMG_WIND, "wind windy breeze breezy gust" },
                 { SIMG_STORM, "storm stormy thunder lightning thunderstorm tempest" },
                 { SIMG_FOG, "fog foggy mist misty haze hazy" },
                 { SIMG_RAINBOW, "rainbow" },
                 { SIMG_STARS, "stars starry starlit starlight constellation" },
                 { SIMG_CLOUDS, "cloud cloudy clouded" },
                 { SIMG_MOON, "moon moonlit moonlight" },
                 { SIMG_SUN, "sun sunny sunshine sunlight" } };

static const struct {
    simg_pose pose;
    const char *words;
} poses[] = { { SIMG_SLEEPING, "sleep sleeping asleep slept dozing dreaming snoring tucked_in tucked_up" },
              { SIMG_READING, "read reading" },
              { SIMG_SITTING, "sit sitting sat seated resting rest kneeling" },
              { SIMG_RUNNING, "run running ran racing chasing hurrying rushing skipping" },
              { SIMG_WAVING, "wave_to wave_at wave_goodbye wave_her wave_his waving waved greeting hello" },
              { SIMG_ARMS_UP,
                "arms_up jump jumping jumped dancing dance cheering cheer celebrating hooray climbing climb throwing" },
              { SIMG_POINTING, "point pointing pointed showing finding discovering look_up looking_up" },
              { SIMG_FLOATING, "fly flying flew float floating swimming swim diving drifting gliding" },
              { SIMG_WALKING,
                "walk walking walked step stepping hiking marching tiptoeing wandering exploring following searching" },
              { SIMG_STANDING, "stand standing stood" } };

static const simg_kind *kind_at(const simg_words *w, int i, const simg_kind *const *tables, int n, int *span,
                                int *plural)
{
    const simg_kind *best = NULL, *k;
    int t, len, form = 0;

    *span = 0;
    for (t = 0; t < n; t++) {
        for (k = tables[t]; k->words; k++) {
            len = simg_words_at(w, i, k->words, 1, &form);
            if (len > *span) {
                *span = len;
                *plural = form;
                best = k;
            }
        }
    }
    return best;
}

static int is_creature(const simg_words *w, int i)
{
    int span, plural;

    return i >= 0 && i < w->count && kind_at(w, i, creature_tables, COUNT(creature_tables), &span, &plural);
}

/* `a sleeping dragon`, `the owl is reading`: it is not the hero who does that. */
static int is_of_creature(const simg_words *w, int at)
{
    return is_creature(w, at + 1) || is_creature(w, at - 1) ||
           (at > 1 && (!strcmp(w->at[at - 1], "is") || !strcmp(w->at[at - 1], "was")) && is_creature(w, at - 2));
}

static int pose_at(const simg_words *w, int i)
{
    int k, plural;

    for (k = 0; k < COUNT(poses); k++) {
        if (simg_words_at(w, i, poses[k].words, 0, &plural) && !is_of_creature(w, i))
            return (int)poses[k].pose;
    }
    return -1;
}

/* `standing with arms up`: what the arms do says more than what the legs do. */
static simg_pose gesture_find(const simg_words *w, int from)
{
    int i, pose;

    for (i = from; i < from + 4 && i < w->count && w->at[i][0]; i++) {
        pose = pose_at(w, i);
        if (pose == SIMG_ARMS_UP || pose == SIMG_WAVING || pose == SIMG_POINTING)
            return (simg_pose)pose;
    }
    return SIMG_STANDING;
}

static simg_pose pose_find(const simg_words *w, simg_pose otherwise)
{
    int i, pose;

    for (i = 0; i < w->count; i++) {
        pose = pose_at(w, i);
        if (pose == SIMG_STANDING)
            return gesture_find(w, i + 1);
        if (pose >= 0)
            return (simg_pose)pose;
    }
    return otherwise;
}

static simg_hour hour_find(const simg_words *w, simg_art *a)
{
    static const simg_hour usual[] = { SIMG_DAY,     SIMG_DAY,       SIMG_DAY,       SIMG_MORNING,
                                       SIMG_MORNING, SIMG_AFTERNOON, SIMG_AFTERNOON, SIMG_SUNSET };
    simg_hour chosen = usual[simg_art_pick(a, COUNT(usual))];
    int i, k, plural;

    for (i = 0; i < w->count; i++) {
        for (k = 0; k < COUNT(hours); k++) {
            if (simg_words_at(w, i, hours[k].words, 0, &plural))
                return hours[k].hour;
        }
    }
    return chosen;
}

static unsigned weather_find(const simg_words *w)
{
    unsigned bits = 0;
    int k;

    for (k = 0; k < COUNT(weathers); k++) {
        if (simg_words_has(w, weathers[k].words))
            bits |= weathers[k].bit;
    }
    return bits;
}

/* The first place that is named; one that is only hinted at if there is none. */
static const simg_place *place_find(simg_words *w)
{
    const simg_place *pl, *best = NULL;
    int i, hints, span, longest = 0, plural;

    for (hints = 0; hints < 2; hints++) {
        for (i = 0; i < w->count && !best; i++) {
            for (pl = simg_art_places; pl->words; pl++) {
                span = simg_words_at(w, i, pl->words, hints, &plural);
                if (span > longest) {
                    longest = span;
                    best = pl;
                }
            }
            if (best && !hints)
                simg_words_drop(w, i, longest);
        }
    }
    return best ? best : simg_art_places;
}

static int count_before(const simg_words *w, int i, int plural)
{
    static const struct {
        const char *word;
        int n;
    } counts[] = { { "two", 2 },   { "three", 3 }, { "four", 4 }, { "five", 5 },     { "six", 5 },
                   { "seven", 5 }, { "eight", 5 }, { "few", 3 },  { "several", 4 },  { "many", 5 },
                   { "some", 3 },  { "both", 2 },  { "pair", 2 }, { "hundreds", 5 }, { "lots", 5 } };
    int back, k;

    if (!plural && strcmp(w->at[i], "mice") && strcmp(w->at[i], "geese") && strcmp(w->at[i], "fish") &&
        strcmp(w->at[i], "sheep"))
        return 1;
    for (back = 1; back < 5 && i - back >= 0; back++) {
        for (k = 0; k < COUNT(counts); k++) {
            if (!strcmp(w->at[i - back], counts[k].word))
                return counts[k].n;
        }
    }
    return plural ? 3 : 1;
}

static int is_denied(const simg_words *w, int i)
{
    int back;

    for (back = 1; back < 4 && i - back >= 0; back++) {
        if (!strcmp(w->at[i - back], "no") || !strcmp(w->at[i - back], "without"))
            return 1;
    }
    return 0;
}

static simg_dye dye_before(const simg_words *w, int i, const simg_kind *k)
{
    simg_dye dye = { k->main, k->second };
    simg_colour first;
    int back;

    for (back = 1; back < 4 && i - back >= 0; back++) {
        if (!strcmp(w->at[i - back], "with") || !strcmp(w->at[i - back], ""))
            break;
        if (!simg_words_colour(w, i - back, &dye.main))
            continue;
        /* "a black and white penguin" */
        if (i - back > 1 && !strcmp(w->at[i - back - 1], "and") && simg_words_colour(w, i - back - 2, &first)) {
            dye.second = dye.main;
            dye.main = first;
        }
        break;
    }
    return dye;
}

static double size_before(const simg_words *w, int i)
{
    static const struct {
        const char *words;
        double size;
    } sizes[] = { { "tiny little small baby young", 0.66 }, { "big large huge enormous giant great tall", 1.25 } };
    int back, k, plural;

    for (back = 1; back < 4 && i - back >= 0 && w->at[i - back][0]; back++) {
        for (k = 0; k < COUNT(sizes); k++) {
            if (simg_words_at(w, i - back, sizes[k].words, 0, &plural))
                return sizes[k].size;
        }
    }
    return 1;
}

static int items_find(simg_words *w, const simg_kind *const *tables, int n, simg_item *items)
{
    int i, k, count = 0, span, plural = 0;

    for (i = 0; i < w->count; i++) {
        const simg_kind *kind = kind_at(w, i, tables, n, &span, &plural);

        if (!kind || is_denied(w, i))
            continue;
        for (k = 0; k < count && items[k].kind != kind; k++)
            ;
        if (k == count && count < SIMG_MOST_ITEMS) {
            items[k].kind = kind;
            items[k].count = count_before(w, i, plural);
            items[k].dye = dye_before(w, i, kind);
            items[k].size = size_before(w, i);
            count++;
        }
        simg_words_drop(w, i, span);
    }
    return count;
}

static void words_forget(simg_words *w, const char *name, apr_pool_t *p)
{
    const simg_words *own = simg_words_read(name, p);
    int i, k;

    for (i = 0; i < w->count; i++) {
        for (k = 0; k < own->count; k++) {
            if (!strcmp(w->at[i], own->at[k]))
                w->at[i] = "";
        }
    }
}

/* What is outside is not in the room, and who sleeps has a bed already. */
static void elsewhere_drop(simg_words *w, const simg_plan *plan)
{
    int at, span, plural;

    at = simg_words_find(w, "outside", 0, &span, &plural);
    if (plan->place->traits & SIMG_INDOORS && at >= 0)
        simg_words_drop(w, at, w->count);
    at = simg_words_find(w, "bed", 0, &span, &plural);
    if (plan->pose == SIMG_SLEEPING && at >= 0)
        simg_words_drop(w, at, span);
}

/* Stars shine in the sky; a star is somebody or something. */
static void stars_drop(simg_words *w)
{
    int i;

    for (i = 0; i < w->count; i++) {
        if (!strcmp(w->at[i], "stars"))
            w->at[i] = "";
    }
}

simg_plan *simg_art_plan(const char *scene, const char *name, simg_art *a)
{
    simg_plan *plan = apr_pcalloc(a->p, sizeof(*plan));
    simg_words *w = simg_words_read(scene, a->p);

    words_forget(w, name, a->p);
    plan->hour = hour_find(w, a);
    plan->weather = weather_find(w);
    plan->pose = pose_find(w, simg_art_pick(a, 3) ? SIMG_STANDING : SIMG_WAVING);
    plan->place = place_find(w);
    stars_drop(w);
    elsewhere_drop(w, plan);
    plan->creature_count = items_find(w, creature_tables, COUNT(creature_tables), plan->creatures);
    plan->thing_count = items_find(w, thing_tables, COUNT(thing_tables), plan->things);
    if (plan->place->traits & SIMG_STARRY)
        plan->hour = SIMG_NIGHT;
    if (plan->place->traits & (SIMG_NO_GROUND | SIMG_UNDERWATER) && plan->pose < SIMG_SLEEPING &&
        plan->pose != SIMG_READING)
        plan->pose = SIMG_FLOATING;
    return plan;
}
