/* SPDX-License-Identifier: Apache-2.0 */
#include "story/pages_line.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define MARKS "*_#>`~[("
#define NUMBER_DIGITS 4

/* Longer ones first: the first that fits is taken. */
static const char *const scene_labels[] = {
    "illustration description", "illustration prompt", "illustration", "scene description", "scene",
    "image description",        "image prompt",
};
static const char *const text_labels[] = { "story text", "text", "story" };
static const char *const title_labels[] = { "story title", "title" };

static const char *const number_words[] = { "one",     "two",       "three",    "four",     "five",
                                            "six",     "seven",     "eight",    "nine",     "ten",
                                            "eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
                                            "sixteen", "seventeen", "eighteen", "nineteen", "twenty" };

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

typedef struct span {
    const char *s, *end;
} span;

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_mark(char c)
{
    return c != '\0' && strchr(MARKS, c) != NULL;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

static void trim(span *t)
{
    while (t->s < t->end && is_blank(*t->s))
        t->s++;
    while (t->s < t->end && is_blank(t->end[-1]))
        t->end--;
}

static int is_bullet(const span *t)
{
    return t->end - t->s > 1 && (*t->s == '-' || *t->s == '+') && is_blank(t->s[1]);
}

/* Decoration in front of a line's first word. @return 1 if there was any mark. */
static int skip_marks(span *t)
{
    int marked = 0;

    for (; t->s < t->end && (is_blank(*t->s) || is_mark(*t->s) || is_bullet(t)); t->s++)
        marked |= is_mark(*t->s);
    return marked;
}

/* Step over a text that starts t, whatever its case. @return 1 if it was there. */
static int take(span *t, const char *text)
{
    apr_size_t len = strlen(text);

    if ((apr_size_t)(t->end - t->s) < len || strncasecmp(t->s, text, len) != 0)
        return 0;
    t->s += len;
    return 1;
}

static int take_word(span *t, const char *word)
{
    span tried = *t;

    if (!take(&tried, word) || (tried.s < tried.end && is_word(*tried.s)))
        return 0;
    *t = tried;
    return 1;
}

/* Digits; too many of them are a number that nobody can read: 0. @return 1 if there were any. */
static int take_digits(span *t, int *number)
{
    const char *start = t->s;

    *number = 0;
    for (; t->s < t->end && is_digit(*t->s); t->s++)
        if (t->s - start < NUMBER_DIGITS)
            *number = *number * 10 + (*t->s - '0');
    if (t->s - start > NUMBER_DIGITS)
        *number = 0;
    return t->s > start && !(t->s < t->end && is_word(*t->s));
}

static int take_number(span *t, int *number)
{
    apr_size_t i;

    while (t->s < t->end && (is_blank(*t->s) || *t->s == '#'))
        t->s++;
    if (t->s < t->end && is_digit(*t->s))
        return take_digits(t, number);
    for (i = 0; i < COUNT(number_words); i++)
        if (take_word(t, number_words[i])) {
            *number = (int)i + 1;
            return 1;
        }
    return 0;
}

/* One of the separators that ASCII lacks: dashes, and the colon of East Asia. */
static int take_wide(span *t)
{
    return take(t, "\xe2\x80\x93") || take(t, "\xe2\x80\x94") || take(t, "\xef\xbc\x9a");
}

/* Is a page's number over here? `Page 12 of the old book glowed` is prose. */
static int is_set_off(span t)
{
    trim(&t);
    return t.s == t.end || strchr(":.-|)]([*_#", *t.s) || take_wide(&t);
}

/* ` of 12`, `/12`, `-4` behind a page's number say nothing that is needed. */
static void skip_range(span *t)
{
    static const char *const links[] = { " of ", "/", " / ", "-", "\xe2\x80\x93", " and ", " & " };
    apr_size_t i;
    int ignored;

    for (i = 0; i < COUNT(links); i++) {
        span tried = *t;

        if (take(&tried, links[i]) && tried.s < tried.end && !is_blank(*tried.s) && take_number(&tried, &ignored) &&
            is_set_off(tried)) {
            *t = tried;
            return;
        }
    }
}

/* Between a label and what follows: separators, and the marks that close those in front of the label. Marks
 * that come later belong to the text. @return 1 if marks were closed. */
static int skip_separators(span *t, int marked)
{
    int closed = 0;

    while (t->s < t->end) {
        char c = *t->s;

        if (take_wide(t))
            continue;
        if (c == '*' || c == '_') {
            if (!marked || (closed && is_blank(t->s[-1])))
                break;
            closed = 1;
        } else if (!strchr(":.-|)]` \t", c) || (c == '.' && t->end - t->s > 1 && t->s[1] == '.')) {
            break;
        }
        t->s++;
    }
    return closed;
}

/* A closing bracket whose opening one is not in t. */
static int is_stray_bracket(const span *t)
{
    char c = t->end[-1];

    return (c == ']' || c == ')') && !memchr(t->s, c == ']' ? '[' : '(', (apr_size_t)(t->end - t->s));
}

/* What closes the decoration of a whole line: `**Page 1: Home**`, `[Illustration: a fox]`. */
static void drop_closing(span *t)
{
    int bracket = 0;

    while (t->s < t->end) {
        char c = t->end[-1];

        if (!bracket && is_stray_bracket(t))
            bracket = 1;
        else if (!is_blank(c) && !strchr("*_#`~", c))
            break;
        t->end--;
    }
}

static void finish_rest(span *t, int marked)
{
    int closed = skip_separators(t, marked);

    if (marked && !closed)
        drop_closing(t);
    trim(t);
}

static int read_page(simg_line *out, span t)
{
    int marked = skip_marks(&t), number;

    if (!take(&t, "page") || !take_number(&t, &number))
        return 0;
    skip_range(&t);
    if (!is_set_off(t))
        return 0;
    finish_rest(&t, marked);
    out->kind = SIMG_LINE_PAGE;
    out->number = number;
    out->rest = t.s;
    out->rest_len = (apr_size_t)(t.end - t.s);
    return 1;
}

/* A colon, or a dash with blanks around it, within the decoration behind a label. */
static int is_labelled(span t)
{
    int spaced = 0;

    while (t.s < t.end && (is_blank(*t.s) || is_mark(*t.s))) {
        spaced = is_blank(*t.s);
        t.s++;
    }
    if (take(&t, ":") || take(&t, "\xef\xbc\x9a"))
        return 1;
    return spaced && (take(&t, "- ") || take(&t, "\xe2\x80\x93 ") || take(&t, "\xe2\x80\x94 "));
}

/* The end of a line that is a label and nothing else, such as `### Illustration`. */
static int is_alone(span t)
{
    drop_closing(&t);
    return t.s >= t.end;
}

static int read_label(simg_line *out, span t, const char *const *labels, apr_size_t n)
{
    int marked = skip_marks(&t), ignored;
    apr_size_t i;

    for (i = 0; i < n; i++) {
        span tried = t, numbered;

        if (!take_word(&tried, labels[i]))
            continue;
        numbered = tried;
        if (take_number(&numbered, &ignored))
            tried = numbered;
        if (!is_labelled(tried) && !(marked && is_alone(tried)))
            return 0;
        finish_rest(&tried, marked);
        out->rest = tried.s;
        out->rest_len = (apr_size_t)(tried.end - tried.s);
        return 1;
    }
    return 0;
}

/* `# X`, or one pair of double marks around all of it. */
static simg_line_kind decorated(simg_line *out, span t)
{
    span inner = t;
    int strong = inner.end - inner.s > 4 && (!strncmp(inner.s, "**", 2) || !strncmp(inner.s, "__", 2)) &&
                 !strncmp(inner.end - 2, inner.s, 2);
    int heading;

    while (t.s < t.end && *t.s == '#')
        t.s++;
    heading = t.s > inner.s && t.s < t.end && is_blank(*t.s);
    skip_marks(&inner);
    drop_closing(&inner);
    if (!heading && (!strong || memchr(inner.s, '*', (apr_size_t)(inner.end - inner.s))))
        return SIMG_LINE_TEXT;
    out->rest = inner.s;
    out->rest_len = (apr_size_t)(inner.end - inner.s);
    return heading ? SIMG_LINE_TITLE : SIMG_LINE_STRONG;
}

static int is_rule(span t)
{
    if (take(&t, "```"))
        return 1;
    while (t.s < t.end && (is_blank(*t.s) || is_mark(*t.s) || strchr("-=+|])", *t.s)))
        t.s++;
    return t.s == t.end;
}

void simg_line_read(simg_line *out, const char *line, apr_size_t len)
{
    span t = { line, line + len };

    trim(&t);
    memset(out, 0, sizeof(*out));
    out->text = out->rest = t.s;
    out->len = out->rest_len = (apr_size_t)(t.end - t.s);
    if (is_rule(t))
        out->kind = SIMG_LINE_BLANK;
    else if (read_page(out, t))
        out->kind = SIMG_LINE_PAGE;
    else if (read_label(out, t, scene_labels, COUNT(scene_labels)))
        out->kind = SIMG_LINE_SCENE;
    else if (read_label(out, t, title_labels, COUNT(title_labels)))
        out->kind = SIMG_LINE_TITLE;
    else if (read_label(out, t, text_labels, COUNT(text_labels)))
        out->kind = SIMG_LINE_TEXT;
    else
        out->kind = decorated(out, t);
}

int simg_line_next(simg_line *out, const char **text)
{
    const char *line = *text, *end;

    if (!*line)
        return 0;
    end = strchr(line, '\n');
    *text = end ? end + 1 : line + strlen(line);
    simg_line_read(out, line, end ? (apr_size_t)(end - line) : strlen(line));
    return 1;
}

apr_size_t simg_line_letters(const char *s, apr_size_t len)
{
    apr_size_t n, letters = 0;
    uint32_t c;

    for (; len > 0; s += n, len -= n) {
        c = simg_utf8_next(s, len, &n);
        letters += c < 0x80 ? is_word(*s) && !is_digit(*s) : c != (uint32_t)-1 && simg_utf8_is_name(c);
    }
    return letters;
}
