/* SPDX-License-Identifier: Apache-2.0 */
/** A name in place of another's: always the same for one key, and nobody without the key can tell whose it is. Pure. */
#ifndef SIMG_BASE_PSEUDONYM_H
#define SIMG_BASE_PSEUDONYM_H

#include <apr_pools.h>

#define SIMG_PSEUDONYM_KEY 32 /* bytes of a key */

/** HMAC-SHA256 (RFC 2104) of the bytes under a key of any length: its first 128 bits, as 32 digits [0-9a-f].
 * @return NULL if libcrypto fails */
const char *simg_pseudonym_make(const void *key, apr_size_t key_len, const void *data, apr_size_t len, apr_pool_t *p);

#endif
