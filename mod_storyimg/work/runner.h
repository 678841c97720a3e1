/* SPDX-License-Identifier: Apache-2.0 */
/** Draws pages of jobs over a loop: claims them (queue/claims.h), each then through prompt -> provider -> bytes ->
 * sniff -> store
 * -> one transaction of ledger, page, story and image. The worker has one per site, a synchronous call one of its own.
 */
#ifndef SIMG_WORK_RUNNER_H
#define SIMG_WORK_RUNNER_H

#include "queue/jobs.h"
#include "work/site.h"

typedef struct simg_runner simg_runner;

apr_status_t simg_runner_create(simg_runner **out, const simg_site *site, simg_loop *loop, apr_pool_t *p,
                                simg_problem *err);

/** Claim a batch of pages and start them, up to `max` under way in this runner; the next batch is claimed by the next
 * call, once these have left (simg_loop_turn).
 * @param job_id  only of this job; NULL: of any that nobody holds
 * @param next    receives when the next page may be sent; 0: none waits, or there is no room for it now */
apr_status_t simg_runner_fill(simg_runner *runner, const char *job_id, int max, apr_time_t *next, simg_problem *err);

/** When the next page of a site may be sent: as `next` of simg_runner_fill. Reads only. */
apr_status_t simg_runner_look(apr_time_t *next, const simg_site *site, const char *job_id, simg_problem *err);

/** How many are under way, those included whose end could not be written down yet (tried again each second). */
int simg_runner_busy(const simg_runner *runner);

/** How many of these are calls under way: paid for, and lost if the runner went now. */
int simg_runner_drawing(const simg_runner *runner);

/** The brief of a job: what its pages share, as JSON for queue/jobs.h. */
const char *simg_runner_brief(const simg_order *order, apr_pool_t *p);

#endif
