/* SPDX-License-Identifier: Apache-2.0 */
/** A synchronous call: a job that the thread of its request draws itself. */
#ifndef SIMG_WORK_RUN_JOB_H
#define SIMG_WORK_RUN_JOB_H

#include "work/site.h"

/** Draw all pages of a job that site->owner holds, in this thread. Returns when every page has an outcome; or with a
 * problem if the index is gone for half a minute and no call is under way: then the job goes on in a worker when it is
 * back. */
apr_status_t simg_run_job(const simg_site *site, const char *job_id, apr_pool_t *p, simg_problem *err);

#endif
