/* SPDX-License-Identifier: Apache-2.0 */
#include "index/search.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/utf8.h"

/* Thai to Myanmar, Khmer, kana and the characters of Chinese and Japanese (Unicode, Scripts.txt). */
static const struct {
    apr_uint32_t first, last;
} unspaced[] = { { 0x0e00, 0x0eff }, { 0x1000, 0x109f },  { 0x1780, 0x17ff },
                 { 0x3040, 0x30ff }, { 0x3400, 0x9fff },  { 0xf900, 0xfaff },
                 { 0xff66, 0xff9f }, { 0x20000, 0x3ffff } };

static int is_unspaced(const char *word, size_t len)
{
    size_t at, n, i;

    for (at = 0; at < len; at += n) {
        uint32_t c = simg_utf8_next(word + at, len - at, &n);

        for (i = 0; i < sizeof(unspaced) / sizeof(*unspaced); i++)
            if (c >= unspaced[i].first && c <= unspaced[i].last)
                return 1;
    }
    return 0;
}

/** What lies beyond ASCII may be a letter; the tokenizer knows. */
static int is_word(const char *word, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (apr_isalnum(word[i]) || (unsigned char)word[i] >= 0x80)
            return 1;
    return 0;
}

/* %word%, where ! takes the meaning from %, _ and itself. */
static const char *pattern_of(const char *word, size_t len, apr_pool_t *p)
{
    char *out = apr_palloc(p, 2 * len + 3);
    char *c = out;
    size_t i;

    *c++ = '%';
    for (i = 0; i < len; i++) {
        if (strchr("%_!", word[i]))
            *c++ = '!';
        *c++ = word[i];
    }
    *c++ = '%';
    *c = '\0';
    return out;
}

/* A string of FTS5's own grammar: within quotation marks nothing has a meaning but they themselves, doubled. */
static const char *quoted(const char *word, size_t len, apr_pool_t *p)
{
    char *out = apr_palloc(p, 2 * len + 3);
    char *c = out;
    size_t i;

    *c++ = '"';
    for (i = 0; i < len; i++) {
        if (word[i] == '"')
            *c++ = '"';
        *c++ = word[i];
    }
    *c++ = '"';
    *c = '\0';
    return out;
}

static void add_word(simg_search *out, const char *word, size_t len, apr_pool_t *p)
{
    if (!is_word(word, len))
        return;
    if (is_unspaced(word, len))
        APR_ARRAY_PUSH(out->like, const char *) = pattern_of(word, len, p);
    else
        out->match = apr_pstrcat(p, out->match ? out->match : "", out->match ? " " : "", quoted(word, len, p), NULL);
}

apr_status_t simg_search_read(simg_search *out, const char *q, apr_pool_t *p, simg_problem *err)
{
    static const char space[] = " \t\r\n\f\v";
    int words = 0;
    size_t len;

    *out = (simg_search){ .like = apr_array_make(p, 1, sizeof(const char *)) };
    if (strlen(q) > SIMG_SEARCH_BYTES)
        return simg_problem_set(err, p, "invalid-query", APR_EINVAL, "q: longer than %d bytes", SIMG_SEARCH_BYTES);
    for (q += strspn(q, space); *q && words < SIMG_SEARCH_WORDS; words++) {
        len = strcspn(q, space);
        add_word(out, q, len, p);
        q += len + strspn(q + len, space);
    }
    out->words = words;
    if (*q)
        return simg_problem_set(err, p, "invalid-query", APR_EINVAL, "q: more than %d words", SIMG_SEARCH_WORDS);
    return APR_SUCCESS;
}
