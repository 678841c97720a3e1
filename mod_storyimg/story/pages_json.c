/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "base/json.h"
#include "story/pages_draft.h"
#include "story/pages_line.h"

/* Every try reads the rest of the text: enough for prose with braces in front, too few to be a burden. */
#define TRIES (SIMG_PAGES_MAX + 10)
#define FAILURES 8

static const char *const text_members[] = { "text", "content", NULL };
static const char *const scene_members[] = {
    "scene", "illustration", "illustrationDescription", "illustration_description", "description", NULL
};
static const char *const whole_members[] = { "story", "text", "content", NULL };
static const char *const number_members[] = { "page", "number", "pageNumber", "page_number", NULL };

static const char *text_of(const json_t *object, const char *const *names, apr_pool_t *p)
{
    const char *s;

    for (; *names; names++) {
        s = json_string_value(json_object_get(object, *names));
        if (s && simg_line_letters(s, strlen(s)) > 0)
            return simg_draft_tidy(s, p);
    }
    return NULL;
}

static int number_of(const json_t *object)
{
    const char *const *name;
    json_int_t n;

    for (name = number_members; *name; name++) {
        n = json_integer_value(json_object_get(object, *name));
        if (n > 0 && n < 10000)
            return (int)n;
    }
    return 0;
}

/* A page is an object, or nothing but its text. */
static void take_page(simg_draft *d, const json_t *value, apr_pool_t *p)
{
    const char *raw = json_string_value(value);
    simg_page page = { 0 };

    if (json_is_object(value)) {
        raw = text_of(value, text_members, p);
        page.scene = text_of(value, scene_members, p);
        page.number = number_of(value);
    }
    if (!raw || d->pages->nelts >= SIMG_PAGES_MAX)
        return;
    simg_draft_page(&page, simg_draft_tidy(raw, p), p);
    if (simg_line_letters(page.text, strlen(page.text)) > 0)
        APR_ARRAY_PUSH(d->pages, simg_page) = page;
}

static void take_title(simg_draft *d, const json_t *object, apr_pool_t *p)
{
    const char *title = json_string_value(json_object_get(object, "title"));

    if (title && !d->title)
        d->title = simg_draft_tidy(title, p);
}

static int take_story(simg_draft *d, const json_t *object, apr_pool_t *p)
{
    const json_t *pages = json_object_get(object, "pages");
    int before = d->pages->nelts;
    size_t i;

    take_title(d, object, p);
    for (i = 0; i < json_array_size(pages); i++)
        take_page(d, json_array_get(pages, i), p);
    return d->pages->nelts > before;
}

/** What a walk over all objects in a text has found. */
typedef struct walk {
    simg_draft *d;
    const char *whole; /* one text with everything in it */
    apr_pool_t *p;
} walk;

/* @return 1 if this object is the story. An object that is no page is searched for such: hence *used. */
static int take_object(walk *w, const json_t *object, int loose, size_t *used)
{
    const char *text;

    if (take_story(w->d, object, w->p))
        return 1;
    text = loose ? text_of(object, whole_members, w->p) : NULL;
    if (!text) {
        *used = 1;
        return 0;
    }
    if (!w->whole)
        w->whole = text;
    take_page(w->d, object, w->p);
    return 0;
}

/* With loose, objects that look like pages are gathered wherever they stand: what is left of an answer that
 * was cut off, or has its own idea of the outer form. */
static int walk_objects(walk *w, const char *text, int loose)
{
    const char *at = strchr(text, '{'), *end = text + strlen(text);
    int tries, failures = 0;

    for (tries = 0; at && tries < TRIES && failures < FAILURES; tries++) {
        json_error_t error;
        size_t used = 1;
        json_t *object = json_loadb(at, (size_t)(end - at), JSON_DISABLE_EOF_CHECK, &error);

        simg_json_own(w->p, object);
        failures += object == NULL;
        if (object) {
            used = (size_t)error.position;
            if (take_object(w, object, loose, &used))
                return 1;
        }
        at = strchr(at + used, '{');
    }
    return 0;
}

/* The next character that is not white space. */
static char next_of(const char *s)
{
    return s[strspn(s, " \t\n")];
}

/* Models write JSON by hand: raw line feeds inside strings, commas before a closing bracket. */
static const char *repaired(const char *text, apr_pool_t *p)
{
    char *out = apr_palloc(p, 2 * strlen(text) + 1), *to = out;
    int in_string = 0;
    char closing;

    for (; *text; text++) {
        closing = *text == ',' && !in_string ? next_of(text + 1) : '\0';
        if (closing == ']' || closing == '}')
            continue;
        if (in_string && (*text == '\n' || *text == '\t')) {
            *to++ = '\\';
            *to++ = *text == '\n' ? 'n' : 't';
            continue;
        }
        if (*text == '"')
            in_string = !in_string;
        *to++ = *text;
        if (in_string && *text == '\\' && text[1] && text[1] != '\n')
            *to++ = *++text;
    }
    *to = '\0';
    return out;
}

/* Does the answer begin as an object or a list of objects, its fence aside? */
static int is_json_like(const char *answer)
{
    answer += strspn(answer, " \t\n");
    if (!strncmp(answer, "```", 3))
        answer += strcspn(answer, "\n");
    answer += strspn(answer, " \t\n");
    if (*answer == '[')
        answer += 1 + strspn(answer + 1, " \t\n");
    return *answer == '{' && strchr("\"}", next_of(answer + 1));
}

simg_draft_found simg_draft_json(simg_draft *d, const char *answer, apr_pool_t *p)
{
    const char *start = strchr(answer, '{');
    walk w = { .d = d, .p = p };

    if (!start)
        return SIMG_DRAFT_NONE;
    d->headed = 1;
    if (walk_objects(&w, start, 0) || walk_objects(&w, repaired(start, p), 1))
        return SIMG_DRAFT_PAGES;
    if (d->pages->nelts > 1 || (d->pages->nelts == 1 && APR_ARRAY_IDX(d->pages, 0, simg_page).scene))
        return SIMG_DRAFT_PAGES;
    d->pages->nelts = 0;
    d->text = w.whole;
    if (w.whole)
        return SIMG_DRAFT_TEXT;
    return is_json_like(answer) ? SIMG_DRAFT_BROKEN : SIMG_DRAFT_NONE;
}
