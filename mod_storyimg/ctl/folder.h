/* SPDX-License-Identifier: Apache-2.0 */
/** Looking into folders of pictures without opening a store, which would make what is missing. */
#ifndef SIMG_CTL_FOLDER_H
#define SIMG_CTL_FOLDER_H

#include <apr_file_info.h>

#include "ctl/ctl.h"

/** What lies in a folder. A symlink is one, whatever it leads to. */
typedef struct ctl_entry {
    const char *name; /* valid during the call */
    apr_filetype_e type;
    int links;
} ctl_entry;

/** @return anything but APR_SUCCESS, with *err filled, ends the scan */
typedef apr_status_t ctl_folder_fn(void *baton, const ctl_entry *entry, simg_problem *err);

/** Call fn with all that lies in it, in no order; what vanishes meanwhile is passed over. A folder that is not there is
 * empty. Memory is bounded. Problem "internal". */
apr_status_t ctl_folder_scan(const char *path, ctl_folder_fn *fn, void *baton, apr_pool_t *p, simg_problem *err);

/** What is called so? APR_NOFILE: nothing. */
apr_filetype_e ctl_folder_type(const char *folder, const char *name);

/** Lies a picture of this name in any folder that was named? 1 or 0. */
int ctl_folder_has(const ctl *c, const char *name);

/** Is this picture being saved at this moment, so that its record is still to come? 1 or 0. */
int ctl_folder_is_saving(const ctl *c, const char *name, apr_pool_t *p);

#endif
