/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "story/pages_draft.h"
#include "story/pages_line.h"

#define TITLE_LINES 3

/** What tells where a page ends. */
typedef enum cut_by { BY_NOTHING, BY_HEADINGS, BY_SCENES } cut_by;

typedef struct reader {
    apr_array_header_t *pages; /* of simg_page */
    apr_array_header_t *text;  /* lines of the page under way */
    apr_array_header_t *scene; /* lines of its description */
    int number;                /* of that page; 0: none */
    cut_by cut;
    int in_scene;    /* lines belong to the description until a blank one */
    int scene_first; /* BY_SCENES: descriptions stand before their text; -1: not known yet */
    apr_pool_t *p;
} reader;

static void reader_init(reader *r, cut_by cut, apr_pool_t *p)
{
    *r = (reader){ .cut = cut, .scene_first = -1, .p = p };
    r->pages = apr_array_make(p, 8, sizeof(simg_page));
    r->text = apr_array_make(p, 16, sizeof(const char *));
    r->scene = apr_array_make(p, 4, sizeof(const char *));
}

static void add(apr_array_header_t *lines, const char *s, apr_size_t len, apr_pool_t *p)
{
    if (len > 0)
        APR_ARRAY_PUSH(lines, const char *) = apr_pstrmemdup(p, s, len);
}

static const char *joined(const apr_array_header_t *lines, char with, apr_pool_t *p)
{
    const char *text = lines->nelts ? apr_array_pstrcat(p, lines, with) : "";

    return simg_draft_trim(text, strlen(text), p);
}

/* A page that says nothing is no page, even if somebody described a picture for it. */
static void end_page(reader *r)
{
    simg_page page = { .number = r->number };

    if (r->text->nelts && r->pages->nelts < SIMG_PAGES_MAX) {
        page.text = joined(r->text, '\n', r->p);
        page.scene = r->scene->nelts ? joined(r->scene, ' ', r->p) : NULL;
        if (simg_line_letters(page.text, strlen(page.text)) > 0)
            APR_ARRAY_PUSH(r->pages, simg_page) = page;
    }
    r->text->nelts = r->scene->nelts = 0;
    r->number = r->in_scene = 0;
}

static void blank_line(reader *r)
{
    int n = r->text->nelts;

    /* A label with nothing behind it is followed by its description, if the page has its text already. */
    if (r->in_scene && (r->scene->nelts || !n)) {
        r->in_scene = 0;
        return;
    }
    if (n && !r->in_scene && *APR_ARRAY_IDX(r->text, n - 1, const char *))
        APR_ARRAY_PUSH(r->text, const char *) = "";
}

static void text_line(reader *r, const char *s, apr_size_t len)
{
    if (r->in_scene) {
        add(r->scene, s, len, r->p);
        return;
    }
    if (r->cut == BY_SCENES && r->scene_first == 0 && r->text->nelts && r->scene->nelts)
        end_page(r);
    add(r->text, s, len, r->p);
}

static void scene_line(reader *r, const simg_line *line)
{
    if (r->cut == BY_SCENES) {
        if (r->scene_first < 0)
            r->scene_first = r->text->nelts == 0;
        if (r->scene_first && r->text->nelts)
            end_page(r);
    }
    r->in_scene = 1;
    add(r->scene, line->rest, line->rest_len, r->p);
}

/* `Page 3: [Illustration: a fox]`, `Page 3: Once upon a time`: what follows a heading is like a new line. */
static void page_line(reader *r, const simg_line *line)
{
    simg_line rest;

    if (r->cut == BY_HEADINGS) {
        end_page(r);
        r->number = line->number;
    }
    simg_line_read(&rest, line->rest, line->rest_len);
    if (rest.kind == SIMG_LINE_SCENE)
        scene_line(r, &rest);
    else if (rest.kind != SIMG_LINE_BLANK)
        text_line(r, line->rest, line->rest_len);
}

static void read_line(reader *r, const simg_line *line)
{
    if (line->kind == SIMG_LINE_BLANK)
        blank_line(r);
    else if (line->kind == SIMG_LINE_PAGE)
        page_line(r, line);
    else if (line->kind == SIMG_LINE_SCENE)
        scene_line(r, line);
    else if (line->kind == SIMG_LINE_STRONG)
        text_line(r, line->text, line->len);
    else
        text_line(r, line->rest, line->rest_len);
}

void simg_draft_page(simg_page *page, const char *raw, apr_pool_t *p)
{
    simg_line line;
    reader r;

    reader_init(&r, BY_NOTHING, p);
    while (simg_line_next(&line, &raw))
        read_line(&r, &line);
    page->text = joined(r.text, '\n', p);
    if (!page->scene && r.scene->nelts)
        page->scene = joined(r.scene, ' ', p);
}

/* What the whole text is cut by, and where its first heading stands. */
static cut_by look_over(const char *text, const char **first)
{
    const char *at = text;
    cut_by cut = BY_NOTHING;
    simg_line line;

    *first = text;
    while (simg_line_next(&line, &text)) {
        if (line.kind == SIMG_LINE_PAGE) {
            *first = at;
            return BY_HEADINGS;
        }
        if (line.kind == SIMG_LINE_SCENE)
            cut = BY_SCENES;
        at = text;
    }
    return cut;
}

/* The title stands before the first page, or among the first lines. A line of emphasis counts only if nothing
 * better comes. @return where the story goes on. */
static const char *take_title(simg_draft *d, const char *text, const char *until, apr_pool_t *p)
{
    const char *body = text;
    int lines = 0, strong = 0; /* the title so far is but emphasis */
    simg_line line;

    while ((until ? text < until : lines < TITLE_LINES) && simg_line_next(&line, &text)) {
        int is_title = line.kind == SIMG_LINE_TITLE || (line.kind == SIMG_LINE_STRONG && !d->title);

        if (line.kind == SIMG_LINE_SCENE && !until)
            break;
        lines += line.kind != SIMG_LINE_BLANK;
        if (!is_title || !line.rest_len)
            continue;
        if (!d->title || strong)
            d->title = apr_pstrmemdup(p, line.rest, line.rest_len);
        body = text;
        strong = line.kind == SIMG_LINE_STRONG;
        if (!strong)
            break;
    }
    return body;
}

static void cut_pages(simg_draft *d, const char *text, cut_by cut, apr_pool_t *p)
{
    simg_line line;
    reader r;

    reader_init(&r, cut, p);
    while (r.pages->nelts < SIMG_PAGES_MAX && simg_line_next(&line, &text))
        read_line(&r, &line);
    end_page(&r);
    d->pages = r.pages;
}

/* Blank lines part paragraphs; where there are none, every line is one. */
static apr_array_header_t *paragraphs_of(const char *text, apr_pool_t *p)
{
    apr_array_header_t *list = apr_array_make(p, 16, sizeof(const char *));
    int lines = strstr(text, "\n\n") == NULL;
    const char *end;

    for (; *text; text = end) {
        for (end = text; *end && !(*end == '\n' && (lines || end[1] == '\n')); end++)
            continue;
        if (simg_line_letters(text, (apr_size_t)(end - text)) > 0)
            APR_ARRAY_PUSH(list, const char *) = simg_draft_trim(text, (apr_size_t)(end - text), p);
        while (*end == '\n')
            end++;
    }
    return list;
}

static void gather(simg_draft *d, const apr_array_header_t *paragraphs, int wanted, apr_pool_t *p)
{
    apr_array_header_t *some = apr_array_make(p, 16, sizeof(const char *));
    int n = paragraphs->nelts < wanted ? paragraphs->nelts : wanted, page = 0, i;

    for (i = 0; i < paragraphs->nelts; i++) {
        if (some->nelts)
            APR_ARRAY_PUSH(some, const char *) = "";
        APR_ARRAY_PUSH(some, const char *) = APR_ARRAY_IDX(paragraphs, i, const char *);
        if ((apr_int64_t)(i + 1) * n < (apr_int64_t)(page + 1) * paragraphs->nelts)
            continue;
        APR_ARRAY_PUSH(d->pages, simg_page) = (simg_page){ .text = joined(some, '\n', p) };
        some->nelts = 0;
        page++;
    }
}

/* Text without blank lines, rules and fences around it. */
static const char *inner_text(const char *text, apr_pool_t *p)
{
    const char *start = NULL, *end = text, *at = text;
    simg_line line;

    for (; simg_line_next(&line, &text); at = text) {
        if (line.kind == SIMG_LINE_BLANK)
            continue;
        if (!start)
            start = at;
        end = text;
    }
    return start ? simg_draft_trim(start, (apr_size_t)(end - start), p) : "";
}

void simg_draft_text(simg_draft *d, const char *answer, int wanted, apr_pool_t *p)
{
    const char *first;
    cut_by cut = look_over(answer, &first);
    const char *body = take_title(d, answer, cut == BY_HEADINGS ? first : NULL, p);

    d->headed = cut == BY_HEADINGS;
    d->text = NULL;
    if (cut != BY_NOTHING)
        cut_pages(d, cut == BY_HEADINGS ? first : body, cut, p);
    if (d->pages->nelts > 0)
        return;
    d->headed = 0;
    d->text = inner_text(body, p);
    gather(d, paragraphs_of(d->text, p), wanted < 1 ? 1 : wanted, p);
}
