/* SPDX-License-Identifier: Apache-2.0 */
/** Why a call failed: for the caller to act on, for the client to read, for the log to keep.
 *
 * A function that takes a simg_problem fills it if and only if it fails. The outermost caller logs it, once.
 * An answer such as "there is no such row" (APR_ENOENT) is not a failure and leaves the problem alone. */
#ifndef SIMG_BASE_PROBLEM_H
#define SIMG_BASE_PROBLEM_H

#include <apr_pools.h>
#include <apr_time.h>

typedef struct simg_problem {
    int status;                      /* HTTP status, 400..599; 0: none */
    const char *code;                /* slug of the problem type, explained in docs/problems.md */
    const char *title;               /* what the code means, in a few words */
    const char *detail;              /* for the client: no path, no SQL, no key, no child's data */
    const char *cause;               /* for the log only: may name a path; NULL: nothing to add */
    apr_status_t rv;                 /* cause, for the log */
    apr_interval_time_t retry_after; /* 0: not known */
} simg_problem;

/** Every kind of problem: one row in problem.c, one section in docs/problems.md. */
typedef struct simg_problem_kind {
    const char *code;
    int status;
    const char *title;
} simg_problem_kind;

/** The table of kinds, ended by a row whose code is NULL. */
const simg_problem_kind *simg_problem_kinds(void);

/** Fill *err with a kind of the table and a formatted detail (apr_psprintf: no %lld, use APR_INT64_T_FMT).
 * @param code  one of the table; anything else is taken as "internal"
 * @param rv    cause; APR_SUCCESS becomes APR_EGENERAL
 * @return rv as stored: never APR_SUCCESS. */
apr_status_t simg_problem_set(simg_problem *err, apr_pool_t *p, const char *code, apr_status_t rv, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/** Add the private cause, for the log. Overwrites an earlier one. Returns err->rv. */
apr_status_t simg_problem_cause(simg_problem *err, apr_pool_t *p, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
