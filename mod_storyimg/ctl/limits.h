/* SPDX-License-Identifier: Apache-2.0 */
/** What the limits of age, count and size (index/retention.h) would remove. */
#ifndef SIMG_CTL_LIMITS_H
#define SIMG_CTL_LIMITS_H

#include "ctl/ctl.h"
#include "index/doomed.h"

typedef struct ctl_limits_sum {
    apr_int64_t images, bytes;
    apr_int64_t elsewhere; /* of the images: without a file in any folder that was named */
} ctl_limits_sum;

/** Add up what would go now, and tell each if `tell`. Nothing is removed. */
apr_status_t ctl_limits_preview(ctl_limits_sum *sum, ctl *c, int tell, simg_problem *err);

/** Tell one that goes; a simg_doomed_fn, whose baton is a ctl. */
apr_status_t ctl_limits_tell(void *baton, const simg_doomed *doomed, simg_problem *err);

#endif
