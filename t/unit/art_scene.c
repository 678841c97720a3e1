/* SPDX-License-Identifier: Apache-2.0 */
/* The offline artist: same input same picture, every word of the vocabulary changes it, nothing of a client's text is
 * in it. */
#include <apr_general.h>
#include <apr_strings.h>
#include <stdlib.h>

#include "provider/offline/art_scene.h"
#include "provider/offline/offline.h"
#include "tap.h"

#define LARGEST 150000

static apr_pool_t *pool;
static apr_size_t most;

static const char *paint_of(const char *scene, const char *name, const char *descriptor, apr_uint64_t seed)
{
    simg_character who;
    simg_brief brief;
    const char *svg;

    memset(&who, 0, sizeof(who));
    memset(&brief, 0, sizeof(brief));
    who.name = name;
    who.age = 7;
    brief.scene = scene;
    brief.character = &who;
    brief.descriptor = descriptor;
    brief.story_key = "story";
    svg = simg_offline_paint(&brief, 1024, 1024, seed, pool);
    most = strlen(svg) > most ? strlen(svg) : most;
    return svg;
}

static const char *paint(const char *scene)
{
    return paint_of(scene, "Mia", NULL, 1);
}

/* Every scene has its own composition, so any word changes a picture. What a known one adds is shapes. */
static int shapes(const char *svg)
{
    int n = 0;

    for (; *svg; svg++)
        n += *svg == '<';
    return n;
}

/* A known word draws something: on average over seeds there are more shapes than with a word that means nothing. */
static int draws(const char *word)
{
    long with = 0, without = 0;
    int seed;

    for (seed = 1; seed <= 6; seed++) {
        with += shapes(paint_of(apr_pstrcat(pool, "in a meadow with a ", word, NULL), "Mia", NULL, seed));
        without += shapes(paint_of("in a meadow with a qwzx", "Mia", NULL, seed));
    }
    return with > without;
}

static const char *const drawn_words[] = {
    "cat",
    "kitten",
    "dog",
    "puppy",
    "fox",
    "rabbit",
    "owl",
    "bird",
    "bear",
    "mouse",
    "dragon",
    "unicorn",
    "horse",
    "fish",
    "whale",
    "dolphin",
    "turtle",
    "octopus",
    "butterfly",
    "bee",
    "hedgehog",
    "dinosaur",
    "T-rex",
    "robot",
    "elephant",
    "lion",
    "penguin",
    "frog",
    "snail",
    "squirrel",
    "deer",
    "sheep",
    "cow",
    "duck",
    "monkey",
    "fairy",
    "giant",
    "alien",
    "star creature",
    "house",
    "lantern",
    "boat",
    "ship",
    "rocket",
    "balloon",
    "hot-air balloon",
    "kite",
    "book",
    "map",
    "key",
    "treasure chest",
    "star",
    "crown",
    "cake",
    "flower",
    "mushroom",
    "tree",
    "tent",
    "train",
    "bicycle",
    "drum",
    "violin",
    "piano",
    "telescope",
    "umbrella",
    "apple",
    "gift",
    "bed",
    "lamp",
    "door",
    "ball",
    "clock",
    "ladder",
    "feather",
    "bell",
    "swing",
};

static void vocabulary(void)
{
    apr_size_t i;

    for (i = 0; i < sizeof(drawn_words) / sizeof(drawn_words[0]); i++)
        ok(draws(drawn_words[i]), "%s is drawn", drawn_words[i]);
}

/* Every place is known and has a land of its own. */
static void places(void)
{
    static const char *const names[] = {
        "forest",  "meadow",      "garden",      "mountain",  "sea",        "beach",       "underwater", "river",
        "lake",    "island",      "desert",      "village",   "town",       "city street", "castle",     "farm",
        "cave",    "outer space", "on the moon", "planet",    "in the sky", "snow field",  "jungle",     "bedroom",
        "kitchen", "classroom",   "library",     "treehouse", "playground", "harbour",     "circus",     "bridge"
    };
    enum { N = sizeof(names) / sizeof(names[0]) };
    const simg_place *found[N];
    int i, k;

    for (i = 0; i < N; i++) {
        simg_art *a = simg_art_new(1000, 1, pool);

        found[i] = simg_art_plan(apr_pstrcat(pool, "a cat, ", names[i], NULL), "Mia", a)->place;
        for (k = 0; k < i && found[k]->back != found[i]->back; k++)
            ;
        ok(k == i, "%s is a place of its own", names[i]);
    }
}

static int has(const char *svg, const char *part)
{
    return strstr(svg, part) != NULL;
}

static void words(void)
{
    is_str(paint("a meadow with a cat"), paint("a meadow with a cat"), "the same scene is the same picture");
    ok(strcmp(paint("a meadow with a cat"), paint_of("a meadow with a cat", "Mia", NULL, 2)),
       "another seed is another picture");
    ok(has(paint("a forest with a purple cat"), "#8c69c0"), "a colour before a creature is its colour");
    ok(!has(paint("a forest with an old cat"), "#8c69c0"), "and is not there otherwise");
    ok(has(paint("a forest with a black and white cow"), "#3b3450"), "two colours");
    ok(shapes(paint("a forest, five dogs")) > shapes(paint("a forest, a dogged")) + 60, "five dogs are many");
    ok(!draws("cathedral"), "a word that begins like another means nothing");
    ok(shapes(paint_of("in a forest with no dragon", "Mia", NULL, 3)) <
           shapes(paint_of("in a forest with one dragon", "Mia", NULL, 3)),
       "no dragon is no dragon");
    ok(shapes(paint_of("Robin in a bedroom", "Robin", NULL, 4)) <=
           shapes(paint_of("Mia in a bedroom", "Mia", NULL, 4)) + 40,
       "a name is not a bird");
}

static simg_pose pose_of(const char *scene)
{
    return simg_art_plan(scene, "Mia", simg_art_new(1000, 1, pool))->pose;
}

static void poses(void)
{
    is_int(pose_of("Mia is sitting in the forest"), SIMG_SITTING, "sitting");
    is_int(pose_of("Mia is standing by the sea with small waves"), SIMG_STANDING, "small waves are not a hand");
    is_int(pose_of("Mia is waving on the beach"), SIMG_WAVING, "waving");
    is_int(pose_of("Mia is standing with arms up"), SIMG_ARMS_UP, "standing with arms up");
    is_int(pose_of("Mia is walking beside a sleeping dragon"), SIMG_WALKING, "it is the dragon who sleeps");
    is_int(pose_of("The cat is asleep. Mia is running"), SIMG_RUNNING, "or the cat");
}

/* Colours that only the hero wears, by the descriptor. */
static void looks(void)
{
    const char *said = "curly red hair, glasses, dark skin, a blue jacket", *one = paint_of("a forest", "Mia", said, 1),
               *two = paint_of("in the city, running", "Mia", said, 9);
    static const char *const worn[] = { "#c4522f", "#7a4a33", "#4f93d6" };
    int i;

    for (i = 0; i < 3; i++)
        ok(has(one, worn[i]) && has(two, worn[i]), "%s on every page", worn[i]);
    ok(!has(paint_of("a forest", "Mia", NULL, 1), "#c4522f"), "and only if said");
    ok(!has(paint_of("a forest", "Mia", "red and yellow", 1), "#c4522f"), "colours of nothing are no hair");
}

static int well_formed(const char *svg)
{
    int quotes = 0, open = 0;

    if (strncmp(svg, "<svg ", 5) || strcmp(svg + strlen(svg) - 7, "</svg>\n"))
        return 0;
    for (; *svg; svg++) {
        if (*svg == '<' && (quotes & 1))
            return 0;
        quotes += *svg == '"';
        if ((unsigned char)*svg > 126 || *svg == '&')
            return 0;
        open += !strncmp(svg, "<g ", 3) - !strncmp(svg, "</g>", 4);
        if (open < 0)
            return 0;
    }
    return open == 0 && quotes % 2 == 0;
}

static void hostile(void)
{
    static const char *const scenes[] = { "",
                                          "\"><script>alert(1)</script>",
                                          "' onload='x",
                                          "&xxe; <!DOCTYPE a>",
                                          "\xff\xfe\xc0\x80\xed\xa0\x80",
                                          "cat\x01\x02 dog",
                                          "%s%n%s",
                                          "-->]]>",
                                          "a forest\n\n\nwith\ta cat" };
    char *much = apr_palloc(pool, 10001);
    apr_size_t i;

    for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        const char *svg = paint_of(scenes[i], scenes[i], scenes[i], 1);

        ok(well_formed(svg), "hostile scene %d", (int)i);
        ok(!has(svg, "script") && !has(svg, "onload") && !has(svg, "xxe"), "nothing of it is in the picture");
    }
    ok(well_formed(paint(NULL)), "no scene");
    for (i = 0; i < 10000; i++)
        much[i] = "dragon cat, <giant> fish ten bears \"owls\" "[i % 42];
    much[10000] = '\0';
    ok(well_formed(paint(much)), "ten thousand characters");
    memset(much, '9', 10000);
    ok(well_formed(paint(much)), "ten thousand digits");
}

static void sizes(void)
{
    static const int size[][2] = { { 256, 256 },  { 1536, 1024 }, { 1024, 1536 }, { 1792, 1024 },
                                   { 4096, 256 }, { 256, 4096 },  { 4096, 4096 } };
    static const char *const scenes[] = {
        "a forest with a bear, a fox, an owl, a rabbit, a hedgehog and five deer, in the rain",
        "a library with five elephants", "an underwater world with many whales, fish and octopuses, coral and seaweed"
    };
    simg_brief brief;
    int i, k;

    memset(&brief, 0, sizeof(brief));
    for (i = 0; i < 7; i++) {
        for (k = 0; k < 3; k++) {
            const char *svg, *root = apr_psprintf(pool, "width=\"%d\" height=\"%d\" viewBox=", size[i][0], size[i][1]);

            brief.scene = scenes[k];
            svg = simg_offline_paint(&brief, size[i][0], size[i][1], 5, pool);
            ok(has(svg, root) && well_formed(svg) && strlen(svg) < LARGEST, "%d x %d, scene %d (%d bytes)", size[i][0],
               size[i][1], k, (int)strlen(svg));
        }
    }
}

int main(void)
{
    apr_initialize();
    atexit(apr_terminate);
    apr_pool_create(&pool, NULL);
    words();
    poses();
    looks();
    vocabulary();
    places();
    hostile();
    sizes();
    ok(most < LARGEST, "no picture is larger than %d bytes (%d)", LARGEST, (int)most);
    return done_testing();
}
