/* SPDX-License-Identifier: Apache-2.0 */
/** One site: its settings and what they stand for. A server has one per virtual host that tells stories. */
#ifndef SIMG_WORK_SITE_H
#define SIMG_WORK_SITE_H

#include "base/bell.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "base/slots.h"
#include "index/index.h"
#include "provider/price.h"
#include "provider/provider.h"
#include "story/prompts.h"
#include "work/pseudonym.h"

typedef struct simg_site {
    const char *name; /* of the virtual host: jobs are drawn with the settings of the site they came to */
    const char *run;  /* this start of the server: the same in all its processes */
    const simg_settings *settings;
    const simg_log *log;
    apr_array_header_t *writers;      /* of simg_model, in order; never empty */
    apr_array_header_t *illustrators; /* of simg_model, in order; never empty */
    apr_array_header_t *editors;      /* of simg_model: those of them who take a reference, in order; may be empty */
    const char *const *drawers;       /* "provider/model" of the illustrators, ended by NULL */
    const char *const *redrawers;     /* the same of the editors */
    apr_array_header_t *seers;        /* of simg_model: who describes pictures, in order; may be empty */
    apr_array_header_t *judges;       /* of simg_model: who judges; empty: nothing is judged */
    const simg_prompts *prompts;
    const simg_prices *prices;        /* NULL: nothing is known */
    const char *const *folders; /* generated_dir of all sites that share the index, ended by NULL; NULL: its own */
    /* of this process */
    simg_index *index; /* NULL until simg_site_open */
    const char *owner; /* this process in leases and in the ledger */
    simg_pseudonyms *pseudonyms; /* NULL until simg_site_open */
    simg_bell *bell;   /* rung when a job has come or moved; NULL: none */
    simg_slots *slots; /* requests that wait; NULL: not counted */
    simg_metrics *metrics; /* of the whole server (work/count.h); NULL: nothing is counted */
    int waiting_max;   /* how many may */
} simg_site;

/** The rest of the whole-configuration check: who writes and who draws, and for what price.
 * @param settings  finished (simg_settings_finish)
 * @return NULL and *out, or a sentence that names the directive. */
const char *simg_site_make(simg_site **out, const simg_settings *settings, const simg_log *log, apr_pool_t *p);

/** The illustrator of these names, as they stand in drawers and redrawers; NULL: none. */
const simg_model *simg_site_illustrator(const simg_site *site, const char *provider, const char *model);

/** An upload as a model is given it, in p. @param filename  NULL: none, and none is returned */
const simg_reference *simg_site_reference(const simg_site *site, const char *filename, apr_pool_t *p);

/** Connect what a process needs for itself. Once per process, after fork, before threads; ended with p. The caller then
 * sets bell, slots and waiting_max. */
apr_status_t simg_site_open(simg_site *site, apr_pool_t *p, simg_problem *err);

/** Before any money is spent: is there room for `images` pictures beside all those that are promised room already, and
 * an index to list them in? Nothing is checked if nothing will be saved. Problems: "storage-unwritable",
 * "storage-full", "index-unavailable". */
apr_status_t simg_site_ready(const simg_site *site, int images, apr_pool_t *p, simg_problem *err);

/** The same, and the room is promised to this request (queue/requests.h) from now on. */
apr_status_t simg_site_reserve(const simg_site *site, const char *request_id, int images, apr_pool_t *p,
                               simg_problem *err);

#endif
