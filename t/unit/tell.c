/* SPDX-License-Identifier: Apache-2.0 */
/* The offline storyteller: page counts, what the order named, determinism, variety, clean English. */
#include "tell.h"

static simg_order full_order(int age)
{
    simg_order o = order_of("Lila", age, "A cosmic garden adventure");

    o.character.personality = words("brave|curious");
    o.character.interests = words("space|dancing");
    o.character.message = "We love you to the moon and back.";
    o.themes = "friendship, courage";
    o.setting = "A magical garden behind the house";
    add_sister(&o, "Sara", "calm, wise", "dancing");
    return o;
}

static int names_place(const char *scene)
{
    static const char *const places[] = {
        "forest",  "meadow",    "garden",     "mountain", "sea",         "beach",  "underwater", "river",   "lake",
        "island",  "desert",    "village",    "town",     "city street", "castle", "farm",       "cave",    "space",
        "moon",    "planet",    "sky",        "clouds",   "snow field",  "jungle", "bedroom",    "kitchen", "classroom",
        "library", "treehouse", "playground", "harbour",  "circus",      "bridge", NULL
    };
    int i;

    for (i = 0; places[i] && !strstr(scene, places[i]); i++)
        ;
    return places[i] != NULL;
}

static const char *pose_of(const char *scene)
{
    static const char *const poses[] = { "standing", "waving",  "walking", "sitting",  "running", "reading",
                                         "sleeping", "arms up", "dancing", "kneeling", "looking", NULL };
    int i;

    for (i = 0; poses[i] && !strstr(scene, poses[i]); i++)
        ;
    return poses[i];
}

/* What is wrong with a piece of the story; NULL: nothing. */
static const char *fault(const char *s)
{
    static const char *const never[] = { "  ",     "{",    "}",    "[",    "]",     "|",     "%",         " .", " ,",
                                         " !",     " ?",   "..",   ",,",   ",.",    "“”",    "“ ",        "\n", "\r",
                                         "(null)", " a a", " a e", " a o", " an b", " an s", " the the ", NULL };
    int i;

    if (!simg_utf8_valid(s, strlen(s)))
        return "UTF-8";
    if (!*s || *s == ' ' || s[strlen(s) - 1] == ' ')
        return "space at an end";
    for (i = 0; never[i]; i++)
        if (strstr(s, never[i]))
            return never[i];
    return NULL;
}

static int page_is_good(const char *name, const json_t *story, int page)
{
    const char *text = member(story, page, "text"), *scene = member(story, page, "scene");
    const char *bad = fault(text) ? fault(text) : fault(scene);
    size_t len = simg_utf8_length(text);

    if (!bad && (len < 60 || len > 1200))
        bad = "length of the text";
    if (!bad && (strlen(scene) < 40 || simg_utf8_length(scene) >= 600))
        bad = "length of the scene";
    if (!bad && (!names_place(scene) || !pose_of(scene) || !strstr(scene, name)))
        bad = "place, pose or name in the scene";
    if (bad)
        printf("# page %d: '%s'\n# %s\n# %s\n", page + 1, bad, text, scene);
    return !bad;
}

/* The whole form of a story; name: what its scenes call the character. */
static int is_good(const char *name, const json_t *story, int pages)
{
    const char *title = json_string_value(json_object_get(story, "title"));
    int i, good = title && *title && simg_utf8_length(title) <= 60 && !fault(title);

    good &= json_object_size(story) == 2 && json_array_size(json_object_get(story, "pages")) == (size_t)pages;
    for (i = 0; i < pages; i++)
        good &= page_is_good(name, story, i);
    if (!good)
        printf("# %s\n", title ? title : "(no title)");
    return good;
}

/* Is every seed's story of this order well formed? */
static int all_good(const simg_order *o, const char *name, int pages)
{
    apr_uint64_t seed;
    int good = 1;

    for (seed = 1; seed <= SEEDS && good; seed++) {
        json_t *story = told(o, pages, seed);

        good = is_good(name, story, pages);
        json_decref(story);
    }
    if (!good)
        printf("# seed %d\n", (int)seed - 1);
    return good;
}

static void check_counts(void)
{
    static const int ages[] = { 4, 7, 10, 42, -1 };
    int i, n;

    for (i = 0; i < 5; i++) {
        simg_order o = full_order(ages[i]);
        simg_order bare = order_of("Mo", ages[i], "x");

        for (n = 1; n <= 12; n++)
            ok(all_good(&o, "Lila", n) && all_good(&bare, "Mo", n), "age %d, %d pages", ages[i], n);
    }
}

/* How many of SEEDS stories lack one of the words? */
static int without(const simg_order *o, int pages, const char *const *said, int n)
{
    apr_uint64_t seed;
    int i, bad = 0;

    for (seed = 1; seed <= SEEDS; seed++) {
        json_t *story = told(o, pages, seed);

        for (i = 0; i < n && strcasestr(all_text(story), said[i]); i++)
            ;
        if (i < n)
            printf("# seed %d: missing: %s\n", (int)seed, said[i]);
        bad += i < n;
        json_decref(story);
    }
    return bad;
}

static void check_members(void)
{
    static const char *const said[] = { "Lila",
                                        "seven years old",
                                        "brave",
                                        "curious",
                                        "space",
                                        "dancing",
                                        "A cosmic garden adventure",
                                        "friendship",
                                        "courage",
                                        "a magical garden behind the house",
                                        "Sara",
                                        "calm and wise",
                                        "We love you to the moon and back." };
    simg_order o = full_order(7);
    int n;

    for (n = 1; n <= 12; n++)
        is_int(without(&o, n, said, 13), 0,
               apr_psprintf(pool, "every member of the order is in a story of %d pages", n));
    o = order_of("Mo", -1, "A walk");
    is_int(mentions(&o, 6, "years old"), 0, "no age is mentioned if none was given");
    o = order_of("Mo", 101, "A walk");
    is_int(mentions(&o, 6, "one hundred and one years old"), SEEDS, "a great age in words");
}

static int counted_scenes(const simg_order *o, const char *what)
{
    apr_uint64_t seed;
    int n = 0;

    for (seed = 1; seed <= SEEDS; seed++) {
        json_t *story = told(o, 6, seed);

        n += strstr(member(story, 2, "scene"), what) != NULL;
        json_decref(story);
    }
    return n;
}

static void check_prompt(void)
{
    simg_order o = order_of("Timo", 6, "find the lost star, with a dragon who is afraid of the dark");

    is_int(mentions(&o, 6, "small green dragon"), SEEDS, "the prompt's creature is the friend");
    is_int(mentions(&o, 6, "who was afraid of the dark"), SEEDS, "with its own habit");
    is_int(mentions(&o, 6, "silver star"), SEEDS, "the prompt's thing turns up");
    is_int(counted_scenes(&o, "small green dragon"), SEEDS, "and the friend is in the picture");
    o.prompt = "Write me a short bedtime story about a penguin called Milo in the jungle";
    is_int(mentions(&o, 6, "Milo"), SEEDS, "the prompt's name for the friend");
    is_int(mentions(&o, 6, "“A penguin called Milo in the jungle.”"), SEEDS, "the gist without the request");
    is_int(counted_scenes(&o, "jungle"), SEEDS, "the prompt's place is in the picture");
    o.prompt = "The OCEAN at night";
    is_int(counted_scenes(&o, "sea"), SEEDS, "a synonym in capitals");
    o.prompt = "a starfishery of seasoned mousepads";
    ok(counted_scenes(&o, "mouse") < SEEDS / 2, "a word inside another word is not found");
    o.prompt = "Anything";
    o.setting = "in the snow";
    is_int(counted_scenes(&o, "snow field"), SEEDS, "the setting is the place");
}

static int distinct(const simg_order *o, int titles)
{
    const char *seen[10];
    int seed, i, n = 0;

    for (seed = 0; seed < 10; seed++) {
        json_t *story = told(o, 6, (apr_uint64_t)seed * 7919 + 1);
        const char *s = titles ? json_string_value(json_object_get(story, "title")) : member(story, 4, "text");

        for (i = 0; i < n && strcmp(seen[i], s); i++)
            ;
        if (i == n)
            seen[n++] = apr_pstrdup(pool, s);
        json_decref(story);
    }
    return n;
}

static void check_seeds(void)
{
    simg_order o = full_order(7);

    is_str(simg_offline_tell(&o, 6, 99, pool), simg_offline_tell(&o, 6, 99, pool),
           "the same seed tells the same story");
    is_str(simg_offline_suggest(&o, 99, pool), simg_offline_suggest(&o, 99, pool), "and has the same ideas");
    ok(distinct(&o, 1) >= 6, "ten seeds, %d titles", distinct(&o, 1));
    ok(distinct(&o, 0) >= 8, "ten seeds, %d turning points", distinct(&o, 0));
}

static void check_suggestions(void)
{
    simg_order o = full_order(7), bare = order_of("Mo", -1, NULL);
    const simg_order *orders[] = { &o, &bare };
    int i, j;

    for (i = 0; i < 2; i++) {
        json_t *ideas = json_loads(simg_offline_suggest(orders[i], 5, pool), 0, NULL);
        int good = json_array_size(ideas) == 5;

        for (j = 0; j < 5; j++) {
            const char *title = json_string_value(json_object_get(json_array_get(ideas, (size_t)j), "title"));
            const char *text = json_string_value(json_object_get(json_array_get(ideas, (size_t)j), "description"));

            good &= title && text && !fault(title) && !fault(text) && strstr(text, orders[i]->character.name) &&
                    strlen(text) > 60;
        }
        ok(good, "five ideas, each about the character");
        json_decref(ideas);
    }
}

int main(void)
{
    static void (*const checks[])(void) = { check_counts, check_members,     check_prompt,
                                            check_seeds,  check_suggestions, NULL };

    return tell_run(checks);
}
