/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http_headers.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "base/text.h"

#define MAX_RETRY_AFTER apr_time_from_sec(3600)

typedef struct headers {
    struct curl_slist *list;
    int guarded;
    apr_pool_t *p;
} headers;

static int is_clean(const char *s)
{
    return !strpbrk(s, "\r\n");
}

static int add_line(headers *h, const char *line)
{
    struct curl_slist *more = curl_slist_append(h->list, line);

    h->list = more ? more : h->list;
    return more != NULL;
}

/* 0 if a header may not be sent. */
static int add(void *baton, const char *name, const char *value)
{
    headers *h = baton;

    if (!name[0] || !is_clean(name) || strpbrk(name, ": \t") || !is_clean(value))
        return 0;
    if (h->guarded && (!strcasecmp(name, "Authorization") || !strcasecmp(name, "Cookie")))
        return 0;
    /* libcurl's way to send an empty header, rather than to leave it out, is a semicolon. */
    return add_line(h, value[0] ? apr_pstrcat(h->p, name, ": ", value, NULL) : apr_pstrcat(h->p, name, ";", NULL));
}

const char *simg_http_headers_make(struct curl_slist **out, const simg_http_request *request, apr_pool_t *p)
{
    headers h = { NULL, request->guarded, p };
    int good = !request->headers || apr_table_do(add, &h, request->headers, NULL);

    /* Of a large form libcurl would ask first whether it is wanted, and wait. */
    if (good && request->parts)
        good = add_line(&h, "Expect:");
    *out = h.list;
    return good ? NULL : "a header that may not be sent";
}

/* 0 if it is not there, or makes no sense. */
static apr_interval_time_t milliseconds(CURL *easy)
{
    apr_int64_t ms = 0;
#if LIBCURL_VERSION_NUM >= 0x075400
    struct curl_header *h;

    if (curl_easy_header(easy, "Retry-After-Ms", 0, CURLH_HEADER, -1, &h) != CURLHE_OK ||
        !simg_text_number(&ms, h->value))
        return 0;
#endif
    return ms > 0 && ms < apr_time_as_msec(MAX_RETRY_AFTER) ? apr_time_from_msec(ms) : 0;
}

apr_interval_time_t simg_http_headers_retry_after(CURL *easy)
{
    apr_interval_time_t finer = milliseconds(easy);
    curl_off_t after = 0;

    if (finer)
        return finer;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &after);
    if (after <= 0)
        return 0;
    return after < apr_time_sec(MAX_RETRY_AFTER) ? apr_time_from_sec(after) : MAX_RETRY_AFTER;
}
