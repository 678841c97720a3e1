/* SPDX-License-Identifier: Apache-2.0 */
/** The JSON body of a request. */
#ifndef SIMG_API_BODY_H
#define SIMG_API_BODY_H

#include "api/api.h"

/** Read it, at most StoryImgMaxBody. Problems: "unsupported-media-type", "body-too-large", "invalid-body". */
apr_status_t simg_body_read(json_t **out, const simg_request *in, const simg_site *site, simg_problem *err);

#endif
