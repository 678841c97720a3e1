/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

typedef struct text {
    apr_array_header_t *bytes;
} text;

unsigned simg_tell_pick(simg_tell *t, unsigned n)
{
    apr_uint64_t z = t->state += APR_UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * APR_UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * APR_UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) % n);
}

void simg_tell_set(simg_tell *t, const char *slot, const char *value)
{
    apr_table_set(t->slots, slot, value ? value : "");
}

static void put(text *out, const char *s, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < len; i++)
        APR_ARRAY_PUSH(out->bytes, char) = s[i];
}

const char *simg_tell_capital(const char *s, apr_pool_t *p)
{
    char *copy = apr_pstrdup(p, s);
    char *c = copy;

    /* “oh dear” begins with its o */
    if (!strncmp(c, "\xe2\x80\x9c", 3))
        c += 3;
    *c = apr_toupper(*c);
    return copy;
}

/* The end of a [choice]: the place of its closing bracket. */
static const char *choice_end(const char *s)
{
    int depth = 1;

    for (; *s && depth; s++)
        depth += *s == '[' ? 1 : *s == ']' ? -1 : 0;
    return s - 1;
}

static const char *part_end(const char *s, const char *end)
{
    int depth = 0;

    for (; s < end && (depth || *s != '|'); s++)
        depth += *s == '[' ? 1 : *s == ']' ? -1 : 0;
    return s;
}

static unsigned parts_of(const char *s, const char *end)
{
    unsigned n = 1;

    for (s = part_end(s, end); s < end; s = part_end(s + 1, end))
        n++;
    return n;
}

static void put_slot(simg_tell *t, text *out, const char *key)
{
    const char *value = apr_table_get(t->slots, key);

    if (value && apr_isupper(key[0]))
        value = simg_tell_capital(value, t->p);
    if (value)
        put(out, value, strlen(value));
}

static void fill(simg_tell *t, text *out, const char *s, const char *end);

static void fill_choice(simg_tell *t, text *out, const char *s, const char *end)
{
    unsigned n = simg_tell_pick(t, parts_of(s, end));

    for (; n; n--)
        s = part_end(s, end) + 1;
    fill(t, out, s, part_end(s, end));
}

static void fill(simg_tell *t, text *out, const char *s, const char *end)
{
    const char *close;

    for (; s < end; s++) {
        if (*s == '{') {
            close = memchr(s, '}', (apr_size_t)(end - s));
            put_slot(t, out, apr_pstrmemdup(t->p, s + 1, (apr_size_t)(close - s) - 1));
            s = close;
        } else if (*s == '[') {
            close = choice_end(s + 1);
            fill_choice(t, out, s + 1, close);
            s = close;
        } else if (*s == '\'') {
            put(out, "\xe2\x80\x99", 3);
        } else {
            put(out, s, 1);
        }
    }
}

/* An empty slot leaves two spaces behind, or one at an end. */
static const char *tidy(text *in, apr_pool_t *p)
{
    char *out = apr_palloc(p, (apr_size_t)in->bytes->nelts + 1);
    apr_size_t n = 0;
    int i;

    for (i = 0; i < in->bytes->nelts; i++) {
        char c = APR_ARRAY_IDX(in->bytes, i, char);

        if (c != ' ' || (n && out[n - 1] != ' '))
            out[n++] = c;
    }
    while (n && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

const char *simg_tell_fill(simg_tell *t, const char *pattern)
{
    text out = { apr_array_make(t->p, 512, sizeof(char)) };

    fill(t, &out, pattern, pattern + strlen(pattern));
    return tidy(&out, t->p);
}

static int begins(const char *s, const char *const *with)
{
    for (; *with && strncasecmp(s, *with, strlen(*with)); with++)
        ;
    return *with != NULL;
}

const char *simg_tell_a(const char *noun, apr_pool_t *p)
{
    static const char *const silent[] = { "hour", "honest", "honour", "heir", NULL };
    static const char *const spoken[] = { "uni", "use", "eu", "one", "ukulele", NULL };
    int vowel = noun[0] && strchr("aeiouAEIOU", noun[0]) != NULL;

    if (vowel ? begins(noun, spoken) : begins(noun, silent))
        vowel = !vowel;
    return apr_pstrcat(p, vowel ? "an " : "a ", noun, NULL);
}

const char *simg_tell_list(const apr_array_header_t *items, apr_pool_t *p)
{
    const char *list = "";
    int i;

    for (i = 0; i < items->nelts; i++)
        list = apr_pstrcat(p, list,
                           i == 0                  ? ""
                           : i == items->nelts - 1 ? " and "
                                                   : ", ",
                           APR_ARRAY_IDX(items, i, const char *), NULL);
    return list;
}

const char *simg_tell_number(int n, apr_pool_t *p)
{
    static const char *const small[] = { "zero",    "one",     "two",       "three",    "four",
                                         "five",    "six",     "seven",     "eight",    "nine",
                                         "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                         "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
    static const char *const tens[] = { "",      "",      "twenty",  "thirty", "forty",
                                        "fifty", "sixty", "seventy", "eighty", "ninety" };

    if (n >= 100)
        return n % 100 ? apr_pstrcat(p, small[n / 100 % 10], " hundred and ", simg_tell_number(n % 100, p), NULL)
                       : apr_pstrcat(p, small[n / 100 % 10], " hundred", NULL);
    if (n < 20)
        return small[n];
    return n % 10 ? apr_pstrcat(p, tens[n / 10], "-", small[n % 10], NULL) : tens[n / 10];
}

static int is_small_word(const char *s, apr_size_t len)
{
    static const char *const small[] = { "a",   "an", "the", "of", "and",  "with",  "to", "in",
                                         "for", "on", "at",  "by", "from", "under", NULL };
    int i;

    for (i = 0; small[i] && (strlen(small[i]) != len || strncmp(small[i], s, len)); i++)
        ;
    return small[i] != NULL;
}

const char *simg_tell_title_case(const char *s, apr_pool_t *p)
{
    char *title = apr_pstrdup(p, s);
    char *word;
    apr_size_t len;

    for (word = title; *word; word += len + (word[len] == ' ')) {
        len = strcspn(word, " ");
        if (word == title || !is_small_word(word, len))
            *word = apr_toupper(*word);
    }
    return title;
}
