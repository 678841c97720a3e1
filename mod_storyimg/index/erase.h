/* SPDX-License-Identifier: Apache-2.0 */
/** Forgetting a subject: whose data it is stands on stories, pictures and uploads. Files are removed by work/erase.c,
 * between these steps; each step is a transaction of its own, and what a killed one left is found by the next. */
#ifndef SIMG_INDEX_ERASE_H
#define SIMG_INDEX_ERASE_H

#include <apr_tables.h>

#include "index/index.h"

/** What went. */
typedef struct simg_erased {
    apr_int64_t stories; /* that were told; a picture asked for by itself has none */
    apr_int64_t jobs, images, uploads, descriptors;
    apr_int64_t requests; /* answers kept for repeated requests */
} simg_erased;

/** Forget up to 100 stories of a subject, with their pages, jobs, events and kept answers. The ledger keeps its rows,
 * which then tell of no job. Pictures and uploads that were the subject's through these stories alone are marked as the
 * subject's own, to be found by the next steps.
 * @param more  1 if there may be others; else 0 */
apr_status_t simg_erase_stories(int *more, simg_erased *counts, simg_index *index, const char *subject,
                                simg_problem *err);

/** Names (const char *) of at most `max` files that are still recorded as the subject's: pictures, or uploads. */
apr_status_t simg_erase_images(apr_array_header_t **names, simg_index *index, const char *subject, int max,
                               apr_pool_t *p, simg_problem *err);
apr_status_t simg_erase_uploads(apr_array_header_t **names, simg_index *index, const char *subject, int max,
                                apr_pool_t *p, simg_problem *err);

/** The files of these names are gone: so are their records; with an upload also what was said of its bytes, unless
 * another upload has the same, and kept answers in which it stands. */
apr_status_t simg_erase_image_rows(simg_erased *counts, simg_index *index, const apr_array_header_t *names,
                                   simg_problem *err);
apr_status_t simg_erase_upload_rows(simg_erased *counts, simg_index *index, const apr_array_header_t *names,
                                    simg_problem *err);

/** Is the job of this id gone, and with it its story? A job lives as long as that. On a borrowed connection. *gone: 1
 * or 0. */
apr_status_t simg_erase_is_gone(int *gone, simg_db *db, const char *job_id, simg_problem *err);

#endif
