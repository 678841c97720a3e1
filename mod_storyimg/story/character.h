/* SPDX-License-Identifier: Apache-2.0 */
/** The hero of a story as JSON: what a client sends, and what the index keeps. */
#ifndef SIMG_STORY_CHARACTER_H
#define SIMG_STORY_CHARACTER_H

#include "base/reader.h"
#include "story/order.h"

/** The members of `character`, ended by a row without a name; for base/reader.h. */
extern const simg_member simg_character_members[];

/** Read a character. Problem "invalid-body" that names the member. */
apr_status_t simg_character_read(simg_character *out, const json_t *object, apr_pool_t *p, simg_problem *err);

#endif
