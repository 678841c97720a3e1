/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <string.h>

#include "provider/offline/art_scene.h"

/* A scene is short; what a hostile client sends beyond this is not looked at. */
#define MOST_BYTES 6000
#define LONGEST_WORD 24

static const struct {
    const char *word;
    simg_colour colour;
} colours[] = {
    { "red", 0xe2574c },       { "scarlet", 0xd8433f }, { "crimson", 0xb8304a },    { "orange", 0xf2913f },
    { "yellow", 0xf8cc4b },    { "gold", 0xf0b33c },    { "golden", 0xf0b33c },     { "green", 0x63ab58 },
    { "turquoise", 0x45b8ac }, { "teal", 0x37988f },    { "blue", 0x4f93d6 },       { "navy", 0x34508f },
    { "purple", 0x8c69c0 },    { "violet", 0x8c69c0 },  { "lilac", 0xb79be0 },      { "pink", 0xf08fa8 },
    { "rose", 0xe88095 },      { "brown", 0x9a6a45 },   { "beige", 0xdcc39c },      { "white", 0xfbf3e6 },
    { "black", 0x3b3450 },     { "grey", 0x9aa0b4 },    { "gray", 0x9aa0b4 },       { "silver", 0xc6ccdc },
    { "copper", 0xc9784a },    { "cream", 0xf7e4c3 },   { "mint", 0x9fdcc0 },       { "peach", 0xf8bd98 },
    { "indigo", 0x54509c },    { "magenta", 0xcf4b8f }, { "strawberry", 0xf08fa8 }, { "rainbow", 0xf08fa8 }
};

int simg_words_colour(const simg_words *w, int i, simg_colour *out)
{
    apr_size_t k;

    for (k = 0; i >= 0 && i < w->count && k < sizeof(colours) / sizeof(colours[0]); k++) {
        if (!strcmp(w->at[i], colours[k].word)) {
            *out = colours[k].colour;
            return 1;
        }
    }
    return 0;
}

/* Letters only: everything else parts words, an apostrophe with what follows it ends one (`dragon's`). */
static apr_size_t word_letters(const char *s, apr_size_t left, char *buf)
{
    apr_size_t n = 0;

    for (; n < left; n++) {
        char c = s[n];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c < 'a' || c > 'z')
            break;
        if (n < LONGEST_WORD)
            buf[n] = c;
    }
    buf[n < LONGEST_WORD ? n : LONGEST_WORD] = '\0';
    return n;
}

simg_words *simg_words_read(const char *s, apr_pool_t *p)
{
    simg_words *w = apr_pcalloc(p, sizeof(*w));
    apr_size_t i = 0, n, len = s ? strlen(s) : 0;
    char buf[LONGEST_WORD + 1];

    len = len > MOST_BYTES ? MOST_BYTES : len;
    while (i < len && w->count < (int)(sizeof(w->at) / sizeof(w->at[0]))) {
        n = word_letters(s + i, len - i, buf);
        if (n > 0 && (n > 1 || buf[0] != 's'))
            w->at[w->count++] = apr_pstrdup(p, buf);
        else if (strchr(",.;:!?()", s[i]) && w->count > 0 && w->at[w->count - 1][0])
            w->at[w->count++] = ""; /* Words on two sides of it do not belong together. */
        i += n ? n : 1;
    }
    return w;
}

/* @return 1: the same, 2: its plural, 0: another. */
static int same_word(const char *word, const char *key, apr_size_t n)
{
    apr_size_t len = strlen(word);

    if (len < n)
        return 0;
    if (!strncmp(word, key, n)) {
        if (len == n)
            return 1;
        if (!strcmp(word + n, "s") || !strcmp(word + n, "es"))
            return 2;
    }
    if (len == n + 2 && n > 1 && !strncmp(word, key, n - 1)) {
        if (key[n - 1] == 'y' && !strcmp(word + n - 1, "ies"))
            return 2;
        if (key[n - 1] == 'f' && !strcmp(word + n - 1, "ves"))
            return 2;
    }
    return 0;
}

/* Does the key, whose words are joined by `_`, stand at word i? @return how many words it takes, 0: no. */
static int key_at(const simg_words *w, int i, const char *key, apr_size_t len, int *plural)
{
    int span = 0, form;

    while (len > 0) {
        apr_size_t n = 0;

        while (n < len && key[n] != '_')
            n++;
        form = i + span < w->count ? same_word(w->at[i + span], key, n) : 0;
        if (form == 0)
            return 0;
        *plural = form == 2;
        span++;
        key += n < len ? n + 1 : n;
        len -= n < len ? n + 1 : n;
    }
    return span;
}

int simg_words_at(const simg_words *w, int i, const char *row, int hints, int *plural)
{
    apr_size_t n;
    int span, best = 0, form = 0;

    for (; *row; row += n + strspn(row + n, " ")) {
        int hint = *row == '~';

        n = strcspn(row, " ");
        if (hint && !hints)
            continue;
        span = key_at(w, i, row + hint, n - (apr_size_t)hint, &form);
        if (span > best) {
            best = span;
            *plural = form;
        }
    }
    return best;
}

int simg_words_find(const simg_words *w, const char *row, int hints, int *span, int *plural)
{
    int i;

    for (i = 0; i < w->count; i++) {
        *span = simg_words_at(w, i, row, hints, plural);
        if (*span)
            return i;
    }
    return -1;
}

int simg_words_has(const simg_words *w, const char *row)
{
    int span, plural;

    return simg_words_find(w, row, 1, &span, &plural) >= 0;
}

void simg_words_drop(simg_words *w, int at, int span)
{
    for (; span > 0 && at < w->count; at++, span--)
        w->at[at] = "";
}
