/* SPDX-License-Identifier: Apache-2.0 */
/* One object in the place of another, before either has a name. */
#include "store/store.h"

#include <apr_strings.h>

#include "store/upload.h"

apr_status_t simg_upload_replace(simg_upload *u, simg_upload *with, apr_pool_t *p, simg_problem *err)
{
    simg_upload_own *mine = (simg_upload_own *)u, *other = (simg_upload_own *)with;
    apr_status_t rv;

    if (mine->at != SIMG_UPLOAD_SEALED || other->at != SIMG_UPLOAD_SEALED || mine->store != other->store) {
        simg_problem_set(err, p, "internal", APR_EGENERAL, "internal error");
        return simg_problem_cause(err, p, "an image replaced before both were sealed");
    }
    rv = mine->store->backend->replace(u, with, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    u->sniff = with->sniff;
    u->size = with->size;
    u->sha256 = apr_pstrdup(mine->p, with->sha256);
    other->at = SIMG_UPLOAD_SPOILT;
    return APR_SUCCESS;
}
