/* SPDX-License-Identifier: Apache-2.0 */
/** Between the rows of a job and what an illustrator is told and what is listed: plain conversions, for work/ alone. */
#ifndef SIMG_WORK_RUNNER_ROW_H
#define SIMG_WORK_RUNNER_ROW_H

#include "index/images.h"
#include "index/stories.h"
#include "provider/provider.h"
#include "queue/claims.h"

/** A copy that lives as long as p. */
simg_claim simg_runner_claim_copy(const simg_claim *claim, apr_pool_t *p);

/** What is to be drawn, from the job's brief and the story's hero; both live as long as p. brief->reference is left as
 * it is. Problem "internal" if the
 * index holds something else. */
apr_status_t simg_runner_read(simg_brief *brief, simg_character *character, const simg_claim *claim,
                              const simg_settings *settings, apr_pool_t *p, simg_problem *err);

/** The record of a saved picture. */
simg_image simg_runner_image(const simg_claim *claim, const simg_page_row *row);

/** How loudly a page's failure is told: an operator must act, or it is the world's usual weather. */
int simg_runner_level(const simg_problem *err);

/** What a page says of its failure: the kind of problem, except where a page has a word of its own for it. */
const char *simg_runner_error_code(const simg_problem *err, simg_outcome outcome);

#endif
