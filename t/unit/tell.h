/* SPDX-License-Identifier: Apache-2.0 */
/** Orders and stories for the tests of the offline storyteller. */
#ifndef TELL_H
#define TELL_H

#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <jansson.h>

#include "base/utf8.h"
#include "provider/offline/offline.h"

#define SEEDS 24

static apr_pool_t *pool;
static apr_pool_t *scratch; /* of the latest story */

static inline apr_array_header_t *words(const char *list)
{
    apr_array_header_t *all = apr_array_make(pool, 4, sizeof(const char *));
    char *copy = apr_pstrdup(pool, list), *state = NULL, *word;

    for (word = apr_strtok(copy, "|", &state); word; word = apr_strtok(NULL, "|", &state))
        APR_ARRAY_PUSH(all, const char *) = word;
    return all;
}

static inline simg_order order_of(const char *name, int age, const char *prompt)
{
    simg_order o = { 0 };

    o.character.name = name;
    o.character.age = age;
    o.character.personality = words("");
    o.character.interests = words("");
    o.character.sisters = apr_array_make(pool, 2, sizeof(simg_sister));
    o.prompt = prompt;
    return o;
}

static inline void add_sister(simg_order *o, const char *name, const char *traits, const char *favorites)
{
    simg_sister *s = apr_array_push(o->character.sisters);

    s->name = name;
    s->traits = traits;
    s->favorites = words(favorites);
}

static inline json_t *told(const simg_order *o, int pages, apr_uint64_t seed)
{
    apr_pool_clear(scratch);
    return json_loads(simg_offline_tell(o, pages, seed, scratch), 0, NULL);
}

static inline const char *member(const json_t *story, int page, const char *name)
{
    const char *s =
        json_string_value(json_object_get(json_array_get(json_object_get(story, "pages"), (size_t)page), name));

    return s ? s : "";
}

static inline char *all_text(const json_t *story)
{
    const json_t *pages = json_object_get(story, "pages");
    char *all = apr_pstrdup(scratch, "");
    size_t i;

    for (i = 0; i < json_array_size(pages); i++)
        all = apr_pstrcat(scratch, all, member(story, (int)i, "text"), "\n", NULL);
    return all;
}

/* How many of SEEDS stories have the words in their text? */
static inline int mentions(const simg_order *o, int pages, const char *what)
{
    apr_uint64_t seed;
    int n = 0;

    for (seed = 1; seed <= SEEDS; seed++) {
        json_t *story = told(o, pages, seed);

        n += strcasestr(all_text(story), what) != NULL;
        json_decref(story);
    }
    return n;
}

/** Run the checks with the two pools. */
static inline int tell_run(void (*const *checks)(void))
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    apr_pool_create(&scratch, NULL);
    for (; *checks; checks++)
        (*checks)();
    apr_pool_destroy(scratch);
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}

#endif
