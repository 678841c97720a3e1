/* SPDX-License-Identifier: Apache-2.0 */
/** What an upload is made of; for the files of this folder alone. */
#ifndef SIMG_STORE_UPLOAD_H
#define SIMG_STORE_UPLOAD_H

#include <openssl/evp.h>

#include "store/backend.h"

typedef enum simg_upload_phase {
    SIMG_UPLOAD_TAKING, /* bytes come */
    SIMG_UPLOAD_READ,   /* it was there already, and all its bytes have been looked at */
    SIMG_UPLOAD_SEALED,
    SIMG_UPLOAD_NAMED,
    SIMG_UPLOAD_LOOKED, /* a visible object: only to be looked at */
    SIMG_UPLOAD_SPOILT
} simg_upload_phase;

typedef struct simg_upload_own {
    simg_upload u; /* first: callers hold this */
    simg_store *store;
    EVP_MD_CTX *hash;
    apr_pool_t *p;
    simg_upload_phase at;
    int found; /* it was there already: its bytes are what they are */
    int links; /* names that it had when it was found */
} simg_upload_own;

/** An upload that has no bytes yet and is known to no backend. */
apr_status_t simg_upload_make(simg_upload_own **out, simg_store *store, apr_pool_t *p, simg_problem *err);

/** Let bytes pass through sniff and hash. Problem "bad-image" as soon as they cannot become an image. */
apr_status_t simg_upload_watch(simg_upload_own *up, const void *data, apr_size_t len, simg_problem *err);

#endif
