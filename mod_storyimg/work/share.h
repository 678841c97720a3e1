/* SPDX-License-Identifier: Apache-2.0 */
/** Identical bytes are stored once. */
#ifndef SIMG_WORK_SHARE_H
#define SIMG_WORK_SHARE_H

#include "store/store.h"
#include "work/site.h"

/** A picture has its record: if the site has its bytes already, the two share one file from now on. Nothing depends on
 * that: what fails leaves two files, and is said once by this process where it is the file system that cannot.
 * @return 1 if it is a duplicate, whether its file could be shared or not */
int simg_share(const simg_site *site, simg_store *store, const char *filename, apr_pool_t *p);

/** The same with a borrowed connection, outside of a transaction. */
int simg_share_in(const simg_site *site, simg_store *store, simg_db *db, const char *filename, apr_pool_t *p);

#endif
