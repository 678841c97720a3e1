/* SPDX-License-Identifier: Apache-2.0 */
/** The words that go to a model. Pure. What a client typed is bounded and stands between marks that it cannot contain.
 */
#ifndef SIMG_STORY_PROMPT_H
#define SIMG_STORY_PROMPT_H

#include "story/order.h"
#include "story/pages.h"

/** Who the writer is and in which form the answer comes: the same for every story. */
const char *simg_prompt_story_system(int pages, apr_pool_t *p);
/** What this story is about. */
const char *simg_prompt_story_user(const simg_order *order, apr_pool_t *p);

/** The same for five story ideas. */
const char *simg_prompt_suggestions_system(apr_pool_t *p);
const char *simg_prompt_suggestions_user(const simg_order *order, apr_pool_t *p);

/** What is to be drawn on one page: style, the hero's looks in the same words on every page, the scene. Under
 * 4,000 code points, the scene kept whole. */
const char *simg_prompt_scene(const simg_order *order, const simg_page *page, const char *title, apr_pool_t *p);

#endif
