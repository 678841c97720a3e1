/* SPDX-License-Identifier: Apache-2.0 */
/** A model's answer cut into the pages of a picture book. Pure. */
#ifndef SIMG_STORY_PAGES_H
#define SIMG_STORY_PAGES_H

#include <apr_tables.h>

typedef struct simg_page {
    int number;        /* from 1, as the story counts */
    const char *text;  /* what is read aloud */
    const char *scene; /* what is drawn; never empty, at most 1,000 characters */
} simg_page;

typedef struct simg_story {
    const char *title;         /* never empty, at most 200 characters */
    const char *text;          /* the whole story for a reader, pages headed `Page N` if it had such pages */
    apr_array_header_t *pages; /* of simg_page, in order; never empty */
} simg_story;

/** Cut an answer of a language model. Reads, in this order of preference: the structured form
 * {"title", "pages": [{"text", "scene"}]} (also inside a Markdown code fence or with words around it); plain text with
 * page headings (`Page 1`, `**Page 1:**`,
 * `## Page One`, any case, markup forgiven) and `*Illustration Description*: ...` lines (any asterisks, any
 * case, `Illustration:` and `Scene:` too); or neither: paragraphs, gathered into at most `wanted` pages whose scene is
 * their first sentences.
 * @param fallback_title  used when the answer has no title of its own (a `# heading`, `**Title: X**` or `Title: X`
 * line)
 * @return NULL if there is no story in it (fewer than 20 letters). */
simg_story *simg_pages_cut(const char *answer, int wanted, const char *fallback_title, apr_pool_t *p);

/** Which of `total` pages to draw if only `wanted` are drawn: spread over the story, first and last among them,
 * ascending indexes from 0 into picked[wanted]. @return how many: the smaller of the two. */
int simg_pages_pick(int *picked, int total, int wanted);

/** Number of words (runs of non-space) in a text. */
int simg_pages_words(const char *text);

#endif
