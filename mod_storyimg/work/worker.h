/* SPDX-License-Identifier: Apache-2.0 */
/** The background work of one process, in a thread of its own: draws the pages of jobs, renews leases, takes up what
 * dead processes left, keeps house. */
#ifndef SIMG_WORK_WORKER_H
#define SIMG_WORK_WORKER_H

#include "work/site.h"

typedef struct simg_worker simg_worker;

/** @param sites  of simg_site *, opened; those without anything to keep are left alone
 * @param p      of the worker alone: it has an allocator of its own, since another thread uses it */
apr_status_t simg_worker_create(simg_worker **out, const apr_array_header_t *sites, apr_pool_t *p, simg_problem *err);

/** The thread's body. Returns when it was stopped and all that it had under way has ended. */
void simg_worker_run(simg_worker *worker);

/** This process is to end: claim nothing more, but go on with what is under way, and with the leases of requests that
 * are still answered. From any thread. */
void simg_worker_ease(simg_worker *worker);

/** The last request was answered: end as soon as nothing is under way. From any thread; returns at once. Then join the
 * thread: a picture that is paid for is waited for. */
void simg_worker_stop(simg_worker *worker);

#endif
