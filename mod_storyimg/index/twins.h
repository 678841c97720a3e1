/* SPDX-License-Identifier: Apache-2.0 */
/** Pictures of the same bytes, and pictures from the same order. On a borrowed connection. */
#ifndef SIMG_INDEX_TWINS_H
#define SIMG_INDEX_TWINS_H

#include "index/images.h"

/** Another picture. */
typedef struct simg_twin {
    const char *filename;
    const char *storage; /* what those have in common whose file is one */
} simg_twin;

/** The oldest picture of the same site with the same bytes, if that is another one. APR_ENOENT if there is none. */
apr_status_t simg_twins_find(simg_twin *out, simg_db *db, const char *filename, apr_pool_t *p, simg_problem *err);

/** The two are names of one file from now on. */
apr_status_t simg_twins_shared(simg_db *db, const char *filename, const simg_twin *with, simg_problem *err);

/** Whose order it was. */
typedef struct simg_twin_order {
    const char *recipe;  /* as simg_image has it */
    const char *site;
    const char *subject; /* pictures of others are not given away; NULL: of nobody */
} simg_twin_order;

/** The newest picture that was drawn from the same order. APR_ENOENT if there is none. */
apr_status_t simg_twins_drawn(simg_image *out, simg_db *db, const simg_twin_order *order, apr_pool_t *p,
                              simg_problem *err);

#endif
