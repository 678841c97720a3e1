/* SPDX-License-Identifier: Apache-2.0 */
/** A job as clients see it. */
#ifndef SIMG_API_JOBS_H
#define SIMG_API_JOBS_H

#include "api/api.h"
#include "queue/jobs.h"

/** {"done", "failed", "total"}. New reference. */
json_t *simg_job_progress(const simg_job_counts *counts);

/** Where a job is found: the path of this request's mount point and the job's id. */
const char *simg_job_path(const simg_request *in, const char *job_id);

/** Answer that the job of this path is drawn further: 202, its place, the job. */
apr_status_t simg_job_accepted(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err);

#endif
