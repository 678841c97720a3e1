/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pseudonym.h"

#include <apr_escape.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define KEPT 16 /* bytes: by far enough to keep all families of the world apart */

const char *simg_pseudonym_make(const void *key, apr_size_t key_len, const void *data, apr_size_t len, apr_pool_t *p)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int digest_len = 0;

    if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, digest, &digest_len) || digest_len < KEPT)
        return NULL;
    return apr_pescape_hex(p, digest, KEPT, 0);
}
