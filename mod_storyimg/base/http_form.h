/* SPDX-License-Identifier: Apache-2.0 */
/** A form (RFC 7578) for a call of base/http.h: its files are read as libcurl sends them, a piece at a time. */
#ifndef SIMG_BASE_HTTP_FORM_H
#define SIMG_BASE_HTTP_FORM_H

#include <curl/curl.h>

#include "base/http.h"

/** Open the files of the parts and make the form; to be freed with curl_mime_free, which closes them, before p goes.
 * @param parts  of simg_http_part; they outlive the form
 * @return APR_ENOENT if a file is not there, is a symlink or is no regular file; *out is NULL then, and *cause says
 * more. Other failures likewise. */
apr_status_t simg_http_form_make(curl_mime **out, CURL *easy, const apr_array_header_t *parts, const char **cause,
                                 apr_pool_t *p);

#endif
