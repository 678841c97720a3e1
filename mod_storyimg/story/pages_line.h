/* SPDX-License-Identifier: Apache-2.0 */
/** One line of a model's answer: a page heading, the start of a scene description, a title, or plain text.
 * Models decorate such lines as they like (`**Page 1:**`, `### Page One`, `*Illustration Description*: x`);
 * the decoration is forgiven. Pure; nothing is copied. */
#ifndef SIMG_STORY_PAGES_LINE_H
#define SIMG_STORY_PAGES_LINE_H

#include <apr.h>

typedef enum simg_line_kind {
    SIMG_LINE_BLANK, /* nothing, or marks only: rules, fences */
    SIMG_LINE_TEXT,
    SIMG_LINE_PAGE,  /* `Page 3: The Dragon`; rest: what follows the number */
    SIMG_LINE_SCENE, /* `Illustration: a dragon`; rest: the description, may be empty */
    SIMG_LINE_TITLE, /* `# X`, `Title: X`; rest: X */
    SIMG_LINE_STRONG /* `**X**`: a title if it comes first, else text; rest: X */
} simg_line_kind;

typedef struct simg_line {
    simg_line_kind kind;
    int number;       /* of a page; 0: unreadable */
    const char *text; /* the line without white space around it */
    apr_size_t len;
    const char *rest; /* see above; for TEXT the same as text */
    apr_size_t rest_len;
} simg_line;

/** What are these len bytes (no line feed among them)? */
void simg_line_read(simg_line *out, const char *line, apr_size_t len);

/** Take the next line off *text, which ends with NUL. @return 0 at the end. */
int simg_line_next(simg_line *out, const char **text);

/** Letters of any script. */
apr_size_t simg_line_letters(const char *s, apr_size_t len);

#endif
