/* SPDX-License-Identifier: Apache-2.0 */
/** Rows of stories and images, and their lists. */
#ifndef SIMG_INDEX_INDEX_H
#define SIMG_INDEX_INDEX_H

#include "base/db.h"

typedef struct simg_index simg_index;

/** Make ready: connects on first use, brings the schema up to date. where: as simg_dbpool_create. Not opened is not an
 * error until it is used: an index that is gone answers "index-unavailable" (503) and heals when it is back. */
apr_status_t simg_index_open(simg_index **out, const char *where, apr_pool_t *p, simg_problem *err);

/** Is it there, and would it take a row? For /health and before money is spent. Writes no row; takes the writer's lock
 * for a moment, so that a lock held by others for long (5 s) is noticed as well. */
apr_status_t simg_index_ready(simg_index *index, simg_problem *err);

/** A number that grows with every change of images (or of stories): what an ETag is made of. Read in one row. */
apr_status_t simg_index_generation(apr_int64_t *out, simg_index *index, simg_problem *err);

/** Borrow a connection for a statement or transaction (index/images.c, index/stories.c). The schema is up to date. */
apr_status_t simg_index_borrow(simg_db **out, simg_index *index, simg_problem *err);
void simg_index_return(simg_index *index, simg_db *db);

#endif
