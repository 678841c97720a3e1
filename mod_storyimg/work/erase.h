/* SPDX-License-Identifier: Apache-2.0 */
/** Forgetting whose data it is: a subject's stories, jobs, pictures, uploads, and what was said of them. */
#ifndef SIMG_WORK_ERASE_H
#define SIMG_WORK_ERASE_H

#include "index/erase.h"
#include "work/site.h"

/** Forget all that is a subject's; nothing there is success. Stories go first, so that nothing more is drawn for them,
 * and what is drawn at this moment is not kept (work/runner.c); then each file before its record: what a killed one
 * left is still recorded, and the next one finds it. Memory does not grow with the number of files. One log line, of
 * counts. Problems: "storage-unwritable", "index-unavailable". */
apr_status_t simg_erase(simg_erased *counts, const simg_site *site, const char *subject, apr_pool_t *p,
                        simg_problem *err);

#endif
