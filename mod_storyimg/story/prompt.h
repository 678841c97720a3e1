/* SPDX-License-Identifier: Apache-2.0 */
/** The words that go to a model: the set of prompts, filled with one order. Pure. What a client typed is bounded and
 * stands on one line, between marks that it cannot contain. */
#ifndef SIMG_STORY_PROMPT_H
#define SIMG_STORY_PROMPT_H

#include "story/order.h"
#include "story/pages.h"
#include "story/prompts.h"

/** Who the writer is and in which form the answer comes: the same for every story. */
const char *simg_prompt_story_system(const simg_prompts *prompts, int pages, apr_pool_t *p);
/** What this story is about. */
const char *simg_prompt_story_user(const simg_prompts *prompts, const simg_order *order, apr_pool_t *p);

/** The same for five story ideas. */
const char *simg_prompt_suggestions_system(const simg_prompts *prompts, apr_pool_t *p);
const char *simg_prompt_suggestions_user(const simg_prompts *prompts, const simg_order *order, apr_pool_t *p);

/** What is to be drawn on one page, from words alone: style, the hero's looks in the same words on every page, the
 * scene. One line of less than 4,000 code points, the scene kept whole; the looks are cut first, alike on all pages. */
const char *simg_prompt_scene(const simg_prompts *prompts, const simg_order *order, const simg_page *page,
                              const char *title, apr_pool_t *p);
/** The same, drawn with the hero's picture attached. */
const char *simg_prompt_scene_edit(const simg_prompts *prompts, const simg_order *order, const simg_page *page,
                                   const char *title, apr_pool_t *p);
/** The hero alone, from words alone. Bounded likewise. */
const char *simg_prompt_portrait(const simg_prompts *prompts, const simg_order *order, apr_pool_t *p);

/** How the attached picture is to be described. The answer is JSON, {"descriptor": "one compact paragraph",
 * "confidence": 0.0..1.0}; from a model that cannot write JSON, the paragraph alone. */
const char *simg_prompt_vision_system(const simg_prompts *prompts, apr_pool_t *p);
/** @param traits  what a parent typed about the looks; NULL or "": nothing */
const char *simg_prompt_vision_user(const simg_prompts *prompts, const char *traits, apr_pool_t *p);

#endif
