/* SPDX-License-Identifier: Apache-2.0 */
/** What processes that are gone have left behind: calls without an outcome, temporary files, files without a record,
 * records without a file. Run by the worker thread, beside serving. */
#ifndef SIMG_WORK_RECOVER_H
#define SIMG_WORK_RECOVER_H

#include "work/site.h"

/** Owners (queue/claims.h) that are gone, or whose leases have run out: finish what is whole on disk, end what is not
 * as outcome-unknown, let their jobs go on. Cheap where there is nothing to do: a read. One log line if there was. */
apr_status_t simg_recover_leases(const simg_site *site, apr_pool_t *p, simg_problem *err);

/** The same for calls of this process that it has given up long ago, while the index was gone, and for whole pictures
 * that could not be given a name when they came. About once a minute. */
apr_status_t simg_recover_stale(const simg_site *site, apr_pool_t *p, simg_problem *err);

/** Once per start of the server and folder (a task of queue/tasks.h, so that one process does it): the leases, then
 * temporary files of no call under way, then the folder against the index. One log line, at notice, if anything was
 * found. A site that has no folder of pictures gets none. */
apr_status_t simg_recover_start(const simg_site *site, apr_pool_t *p, simg_problem *err);

#endif
