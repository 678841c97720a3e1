/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/utf8.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* What one character becomes: spaces for anything that breaks a line, single quotes for double ones, nothing
 * for marks of our own. */
static const char *harmless(const char *s, apr_size_t n, uint32_t c)
{
    if (c == (uint32_t)-1 || !simg_utf8_is_text(c) || (n == 1 && strchr("{}[]|<>\\`*#", *s)))
        return "";
    if (c <= ' ' || c == 0xa0 || c == 0x2028 || c == 0x2029 || c == 0x85 || c == 0x3000)
        return " ";
    if (c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb)
        return "'";
    return NULL;
}

/* One line; *letters: is there anything to read? */
static char *one_line(const char *s, int *letters, apr_pool_t *p)
{
    apr_size_t len = strlen(s), out = 0, n;
    char *line = apr_palloc(p, len + 1);
    const char *instead;

    for (*letters = 0; len; s += n, len -= n) {
        uint32_t c = simg_utf8_next(s, len, &n);

        instead = harmless(s, n, c);
        if (!instead) {
            memcpy(line + out, s, n);
            out += n;
            *letters |= c >= 0x80 || apr_isalnum((int)c);
        } else if (*instead && (*instead != ' ' || (out && line[out - 1] != ' '))) {
            line[out++] = *instead;
        }
    }
    while (out && line[out - 1] == ' ')
        out--;
    line[out] = '\0';
    return line;
}

static void strip_end(char *s, const char *marks)
{
    apr_size_t len = strlen(s);

    while (len && strchr(marks, s[len - 1]))
        s[--len] = '\0';
}

/* "A garden behind the" is no place to stop. */
static void strip_small_words(char *s)
{
    static const char *const small[] = { "a",      "an",    "the",  "of",   "in",   "on", "at",  "to",
                                         "and",    "or",    "with", "who",  "that", "is", "for", "by",
                                         "behind", "under", "from", "near", "very", NULL };
    char *word;
    int i;

    for (word = strrchr(s, ' '); word; word = strrchr(s, ' ')) {
        for (i = 0; small[i] && strcasecmp(word + 1, small[i]); i++)
            ;
        if (!small[i])
            return;
        *word = '\0';
        strip_end(s, " ,;:.-'(");
    }
}

/* @return 1 if something was cut off. */
static int cut(char *s, apr_size_t max)
{
    apr_size_t len = simg_utf8_prefix(s, max), word;

    if (!s[len])
        return 0;
    for (word = len; word > len / 3 && s[word] != ' '; word--)
        ;
    s[s[word] == ' ' ? word : len] = '\0';
    strip_end(s, " ,;:.-'(");
    strip_small_words(s);
    return 1;
}

const char *simg_tell_clean(const char *s, apr_size_t max, apr_pool_t *p)
{
    int letters;
    char *line;

    if (!s)
        return NULL;
    line = one_line(s, &letters, p);
    cut(line, max);
    strip_end(line, " ,;:.");
    return letters && *line ? line : NULL;
}

const char *simg_tell_quote(const char *s, apr_size_t max, apr_pool_t *p)
{
    int letters, was_cut;
    char *line;

    if (!s)
        return NULL;
    line = one_line(s, &letters, p);
    was_cut = cut(line, max);
    if (!letters || !*line)
        return NULL;
    return was_cut ? apr_pstrcat(p, line, ELLIPSIS, NULL) : line;
}

/* Past one of the words, if it stands here. */
static const char *past(const char *s, const char *const *words)
{
    apr_size_t len;

    for (; *words; words++) {
        len = strlen(*words);
        if (!strncasecmp(s, *words, len) && (s[len] == ' ' || s[len] == ',' || s[len] == ':'))
            return s + len + strspn(s + len, " ,:");
    }
    return s;
}

/* "Please write me a short bedtime story about" says nothing about the story. */
static const char *past_request(const char *s)
{
    static const char *const lead[] = { "please", "can you", "could you", "i want", "i would like", "we want", NULL };
    static const char *const verb[] = { "write", "tell", "make", "create", "give", "generate", "invent", NULL };
    static const char *const whom[] = { "me", "us", "him", "her", "them", NULL };
    static const char *const kind[] = { "a",   "an",   "the",   "short", "long",   "little",  "funny", "bedtime",
                                        "new", "nice", "sweet", "good",  "gentle", "magical", NULL };
    static const char *const story[] = { "story", "tale", "fairy tale", "fairytale", NULL };
    static const char *const about[] = { "about", "of", "in which", "where", "with", "that", NULL };
    const char *at = past(past(past(s, lead), verb), whom);
    const char *noun;
    int i;

    for (i = 0; i < 4; i++)
        at = past(at, kind);
    noun = past(at, story);
    return noun == at || past(noun, about) == noun ? s : past(noun, about);
}

const char *simg_tell_gist(const char *prompt, apr_size_t max, apr_pool_t *p)
{
    const char *gist = simg_tell_quote(prompt, 4000, p);
    apr_size_t len;

    if (gist)
        gist = simg_tell_quote(past_request(gist), max, p);
    if (!gist)
        return NULL;
    gist = simg_tell_capital(gist, p);
    len = strlen(gist);
    if (strchr(".!?", gist[len - 1]) || (len > 3 && !strcmp(gist + len - 3, ELLIPSIS)))
        return gist;
    return apr_pstrcat(p, simg_tell_clean(gist, max, p), ".", NULL);
}

apr_array_header_t *simg_tell_pieces(const char *s, apr_size_t max, apr_pool_t *p)
{
    apr_array_header_t *pieces = apr_array_make(p, 4, sizeof(const char *));
    const char *piece;
    apr_size_t len;

    for (; s && *s; s += len + (s[len] != '\0')) {
        len = strcspn(s, ",;\n");
        piece = simg_tell_clean(apr_pstrmemdup(p, s, len), max, p);
        if (piece && !strncasecmp(piece, "and ", 4))
            piece += 4;
        if (piece)
            APR_ARRAY_PUSH(pieces, const char *) = piece;
    }
    return pieces;
}

const char *simg_tell_lower(const char *s, apr_pool_t *p)
{
    char *copy = apr_pstrdup(p, s);

    /* NASA stays NASA, I stays I. */
    if (apr_isupper(copy[0]) && (apr_islower(copy[1]) || (copy[0] == 'A' && copy[1] == ' ')))
        copy[0] = apr_tolower(copy[0]);
    return copy;
}
