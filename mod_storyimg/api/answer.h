/* SPDX-License-Identifier: Apache-2.0 */
/** What the answers have in common: the envelope, lists with their headers, illustrations, stories. */
#ifndef SIMG_API_ANSWER_H
#define SIMG_API_ANSWER_H

#include "api/api.h"
#include "index/stories.h"
#include "work/illustrate.h"

/** Envelope: {"success": true, "data": data}. Takes the reference. */
void simg_answer_data(simg_response *out, const simg_request *in, json_t *data);

/** A list: envelope with meta {total, nextCursor}, and Link. Takes the reference.
 * @param next  cursor; NULL: this is the last page */
void simg_answer_list(simg_response *out, const simg_request *in, json_t *data, apr_int64_t total, const char *next);

/** Set the ETag of a list. @return 1 if the client has it already: the response is a 304 then. */
int simg_answer_unchanged(simg_response *out, const simg_request *in, apr_int64_t generation, const simg_site *site);

/** The public URL of a saved image. */
const char *simg_answer_local_url(const simg_site *site, const char *filename, apr_pool_t *p);

/** That of its thumbnail. */
const char *simg_answer_thumbnail_url(const simg_site *site, const char *filename, apr_pool_t *p);

/** One page's illustration, contract part 2. bytes: base64 in place of a URL; NULL: none. New reference. */
json_t *simg_answer_illustration(const simg_page_row *row, const simg_picture *picture, const simg_site *site,
                                 apr_pool_t *p);

/** A story with the illustrations given. Takes the reference to illustrations. New reference. */
json_t *simg_answer_story(const simg_story_row *row, json_t *illustrations, apr_pool_t *p);

/** The illustrations of a story as the index knows it: those pages that were to be drawn and have an outcome. New
 * reference. */
json_t *simg_answer_results(const simg_story_row *row, const simg_site *site, apr_pool_t *p);

/** A story as the index knows it, its cost the sum of all parts. New reference. */
json_t *simg_answer_stored_story(const simg_story_row *stored, const simg_site *site, apr_pool_t *p);

#endif
