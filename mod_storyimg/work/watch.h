/* SPDX-License-Identifier: Apache-2.0 */
/** Models that are gone, or will be soon: asked of the provider at each start of the server and daily, by one process
 * for all; said in the log, and kept for /health. */
#ifndef SIMG_WORK_WATCH_H
#define SIMG_WORK_WATCH_H

#include "base/json.h"
#include "work/site.h"

typedef struct simg_model_watch simg_model_watch;

/** One per site and process; lives as long as p. Asks nothing yet. */
simg_model_watch *simg_model_watch_create(const simg_site *site, simg_loop *loop, apr_pool_t *p);

/** Begin to ask, if it is due and nobody else does. The answer is dealt with in the loop; nothing is under way longer
 * than StoryImgTimeout. A server without such a list is left in peace. Call it about once a minute; nothing grows by
 * it. */
void simg_model_watch_tick(simg_model_watch *watch);

/** What was found last: an array of {"part": "model", "code": "model-gone"|"model-going", "detail": sentence}; empty if
 * all is well or nothing is known. New reference. Only models that are configured now are told. */
json_t *simg_watch_found(const simg_site *site, apr_pool_t *p);

#endif
