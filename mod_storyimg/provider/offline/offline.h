/* SPDX-License-Identifier: Apache-2.0 */
/** The offline provider's crafts, as pure functions: telling, painting, and looking. Deterministic for a seed. */
#ifndef SIMG_PROVIDER_OFFLINE_OFFLINE_H
#define SIMG_PROVIDER_OFFLINE_OFFLINE_H

#include "provider/provider.h"

/** Tell a story: the structured form of story/pages.h, {"title", "pages": [{"text", "scene"}]}, as JSON text, exactly
 * `pages` (1..12) pages. */
const char *simg_offline_tell(const simg_order *order, int pages, apr_uint64_t seed, apr_pool_t *p);

/** Five ideas for stories about the character: a JSON array of {"title", "description"}, as text. */
const char *simg_offline_suggest(const simg_order *order, apr_uint64_t seed, apr_pool_t *p);

/** Paint a scene: an SVG document of the given size in pixels (256..4096 each). The character's looks depend on
 * brief->story_key, brief->descriptor and the character's name and age only; all else on brief->scene and the seed. */
const char *simg_offline_paint(const simg_brief *brief, int width, int height, apr_uint64_t seed, apr_pool_t *p);

/** Say what a hero looks like: {"descriptor", "confidence"} as JSON text, in words that simg_offline_paint understands.
 * @param looks  what `storyimg-pixel looks` said of the picture, {"skin": "#rrggbb", "hair", "top"}; hostile */
const char *simg_offline_describe(const char *looks, apr_pool_t *p);

#endif
