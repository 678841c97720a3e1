/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/offline.h"

#include <stdlib.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "tap.h"

static apr_pool_t *pool;
static simg_character lila = { .name = "Lila", .age = 7 };

static const char *paint_as(const char *scene, const char *key, const char *descriptor, apr_uint64_t seed)
{
    simg_brief brief = {
        .scene = scene, .character = &lila, .story_key = key, .descriptor = descriptor, .page_number = 1
    };

    return simg_offline_paint(&brief, 640, 480, seed, pool);
}

static const char *paint(const char *scene)
{
    return paint_as(scene, "story", NULL, 1);
}

static int count(const char *text, const char *what)
{
    int n = 0;

    for (text = strstr(text, what); text; text = strstr(text + 1, what))
        n++;
    return n;
}

static void document(void)
{
    const char *svg = paint("A meadow in the morning. Lila is standing with a red balloon."), *again;

    ok(!strncmp(svg, "<svg ", 5) && strstr(svg, "width=\"640\" height=\"480\""), "an SVG of the size asked for");
    ok(!strcmp(svg + strlen(svg) - 7, "</svg>\n"), "that ends");
    is_int(count(svg, "<g"), count(svg, "</g>"), "every group is closed");
    again = paint("A meadow in the morning. Lila is standing with a red balloon.");
    is_str(again, svg, "the same scene is the same picture");
    ok(strcmp(paint_as("A meadow in the morning. Lila is standing with a red balloon.", "story", NULL, 2), svg) != 0,
       "another seed is another");
    ok(!strstr(svg, "nan") && !strstr(svg, "inf"), "every number is one");
}

/* Each word must make a difference, also in its plural. */
static void vocabulary(void)
{
    static const char *const words[] = {
        "cat",      "dog",      "fox",      "rabbit",         "owl",       "bird",
        "bear",     "mouse",    "dragon",   "unicorn",        "horse",     "fish",
        "whale",    "dolphin",  "turtle",   "octopus",        "butterfly", "bee",
        "hedgehog", "dinosaur", "robot",    "elephant",       "lion",      "penguin",
        "frog",     "snail",    "squirrel", "deer",           "sheep",     "cow",
        "duck",     "monkey",   "fairy",    "giant",          "alien",     "house",
        "lantern",  "boat",     "ship",     "rocket",         "balloon",   "kite",
        "book",     "map",      "key",      "treasure chest", "star",      "crown",
        "cake",     "flower",   "mushroom", "tree",           "tent",      "train",
        "bicycle",  "drum",     "violin",   "piano",          "telescope", "umbrella",
        "apple",    "gift",     "ladder",   "ball",           "clock",     "feather",
        "bell",     "swing",
    };
    const char *bare = paint("A meadow by day. Lila is standing.");
    apr_size_t i;

    for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
        const char *with = paint(apr_pstrcat(pool, "A meadow by day. Lila is standing near a ", words[i], ".", NULL));

        ok(strcmp(with, bare) != 0, "%s is drawn", words[i]);
    }
}

static void places(void)
{
    static const char *const names[] = { "forest",     "meadow",      "garden",    "mountain",   "sea",     "beach",
                                         "underwater", "river",       "lake",      "island",     "desert",  "village",
                                         "town",       "city street", "castle",    "farm",       "cave",    "space",
                                         "moon",       "planet",      "sky",       "jungle",     "bedroom", "kitchen",
                                         "classroom",  "library",     "treehouse", "playground", "harbour", "circus",
                                         "snow field", "bridge" };
    static const char *const hours[] = { "in the morning", "at night",   "at sunset",  "in the rain",
                                         "in the snow",    "in a storm", "in the fog", "under a rainbow" };
    const char *nowhere = paint("Lila is standing."), *day = paint("A meadow by day. Lila is standing.");
    apr_size_t i, differ = 0;

    for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *there = paint(apr_pstrcat(pool, "A ", names[i], ". Lila is standing.", NULL));

        differ += strcmp(there, nowhere) != 0;
        ok(strlen(there) < 200000, "%s: %d bytes", names[i], (int)strlen(there));
    }
    ok(differ >= sizeof(names) / sizeof(*names) - 1, "places differ");
    for (i = 0; i < sizeof(hours) / sizeof(*hours); i++)
        ok(strcmp(paint(apr_pstrcat(pool, "A meadow ", hours[i], ". Lila is standing.", NULL)), day) != 0, "%s",
           hours[i]);
}

static void looks(void)
{
    const char *scene = "A meadow by day. Lila is standing.";

    ok(strcmp(paint_as(scene, "story", "curly red hair, glasses, blue jacket", 1), paint(scene)) != 0,
       "words about looks are heard");
    is_str(paint_as(scene, "story", "zzz", 1), paint(scene), "words that say nothing change nothing");
}

static void hostile(void)
{
    char *longest = apr_pcalloc(pool, 10001);
    const char *bad[] = { "<script>alert('x')</script>",
                          "\"'&<>]]>",
                          "\xff\xfe\xc0\xaf",
                          "",
                          "%s%n%d",
                          longest,
                          "</svg><image href=\"file:///etc/passwd\"/>" };
    apr_size_t i;

    memset(longest, 'a', 10000);
    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const char *svg = paint(bad[i]);

        ok(!strncmp(svg, "<svg ", 5) && !strstr(svg, "script") && !strstr(svg, "passwd") && !strstr(svg, "aaaa") &&
               !strstr(svg, "%s") && !strchr(svg, '\xff'),
           "hostile scene %d leaves no trace", (int)i);
    }
    lila.name = "<b>\"Zoë\"</b>";
    lila.age = -1;
    ok(!strstr(paint("A meadow. <b>\"Zoë\"</b> is standing."), "Zo"), "nor does a name");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    document();
    vocabulary();
    places();
    looks();
    hostile();
    apr_pool_destroy(pool);
    return done_testing();
}
