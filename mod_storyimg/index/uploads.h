/* SPDX-License-Identifier: Apache-2.0 */
/** Pictures of heroes that clients have uploaded, and what models have said of them. */
#ifndef SIMG_INDEX_UPLOADS_H
#define SIMG_INDEX_UPLOADS_H

#include <apr_tables.h>

#include "index/index.h"

typedef struct simg_upload_row {
    const char *filename;  /* unique within the index */
    const char *sha256;    /* of the file as it lies there, 64 hex digits */
    int width, height;     /* pixels */
    apr_int64_t size;      /* bytes */
    const char *subject;   /* NULL: none */
    apr_time_t created_at; /* whole milliseconds */
} simg_upload_row;

/** APR_EEXIST if the name is taken. */
apr_status_t simg_uploads_add(simg_index *index, const simg_upload_row *upload, simg_problem *err);

/** APR_ENOENT if there is none. */
apr_status_t simg_uploads_get(simg_upload_row *out, simg_index *index, const char *filename, apr_pool_t *p,
                              simg_problem *err);

/** Forget an upload, and what was said of its bytes unless another upload has the same. An absent one is success. */
apr_status_t simg_uploads_remove(simg_index *index, const char *filename, simg_problem *err);

/** Names (const char *) of uploads made before this time that no story has; the oldest first, at most `max`. */
apr_status_t simg_uploads_unused(apr_array_header_t **out, simg_index *index, apr_time_t before, int max, apr_pool_t *p,
                                 simg_problem *err);

/** What a model said of a picture, kept by the picture's bytes: the same photo is never paid for twice. */
typedef struct simg_descriptor {
    const char *sha256; /* of the picture */
    const char *model;  /* who was asked, "provider/model" */
    const char *traits; /* what else it was told; "": nothing */
    const char *words;
    int confidence; /* per cent; -1: not told */
} simg_descriptor;

/** Fill words and confidence, given the rest. APR_ENOENT if nothing is kept. */
apr_status_t simg_descriptors_get(simg_descriptor *descriptor, simg_index *index, apr_pool_t *p, simg_problem *err);

/** Keep it, in place of what was kept before; not of a picture that nobody has uploaded (any more). */
apr_status_t simg_descriptors_put(simg_index *index, const simg_descriptor *descriptor, apr_time_t now,
                                  simg_problem *err);

#endif
