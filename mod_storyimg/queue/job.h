/* SPDX-License-Identifier: Apache-2.0 */
/** The life of a job, decided from the states of its pages. Pure.
 *
 *   queued --> processing --> completed   every page has an outcome, one at least a picture
 *     |            |      --> failed      every page has an outcome, none a picture
 *     +--> cancelled <---+                asked for; what was sent before is still waited for and kept
 *   completed, failed, cancelled --/retry--> queued */
#ifndef SIMG_QUEUE_JOB_H
#define SIMG_QUEUE_JOB_H

#include "queue/page.h"

typedef enum simg_job_status {
    SIMG_JOB_QUEUED,
    SIMG_JOB_PROCESSING,
    SIMG_JOB_COMPLETED,
    SIMG_JOB_FAILED,
    SIMG_JOB_CANCELLED
} simg_job_status;

/** How many pages of a job are in which state. */
typedef struct simg_job_counts {
    int pages[SIMG_PAGE_STATES];
} simg_job_counts;

/** What a job is, given its pages and what it was. A cancelled job stays cancelled; a job of which a page was ever sent
 * is not queued again but by simg_job_retried. */
simg_job_status simg_job_next(simg_job_status now, const simg_job_counts *counts);

/** What a job becomes by /retry, if any page may be drawn again; else `now`. */
simg_job_status simg_job_retried(simg_job_status now, const simg_job_counts *counts);

/** completed, failed or cancelled. */
int simg_job_is_over(simg_job_status status);

/** Pages without an outcome (pending or sent); with a picture; that ended without one. */
int simg_job_open(const simg_job_counts *counts);
int simg_job_done(const simg_job_counts *counts);
int simg_job_lost(const simg_job_counts *counts);
int simg_job_total(const simg_job_counts *counts);

/** The words of the contract and of the index. -1 if it is none of them. */
const char *simg_job_status_name(simg_job_status status);
int simg_job_status_read(const char *name);

#endif
