/* SPDX-License-Identifier: Apache-2.0 */
/** The folders of pictures that an index tells of: sites that share an index share its list, but each may have its own
 * folder. */
#ifndef SIMG_WORK_FOLDERS_H
#define SIMG_WORK_FOLDERS_H

#include <apr_tables.h>

#include "work/site.h"

/** Open them all. *stores: of simg_store *. Opening makes folders: only where there is something to remove. */
apr_status_t simg_folders_open(apr_array_header_t **stores, const simg_site *site, apr_pool_t *p, simg_problem *err);

/** Remove files of these names (const char *), wherever they lie; durable on return. */
apr_status_t simg_folders_remove(const apr_array_header_t *stores, const apr_array_header_t *names, apr_pool_t *p,
                                 simg_problem *err);

/** Is a picture of this name being saved at this moment? 1 or 0. */
apr_status_t simg_folders_is_saving(int *saving, const apr_array_header_t *stores, const char *name, apr_pool_t *p,
                                    simg_problem *err);

#endif
