/* SPDX-License-Identifier: Apache-2.0 */
/** The upload that a client's imageUrl means. */
#ifndef SIMG_API_REFERENCE_H
#define SIMG_API_REFERENCE_H

#include "api/api.h"
#include "index/uploads.h"

/** @param url     as the client sent it: a name, the path of an upload, or a full URL of this very site
 * @param member  of the body, for the problem
 * Problems: "invalid-body" (400) for anything else, and nothing is read; "reference-gone" (404). */
apr_status_t simg_reference_find(simg_upload_row *out, const char *url, const char *member, const simg_request *in,
                                 const simg_site *site, simg_problem *err);

#endif
