/* SPDX-License-Identifier: Apache-2.0 */
/** What the hero of an uploaded picture looks like, in words: asked of a model once, then kept by the picture's bytes. */
#ifndef SIMG_WORK_DESCRIBE_H
#define SIMG_WORK_DESCRIBE_H

#include "index/uploads.h"
#include "work/site.h"

typedef struct simg_description {
    const char *words; /* one compact paragraph */
    int confidence;    /* per cent; -1: not told */
    const char *model; /* who was asked, "provider/model" */
    apr_int64_t cost;  /* of now: micro-dollars; -1: not known */
    int cached;        /* 1: kept from an earlier time, and nothing was paid now */
    apr_pool_t *pool;  /* where all of this lies */
} simg_description;

typedef struct simg_looking {
    const char *traits;     /* what somebody said of the hero; NULL: nothing */
    const char *request_id; /* of the ledger */
} simg_looking;

/** 1 if pictures are described here: a model that can is configured, and StoryImgImageAnalysis is on. */
int simg_describe_able(const simg_site *site);

/** Describe an upload. Waits for the upstream, at most StoryImgAnalysisTimeout. The picture is sent small, as a JPEG.
 * Problems: "analysis-unavailable" (503), "reference-gone", those of a provider, "content-policy". */
apr_status_t simg_describe(simg_description *out, const simg_site *site, const simg_upload_row *upload,
                           const simg_looking *looking, apr_pool_t *p, simg_problem *err);

#endif
