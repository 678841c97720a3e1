/* SPDX-License-Identifier: Apache-2.0 */
#include "story/pages.h"

#include <string.h>

#include <apr_strings.h>

#include "base/utf8.h"
#include "story/pages_draft.h"
#include "story/pages_line.h"

#define LETTERS_MIN 20
#define TITLE_MAX 200
#define SCENE_MAX 1000
#define EXCERPT_MAX 300 /* of a page's text, where it has no description */
#define EXCERPT_SENTENCES 2

char *simg_draft_tidy(const char *s, apr_pool_t *p)
{
    apr_size_t len = strlen(s), n;
    char *out = apr_palloc(p, len + 1), *to = out;
    uint32_t c;

    for (; len > 0; s += n, len -= n) {
        c = simg_utf8_next(s, len, &n);
        if (c == '\r' || c == 0x2028 || c == 0x2029)
            *to++ = '\n';
        else if (c == (uint32_t)-1 || c == 0xfeff || c == 0x200b)
            continue;
        else if (!simg_utf8_is_text(c) || c == 0xa0 || c == 0x2007 || c == 0x202f)
            *to++ = ' ';
        else
            to = (char *)memcpy(to, s, n) + n;
        if (c == '\r' && len > 1 && s[1] == '\n')
            n = 2;
    }
    *to = '\0';
    return out;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

char *simg_draft_trim(const char *s, apr_size_t len, apr_pool_t *p)
{
    for (; len > 0 && is_space(*s); s++)
        len--;
    while (len > 0 && is_space(s[len - 1]))
        len--;
    return apr_pstrmemdup(p, s, len);
}

/* One line: runs of white space become one blank, and marks around it go. */
static char *flatten(const char *s, const char *marks, apr_pool_t *p)
{
    char *out = apr_palloc(p, strlen(s) + 1), *to = out;

    for (; *s; s++)
        if (!is_space(*s))
            *to++ = *s;
        else if (to > out && to[-1] != ' ')
            *to++ = ' ';
    while (to > out && (to[-1] == ' ' || strchr(marks, to[-1])))
        to--;
    *to = '\0';
    while (*out && (*out == ' ' || strchr(marks, *out)))
        out++;
    return out;
}

/* At most max characters of s, ended at a word if that costs little. Cuts in place. */
static char *shorten(char *s, apr_size_t max)
{
    apr_size_t cut = simg_utf8_prefix(s, max), word = cut;

    if (!s[cut])
        return s;
    while (word > 0 && s[word] != ' ')
        word--;
    s[word > cut / 2 ? word : cut] = '\0';
    return s;
}

/* Bytes of the mark at s that ends a sentence, 0 if there is none; a quotation mark behind it included. */
static apr_size_t sentence_end(const char *s)
{
    static const char *const marks[] = {
        ".", "!", "?", "\xe2\x80\xa6", "\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f", "\xd8\x9f", "\xe0\xa5\xa4"
    };
    static const char *const quotes[] = { "\"", "'", ")", "\xe2\x80\x9d", "\xe2\x80\x99", "\xc2\xbb", "\xe3\x80\x8d" };
    apr_size_t i, len = 0;

    for (i = 0; i < sizeof(marks) / sizeof(*marks) && !len; i++)
        if (!strncmp(s, marks[i], strlen(marks[i])))
            len = strlen(marks[i]);
    for (i = 0; len && i < sizeof(quotes) / sizeof(*quotes); i++)
        if (!strncmp(s + len, quotes[i], strlen(quotes[i])))
            return len + strlen(quotes[i]);
    return len;
}

/* The first sentences of a page, for want of a description. */
static char *excerpt(const char *text, apr_pool_t *p)
{
    char *flat = flatten(text, "*_#`", p), *s = flat;
    int sentences = 0;
    apr_size_t n;

    shorten(flat, EXCERPT_MAX);
    for (; *s && sentences < EXCERPT_SENTENCES; s += n ? n : 1) {
        n = sentence_end(s);
        /* `3.5` does not end a sentence; scripts without blanks end theirs with marks of their own. */
        sentences += n > 0 && (s[n] == ' ' || s[n] == '\0' || (unsigned char)*s >= 0x80);
    }
    *s = '\0';
    return flatten(flat, "", p);
}

static const char *scene_of(const simg_page *page, apr_pool_t *p)
{
    char *scene = page->scene ? flatten(page->scene, "*_#`", p) : NULL;

    if (!scene || !simg_line_letters(scene, strlen(scene)))
        scene = excerpt(page->text, p);
    return shorten(scene, SCENE_MAX);
}

static const char *title_of(const char *own, const char *fallback, apr_pool_t *p)
{
    const char *const tries[] = { own, fallback, "A Story" };
    char *title;
    int i;

    for (i = 0; i < 2; i++) {
        title = tries[i] ? flatten(simg_draft_tidy(tries[i], p), "*_#`\"", p) : NULL;
        if (title && simg_line_letters(title, strlen(title)) > 0)
            return shorten(title, TITLE_MAX);
    }
    return tries[2];
}

/* The story's own numbers are kept only if a reader could follow them. */
static void number_pages(apr_array_header_t *pages)
{
    simg_page *page = (simg_page *)pages->elts;
    int i, last = 0;

    for (i = 0; i < pages->nelts && page[i].number > last; i++)
        last = page[i].number;
    if (i == pages->nelts)
        return;
    for (i = 0; i < pages->nelts; i++)
        page[i].number = i + 1;
}

static const char *text_of(const apr_array_header_t *pages, int headed, apr_pool_t *p)
{
    apr_array_header_t *parts = apr_array_make(p, 3 * pages->nelts, sizeof(const char *));
    int i;

    for (i = 0; i < pages->nelts; i++) {
        const simg_page *page = &APR_ARRAY_IDX(pages, i, simg_page);

        if (i > 0)
            APR_ARRAY_PUSH(parts, const char *) = "\n\n";
        if (headed)
            APR_ARRAY_PUSH(parts, const char *) = apr_psprintf(p, "Page %d\n\n", page->number);
        APR_ARRAY_PUSH(parts, const char *) = page->text;
    }
    return apr_array_pstrcat(p, parts, 0);
}

static simg_story *finish(const simg_draft *d, const char *fallback_title, apr_pool_t *p)
{
    simg_story *story = apr_pcalloc(p, sizeof(*story));
    apr_size_t letters = 0;
    int i;

    number_pages(d->pages);
    for (i = 0; i < d->pages->nelts; i++) {
        simg_page *page = &APR_ARRAY_IDX(d->pages, i, simg_page);

        page->scene = scene_of(page, p);
        letters += simg_line_letters(page->text, strlen(page->text));
    }
    if (letters < LETTERS_MIN)
        return NULL;
    story->pages = d->pages;
    story->title = title_of(d->title, fallback_title, p);
    story->text = d->headed || !d->text ? text_of(d->pages, d->headed, p) : d->text;
    return story;
}

simg_story *simg_pages_cut(const char *answer, int wanted, const char *fallback_title, apr_pool_t *p)
{
    simg_draft d = { .pages = apr_array_make(p, 8, sizeof(simg_page)) };
    const char *text;
    simg_draft_found found;

    if (!answer)
        return NULL;
    text = simg_draft_tidy(answer, p);
    found = simg_draft_json(&d, text, p);
    if (found == SIMG_DRAFT_BROKEN)
        return NULL;
    if (found != SIMG_DRAFT_PAGES)
        simg_draft_text(&d, found == SIMG_DRAFT_TEXT ? d.text : text, wanted, p);
    return finish(&d, fallback_title, p);
}

int simg_pages_pick(int *picked, int total, int wanted)
{
    int n = total < wanted ? total : wanted, i;

    for (i = 0; i < n; i++)
        picked[i] = n > 1 ? (int)(((apr_int64_t)i * (total - 1) + (n - 1) / 2) / (n - 1)) : 0;
    return n > 0 ? n : 0;
}

int simg_pages_words(const char *text)
{
    int words = 0, inside = 0;

    for (; *text; text++) {
        int space = is_space(*text) || *text == '\r' || *text == '\f' || *text == '\v';

        words += !space && !inside;
        inside = !space;
    }
    return words;
}
