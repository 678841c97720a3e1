/* SPDX-License-Identifier: Apache-2.0 */
/** The ledger (queue/claims.h) of calls that belong to no job: texts, and pictures that are not kept. */
#ifndef SIMG_WORK_LEDGER_H
#define SIMG_WORK_LEDGER_H

#include "work/site.h"

/** Before a call is sent: write it down. If that fails, nothing may be sent.
 * @param call_id  receives its id; NULL if request_id is NULL: then nothing is written
 * @param kind     "text", "vision", "image" or "edit" */
apr_status_t simg_ledger_open(const char **call_id, const simg_site *site, const char *request_id, const char *kind,
                              const simg_model *model, apr_pool_t *p, simg_problem *err);

/** It has ended. call_id may be NULL. An index that is gone leaves the call without an outcome, which counts as
 * unknown. */
void simg_ledger_close(const simg_site *site, const char *call_id, simg_outcome outcome, apr_int64_t cost);

#endif
