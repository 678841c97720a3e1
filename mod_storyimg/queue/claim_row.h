/* SPDX-License-Identifier: Apache-2.0 */
/** A claim read from a row; for the files of this folder alone. */
#ifndef SIMG_QUEUE_CLAIM_ROW_H
#define SIMG_QUEUE_CLAIM_ROW_H

#include "queue/claims.h"

/** Columns of a claim, from job_page p, job j, story s, story_page sp; simg_claim_of reads them from column 0 on. */
#define SIMG_CLAIM_COLUMNS                                                                                             \
    "p.job_id, j.story_id, j.site, p.number, p.prompt, j.kind, j.epoch, j.brief, s.character_json, sp.scene, "         \
    "s.subject, p.state, p.link, p.tries, j.reference, p.edit_prompt, s.single"
enum { SIMG_CLAIM_COLUMN_COUNT = 17 };

/** All but the call: id, provider, model, links. The life is as the row has it; prompt and kind are those of a drawing
 * from words.
 * @param edit_prompt  receives the prompt for simg_claim_edits; NULL: not wanted */
simg_claim simg_claim_of(const char **edit_prompt, const simg_row *row, apr_pool_t *p);

/** What is different about a call that takes the reference along. */
void simg_claim_edits(simg_claim *claim, const char *edit_prompt);

#endif
