/* SPDX-License-Identifier: Apache-2.0 */
/* From the last byte of a picture to its name. */
#include "work/runner_piece.h"

#include <apr_strings.h>

#include "index/erase.h"
#include "work/convert.h"
#include "work/moderate.h"

typedef simg_runner_piece piece;

/** Was the story removed while its picture was drawn? An index that cannot say so now will say it in write_rows. */
static int is_unwanted(const piece *q)
{
    simg_problem ignored = { 0 };
    int gone = 0;
    simg_db *db;

    if (simg_index_borrow(&db, q->runner->site->index, &ignored) != APR_SUCCESS)
        return 0;
    simg_erase_is_gone(&gone, db, q->claim.job_id, &ignored);
    simg_index_return(q->runner->site->index, db);
    return gone;
}

static const simg_page_life lost = { SIMG_PAGE_UNKNOWN, 0, 0, 0 };
static const simg_page_life refused = { SIMG_PAGE_REFUSED, 0, 0, 0 };

static simg_outcome outcome_of(const piece *q)
{
    return q->reused ? SIMG_OUTCOME_REUSED : SIMG_OUTCOME_MADE;
}

/** It gets its name, then its rows. */
static void publish(piece *q)
{
    simg_problem err = { 0 };

    if (simg_upload_commit(&q->row.filename, q->upload, q->claim.kind, q->claim.epoch, q->claim.number, q->p, &err) !=
        APR_SUCCESS) {
        q->row.filename = NULL;
        simg_runner_end(q, &lost, &err, SIMG_OUTCOME_UNKNOWN);
        return;
    }
    q->row.model = apr_pstrdup(q->p, q->call.call.model_used);
    q->row.url = q->call.url;
    q->row.width = (int)q->upload->sniff.width;
    q->row.height = (int)q->upload->sniff.height;
    q->row.size = q->upload->size;
    q->row.sha256 = q->upload->sha256;
    q->row.cost = q->end.cost;
    q->row.referenced = q->claim.reference != NULL;
    q->row.reused = q->reused;
    simg_runner_end(q, &q->saved, NULL, outcome_of(q));
}

/** In the format that is wanted, if it is not. */
static void name_it(void *baton)
{
    publish(baton);
}

static void finish(piece *q)
{
    const simg_convert what = { q->runner->site, q->runner->store, q->upload, name_it, q };

    if (simg_convert_wanted(q->runner->site, q->upload))
        simg_convert_start(q->runner->loop, &what, q->p);
    else
        publish(q);
}

/** One that nobody can judge now keeps its bytes: recovery asks again. */
static void judged(void *baton, simg_judgement judgement, const simg_problem *why)
{
    piece *q = baton;
    simg_problem ignored = { 0 };

    if (judgement != SIMG_UNFIT && is_unwanted(q)) {
        simg_runner_end(q, &q->saved, NULL, outcome_of(q));
        return;
    }
    if (judgement == SIMG_FIT) {
        finish(q);
        return;
    }
    if (judgement == SIMG_UNJUDGED)
        simg_upload_keep(q->upload, &ignored);
    simg_runner_end(q, judgement == SIMG_UNFIT ? &refused : &lost, why,
                    judgement == SIMG_UNFIT ? SIMG_OUTCOME_REFUSED : SIMG_OUTCOME_UNKNOWN);
}

/* What nobody wants any more gets no name. */
void simg_runner_keep(piece *q, const simg_page_life *life)
{
    const simg_site *site = q->runner->site;
    simg_judging judging = { site, q->upload, judged, q };
    simg_problem err = { 0 };

    q->saved = *life;
    q->end.cost = q->reused ? 0 : simg_price_image(site->prices, &q->call);
    if (simg_upload_seal(q->upload, q->p, &err) != APR_SUCCESS)
        simg_runner_end(q, &lost, &err, SIMG_OUTCOME_UNKNOWN);
    else if (is_unwanted(q))
        simg_runner_end(q, life, NULL, outcome_of(q));
    else if (simg_moderate_wanted(site))
        simg_moderate_picture(q->runner->loop, &judging, q->p);
    else
        finish(q);
}
