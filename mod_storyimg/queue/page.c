/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/page.h"

#include <string.h>

#define FIRST_BACKOFF apr_time_from_sec(1)

/** Doubles with each try, times 0.75 to 1.25: a thousand servers must not come back in the same moment. */
static apr_interval_time_t backoff(int tries, apr_uint64_t random)
{
    apr_interval_time_t base = FIRST_BACKOFF << (tries - 1);

    return base * 3 / 4 + (apr_interval_time_t)(random % (apr_uint64_t)(base / 2 + 1));
}

static simg_page_life next_provider(const simg_page_life *life, int links)
{
    if (life->link + 1 < links)
        return (simg_page_life){ SIMG_PAGE_PENDING, life->link + 1, 0, 0 };
    return (simg_page_life){ SIMG_PAGE_FAILED, life->link, life->tries, 0 };
}

static simg_page_life same_again(const simg_page_life *life, apr_interval_time_t retry_after, apr_uint64_t random)
{
    apr_interval_time_t wait = backoff(life->tries, random);

    return (simg_page_life){ SIMG_PAGE_PENDING, life->link, life->tries, retry_after > wait ? retry_after : wait };
}

simg_page_life simg_page_next(const simg_page_life *life, simg_outcome outcome, apr_interval_time_t retry_after,
                              int links, apr_uint64_t random)
{
    simg_page_life next = *life;

    switch (outcome) {
    case SIMG_OUTCOME_NOTHING:
        if (life->tries < SIMG_PAGE_TRIES && retry_after <= SIMG_PAGE_PATIENCE)
            return same_again(life, retry_after, random);
        return next_provider(life, links);
    case SIMG_OUTCOME_UNFIT: return next_provider(life, links);
    case SIMG_OUTCOME_MADE: next.state = SIMG_PAGE_SAVED; break;
    case SIMG_OUTCOME_REFUSED: next.state = SIMG_PAGE_REFUSED; break;
    case SIMG_OUTCOME_REUSED: next.state = SIMG_PAGE_SAVED; break;
    case SIMG_OUTCOME_UNKNOWN: next.state = SIMG_PAGE_UNKNOWN; break;
    }
    return next;
}

simg_page_life simg_page_sent(const simg_page_life *life)
{
    return (simg_page_life){ SIMG_PAGE_SENT, life->link, life->tries + 1, 0 };
}

simg_page_life simg_page_orphaned(const simg_page_life *life)
{
    simg_page_life next = *life;

    if (life->state == SIMG_PAGE_SENT)
        next.state = SIMG_PAGE_UNKNOWN;
    return next;
}

simg_page_life simg_page_cancelled(const simg_page_life *life)
{
    simg_page_life next = *life;

    if (life->state == SIMG_PAGE_PENDING)
        next.state = SIMG_PAGE_CANCELLED;
    return next;
}

simg_page_life simg_page_retried(const simg_page_life *life)
{
    switch (life->state) {
    case SIMG_PAGE_FAILED:
    case SIMG_PAGE_UNKNOWN:
    case SIMG_PAGE_CANCELLED: return (simg_page_life){ SIMG_PAGE_PENDING, 0, 0, 0 };
    default: return *life;
    }
}

static const char *const states[] = {
    [SIMG_PAGE_PENDING] = "pending",     [SIMG_PAGE_SENT] = "sent",       [SIMG_PAGE_SAVED] = "saved",
    [SIMG_PAGE_REFUSED] = "refused",     [SIMG_PAGE_UNKNOWN] = "unknown", [SIMG_PAGE_FAILED] = "failed",
    [SIMG_PAGE_CANCELLED] = "cancelled",
};

const char *simg_page_state_name(simg_page_state state)
{
    return states[state];
}

int simg_page_state_read(const char *name)
{
    int i;

    for (i = 0; i < SIMG_PAGE_STATES; i++)
        if (!strcmp(states[i], name))
            return i;
    return -1;
}

const char *simg_outcome_name(simg_outcome outcome)
{
    static const char *const names[] = {
        [SIMG_OUTCOME_MADE] = "made",       [SIMG_OUTCOME_NOTHING] = "nothing", [SIMG_OUTCOME_UNFIT] = "unfit",
        [SIMG_OUTCOME_REFUSED] = "refused", [SIMG_OUTCOME_UNKNOWN] = "unknown",
        [SIMG_OUTCOME_REUSED] = "reused",
    };

    return names[outcome];
}
