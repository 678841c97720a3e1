/* SPDX-License-Identifier: Apache-2.0 */
/** Which configured models are gone or will be soon, decided from a provider's list. Pure.
 *
 * A list is proof that a model is gone only if it holds another configured one by its very name: a proxy lists what it
 * likes, and takes names that it does not list. What it says of a model that it lists counts in any case. */
#ifndef SIMG_WORK_WATCH_RULE_H
#define SIMG_WORK_WATCH_RULE_H

#include "provider/provider.h"

#define SIMG_WATCH_AHEAD apr_time_from_sec(45 * 86400)

/** A model that something is to be said of. */
typedef struct simg_watch_row {
    const char *name;    /* as configured */
    int gone;            /* 1: now; 0: at shutdown */
    apr_time_t shutdown; /* as told; 0: not told, then it is gone */
} simg_watch_row;

/** Compare a configuration with a list.
 * @param models    of simg_model; one of another provider is left out, one that stands there twice is told once
 * @param provider  whose list it is
 * @param list      of simg_model_info
 * @return of simg_watch_row, in the order of models; empty: all is well, or nothing is known */
apr_array_header_t *simg_watch_rule(const apr_array_header_t *models, const simg_provider *provider,
                                    const apr_array_header_t *list, apr_time_t now, apr_pool_t *p);

#endif
