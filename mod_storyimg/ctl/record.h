/* SPDX-License-Identifier: Apache-2.0 */
/** A picture's record, as it is printed. */
#ifndef SIMG_CTL_RECORD_H
#define SIMG_CTL_RECORD_H

#include <jansson.h>

#include "index/images.h"

/** All that the index has of it. New reference. */
json_t *ctl_record_json(const simg_image *image, apr_pool_t *p);

/** The path of its thumbnail below the folder of pictures, whether it is there or not. */
const char *ctl_record_thumbnail(const char *filename, apr_pool_t *p);

#endif
