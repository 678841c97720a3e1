/* SPDX-License-Identifier: Apache-2.0 */
/** The life of a page, decided. Pure: time and chance come as arguments, nothing is stored or sent here.
 *
 *   pending --> sent --> saved     bytes, whole, an image
 *                    --> refused   content policy: final, no other provider
 *                    --> pending   certain that nothing was made: after a back-off, same or next provider
 *                    --> unknown   no answer, or garbage: never sent again by itself
 *                    --> failed    the chain is exhausted
 *   pending --> cancelled           the job was cancelled before it was sent
 *   failed, unknown, cancelled --/retry--> pending */
#ifndef SIMG_QUEUE_PAGE_H
#define SIMG_QUEUE_PAGE_H

#include <apr_time.h>

#include "story/outcome.h"

#define SIMG_PAGE_TRIES 3                         /* of one provider */
#define SIMG_PAGE_PATIENCE apr_time_from_sec(120) /* a Retry-After beyond it is not waited for */

typedef enum simg_page_state {
    SIMG_PAGE_PENDING,
    SIMG_PAGE_SENT,
    SIMG_PAGE_SAVED,
    SIMG_PAGE_REFUSED,
    SIMG_PAGE_UNKNOWN,
    SIMG_PAGE_FAILED,
    SIMG_PAGE_CANCELLED,
    SIMG_PAGE_STATES /* how many there are */
} simg_page_state;

/** Where a page stands in its chain of providers. */
typedef struct simg_page_life {
    simg_page_state state;
    int link;                 /* which provider of the chain, from 0 */
    int tries;                /* calls sent to this provider so far */
    apr_interval_time_t wait; /* PENDING: not before this long from now */
} simg_page_life;

/** What becomes of a page after a call. The same rules hold for a text.
 * @param life         SENT, with the call counted in tries
 * @param outcome      of the call
 * @param retry_after  what the provider asked for; 0: nothing
 * @param links        providers in the chain
 * @param random       64 random bits, for the jitter */
simg_page_life simg_page_next(const simg_page_life *life, simg_outcome outcome, apr_interval_time_t retry_after,
                              int links, apr_uint64_t random);

/** The page is sent now: counts the try. */
simg_page_life simg_page_sent(const simg_page_life *life);

/** Whoever sent it is gone, and no whole picture was found: unknown, never sent again by itself. */
simg_page_life simg_page_orphaned(const simg_page_life *life);

/** The job was cancelled: a page not yet sent is not sent. */
simg_page_life simg_page_cancelled(const simg_page_life *life);

/** /retry: from the first provider on, if the page has no picture and may have one; a refusal is final. */
simg_page_life simg_page_retried(const simg_page_life *life);

/** The words of the index: "pending" .. "cancelled". -1 if it is none of them. */
const char *simg_page_state_name(simg_page_state state);
int simg_page_state_read(const char *name);

/** The ledger's word for an outcome: "made", "nothing", "unfit", "refused", "unknown", "reused". */
const char *simg_outcome_name(simg_outcome outcome);

#endif
