/* SPDX-License-Identifier: Apache-2.0 */
/** A place in a list, as an opaque text that fits only the query it was made for. Pure. */
#ifndef SIMG_BASE_CURSOR_H
#define SIMG_BASE_CURSOR_H

#include <apr_pools.h>

/** The last row that was shown; the list goes on below it. */
typedef struct simg_cursor {
    apr_int64_t created_at; /* milliseconds */
    apr_int64_t seq;
} simg_cursor;

/** How many rows a page really has: 1..1000. */
int simg_cursor_limit(int wanted);

/** 32 characters of base64url.
 * @param query  the name of the list and everything that filters it, in a form that no other query shares */
const char *simg_cursor_write(const simg_cursor *at, const char *query, apr_pool_t *p);

/** @return 1 and *out, or 0 if the text is not a cursor of this query. */
int simg_cursor_read(simg_cursor *out, const char *text, const char *query);

#endif
