/* SPDX-License-Identifier: Apache-2.0 */
/** Headers of a call of base/http.h, as libcurl takes and gives them. */
#ifndef SIMG_BASE_HTTP_HEADERS_H
#define SIMG_BASE_HTTP_HEADERS_H

#include <curl/curl.h>

#include "base/http.h"

/** The headers to send, to be freed with curl_slist_free_all, whatever is returned.
 * @return NULL, or why they may not be sent */
const char *simg_http_headers_make(struct curl_slist **out, const simg_http_request *request, apr_pool_t *p);

/** When to come again, as the answer says: Retry-After-Ms (Azure's, the finer one), else Retry-After; at most an hour.
 * 0: not said. */
apr_interval_time_t simg_http_headers_retry_after(CURL *easy);

#endif
