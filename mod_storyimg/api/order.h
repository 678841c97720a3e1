/* SPDX-License-Identifier: Apache-2.0 */
/** The body of a request for a story or for suggestions, read and checked. */
#ifndef SIMG_API_ORDER_H
#define SIMG_API_ORDER_H

#include "api/api.h"
#include "story/pages.h"

/** Read the order of a story.
 * @param character  receives the client's own character object, owned by the request's pool
 * Problems: "unsupported-media-type", "body-too-large", "invalid-body" that names the member. */
apr_status_t simg_order_read(simg_order *out, json_t **character, const simg_request *in, const simg_site *site,
                             simg_problem *err);

/** The same for suggestions: only character is required, and what draws or names a story is refused. */
apr_status_t simg_order_read_suggestions(simg_order *out, const simg_request *in, const simg_site *site,
                                         simg_problem *err);

/** The order of one picture: page->number and page->scene, and the title of the book, are filled in.
 * @param portrait  1: of the hero alone; then only character is required, and no scene is taken */
apr_status_t simg_order_read_single(simg_order *out, json_t **character, simg_page *page, const char **title,
                                    int portrait, const simg_request *in, const simg_site *site, simg_problem *err);

#endif
