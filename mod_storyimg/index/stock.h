/* SPDX-License-Identifier: Apache-2.0 */
/** How much there is. */
#ifndef SIMG_INDEX_STOCK_H
#define SIMG_INDEX_STOCK_H

#include "base/db.h"

typedef struct simg_stock {
    apr_int64_t images, bytes; /* of the site; shared storage counts once */
    apr_int64_t stories;       /* of the index, as its list has them */
} simg_stock;

/** Numbers that are kept up to date by each change: costs the same at any size. */
apr_status_t simg_stock_read(simg_stock *out, simg_db *db, const char *site, simg_problem *err);

#endif
