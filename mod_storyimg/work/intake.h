/* SPDX-License-Identifier: Apache-2.0 */
/** A picture that a client uploads: a form as it comes, piece by piece, to a file without a name; looked at by its
 * bytes; made anew by storyimg-pixel, so that nothing but its pixels is left of it; then a row, then its name. */
#ifndef SIMG_WORK_INTAKE_H
#define SIMG_WORK_INTAKE_H

#include "index/uploads.h"
#include "work/site.h"

/** The field of the picture, and the one that may say whose data it is (a token of 1 to 128 characters). */
#define SIMG_INTAKE_FIELD "character-image"
#define SIMG_INTAKE_SUBJECT "subject"

typedef struct simg_intake simg_intake;

/** Is there room, and is this a form?
 * @param content_type  of the request; NULL: none
 * @param announced     its Content-Length; -1: not told
 * Problems: "unsupported-media-type", "body-too-large", "storage-unwritable", "storage-full". */
apr_status_t simg_intake_begin(simg_intake **out, const simg_site *site, const char *content_type, apr_off_t announced,
                               apr_pool_t *p, simg_problem *err);

/** The next bytes of the body. @param intake  the simg_intake @return 0; else no more is wanted: simg_intake_end says
 * why. */
int simg_intake_take(void *intake, const char *data, apr_size_t len);

/** The body has ended. Problems: "invalid-body" (400: no form, another field, two files), "body-too-large" (413),
 * "unsupported-media-type" (415: not a whole PNG, JPEG, WebP or GIF, or one that cannot be decoded), storage and index. */
apr_status_t simg_intake_end(simg_upload_row *out, simg_intake *intake, simg_problem *err);

#endif
