/* SPDX-License-Identifier: Apache-2.0 */
/** A row of the table image, as it is read; for the files of this folder alone. */
#ifndef SIMG_INDEX_IMAGE_ROW_H
#define SIMG_INDEX_IMAGE_ROW_H

#include "index/images.h"

#define SIMG_IMAGE_FACTS                                                                                                          \
    "filename, kind, page_number, story_id, subject, description, model, width, height, size, sha256, "                \
    "created_at, keep, site"

/** The columns of a SELECT from image, in the order of simg_image_of. */
#define SIMG_IMAGE_READ                                                                                                           \
    SIMG_IMAGE_FACTS ", (SELECT o.filename FROM image o WHERE o.sha256 = image.sha256 AND o.seq < image.seq "                     \
          "ORDER BY o.seq LIMIT 1)"
#define SIMG_IMAGE_COLUMNS 15

simg_image simg_image_of(const simg_row *row, apr_pool_t *p);

#endif
