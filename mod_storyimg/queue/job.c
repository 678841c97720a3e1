/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/job.h"

#include <string.h>

static const char *const names[] = {
    [SIMG_JOB_QUEUED] = "queued", [SIMG_JOB_PROCESSING] = "processing", [SIMG_JOB_COMPLETED] = "completed",
    [SIMG_JOB_FAILED] = "failed", [SIMG_JOB_CANCELLED] = "cancelled",
};

simg_job_status simg_job_next(simg_job_status now, const simg_job_counts *counts)
{
    if (now == SIMG_JOB_CANCELLED)
        return now;
    if (simg_job_open(counts) == 0)
        return simg_job_done(counts) || !simg_job_total(counts) ? SIMG_JOB_COMPLETED : SIMG_JOB_FAILED;
    return now == SIMG_JOB_QUEUED && !counts->pages[SIMG_PAGE_SENT] ? SIMG_JOB_QUEUED : SIMG_JOB_PROCESSING;
}

simg_job_status simg_job_retried(simg_job_status now, const simg_job_counts *counts)
{
    const int *n = counts->pages;

    if (n[SIMG_PAGE_FAILED] + n[SIMG_PAGE_UNKNOWN] + n[SIMG_PAGE_CANCELLED] == 0)
        return now;
    return simg_job_is_over(now) ? SIMG_JOB_QUEUED : now;
}

int simg_job_is_over(simg_job_status status)
{
    return status == SIMG_JOB_COMPLETED || status == SIMG_JOB_FAILED || status == SIMG_JOB_CANCELLED;
}

int simg_job_open(const simg_job_counts *counts)
{
    return counts->pages[SIMG_PAGE_PENDING] + counts->pages[SIMG_PAGE_SENT];
}

int simg_job_done(const simg_job_counts *counts)
{
    return counts->pages[SIMG_PAGE_SAVED];
}

int simg_job_lost(const simg_job_counts *counts)
{
    return simg_job_total(counts) - simg_job_open(counts) - simg_job_done(counts);
}

int simg_job_total(const simg_job_counts *counts)
{
    int total = 0, i;

    for (i = 0; i < SIMG_PAGE_STATES; i++)
        total += counts->pages[i];
    return total;
}

const char *simg_job_status_name(simg_job_status status)
{
    return names[status];
}

int simg_job_status_read(const char *name)
{
    int i;

    for (i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}
