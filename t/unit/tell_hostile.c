/* SPDX-License-Identifier: Apache-2.0 */
/* The offline storyteller and what no parent would type: marks, controls, broken text, very long text,
 * unusual names. */
#include "tell.h"

static const char *const hostile[] = {
    "\"quoted\" and “curly” and `ticks` \\ and 'single'",
    "line\nbreaks\r\nand\ttabs\v and \x01\x02\x1b[31m controls",
    "{name} {k1} [this|that] %s %n %1$s <script>alert(1)</script>",
    "\xf0\x9f\xa6\x84\xf0\x9f\x8c\x88\xf0\x9f\x8d\xb0",
    "\xd9\x85\xd8\xba\xd8\xa7\xd9\x85\xd8\xb1\xd8\xa9 \xe2\x80\xae"
    "evil \xe2\x81\xa6"
    "isolate",
    "broken \xff\xfe\xc3( utf-8 \xed\xa0\x80 \xf4\x90\x80\x80",
    "   \t \n  ",
    "...",
    "!",
    "\xe2\x80\x8b",
    "a",
    "{}",
    "[",
    "|",
    "?!,;:",
    "\"",
    "-",
    "\xe6\x98\x9f\xe3\x81\xae\xe5\x86\x92\xe9\x99\xba",
    "write a story about",
    "a dragon who is",
    "a cat named ",
    "a cat called \"",
    "a dragon who can't",
    "stars stars stars a",
};

static char *long_text(const char *unit, size_t times)
{
    char *s = apr_palloc(pool, strlen(unit) * times + 1);

    for (*s = '\0'; times; times--)
        strcat(s, unit);
    return s;
}

/* Everything that can hold this text holds it. */
static simg_order hostile_order(const char *text, int age)
{
    simg_order o = order_of("Zo\xc3\xab", age, text);
    int i;

    for (i = 0; i < 6; i++) {
        APR_ARRAY_PUSH(o.character.personality, const char *) = text;
        APR_ARRAY_PUSH(o.character.interests, const char *) = apr_pstrcat(pool, text, i % 2 ? "x" : "", NULL);
    }
    o.themes = o.setting = o.character.message = text;
    for (i = 0; i < 8; i++) {
        add_sister(&o, text, text, "");
        APR_ARRAY_PUSH(APR_ARRAY_IDX(o.character.sisters, i, simg_sister).favorites, const char *) = text;
    }
    return o;
}

/* `fault` looks for marks that a client may type; here only what we promise of any text. */
static int is_harmless(const json_t *story, int pages)
{
    const char *all = all_text(story);
    int i, good = json_array_size(json_object_get(story, "pages")) == (size_t)pages;

    good &= simg_utf8_valid(all, strlen(all)) && !strpbrk(all, "{}[]|<>\\\"\x01\x1b\t\r") && !strstr(all, "  ");
    good &= !strstr(all, "\xe2\x80\xae") && !strstr(all, "\xe2\x81\xa6");
    for (i = 0; i < pages; i++) {
        size_t len = simg_utf8_length(member(story, i, "text"));

        good &= len >= 60 && len <= 1200 && simg_utf8_length(member(story, i, "scene")) < 600 &&
                !strchr(member(story, i, "text"), '\n');
        if (len > 1200)
            printf("# page %d of %d: %d characters\n", i + 1, pages, (int)len);
    }
    if (!good)
        printf("# %s\n", all);
    return good;
}

static int survives(const simg_order *o)
{
    static const int counts[] = { 1, 2, 3, 6, 12 };
    apr_uint64_t seed;
    int i, good = 1;

    for (i = 0; i < 5; i++)
        for (seed = 1; seed <= 4 && good; seed++) {
            json_t *story = told(o, counts[i], seed);

            good = is_harmless(story, counts[i]);
            json_decref(story);
        }
    return good;
}

static void check_hostile(void)
{
    size_t i;

    for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        simg_order young = hostile_order(hostile[i], 3), old = hostile_order(hostile[i], 9);

        ok(survives(&young) && survives(&old), "hostile words %d", (int)i);
    }
    for (i = 0; i < 4; i++) {
        static const char *const units[] = { "x", "word ", "\xf0\x9f\x90\x89", "a dragon who is very, very " };
        const char *text = long_text(units[i], 4000 / simg_utf8_length(units[i]));
        simg_order young = hostile_order(text, 3), old = hostile_order(text, 9);

        ok(survives(&young) && survives(&old), "4,000 characters of %s", units[i]);
    }
}

static void check_names(void)
{
    static const char *const names[] = { "O'Brien",
                                         "Anne-Marie",
                                         "J",
                                         "\xe6\x84\x9b",
                                         "\xd8\xb2\xd9\x87\xd8\xb1\xd8\xa7",
                                         "Moss",
                                         "lila",
                                         "Mar\xc3\xad"
                                         "a del Carmen Hern\xc3\xa1ndez Garc\xc3\xad"
                                         "a y L\xc3\xb3pez" };
    size_t i;

    for (i = 0; i < 8; i++) {
        simg_order o = order_of(names[i], 6, "A trip to the sea");

        ok(mentions(&o, 6, names[i]) == SEEDS && survives(&o), "the name %s", names[i]);
    }
    {
        simg_order o = order_of(long_text("n", 100), 6, "A trip to the sea");

        ok(mentions(&o, 6, o.character.name) == SEEDS && survives(&o), "a name of 100 letters");
    }
}

int main(void)
{
    static void (*const checks[])(void) = { check_hostile, check_names, NULL };

    return tell_run(checks);
}
