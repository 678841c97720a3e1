/* SPDX-License-Identifier: Apache-2.0 */
/** Words to be found in descriptions: what a client typed, as arguments of a statement. What SQLite (FTS5) and PostgreSQL
 * (tsquery) need differs in the statement alone. Pure. */
#ifndef SIMG_INDEX_SEARCH_H
#define SIMG_INDEX_SEARCH_H

#include <apr_tables.h>

#include "base/problem.h"

#define SIMG_SEARCH_WORDS 16
#define SIMG_SEARCH_BYTES 1000

typedef struct simg_search {
    int words;                /* 0: nothing was typed */
    const char *match;        /* a MATCH expression in which each word is quoted: none of it is syntax; NULL: no word */
    apr_array_header_t *like; /* of const char *: LIKE patterns, escaped by '!', of words in scripts that have no spaces
                                 between words, which are found anywhere */
} simg_search;

/** Read what was typed: words parted by white space, at most SIMG_SEARCH_WORDS of them in SIMG_SEARCH_BYTES (else
 * "invalid-query", 400). Signs alone are no word.
 * @param q  UTF-8 */
apr_status_t simg_search_read(simg_search *out, const char *q, apr_pool_t *p, simg_problem *err);

#endif
