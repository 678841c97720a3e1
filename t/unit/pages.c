/* SPDX-License-Identifier: Apache-2.0 */
/** story/pages: whatever a model answers, cut into pages. */
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/utf8.h"
#include "story/pages.h"

#define WHO "Lila found a tiny silver key." /* enough letters for a story */
#define MORE "She opened the garden door."

static apr_pool_t *pool;

/* `title|text|1:text=scene|2:...`, line feeds as /; "none" if there is no story. */
static const char *shown(const simg_story *s)
{
    char *out, *c;
    int i;

    if (!s)
        return "none";
    out = apr_psprintf(pool, "%s|%s", s->title, s->text);
    for (i = 0; i < s->pages->nelts; i++) {
        const simg_page *page = &APR_ARRAY_IDX(s->pages, i, simg_page);

        out = apr_psprintf(pool, "%s|%d:%s=%s", out, page->number, page->text, page->scene);
    }
    for (c = out; *c; c++)
        if (*c == '\n')
            *c = '/';
    return out;
}

static const struct {
    const char *name, *answer, *want;
} cases[] = {
    /* the structured form */
    { "JSON",
      "{\"title\":\"The Key\",\"pages\":[{\"text\":\"" WHO "\",\"scene\":\"a key\"},"
      "{\"text\":\"" MORE "\",\"scene\":\"a door\"}]}",
      "The Key|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a key|2:" MORE "=a door" },
    { "in a fence", "```json\n{\"title\":\"T\",\"pages\":[{\"text\":\"" WHO "\",\"scene\":\"s\"}]}\n```",
      "T|Page 1//" WHO "|1:" WHO "=s" },
    { "with words around it",
      "Sure {smile}! Here: {\"title\":\"T\",\"pages\":[{\"text\":\"" WHO "\",\"scene\":\"s\"}]} Enjoy {it}!",
      "T|Page 1//" WHO "|1:" WHO "=s" },
    { "other names for the scene",
      "{\"pages\":[{\"text\":\"" WHO "\",\"illustration\":\"a\"},{\"content\":\"" MORE
      "\",\"illustrationDescription\":\"b\"},{\"text\":\"" WHO "\",\"description\":\"c\"}]}",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "//Page 3//" WHO "|1:" WHO "=a|2:" MORE "=b|3:" WHO "=c" },
    { "one level down", "{\"story\":{\"title\":\"T\",\"pages\":[{\"text\":\"" WHO "\",\"scene\":\"s\"}]}}",
      "T|Page 1//" WHO "|1:" WHO "=s" },
    { "pages as strings", "{\"pages\":[\"" WHO "\",\"" MORE "\"]}",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "a bare list", "[{\"text\":\"" WHO "\",\"scene\":\"a\"},{\"text\":\"" MORE "\",\"scene\":\"b\"}]",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a|2:" MORE "=b" },
    { "wrong types",
      "{\"title\":7,\"pages\":[5,null,[],{\"text\":{}},{\"text\":\"" WHO "\",\"scene\":[1]},"
      "{\"text\":\"" MORE "\",\"scene\":true,\"page\":\"x\"}]}",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "empty pages are dropped",
      "{\"pages\":[{\"text\":\"\",\"scene\":\"a\"},{\"text\":\" ... \",\"scene\":\"b\"},"
      "{\"text\":\"" WHO "\",\"scene\":\"\"}]}",
      "Fallback|Page 1//" WHO "|1:" WHO "=" WHO },
    { "headings and descriptions inside the text",
      "{\"pages\":[{\"text\":\"**Page 1**\\n" WHO "\\n*Illustration Description*: a key\"},"
      "{\"text\":\"Page 2: " MORE "\\n\\nScene: no\",\"scene\":\"a door\"}]}",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a key|2:" MORE "=a door" },
    { "its own numbers",
      "{\"pages\":[{\"page\":2,\"text\":\"" WHO "\",\"scene\":\"a\"},{\"page\":5,\"text\":\"" MORE
      "\",\"scene\":\"b\"}]}",
      "Fallback|Page 2//" WHO "//Page 5//" MORE "|2:" WHO "=a|5:" MORE "=b" },
    { "numbers that do not ascend",
      "{\"pages\":[{\"page\":2,\"text\":\"" WHO "\",\"scene\":\"a\"},{\"page\":2,"
      "\"text\":\"" MORE "\",\"scene\":\"b\"}]}",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a|2:" MORE "=b" },
    { "raw line feeds and spare commas",
      "{\"title\":\"T\",\n\"pages\":[\n{\"text\":\"" WHO "\n\n" MORE "\",\"scene\":\"say \\\"hi\\\"\",},\n]\n}",
      "T|Page 1//" WHO "//" MORE "|1:" WHO "//" MORE "=say \"hi\"" },
    { "cut off",
      "{\"title\":\"T\",\"pages\":[{\"text\":\"" WHO "\",\"scene\":\"a\"},{\"text\":\"" MORE
      "\",\"scene\":\"b\"},{\"text\":\"And th",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a|2:" MORE "=b" },
    { "a whole text in JSON", "{\"title\":\"T\",\"story\":\"Page 1\\n" WHO "\\nScene: a key\\nPage 2\\n" MORE "\"}",
      "T|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a key|2:" MORE "=" MORE },
    { "JSON without a story", "{\"error\":{\"message\":\"I cannot tell such a story today.\"}}", "none" },
    { "half a JSON is never read aloud", "{\"title\":\"The Key\",\"pages\":[{\"text\":\"Once upon a time, far away",
      "none" },
    { "controls in JSON",
      "{\"title\":\"T\\u0007\\r\\nX\",\"pages\":[{\"text\":\"" WHO "\\u001b\\u202e\\r\\n" MORE
      "\",\"scene\":\"a\\u0000\"},{\"text\":\"" MORE "\",\"scene\":\"a\\nb\"}]}",
      "Fallback|Page 1//" MORE "|1:" MORE "=a b" },
    { "controls in JSON that can be read",
      "{\"title\":\"T\\u0007\\r\\nX\",\"pages\":[{\"text\":\"" WHO "\\u001b\\u202e\\r\\n" MORE
      "\",\"scene\":\"a\\r\\nb\\u001b\"}]}",
      "T X|Page 1//" WHO "/" MORE "|1:" WHO "/" MORE "=a b" },
    /* headings */
    { "Page 1", "Page 1\n" WHO "\nPage 2\n" MORE,
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "**Page 1:**", "**Page 1:**\n" WHO "\n\n**Page 2:**\n" MORE,
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "### Page One", "### Page One\n\n" WHO "\n\n### Page Two ###\n" MORE,
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "PAGE 2 -", "PAGE 2 -\n" WHO "\npage 3 \xe2\x80\x93\n" MORE,
      "Fallback|Page 2//" WHO "//Page 3//" MORE "|2:" WHO "=" WHO "|3:" MORE "=" MORE },
    { "Page 3: The Dragon", "Page 3: The Dragon\n\n" WHO "\n**Page 4 \xe2\x80\x94 The Door**\n" MORE,
      "Fallback|Page 3//The Dragon//" WHO "//Page 4//The Door/" MORE "|3:The Dragon//" WHO "=The Dragon " WHO
      "|4:The Door/" MORE "=The Door " MORE },
    { "text behind the heading", "**Page 1:** " WHO "\n**Page 2** *Boom!* " MORE,
      "Fallback|Page 1//" WHO "//Page 2//*Boom!* " MORE "|1:" WHO "=" WHO "|2:*Boom!* " MORE "=Boom!* " MORE },
    { "page 1 of 2", "Page 1 of 2\n" WHO "\nPage 2/2:\n" MORE "\n[Page 3]\n" WHO,
      "Fallback|Page 1//" WHO "//Page 2//" MORE "//Page 3//" WHO "|1:" WHO "=" WHO "|2:" MORE "=" MORE "|3:" WHO
      "=" WHO },
    { "headings in prose are none", "Page 12 of the old book glowed.\nPage one was torn by Lila.\nPages 3 and 4 too.",
      "Fallback|Page 12 of the old book glowed./Page one was torn by Lila./Pages 3 and 4 too."
      "|1:Page 12 of the old book glowed.=Page 12 of the old book glowed."
      "|2:Page one was torn by Lila.=Page one was torn by Lila.|3:Pages 3 and 4 too.=Pages 3 and 4 too." },
    { "numbers that do not ascend", "Page 3\n" WHO "\nPage 1\n" MORE,
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "a number that nobody can read", "Page 99999999999\n" WHO "\nPage 99999999999999999999999\n" MORE,
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "empty pages are dropped", "Page 1\n\nPage 2\nScene: nothing\n\nPage 3\n" WHO "\n---\nPage 4\n***\n",
      "Fallback|Page 3//" WHO "|3:" WHO "=" WHO },
    { "CRLF, odd blanks, BOM",
      "\xef\xbb\xbf**Page\xc2\xa0"
      "1**\r\n" WHO "\r\n\r\nPage 2\r" MORE "\r\n",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "a closing page number is no heading to lose a story for", WHO "\n\n" MORE "\n\nPage 1",
      "Fallback|" WHO "//" MORE "//Page 1|1:" WHO "=" WHO "|2:" MORE "=" MORE "|3:Page 1=Page 1" },
    /* descriptions */
    { "*Illustration Description*: x",
      "Page 1\n" WHO "\n\n*Illustration Description*: a key\n\nPage 2\n" MORE "\n"
      "**Illustration Description:** a door",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a key|2:" MORE "=a door" },
    { "*Illustration Description: x*",
      "Page 1\n*Illustration Description: a key*\n\n" WHO "\nPage 2\n" MORE "\nIllustration: a door",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a key|2:" MORE "=a door" },
    { "[Illustration: x]", "Page 1\n" WHO "\n[Illustration: a key]\nPage 2\n" MORE "\n_Scene_: a door (blue)",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "|1:" WHO "=a key|2:" MORE "=a door (blue)" },
    { "more of them",
      "Page 1\n" WHO "\n- **ILLUSTRATION 1** \xe2\x80\x93 a key\nPage 2\n" MORE "\n(Illustration: a door)\n"
      "Page 3\nText: " WHO "\n### Illustration\na cat",
      "Fallback|Page 1//" WHO "//Page 2//" MORE "//Page 3//" WHO "|1:" WHO "=a key|2:" MORE "=a door|3:" WHO "=a cat" },
    { "over several lines",
      "Page 1\n" WHO "\n\n*Illustration Description*: a key\non the grass,\nat dawn*\n\n" MORE
      "\n\nPage 2: *Illustration Description*:\na door\n\n" WHO,
      "Fallback|Page 1//" WHO "//" MORE "//Page 2//" WHO "|1:" WHO "//" MORE "=a key on the grass, at dawn|2:" WHO
      "=a door" },
    { "behind a blank line", "Page 1\n" WHO "\n\n**Illustration Description:**\n\na key\n\n" MORE,
      "Fallback|Page 1//" WHO "//" MORE "|1:" WHO "//" MORE "=a key" },
    { "two of them", "Page 1\n" WHO "\nScene: a key\nScene: and a cat\n",
      "Fallback|Page 1//" WHO "|1:" WHO "=a key and a cat" },
    { "scenes in prose are none", "Page 1\nScene-stealing cats came by. Illustration is an art that Lila loved.",
      "Fallback|Page 1//Scene-stealing cats came by. Illustration is an art that Lila loved."
      "|1:Scene-stealing cats came by. Illustration is an art that Lila loved."
      "=Scene-stealing cats came by. Illustration is an art that Lila loved." },
    { "descriptions without headings",
      "# The Key\n\n" WHO "\n*Illustration Description*: a key\n\n" MORE "\nScene: a door",
      "The Key|" WHO "//" MORE "|1:" WHO "=a key|2:" MORE "=a door" },
    { "descriptions in front, without headings", "Scene: a key\n\n" WHO "\n\nScene: a door\n\n" MORE,
      "Fallback|" WHO "//" MORE "|1:" WHO "=a key|2:" MORE "=a door" },
    { "none: the first sentences", "Page 1\n" WHO " \"Oh!\" It was 3.5 inches long. It shone.",
      "Fallback|Page 1//" WHO " \"Oh!\" It was 3.5 inches long. It shone.|1:" WHO
      " \"Oh!\" It was 3.5 inches long. It shone.=" WHO " \"Oh!\"" },
    /* titles */
    { "# heading", "# **The Key**\n\nPage 1\n" WHO, "The Key|Page 1//" WHO "|1:" WHO "=" WHO },
    { "**Title: X**", "Here you are:\n\n**Title: The Key**\n\nPage 1\n" WHO, "The Key|Page 1//" WHO "|1:" WHO "=" WHO },
    { "Title: X", "Title: The Key\n\n" WHO, "The Key|" WHO "|1:" WHO "=" WHO },
    { "**X**", "Sure!\n\n**The Key**\n\n" WHO, "The Key|" WHO "|1:" WHO "=" WHO },
    { "the better of two", "**A story for you**\n## The Key\n\n" WHO, "The Key|" WHO "|1:" WHO "=" WHO },
    { "a title that says nothing", "# ***\n" WHO, "Fallback|" WHO "|1:" WHO "=" WHO },
    /* neither */
    { "paragraphs", "  \n" WHO "\n\n" MORE "\n\n" WHO "\n\n" MORE "\n\n" WHO "\n\n ",
      "Fallback|" WHO "//" MORE "//" WHO "//" MORE "//" WHO "|1:" WHO "//" MORE "=" WHO " " MORE "|2:" WHO "//" MORE
      "=" WHO " " MORE "|3:" WHO "=" WHO },
    { "fenced", "```\n" WHO "\n\n" MORE "\n```", "Fallback|" WHO "//" MORE "|1:" WHO "=" WHO "|2:" MORE "=" MORE },
    { "Chinese", "莉拉在花园里找到一把银钥匙。她打开了门。门后有一只猫。",
      "Fallback|莉拉在花园里找到一把银钥匙。她打开了门。门后有一只猫。"
      "|1:莉拉在花园里找到一把银钥匙。她打开了门。门后有一只猫。=莉拉在花园里找到一把银钥匙。她打开了门。" },
    { "broken UTF-8", "\xff\xfe" WHO "\xc3", "Fallback|" WHO "|1:" WHO "=" WHO },
    /* no story */
    { "nothing", "", "none" },
    { "too little", "A very short answer", "none" },
    { "asterisks", "**** ** * _ ## [[[ ((( ***\n***\n", "none" },
    { "unclosed", "**Page 1\n*Illustration Description: [a key\n\n**" WHO,
      "Fallback|Page 1//**" WHO "|1:**" WHO "=[a key" },
    { "digits", "1234567890 1234567890 1234567890", "none" },
};

static void test_cases(void)
{
    apr_size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        is_str(shown(simg_pages_cut(cases[i].answer, 3, "Fallback", pool)), cases[i].want, cases[i].name);
    ok(simg_pages_cut(NULL, 3, "F", pool) == NULL, "no answer is no story");
    is_str(simg_pages_cut(WHO, 0, NULL, pool)->title, "A Story", "a title in any case");
    is_str(simg_pages_cut(WHO, 0, " \n", pool)->title, "A Story", "also if the fallback is blank");
}

/* n times the same, with a number in it. */
static const char *many(const char *fmt, int n)
{
    apr_array_header_t *parts = apr_array_make(pool, n, sizeof(const char *));
    int i;

    for (i = 1; i <= n; i++) {
        char *part = apr_pstrdup(pool, fmt), *at = strchr(part, '@');

        APR_ARRAY_PUSH(parts, const char *) =
            at ? apr_psprintf(pool, "%.*s%d%s", (int)(at - part), part, i, at + 1) : part;
    }
    return apr_array_pstrcat(pool, parts, 0);
}

static void test_bounds(void)
{
    const char *json =
        apr_pstrcat(pool, "{\"pages\":[", many("{\"text\":\"" WHO "\",\"scene\":\"s\"},", 99), "]}", NULL);
    const simg_page *page;
    const simg_story *s;
    const char *sixth;

    s = simg_pages_cut(many("Page @\n" WHO "\n", 99), 3, "F", pool);
    is_int(s->pages->nelts, 60, "a book has sixty pages at most");
    ok(strstr(s->text, "Page 60") && !strstr(s->text, "Page 61"), "and its text as well");
    is_int(simg_pages_cut(json, 3, "F", pool)->pages->nelts, 60, "as JSON too");
    s = simg_pages_cut(apr_pstrcat(pool, "# ", many("title ", 100), "\nPage 1\n", WHO,
                                   "\nScene: ", many("\xc3\xa9t\xc3\xa9 ", 900), NULL),
                       3, "F", pool);
    page = &APR_ARRAY_IDX(s->pages, 0, simg_page);
    ok(simg_utf8_length(s->title) <= 200 && simg_utf8_length(s->title) > 190, "a title has 200 characters at most");
    ok(simg_utf8_length(page->scene) <= 1000 && simg_utf8_length(page->scene) > 990, "a scene 1,000");
    sixth = page->scene + strlen(page->scene) - 5;
    is_str(sixth, "\xc3\xa9t\xc3\xa9", "cut at a word");
    s = simg_pages_cut(many("\xc3\xa9", 5000), 3, "F", pool);
    page = &APR_ARRAY_IDX(s->pages, 0, simg_page);
    ok(simg_utf8_valid(page->scene, strlen(page->scene)) && simg_utf8_length(page->scene) == 300, "or at a character");
}

/* A megabyte of anything takes no time to speak of. */
static void test_large(void)
{
    static const char *const units[] = {
        "\n",
        "a\n",
        "*",
        "Page 1\n",
        "Page 1: ",
        "Page 1:\nword\n\n",
        "- ",
        "]",
        "Scene: ",
        "{",
        "{\"a\":",
        "[",
        "\"",
        "{\"text\":\"x\"}",
        "\r",
        "# ",
        "Scene: x\ny\n",
        "a\n\n",
        "\xc3\xa9 ",
        "{\"pages\":[",
        "x. ",
        "**x**\n",
        "``",
        "{\"a\":\"\n",
    };
    apr_size_t i;

    for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
        apr_size_t len = strlen(units[i]), at;
        clock_t start = clock();
        apr_pool_t *p;
        double took;
        char *big;

        apr_pool_create(&p, pool);
        big = apr_palloc(p, 1000000 + len + 1);
        for (at = 0; at < 1000000; at += len)
            memcpy(big + at, units[i], len);
        big[at] = '\0';
        simg_pages_cut(big, 3, "F", p);
        took = (double)(clock() - start) / CLOCKS_PER_SEC;
        ok(took < 5, "a megabyte of unit %d takes %.2f s", (int)i, took);
        apr_pool_destroy(p);
    }
}

static void test_pick(void)
{
    static const struct {
        int total, wanted;
        const char *want;
    } rows[] = {
        { 6, 3, "0 3 5" }, { 5, 3, "0 2 4" },
        { 3, 3, "0 1 2" }, { 2, 3, "0 1" },
        { 9, 1, "0" },     { 10, 2, "0 9" },
        { 4, 3, "0 2 3" }, { 0, 3, "" },
        { 3, 0, "" },      { 60, 12, "0 5 11 16 21 27 32 38 43 48 54 59" },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        int picked[60], n = simg_pages_pick(picked, rows[i].total, rows[i].wanted), k;
        const char *got = "";

        for (k = 0; k < n; k++)
            got = apr_psprintf(pool, "%s%s%d", got, k ? " " : "", picked[k]);
        is_str(got, rows[i].want, apr_psprintf(pool, "%d of %d", rows[i].wanted, rows[i].total));
    }
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    test_cases();
    test_bounds();
    test_large();
    test_pick();
    is_int(simg_pages_words("  one two\nthree\t\xc3\xa9 "), 4, "words");
    is_int(simg_pages_words(""), 0, "no words");
    apr_terminate();
    return done_testing();
}
