/* SPDX-License-Identifier: Apache-2.0 */
/** What became of one call that costs money. Every decision about another try is made from this, never from a status
 * code. */
#ifndef SIMG_STORY_OUTCOME_H
#define SIMG_STORY_OUTCOME_H

typedef enum simg_outcome {
    SIMG_OUTCOME_MADE,    /* bytes (or a text) came, whole */
    SIMG_OUTCOME_NOTHING, /* certain that nothing was made: no connection, 429, 5xx; may be sent again */
    SIMG_OUTCOME_UNFIT, /* this provider will not do it, another may: key refused, quota used up, model unknown, request
                           refused */
    SIMG_OUTCOME_REFUSED, /* content policy: final, nobody else is asked */
    SIMG_OUTCOME_REUSED, /* nothing was sent: the picture was there already */
    SIMG_OUTCOME_UNKNOWN  /* it went out, and no answer or garbage came back: never sent again by itself */
} simg_outcome;

#endif
