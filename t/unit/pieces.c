/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a story while it is written: of every form the right ones, the same however the answer is cut. */
#include "tap.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "story/pieces.h"

/* What was given; each piece must be whole characters. */
typedef struct given {
    char text[400000];
    size_t len;
    int pieces, wrong;
} given;

static void on_piece(void *baton, const char *text, size_t len)
{
    given *g = baton;

    g->pieces++;
    g->wrong += !len || !simg_utf8_valid(text, len) || g->len + len >= sizeof(g->text);
    if (g->len + len >= sizeof(g->text))
        return;
    memcpy(g->text + g->len, text, len);
    g->len += len;
    g->text[g->len] = '\0';
}

/* Feeds the first cut bytes, and then the rest in pieces of n. */
static void run(given *g, const char *answer, size_t len, size_t cut, size_t n)
{
    simg_pieces *s = simg_pieces_make(on_piece, g);
    size_t at, size;

    g->len = 0;
    g->text[0] = '\0';
    g->pieces = g->wrong = 0;
    simg_pieces_feed(s, answer, cut);
    for (at = cut; at < len; at += size) {
        size = len - at < n ? len - at : n;
        simg_pieces_feed(s, answer + at, size);
    }
    simg_pieces_end(s);
    simg_pieces_free(s);
}

static const struct {
    const char *name, *answer, *words;
} rows[] = {
    { "the structured form",
      "{\"title\":\"The Fox\",\"pages\":[{\"text\":\"One day.\",\"scene\":\"a fox\"},{\"text\":\"It \\\"slept\\\".\","
      "\"scene\":\"a bed\"}]}",
      "One day.\n\nIt \"slept\"." },
    { "spread out, and other members",
      " \r\n{ \"pages\" : [\n{ \"scene\": \"text\", \"text\" : \"A\", \"n\": 1 "
      "},\n{\"text\":\"B\\n\\nC\"}\n],\n\"title\": \"T\"}",
      "A\n\nB\n\nC" },
    { "in a fence", "```json\n{\"pages\":[{\"text\":\"Moon\"}]}\n```\nI hope you like it!", "Moon" },
    { "in a fence behind words", "Here it is:\n\n```\n{\"pages\":[{\"text\":\"Moon\"}]}\n```", "Here it is:\n\nMoon" },
    { "a BOM before it", "\xef\xbb\xbf{\"pages\":[{\"text\":\"Moon\"}]}", "Moon" },
    { "a list of pages", "[ {\"text\":\"A\"},{\"text\":\"B\"}]", "A\n\nB" },
    { "white space around pages",
      "{\"pages\":[{\"text\":\" \\n A \\n\"},{\"text\":\"\"},{\"text\":\"\\tB\\r\\n\\r\\n\\r\\nC\"}]}", "A\n\nB\n\nC" },
    { "raw line feeds in it", "{\"pages\":[{\"text\":\"A\nB\tC\"}]}", "A B C" },
    { "escapes of every kind",
      "{\"pages\":[{\"text\":\"\\u00e9\\ud83e\\udd84\\u4e2d\\u2028x\\ud83e y\\u0000z\\u200b!\"}]}",
      "\xc3\xa9\xf0\x9f\xa6\x84\xe4\xb8\xad\nx\xef\xbf\xbd y z!" },
    { "a text that is no text",
      "{\"pages\":[{\"text\":7},{\"text\":{\"a\":\"b\"}},{\"text\":[\"x\"]},{\"text\":\"A\"}]}", "A" },
    { "broken off", "{\"pages\":[{\"text\":\"Once upon a ti", "Once upon a ti" },
    { "broken in the middle", "{\"pages\":[{\"text\":\"Once\\x upon\"},{\"text\":\"A\"}]}", "Once" },
    { "no text in it", "{\"error\":\"no\"}", "" },
    { "plain text", "Once upon a time.\nThere was a fox.\r\n\r\nIt slept.\n\n\n\nThe end.",
      "Once upon a time.\nThere was a fox.\n\nIt slept.\n\nThe end." },
    { "pages and descriptions",
      "# The Fox\n\nPage 1\nOne day.\n*Illustration Description*: a fox\nin the snow\n\n**Page Two:** It "
      "slept.\n\n[Illustration: a "
      "bed]\n\nPage 3: [Scene: a moon]\n\nIt woke.\n",
      "Page 1\n\nOne day.\n\nPage 2\n\nIt slept.\n\nPage 3\n\nIt woke." },
    { "a label alone", "Page 1\nA\n\nIllustration:\n\na fox\n\nB", "Page 1\n\nA\n\nB" },
    { "a label alone before the text", "Page 1\nIllustration:\n\nA\n", "Page 1\n\nA" },
    { "labels and titles", "Title: The Fox\nStory: Once\nText:\nupon\n**Time**\n", "Once\nupon\n**Time**" },
    { "a title behind emphasis", "**A Story**\n\n# The Fox\n# Once\n**Upon**", "Once\n**Upon**" },
    { "emphasis alone", "**A Story**\n**Once**\n# Upon", "**Once**\nUpon" },
    { "no title in a description", "Scene: a fox\n**The Fox**\n\n# The Fox\n\nOnce", "Once" },
    { "rules and fences", "```\nOnce\n---\nupon\n***\n```\n", "Once\n\nupon" },
    { "a description last", "Once\n\nScene: a fox", "Once" },
    { "braces in prose", "Once {\n{upon} a time\n", "Once {\n{upon} a time" },
    { "characters of every length", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\xa6\x84 \xc2\xa0z\xe2\x80\xa8y",
      "\xc3\xa9\xe4\xb8\xad\xf0\x9f\xa6\x84  z\ny" },
    { "broken bytes", "a\xff\xc3(\xa9\xe4\xb8\n\xf0\x9f\xa6z\xed\xa0\x80\xc0\xafq\xf4\x90\x80\x80.\xf8\xc3",
      "a(\nzq." },
    { "control characters",
      "a\001b\x7f\xc2\x85"
      "c\xe2\x80\xae"
      "d\rE\r\n\rF",
      "a b  c d\nE\n\nF" },
    { "nothing", "", "" },
    { "blanks", " \n\t\r\n ", "" },
};

static void check_rows(void)
{
    static given g;
    size_t i, n, len;
    int wrong;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        len = strlen(rows[i].answer);
        run(&g, rows[i].answer, len, 0, len + 1);
        is_str(g.text, rows[i].words, rows[i].name);
        for (wrong = 0, n = 0; n <= len; n++) {
            run(&g, rows[i].answer, len, n, len + 1);
            wrong += g.wrong || strcmp(g.text, rows[i].words);
            run(&g, rows[i].answer, len, 0, n + 1);
            wrong += g.wrong || strcmp(g.text, rows[i].words);
        }
        is_int(wrong, 0, "the same in all pieces");
    }
}

/* How much has been given after each of the parts. */
static void check_progress(const char *name, const char *const *parts, const char *const *words)
{
    static given g;
    simg_pieces *s;
    size_t i;

    g.len = 0;
    g.text[0] = '\0';
    s = simg_pieces_make(on_piece, &g);
    for (i = 0; parts[i]; i++) {
        simg_pieces_feed(s, parts[i], strlen(parts[i]));
        ok(!strcmp(g.text, words[i]), "%s, part %zu: %s", name, i + 1, g.text);
    }
    simg_pieces_end(s);
    is_str(g.text, words[i], "at the end");
    simg_pieces_free(s);
}

static void check_soon(void)
{
    static const char *const json[] = { "{\"pages\":[{\"text\":\"On", "ce \xf0\x9f", "\xa6\x84\\ud8", "3e\\udd84",
                                        NULL };
    static const char *const json_words[] = { "On", "Once", "Once \xf0\x9f\xa6\x84",
                                              "Once \xf0\x9f\xa6\x84\xf0\x9f\xa6\x84",
                                              "Once \xf0\x9f\xa6\x84\xf0\x9f\xa6\x84" };
    static const char *const plain[] = { "On", "ce\nIllustr", "ation: x\n\nu", "pon", NULL };
    static const char *const plain_words[] = { "", "Once", "Once", "Once", "Once\nupon" };

    check_progress("structured", json, json_words);
    check_progress("plain", plain, plain_words);
}

/* A text of n times the words; to be freed. */
static char *repeated(const char *start, const char *words, size_t n, const char *end)
{
    size_t size = strlen(words), i;
    char *text = malloc(strlen(start) + n * size + strlen(end) + 1), *to = text;

    to += sprintf(to, "%s", start);
    for (i = 0; i < n; i++, to += size)
        memcpy(to, words, size + 1);
    strcpy(to, end);
    return text;
}

static void check_long(const char *name, char *answer, const char *want, size_t n)
{
    static given g;
    size_t len = strlen(answer);

    run(&g, answer, len, 0, n);
    ok(!g.wrong && !strcmp(g.text, want), "%s in pieces of %zu: %zu bytes of %zu", name, n, g.len, strlen(want));
}

static void check_long_lines(void)
{
    static const size_t sizes[] = { 1, 1000, 65536, 1000000 };
    char *words = repeated("", "\xe4\xb8\xad x ", 50000, "end"), *scene, *want, *rule, *text;
    size_t i;

    scene = repeated("Illustration: a", "\xe4\xb8\xad x ", 20000, "\nand more\n\nOnce");
    rule = repeated("Once\n", "- ", 50000, "\nupon");
    text = repeated("", "\xe4\xb8\xad x ", 50000, "end\nIllustration: a fox\n\nLast");
    want = repeated("", "\xe4\xb8\xad x ", 50000, "end\nLast");
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        check_long("a line of 300 KB", words, words, sizes[i]);
        check_long("a long description", scene, "Once", sizes[i]);
        check_long("a long rule", rule, "Once\nupon", sizes[i]);
        check_long("a long line and others", text, want, sizes[i]);
    }
    free(words);
    free(scene);
    free(rule);
    free(text);
    free(want);
}

/* Megabytes that never end, of what makes a reader keep things. */
static void check_endless(void)
{
    static const char *const starts[] = {
        "", "{\"text\":\"", "{\"a\":\"", "{", "```json\n", "Scene: ", "\xf0\x9f", "["
    };
    static const char *const more[] = { "x",       " ",  "\n",      "\xf0", "[", "{\"text\":\"\",\"a\":",
                                        "\\ud83e", "- ", "Page 1\n" };
    static given g;
    size_t i, j, k;
    int fed = 0;

    for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
        for (j = 0; j < sizeof(more) / sizeof(more[0]); j++) {
            char *piece = repeated("", more[j], 3000, "");
            simg_pieces *s = simg_pieces_make(on_piece, &g);

            g.len = 0;
            simg_pieces_feed(s, starts[i], strlen(starts[i]));
            for (k = 0; k < 40; k++, g.len = 0)
                simg_pieces_feed(s, piece, strlen(piece));
            simg_pieces_end(s);
            simg_pieces_free(s);
            free(piece);
            fed++;
        }
    is_int(fed, 72, "endless answers");
    simg_pieces_free(NULL);
}

/* Random texts of what the readers look for: cut anywhere they give the same. */
static void check_random(void)
{
    static const char *const words[] = { "{",        "}",      "[",       "]",   "\"text\":\"", "\"",   "\\",
                                         "\\u",      "d83e",   "\\udd84", "```", "\n",          "\r",   " ",
                                         "Page 1",   "Scene:", "**",      "#",   "\xc3",        "\xa9", "\xe2",
                                         "\x80\xa8", "fox",    ",",       ":",   "\001",        "\n\n" };
    static given one, two;
    char text[600];
    unsigned int seed = 7;
    int round, i, wrong = 0;

    for (round = 0; round < 3000; round++) {
        size_t len = 0;

        for (i = 0; i < 40; i++) {
            const char *word = words[(seed = seed * 1103515245u + 12345u) / 65536 % (sizeof(words) / sizeof(words[0]))];

            len += (size_t)sprintf(text + len, "%s", word);
        }
        run(&one, text, len, 0, 1);
        run(&two, text, len, seed / 65536 % len, 1000);
        wrong += one.wrong || two.wrong || strcmp(one.text, two.text);
    }
    is_int(wrong, 0, "3000 random answers, cut here and there");
}

int main(void)
{
    check_rows();
    check_soon();
    check_long_lines();
    check_endless();
    check_random();
    return done_testing();
}
