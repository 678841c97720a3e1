/* SPDX-License-Identifier: Apache-2.0 */
/** jansson, tied to pools. */
#ifndef SIMG_BASE_JSON_H
#define SIMG_BASE_JSON_H

#include <apr_tables.h>
#include <jansson.h>

#include "base/problem.h"

/** Hand j over to p, which releases it. Returns j; NULL stays NULL. */
json_t *simg_json_own(apr_pool_t *p, json_t *j);

/** j as compact UTF-8 text in p. */
const char *simg_json_text(const json_t *j, apr_pool_t *p);

/** Parse a text from outside: strict UTF-8, no duplicate members. @return NULL if it is not JSON, with a
 * reason that quotes nothing of it in *why (if why is not NULL). The value belongs to p. */
json_t *simg_json_parse(const char *text, apr_size_t len, const char **why, apr_pool_t *p);

/** The same for an answer that is paid for: members that occur twice and numbers beyond 64 bits are let through. */
json_t *simg_json_parse_lenient(const char *text, apr_size_t len, const char **why, apr_pool_t *p);

/** A string, or JSON null for NULL. New reference. */
json_t *simg_json_string(const char *s);

/** Strings of an array header of const char *. New reference. */
json_t *simg_json_strings(const apr_array_header_t *strings);

/** Micro-dollars as dollars; null below 0 (not known). New reference. */
json_t *simg_json_dollars(apr_int64_t micro);

#endif
