/* SPDX-License-Identifier: Apache-2.0 */
/** What a file that has no record tells of itself. Pure. */
#ifndef SIMG_WORK_FOUND_H
#define SIMG_WORK_FOUND_H

#include "index/images.h"

/** What a name of the form that simg_store_scan finds says: filename (not copied), kind, created_at and page_number of
 * *image are filled, all else is left.
 * @return 0 if its numbers are none that we give */
int simg_found_read(simg_image *image, const char *name, apr_pool_t *p);

#endif
