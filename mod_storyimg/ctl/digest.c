/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/digest.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/evp.h>

#include "base/file.h"

#define PIECE ((apr_size_t)256 * 1024)

struct ctl_digest {
    apr_pool_t *pool; /* of one file */
    EVP_MD_CTX *hash;
    char *piece;
};

static apr_status_t hash_free(void *data)
{
    EVP_MD_CTX_free(data);
    return APR_SUCCESS;
}

/* A pool belongs to one thread only with an allocator of its own. */
apr_status_t ctl_digest_create(ctl_digest **out, apr_pool_t *p)
{
    ctl_digest *d = apr_pcalloc(p, sizeof(*d));
    apr_allocator_t *own;
    apr_status_t rv = apr_allocator_create(&own);

    if (rv != APR_SUCCESS)
        return rv;
    rv = apr_pool_create_ex(&d->pool, NULL, NULL, own);
    if (rv != APR_SUCCESS) {
        apr_allocator_destroy(own);
        return rv;
    }
    apr_allocator_owner_set(own, d->pool);
    d->piece = apr_palloc(p, PIECE);
    d->hash = EVP_MD_CTX_new();
    if (!d->hash)
        return APR_ENOMEM;
    apr_pool_cleanup_register(p, d->hash, hash_free, apr_pool_cleanup_null);
    *out = d;
    return APR_SUCCESS;
}

apr_pool_t *ctl_digest_pool(const ctl_digest *d)
{
    return d->pool;
}

static apr_status_t take(ctl_seen *seen, const ctl_digest *d, apr_size_t len, int sniff)
{
    seen->size += (apr_int64_t)len;
    if (sniff && !simg_sniff_feed(&seen->sniff, d->piece, len))
        return APR_EINVAL;
    return EVP_DigestUpdate(d->hash, d->piece, len) == 1 ? APR_SUCCESS : APR_EGENERAL;
}

static apr_status_t read_through(ctl_seen *seen, const ctl_digest *d, apr_file_t *file, int sniff)
{
    apr_status_t rv;

    do {
        apr_size_t len = PIECE;

        rv = apr_file_read(file, d->piece, &len);
        if (rv == APR_SUCCESS)
            rv = take(seen, d, len, sniff);
    } while (rv == APR_SUCCESS);
    /* What can be no picture is left; that it is none, its sniff says. */
    return APR_STATUS_IS_EOF(rv) || (sniff && seen->sniff.broken) ? APR_SUCCESS : rv;
}

static void write_hash(ctl_seen *seen, const ctl_digest *d)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0, i;

    if (EVP_DigestFinal_ex(d->hash, digest, &n) != 1 || n != 32)
        n = 0;
    for (i = 0; i < n; i++) {
        seen->sha256[2 * i] = digits[digest[i] >> 4];
        seen->sha256[2 * i + 1] = digits[digest[i] & 15];
    }
    seen->sha256[2 * n] = '\0';
}

apr_status_t ctl_digest_read(ctl_seen *seen, ctl_digest *d, const char *path, int sniff)
{
    apr_file_t *file;
    apr_status_t rv;

    apr_pool_clear(d->pool);
    memset(seen, 0, sizeof(*seen));
    simg_sniff_init(&seen->sniff);
    rv = simg_file_open_plain(&file, &seen->links, path, 0, d->pool);
    if (rv != APR_SUCCESS)
        return rv;
    simg_file_read_ahead(file);
    rv = EVP_DigestInit_ex(d->hash, EVP_sha256(), NULL) == 1 ? read_through(seen, d, file, sniff) : APR_EGENERAL;
    apr_file_close(file);
    if (rv == APR_SUCCESS)
        write_hash(seen, d);
    return rv;
}
