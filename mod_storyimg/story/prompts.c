/* SPDX-License-Identifier: Apache-2.0 */
#include "story/prompts.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "base/file.h"
#include "base/utf8.h"

#define FILE_MAX 32768
#define PLACEHOLDERS 4
#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

typedef struct placeholder {
    const char *name;
    int must; /* the file makes no sense without it */
    int most; /* characters of it that are never cut */
} placeholder;

typedef struct row {
    const char *name;
    placeholder allowed[PLACEHOLDERS + 1];
    int max; /* characters of the whole, which is one line; 0: any, and lines stay */
} row;

static const row rows[SIMG_PROMPTS_COUNT] = {
    [SIMG_PROMPTS_STORY] = { "story.txt", { { "pages", 1, 0 }, { "s", 0, 0 } }, 0 },
    [SIMG_PROMPTS_STORY_ORDER] = { "story-order.txt", { { "order", 1, 0 } }, 0 },
    [SIMG_PROMPTS_SUGGESTIONS] = { "suggestions.txt", { { 0 } }, 0 },
    [SIMG_PROMPTS_SUGGESTIONS_ORDER] = { "suggestions-order.txt", { { "order", 1, 0 } }, 0 },
    [SIMG_PROMPTS_STYLE] = { "style.txt", { { 0 } }, SIMG_PROMPTS_STYLE_MAX },
    [SIMG_PROMPTS_SCENE] = { "scene.txt",
                             { { "scene", 1, SIMG_PROMPTS_SCENE_MAX },
                               { "style", 0, SIMG_PROMPTS_STYLE_MAX },
                               { "book", 0, 0 },
                               { "looks", 0, SIMG_PROMPTS_HERO_MAX } },
                             SIMG_PROMPTS_IMAGE_MAX },
    [SIMG_PROMPTS_SCENE_EDIT] = { "scene-edit.txt",
                                  { { "scene", 1, SIMG_PROMPTS_SCENE_MAX },
                                    { "style", 0, SIMG_PROMPTS_STYLE_MAX },
                                    { "book", 0, 0 },
                                    { "looks", 0, SIMG_PROMPTS_HERO_MAX } },
                                  SIMG_PROMPTS_IMAGE_MAX },
    [SIMG_PROMPTS_PORTRAIT] = { "portrait.txt",
                                { { "looks", 1, SIMG_PROMPTS_HERO_MAX },
                                  { "style", 0, SIMG_PROMPTS_STYLE_MAX },
                                  { "nature", 0, 0 } },
                                SIMG_PROMPTS_IMAGE_MAX },
    [SIMG_PROMPTS_VISION] = { "vision.txt", { { 0 } }, 0 },
    [SIMG_PROMPTS_VISION_ORDER] = { "vision-order.txt", { { "traits", 0, 0 } }, 0 },
};

/* Words as they are, or a placeholder. */
typedef struct piece {
    int named;
    const char *text;
} piece;

struct simg_prompts {
    apr_array_header_t *texts[SIMG_PROMPTS_COUNT]; /* of piece */
};

typedef struct reading {
    const row *row;
    apr_array_header_t *pieces; /* of piece */
    int line;                   /* counted from 1 */
    apr_pool_t *p;
} reading;

static const placeholder *allowed(const row *r, const char *name, apr_size_t len)
{
    int i;

    for (i = 0; r->allowed[i].name; i++)
        if (strlen(r->allowed[i].name) == len && !memcmp(r->allowed[i].name, name, len))
            return &r->allowed[i];
    return NULL;
}

/* `{looks}, {style}`; "none" */
static const char *names_of(const row *r, apr_pool_t *p)
{
    const char *names = "";
    int i;

    for (i = 0; r->allowed[i].name; i++)
        names = apr_pstrcat(p, names, *names ? ", " : "", "{", r->allowed[i].name, "}", NULL);
    return *names ? names : "none";
}

static void add(reading *r, int named, const char *text, apr_size_t len)
{
    if (len > 0)
        APR_ARRAY_PUSH(r->pieces, piece) = (piece){ named, apr_pstrmemdup(r->pieces->pool, text, len) };
}

/* What begins with a brace: two that mean one, or a placeholder; *s is moved behind it. */
static const char *read_brace(reading *r, const char **s)
{
    const char *name = *s + 1;
    apr_size_t len = strspn(name, NAME_CHARS);
    int twice = name[0] == **s;

    if (twice) {
        add(r, 0, name, 1);
        *s += 2;
        return NULL;
    }
    if (**s == '}' || len == 0 || name[len] != '}')
        return apr_psprintf(r->p, "line %d: a single %c: write it twice if a brace is meant", r->line, **s);
    if (!allowed(r->row, name, len))
        return apr_psprintf(r->p, "line %d: {%.*s} is no placeholder of this file; those are: %s", r->line,
                            (int)(len < 40 ? len : 40), name, names_of(r->row, r->p));
    add(r, 1, name, len);
    *s = name + len + 1;
    return NULL;
}

/* The next piece at *s, which is not the end. */
static const char *read_piece(reading *r, const char **s)
{
    apr_size_t len = strcspn(*s, "{}"), i;

    if (len == 0)
        return read_brace(r, s);
    for (i = 0; i < len; i++)
        r->line += (*s)[i] == '\n';
    add(r, 0, *s, len);
    *s += len;
    return NULL;
}

static const char *lacks(const reading *r)
{
    const placeholder *want;
    int i, there;

    for (want = r->row->allowed; want->name; want++) {
        there = !want->must;
        for (i = 0; i < r->pieces->nelts && !there; i++) {
            const piece *at = &APR_ARRAY_IDX(r->pieces, i, piece);

            there = at->named && !strcmp(at->text, want->name);
        }
        if (!there)
            return apr_psprintf(r->p, "{%s} must be in it, and is not", want->name);
    }
    return NULL;
}

/* Behind the comments at the top. */
static const char *skip_comments(reading *r, const char *s)
{
    while (*s == '#') {
        s += strcspn(s, "\n");
        s += *s == '\n';
        r->line++;
    }
    return s;
}

/* A carriage return before a line feed is an editor's: it is not sent. */
static void unify_lines(char *text)
{
    char *to = text;

    for (; *text; text++)
        if (text[0] != '\r' || text[1] != '\n')
            *to++ = *text;
    *to = '\0';
}

/* @param text  ended by NUL, of len bytes; changed */
static const char *parse(reading *r, char *text, apr_size_t len)
{
    const char *s = text, *wrong = NULL;

    if (strlen(text) != len)
        return "holds a NUL";
    if (!simg_utf8_valid(text, len))
        return "is not UTF-8";
    unify_lines(text);
    if (!strncmp(s, "\xef\xbb\xbf", 3))
        s += 3;
    s = skip_comments(r, s);
    if (!s[strspn(s, " \t\r\n")])
        return "holds no text";
    while (*s && !wrong)
        wrong = read_piece(r, &s);
    return wrong ? wrong : lacks(r);
}

static const char *value_of(const char *name, const simg_prompts_value *values)
{
    for (; values->name; values++)
        if (!strcmp(values->name, name))
            return values->value;
    return "";
}

static int is_blank(char c)
{
    return c && strchr(" \t\r\n", c);
}

/* Every run of white space becomes one blank; none at the ends. */
static void fold(char *text)
{
    char *to = text;
    const char *s;

    for (s = text; *s; s++)
        if (!is_blank(*s))
            *to++ = *s;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

static char *trim(char *text)
{
    apr_size_t len = strlen(text);

    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    return text + strspn(text, " \t\r\n");
}

static const char *fill(const apr_array_header_t *pieces, const row *r, const simg_prompts_value *values, apr_pool_t *p)
{
    apr_array_header_t *parts = apr_array_make(p, pieces->nelts + 1, sizeof(const char *));
    char *text;
    int i;

    for (i = 0; i < pieces->nelts; i++) {
        const piece *at = &APR_ARRAY_IDX(pieces, i, piece);

        APR_ARRAY_PUSH(parts, const char *) = at->named ? value_of(at->text, values) : at->text;
    }
    text = apr_array_pstrcat(p, parts, 0);
    if (r->max > 0)
        fold(text);
    return r->max > 0 ? text : trim(text);
}

/* Filled with the most that is never cut, a text for a drawing program must still be taken by it. */
static const char *too_long(const reading *r)
{
    simg_prompts_value values[PLACEHOLDERS + 1] = { { NULL, NULL } };
    apr_size_t len;
    int i;

    if (!r->row->max)
        return NULL;
    for (i = 0; r->row->allowed[i].name; i++) {
        char *longest = apr_palloc(r->p, (apr_size_t)r->row->allowed[i].most + 1);

        memset(longest, 'x', (apr_size_t)r->row->allowed[i].most);
        longest[r->row->allowed[i].most] = '\0';
        values[i] = (simg_prompts_value){ r->row->allowed[i].name, longest };
    }
    len = simg_utf8_length(fill(r->pieces, r->row, values, r->p));
    if (len <= (apr_size_t)r->row->max)
        return NULL;
    return apr_psprintf(r->p, "too long by %d characters%s", (int)len - r->row->max,
                        i > 0 ? ", beside the most that may stand for its placeholders" : "");
}

/* Neither a folder nor a pipe, which would hold up the start. */
static const char *read_text(char **text, apr_size_t *len, const char *path, apr_pool_t *p)
{
    apr_finfo_t info;
    char buf[120];
    apr_status_t rv = apr_stat(&info, path, APR_FINFO_TYPE, p);

    if (rv == APR_SUCCESS && info.filetype != APR_REG)
        return "is no file";
    if (rv == APR_SUCCESS)
        rv = simg_file_read(text, len, path, FILE_MAX, p);
    if (rv == APR_ENOSPC)
        return "must be at most 32K";
    return rv == APR_SUCCESS ? NULL : apr_psprintf(p, "cannot be read: %s", apr_strerror(rv, buf, sizeof(buf)));
}

/* A link that leads nowhere is there: what was meant to be in its place is not what we have. */
static int is_there(const char *path, apr_pool_t *p)
{
    apr_finfo_t info;

    return !APR_STATUS_IS_ENOENT(apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_LINK, p));
}

static const char *read_file(apr_array_header_t *pieces, const row *file, const char *folder, const char *base,
                             apr_pool_t *scratch)
{
    reading r = { file, pieces, 1, scratch };
    const char *path = folder && *folder ? apr_pstrcat(scratch, folder, "/", file->name, NULL) : NULL;
    const char *wrong = NULL, *what = "StoryImgPrompts";
    apr_size_t len;
    char *text;

    if (!path || !is_there(path, scratch)) {
        what = "prompt file";
        path = base ? apr_pstrcat(scratch, base, "/", file->name, NULL) : NULL;
    }
    if (path) {
        wrong = read_text(&text, &len, path, scratch);
    } else {
        path = file->name;
        text = apr_pstrdup(scratch, simg_prompts_builtin[file - rows]);
        len = strlen(text);
    }
    if (!wrong)
        wrong = parse(&r, text, len);
    if (!wrong)
        wrong = too_long(&r);
    return wrong ? apr_psprintf(pieces->pool, "%s %s: %s", what, path, wrong) : NULL;
}

static const char *check_folder(const char *folder, apr_pool_t *p)
{
    apr_finfo_t info;
    char buf[120];
    apr_status_t rv = apr_stat(&info, folder, APR_FINFO_TYPE, p);

    if (rv != APR_SUCCESS)
        return apr_psprintf(p, "StoryImgPrompts %s: cannot be read: %s", folder, apr_strerror(rv, buf, sizeof(buf)));
    return info.filetype == APR_DIR ? NULL : apr_psprintf(p, "StoryImgPrompts %s: is no folder", folder);
}

const char *simg_prompts_read(const simg_prompts **out, const char *folder, const char *base, apr_pool_t *p)
{
    simg_prompts *prompts = apr_pcalloc(p, sizeof(*prompts));
    const char *wrong = folder && *folder ? check_folder(folder, p) : NULL;
    apr_pool_t *scratch;
    int i;

    apr_pool_create(&scratch, p);
    for (i = 0; i < SIMG_PROMPTS_COUNT && !wrong; i++) {
        prompts->texts[i] = apr_array_make(p, 16, sizeof(piece));
        wrong = read_file(prompts->texts[i], &rows[i], folder, base, scratch);
    }
    apr_pool_destroy(scratch);
    *out = wrong ? NULL : prompts;
    return wrong;
}

const char *simg_prompts_fill(const simg_prompts *prompts, simg_prompts_file file, const simg_prompts_value *values,
                              apr_pool_t *p)
{
    return fill(prompts->texts[file], &rows[file], values, p);
}
