/* SPDX-License-Identifier: Apache-2.0 */
/** The folder of pictures against the index; for recovery alone. */
#ifndef SIMG_WORK_RECONCILE_H
#define SIMG_WORK_RECONCILE_H

#include "work/salvage.h"

/** Give files without a record one, as far as their names and bytes tell; remove records without a file, unless so many
 * files are gone that their disk is. */
apr_status_t simg_reconcile(simg_recovery *counts, const simg_site *site, simg_store *store, apr_pool_t *p,
                            simg_problem *err);

#endif
