/* SPDX-License-Identifier: Apache-2.0 */
/** Uploads that are there: found, and removed. */
#ifndef SIMG_WORK_UPLOADS_H
#define SIMG_WORK_UPLOADS_H

#include "index/uploads.h"
#include "work/site.h"

/** The upload of this name: its row is known and its file is there. Problem "reference-gone" (404). */
apr_status_t simg_uploads_find(simg_upload_row *out, const simg_site *site, const char *filename, apr_pool_t *p,
                               simg_problem *err);

/** Remove one: file, row, and what was said of it. An absent one is success. */
apr_status_t simg_uploads_drop(const simg_site *site, const char *filename, apr_pool_t *p, simg_problem *err);

/** Remove what is older than StoryImgUploadMaxAge and belongs to no story, a hundred at a time, and what died on its
 * way here. A site that has no uploads gets no folder. */
apr_status_t simg_uploads_sweep(const simg_site *site, apr_pool_t *p, simg_problem *err);

#endif
