/* SPDX-License-Identifier: Apache-2.0 */
/** The steps of cutting an answer; for the pages*.c alone. Each takes a text that is tidy: valid UTF-8, lines
 * ended by \n, no other control characters. */
#ifndef SIMG_STORY_PAGES_DRAFT_H
#define SIMG_STORY_PAGES_DRAFT_H

#include "story/pages.h"

/** More pages than this are no picture book. */
#define SIMG_PAGES_MAX 60

typedef struct simg_draft {
    const char *title;         /* as the answer has it; NULL: none */
    apr_array_header_t *pages; /* of simg_page: text has letters; number 0, scene NULL: none of its own */
    int headed;                /* the story is to be shown with `Page N` headings */
    const char *text;          /* if not headed: the story as it came */
} simg_draft;

/** s without what is no text: all line ends become \n, odd blanks and control characters blanks; broken bytes
 * are dropped. */
char *simg_draft_tidy(const char *s, apr_pool_t *p);

/** s[len] without white space around it, as a copy. */
char *simg_draft_trim(const char *s, apr_size_t len, apr_pool_t *p);

typedef enum simg_draft_found {
    SIMG_DRAFT_NONE,  /* not the structured form */
    SIMG_DRAFT_PAGES, /* d->pages is filled */
    SIMG_DRAFT_TEXT,  /* JSON around a plain text: d->text is for simg_draft_text; d->title may be set */
    SIMG_DRAFT_BROKEN /* JSON, but nothing in it that could be read to a child */
} simg_draft_found;

/** Read the structured form. */
simg_draft_found simg_draft_json(simg_draft *d, const char *answer, apr_pool_t *p);

/** Read plain text: page headings, or scene descriptions that tell where pages end, or paragraphs. */
void simg_draft_text(simg_draft *d, const char *answer, int wanted, apr_pool_t *p);

/** Take headings and scene descriptions out of the text of one page. Keeps a scene that is there already. */
void simg_draft_page(simg_page *page, const char *raw, apr_pool_t *p);

#endif
