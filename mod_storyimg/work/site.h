/* SPDX-License-Identifier: Apache-2.0 */
/** One site: its settings and what they stand for. A server has one per virtual host that tells stories. */
#ifndef SIMG_WORK_SITE_H
#define SIMG_WORK_SITE_H

#include "base/log.h"
#include "base/settings.h"
#include "index/index.h"
#include "provider/provider.h"

typedef struct simg_site {
    const simg_settings *settings;
    const simg_log *log;
    apr_array_header_t *writers;      /* of simg_model, in order; never empty */
    apr_array_header_t *illustrators; /* of simg_model, in order; never empty */
    simg_index *index;                /* NULL until simg_site_open */
} simg_site;

/** The rest of the whole-configuration check: who writes and who draws.
 * @param settings  finished (simg_settings_finish)
 * @return NULL and *out, or a sentence that names the directive. */
const char *simg_site_make(simg_site **out, const simg_settings *settings, const simg_log *log, apr_pool_t *p);

/** Connect what a process needs for itself. Once per process, after fork, before threads; ended with p. */
apr_status_t simg_site_open(simg_site *site, apr_pool_t *p, simg_problem *err);

/** Before any money is spent: is there room for `images` pictures, and an index to list them in? Nothing is checked
 * if nothing will be saved. Problems: "storage-unwritable", "storage-full", "index-unavailable". */
apr_status_t simg_site_ready(const simg_site *site, int images, apr_pool_t *p, simg_problem *err);

#endif
