/* SPDX-License-Identifier: Apache-2.0 */
/** What of a language model's answer is the story, while it is still being written: the words that are read aloud,
 * piece by piece. Of the structured form {"title", "pages": [{"text", "scene"}]} (also in a code fence) the texts, with
 * an empty line between pages; of plain text every whole line that is neither the title in front nor the description of
 * a picture (the rules of story/pages_line.h), a page's heading as `Page N`. White space around the story and further
 * empty lines are left out. Pure; memory by malloc; never fails: what it does not understand is left out. */
#ifndef SIMG_STORY_PIECES_H
#define SIMG_STORY_PIECES_H

#include <stddef.h>

typedef struct simg_pieces simg_pieces;

/** A piece of the story: whole UTF-8 characters, at least one. */
typedef void simg_pieces_fn(void *baton, const char *text, size_t len);

simg_pieces *simg_pieces_make(simg_pieces_fn *on_piece, void *baton);
void simg_pieces_feed(simg_pieces *s, const char *data, size_t len);
/** The answer has ended: give what is left. */
void simg_pieces_end(simg_pieces *s);
void simg_pieces_free(simg_pieces *s);

#endif
