/* SPDX-License-Identifier: Apache-2.0 */
/** One picture by itself: an illustration, or a portrait of the hero. In the index it is the only page of a story that
 * is not listed, so that it is drawn, recovered and paid for as any other page is. */
#ifndef SIMG_API_SINGLE_H
#define SIMG_API_SINGLE_H

#include "api/api.h"
#include "index/stories.h"
#include "work/illustrate.h"

/** Answer with the one picture of a row, in the shape that the path of the request promises.
 * @param unsaved  the picture itself where nothing is saved; else NULL
 * The page's own problem if it failed. */
apr_status_t simg_single_answer(simg_response *out, const simg_request *in, const simg_site *site,
                                const simg_story_row *row, const simg_picture *unsaved, simg_problem *err);

#endif
