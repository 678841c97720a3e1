/* SPDX-License-Identifier: Apache-2.0 */
/* Each arrow of a job's life. */
#include "queue/job.h"

#include "tap.h"

typedef struct arrow {
    const char *name;
    simg_job_status now;
    simg_job_counts counts; /* pending, sent, saved, refused, unknown, failed, cancelled */
    simg_job_status next, retried;
} arrow;

#define QUEUED SIMG_JOB_QUEUED
#define PROCESSING SIMG_JOB_PROCESSING
#define COMPLETED SIMG_JOB_COMPLETED
#define FAILED SIMG_JOB_FAILED
#define CANCELLED SIMG_JOB_CANCELLED

static const arrow arrows[] = {
    { "nothing sent yet", QUEUED, { { 3, 0, 0, 0, 0, 0, 0 } }, QUEUED, QUEUED },
    { "the first is sent", QUEUED, { { 2, 1, 0, 0, 0, 0, 0 } }, PROCESSING, QUEUED },
    { "all wait again for another try", PROCESSING, { { 3, 0, 0, 0, 0, 0, 0 } }, PROCESSING, PROCESSING },
    { "some are still sent", PROCESSING, { { 0, 1, 2, 0, 0, 0, 0 } }, PROCESSING, PROCESSING },
    { "one has failed, others go on", PROCESSING, { { 1, 0, 0, 0, 0, 1, 0 } }, PROCESSING, PROCESSING },
    { "all saved", PROCESSING, { { 0, 0, 3, 0, 0, 0, 0 } }, COMPLETED, PROCESSING },
    { "one saved, others lost", PROCESSING, { { 0, 0, 1, 1, 1, 1, 0 } }, COMPLETED, PROCESSING },
    { "all failed", PROCESSING, { { 0, 0, 0, 0, 0, 3, 0 } }, FAILED, PROCESSING },
    { "all refused", PROCESSING, { { 0, 0, 0, 3, 0, 0, 0 } }, FAILED, PROCESSING },
    { "all unknown", PROCESSING, { { 0, 0, 0, 0, 3, 0, 0 } }, FAILED, PROCESSING },
    { "a queued one of which all were found", QUEUED, { { 0, 0, 3, 0, 0, 0, 0 } }, COMPLETED, QUEUED },
    { "a late picture", FAILED, { { 0, 0, 1, 0, 2, 0, 0 } }, COMPLETED, QUEUED },
    { "complete", COMPLETED, { { 0, 0, 3, 0, 0, 0, 0 } }, COMPLETED, COMPLETED },
    { "completed with gaps", COMPLETED, { { 0, 0, 2, 0, 0, 1, 0 } }, COMPLETED, QUEUED },
    { "completed but for a refusal", COMPLETED, { { 0, 0, 2, 1, 0, 0, 0 } }, COMPLETED, COMPLETED },
    { "refused altogether", FAILED, { { 0, 0, 0, 3, 0, 0, 0 } }, FAILED, FAILED },
    { "failed", FAILED, { { 0, 0, 0, 1, 1, 1, 0 } }, FAILED, QUEUED },
    { "cancelled before anything was sent", CANCELLED, { { 0, 0, 0, 0, 0, 0, 3 } }, CANCELLED, QUEUED },
    { "cancelled, one is still sent", CANCELLED, { { 0, 1, 0, 0, 0, 0, 2 } }, CANCELLED, QUEUED },
    { "cancelled, what was sent is saved", CANCELLED, { { 0, 0, 1, 0, 0, 0, 2 } }, CANCELLED, QUEUED },
    { "cancelled, all that there was is saved", CANCELLED, { { 0, 0, 3, 0, 0, 0, 0 } }, CANCELLED, CANCELLED },
};

static void each_arrow(void)
{
    size_t i;

    for (i = 0; i < sizeof(arrows) / sizeof(*arrows); i++) {
        const arrow *a = &arrows[i];

        is_int(simg_job_next(a->now, &a->counts), a->next, a->name);
        ok(simg_job_retried(a->now, &a->counts) == a->retried, "%s, /retry: %s", a->name,
           simg_job_status_name(a->retried));
    }
}

static void counted(void)
{
    const simg_job_counts counts = { { 1, 2, 4, 8, 16, 32, 64 } };

    is_int(simg_job_open(&counts), 3, "open: pending and sent");
    is_int(simg_job_done(&counts), 4, "done: saved");
    is_int(simg_job_lost(&counts), 120, "lost: whatever ended without a picture");
    is_int(simg_job_total(&counts), 127, "total: all");
}

static void names(void)
{
    static const char *const words[] = { "queued", "processing", "completed", "failed", "cancelled" };
    int i;

    for (i = (int)QUEUED; i <= (int)CANCELLED; i++) {
        is_str(simg_job_status_name((simg_job_status)i), words[i], words[i]);
        is_int(simg_job_status_read(words[i]), i, "and back");
        is_int(simg_job_is_over((simg_job_status)i), i >= (int)COMPLETED, "is it over?");
    }
    is_int(simg_job_status_read("nonsense"), -1, "no such status");
}

int main(void)
{
    each_arrow();
    counted();
    names();
    return done_testing();
}
