/* SPDX-License-Identifier: Apache-2.0 */
/* Colours of a portrait in words that the artist (art_looks.c) understands. */
#include "provider/offline/offline.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/json.h"

#define CONFIDENCE_EACH 0.2 /* colours alone say little of a child */

typedef struct shade {
    const char *words;
    int rgb;
} shade;

static const shade skins[] = { { "fair skin", 0xf9d3b4 },        { "tan skin", 0xdd9f72 },  { "medium skin", 0xc98d62 },
                               { "brown skin", 0x8d5a3b },       { "dark skin", 0x7a4a33 }, { "very dark skin", 0x6d432f },
                               { NULL, 0 } };
static const shade hairs[] = { { "black hair", 0x33283c }, { "brown hair", 0x6b412b }, { "chestnut hair", 0x7d4529 },
                               { "red hair", 0xc4522f },   { "blonde hair", 0xeebf62 }, { "grey hair", 0xb9b8c0 },
                               { "white hair", 0xf1ece6 }, { "orange hair", 0xd9702f },  { NULL, 0 } };
static const shade tops[] = { { "red", 0xe2574c },       { "orange", 0xf2913f }, { "yellow", 0xf8cc4b },
                              { "green", 0x63ab58 },     { "teal", 0x37988f },   { "blue", 0x4f93d6 },
                              { "navy", 0x34508f },      { "purple", 0x8c69c0 }, { "pink", 0xf08fa8 },
                              { "brown", 0x9a6a45 },     { "beige", 0xdcc39c },  { "white", 0xfbf3e6 },
                              { "black", 0x3b3450 },     { "grey", 0x9aa0b4 },   { "turquoise", 0x45b8ac },
                              { "mint", 0x9fdcc0 },      { "cream", 0xf7e4c3 },  { "crimson", 0xb8304a },
                              { "magenta", 0xcf4b8f },   { NULL, 0 } };

static int channel(int rgb, int shift)
{
    return rgb >> shift & 255;
}

/* The eye tells greens apart best and blues worst. */
static int distance(int a, int b)
{
    int red = channel(a, 16) - channel(b, 16);
    int green = channel(a, 8) - channel(b, 8);
    int blue = channel(a, 0) - channel(b, 0);

    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

/* The words for what is nearest to "#rrggbb"; NULL if it is none. */
static const char *nearest(const json_t *looks, const char *member, const shade *shades)
{
    const char *text = json_string_value(json_object_get(looks, member));
    const shade *best = shades;
    int rgb;

    if (!text || text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return NULL;
    rgb = (int)strtol(text + 1, NULL, 16);
    for (; shades->words; shades++)
        if (distance(rgb, shades->rgb) < distance(rgb, best->rgb))
            best = shades;
    return best->words;
}

static void add(apr_array_header_t *parts, const char *words)
{
    if (words)
        APR_ARRAY_PUSH(parts, const char *) = words;
}

static const char *sentence(const apr_array_header_t *parts, apr_pool_t *p)
{
    const char *text = "A child";
    int i;

    for (i = 0; i < parts->nelts; i++)
        text = apr_pstrcat(p, text, i == 0 ? " with " : i + 1 < parts->nelts ? ", " : " and ",
                           APR_ARRAY_IDX(parts, i, const char *), NULL);
    return apr_pstrcat(p, text, ".", NULL);
}

const char *simg_offline_describe(const char *looks, apr_pool_t *p)
{
    const json_t *colours = simg_json_parse(looks, strlen(looks), NULL, p);
    apr_array_header_t *parts = apr_array_make(p, 3, sizeof(const char *));
    const char *top = nearest(colours, "top", tops);

    add(parts, nearest(colours, "skin", skins));
    add(parts, nearest(colours, "hair", hairs));
    add(parts, top ? apr_pstrcat(p, "a ", top, " top", NULL) : NULL);
    return simg_json_text(simg_json_own(p, json_pack("{s:s, s:f}", "descriptor", sentence(parts, p), "confidence",
                                                     CONFIDENCE_EACH * parts->nelts)),
                          p);
}
