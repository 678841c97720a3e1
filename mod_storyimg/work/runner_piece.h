/* SPDX-License-Identifier: Apache-2.0 */
/** What the files of a runner share; for work/runner*.c alone. */
#ifndef SIMG_WORK_RUNNER_PIECE_H
#define SIMG_WORK_RUNNER_PIECE_H

#include "index/stories.h"
#include "provider/provider.h"
#include "queue/claims.h"
#include "store/store.h"
#include "story/character.h"
#include "work/runner.h"

typedef struct simg_runner_piece simg_runner_piece;

/** One page under way. */
struct simg_runner_piece {
    simg_runner_piece *next, **link; /* of the runner's list */
    simg_runner *runner;
    apr_pool_t *p; /* of all that belongs to the page */
    simg_claim claim;
    simg_brief brief;
    simg_character character;
    simg_image_call call;
    simg_upload *upload;
    simg_watch *timer; /* while its end cannot be written down */
    simg_claim_end end;
    simg_page_life saved; /* what becomes of it once it is kept */
    simg_page_row row;
    const char *recipe; /* what it is drawn from (work/reuse.h) */
    int reused;         /* 1: it was there already */
    int told;  /* the log knows that its end could not be written down */
    int ended; /* nothing is left to do but to let it go */
};

struct simg_runner {
    const simg_site *site;
    const simg_settings *settings; /* the site's, saving */
    simg_loop *loop;
    simg_store *store;
    simg_runner_piece *pieces;
    int busy;
    int drawing; /* of these, whose call has not ended */
    apr_pool_t *p;
    apr_pool_t *scratch;
};

/** The bytes are all there: they are judged, get their name, and end. (runner_keep.c)
 * @param life  what becomes of the page once they are kept */
void simg_runner_keep(simg_runner_piece *q, const simg_page_life *life);

/** How a page ends is written down, now or as soon as it can be. (runner.c) @param err  NULL: it has a picture */
void simg_runner_end(simg_runner_piece *q, const simg_page_life *life, const simg_problem *err, simg_outcome outcome);

#endif
