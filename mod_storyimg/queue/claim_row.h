/* SPDX-License-Identifier: Apache-2.0 */
/** A claim read from a row; for the files of this folder alone. */
#ifndef SIMG_QUEUE_CLAIM_ROW_H
#define SIMG_QUEUE_CLAIM_ROW_H

#include "queue/claims.h"

/** Columns of a claim, from job_page p, job j, story s, story_page sp; simg_claim_of reads them from column 0 on. */
#define SIMG_CLAIM_COLUMNS                                                                                             \
    "p.job_id, j.story_id, j.site, p.number, p.prompt, j.kind, j.epoch, j.brief, s.character_json, sp.scene, "         \
    "s.subject, p.state, p.link, p.tries"
enum { SIMG_CLAIM_COLUMN_COUNT = 14 };

/** All but the call: id, provider, model, links. The life is as the row has it. */
simg_claim simg_claim_of(const simg_row *row, apr_pool_t *p);

#endif
