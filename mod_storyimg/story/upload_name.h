/* SPDX-License-Identifier: Apache-2.0 */
/** Names of uploads: `character-image-<milliseconds>-<random>.<ext>`. Pure; nothing is looked up. */
#ifndef SIMG_STORY_UPLOAD_NAME_H
#define SIMG_STORY_UPLOAD_NAME_H

#include <apr_pools.h>
#include <apr_time.h>

/** A new name. @param id  the random part, [0-9a-z]+ @param extension  "png", "jpg" or "webp" */
const char *simg_upload_name_make(apr_time_t now, const char *id, const char *extension, apr_pool_t *p);

/** @return 1 if it is such a name, and nothing else */
int simg_upload_name_is(const char *name);

/** Where uploads are found. */
typedef struct simg_upload_place {
    const char *prefix;       /* "/uploads/", or absolute (a CDN) */
    const char *const *hosts; /* "example.com", "example.com:8080": this very site, as it may be called; ended by NULL */
} simg_upload_place;

/** The name that a client's imageUrl means: a bare name, the prefix and a name, or http(s)://host before these; inside
 * of url. NULL: anything else, however it is written: nothing is decoded, no path is resolved. */
const char *simg_upload_name_of(const char *url, const simg_upload_place *place);

#endif
