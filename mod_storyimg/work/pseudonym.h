/* SPDX-License-Identifier: Apache-2.0 */
/** What upstreams are told of whom a picture is for: a pseudonym. Whose it is can be found out only with the key in
 * StoryImgStateDir/pseudonym.key, which is made when it is needed first, read once in each process, and the same for
 * all that share the folder. */
#ifndef SIMG_WORK_PSEUDONYM_H
#define SIMG_WORK_PSEUDONYM_H

#include <apr_pools.h>

#include "base/log.h"

typedef struct simg_pseudonyms simg_pseudonyms;

/** Nothing is opened or made yet. Once per process, before its threads; ended with p. */
apr_status_t simg_pseudonyms_create(simg_pseudonyms **out, const char *state_dir, const simg_log *log, apr_pool_t *p);

/** Of the subject, else of the user: 32 hex digits. A subject and a user of one name have different ones.
 * @param keeper  NULL: nobody is given one
 * @return NULL if neither is known; or if there is no key to be had, which is no reason to draw nothing: the log says
 * so, once. */
const char *simg_pseudonym_of(simg_pseudonyms *keeper, const char *subject, const char *user, apr_pool_t *p);

#endif
