/* SPDX-License-Identifier: Apache-2.0 */
/** The query string of a list. */
#ifndef SIMG_API_QUERY_H
#define SIMG_API_QUERY_H

#include "api/api.h"

/** Value of a parameter, decoded (%XX and +), the last if it stands twice; NULL if absent or empty.
 * Problem "invalid-query" if it is not UTF-8 text. */
apr_status_t simg_query_text(const char **out, const simg_request *in, const char *name, simg_problem *err);

/** A whole number within low..high; dflt if absent. */
apr_status_t simg_query_number(int *out, const simg_request *in, const char *name, const int bounds[2], int dflt,
                               simg_problem *err);

/** A moment (ISO 8601); 0 if absent. */
apr_status_t simg_query_time(apr_time_t *out, const simg_request *in, const char *name, simg_problem *err);

/** The path and query of this very list from another cursor on. */
const char *simg_query_next(const simg_request *in, const char *cursor);

#endif
