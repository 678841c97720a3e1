/* SPDX-License-Identifier: Apache-2.0 */
/** Records against files: what recovery asks and corrects. On a borrowed connection. */
#ifndef SIMG_INDEX_RECONCILE_H
#define SIMG_INDEX_RECONCILE_H

#include "index/images.h"

/** Has a file a record? *there: 1 or 0. */
apr_status_t simg_images_recorded(int *there, simg_db *db, const char *filename, simg_problem *err);

/** The names of the records after this one, in order: of const char *, at most 500. "": from the first on. */
apr_status_t simg_images_after(apr_array_header_t **names, simg_db *db, const char *filename, apr_pool_t *p,
                               simg_problem *err);

/** The file of a record is gone: remove the record, and say so on the page that it belongs to. In a transaction of its
 * own. */
apr_status_t simg_images_lost(simg_db *db, const char *filename, simg_problem *err);

#endif
