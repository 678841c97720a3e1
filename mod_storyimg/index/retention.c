/* SPDX-License-Identifier: Apache-2.0 */
#include "index/retention.h"

int simg_retention_limited(const simg_retention *limits)
{
    return limits->max_age || limits->max_files || limits->max_bytes;
}

static simg_retention_verdict reason_of(const simg_retention_state *state, const simg_retention *limits,
                                        const simg_retention_picture *picture)
{
    if (limits->max_age && state->now - picture->created_at >= limits->max_age)
        return SIMG_RETENTION_AGE;
    if (limits->max_files && state->files > limits->max_files)
        return SIMG_RETENTION_COUNT;
    if (limits->max_bytes && state->bytes > limits->max_bytes && !picture->newest)
        return SIMG_RETENTION_SIZE;
    return SIMG_RETENTION_STAYS;
}

simg_retention_verdict simg_retention_judge(simg_retention_state *state, const simg_retention *limits,
                                            const simg_retention_picture *picture)
{
    simg_retention_verdict verdict = reason_of(state, limits, picture);

    if (verdict == SIMG_RETENTION_STAYS)
        return verdict;
    if (picture->busy)
        return SIMG_RETENTION_BUSY;
    state->files--;
    state->bytes -= picture->frees;
    return verdict;
}

const char *simg_retention_reason(simg_retention_verdict verdict)
{
    static const char *const names[] = { "stays", "busy", "age", "count", "size" };

    return names[verdict];
}
