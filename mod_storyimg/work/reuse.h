/* SPDX-License-Identifier: Apache-2.0 */
/** A picture that was drawn from the very same order is not bought again (StoryImgReuse). */
#ifndef SIMG_WORK_REUSE_H
#define SIMG_WORK_REUSE_H

#include "index/images.h"
#include "provider/provider.h"
#include "queue/claims.h"
#include "store/store.h"
#include "work/site.h"

/** What a picture is drawn from, as one word: the SHA-256 of provider, model, prompt, size, quality, style, format and the
 * bytes of the reference. NULL: cannot be told now (the index is gone, or the reference). Written down with each picture,
 * whether reuse is on or not. */
const char *simg_reuse_recipe(const simg_site *site, const simg_claim *claim, const simg_brief *brief, apr_pool_t *p);

/** Whose page is to be drawn. */
typedef struct simg_reuse {
    const simg_site *site;
    simg_store *store; /* of the site's pictures */
    const simg_claim *claim;
} simg_reuse;

/** Look for a picture of the same site and subject with this recipe (NULL: there is none), and copy its bytes to an upload
 * that has none yet.
 * @param model  receives who drew it
 * @return 1: all of them are there, and are what was drawn then; 0: there is none, and the upload is empty */
int simg_reuse_copy(const char **model, simg_upload *to, const simg_reuse *what, const char *recipe, apr_pool_t *p);

#endif
