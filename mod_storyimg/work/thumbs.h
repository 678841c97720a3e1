/* SPDX-License-Identifier: Apache-2.0 */
/** Thumbnails, made by the first request for each. The index is not asked: files decide. */
#ifndef SIMG_WORK_THUMBS_H
#define SIMG_WORK_THUMBS_H

#include "work/site.h"

#define SIMG_THUMBS_SIDE "320" /* pixels, the longer one */

/** Make the thumbnail `name` of a picture in StoryImgGeneratedDir, unless something of this name is there. Waits for
 * whoever makes it already, and for its turn.
 * @param name  from outside: anything
 * Problems: "image-not-found", "thumbnail-unavailable", storage. */
apr_status_t simg_thumbs_make(const simg_site *site, const char *name, apr_pool_t *p, simg_problem *err);

#endif
