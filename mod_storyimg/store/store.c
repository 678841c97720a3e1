/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/evp.h>

#include "store/backend.h"
#include "store/disk.h"
#include "store/memory.h"

#define SIZE_LIMIT ((apr_off_t)64 * 1024 * 1024)
#define ROOM_PER_IMAGE ((apr_int64_t)4 * 1024 * 1024)
#define NAME_TRIES 10000
#define STEM_LIMIT 100

typedef enum phase { TAKING, SEALED, NAMED, SPOILT } phase;

typedef struct upload {
    simg_upload u; /* first: callers hold this */
    simg_store *store;
    EVP_MD_CTX *hash;
    apr_pool_t *p;
    phase at;
} upload;

apr_status_t simg_store_open(simg_store **out, const simg_settings *s, apr_pool_t *p, simg_problem *err)
{
    simg_store *store = apr_pcalloc(p, sizeof(*store));
    apr_status_t rv;

    store->backend = s->save ? &simg_store_disk : &simg_store_memory;
    store->pool = p;
    rv = store->backend->open(store, s, err);
    if (rv == APR_SUCCESS)
        *out = store;
    return rv;
}

apr_status_t simg_store_ready(simg_store *store, int count, apr_pool_t *p, simg_problem *err)
{
    return store->backend->ready(store, count * ROOM_PER_IMAGE, p, err);
}

static apr_status_t misused(upload *up, const char *what, simg_problem *err)
{
    simg_problem_set(err, up->p, "internal", APR_EINVAL, "internal error");
    return simg_problem_cause(err, up->p, "upload: %s", what);
}

static apr_status_t hash_start(upload *up, simg_problem *err)
{
    if (EVP_DigestInit_ex(up->hash, EVP_sha256(), NULL) == 1)
        return APR_SUCCESS;
    return misused(up, "SHA-256 is not available", err);
}

static apr_status_t bad_image(upload *up, const char *why, simg_problem *err)
{
    up->at = SPOILT;
    return simg_problem_set(err, up->p, "bad-image", APR_EINVAL, "%s", why);
}

/* What cannot become a picture is refused before it is written: no web page ever gets to the disk. */
static apr_status_t upload_write(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err)
{
    upload *up = (upload *)sink;
    apr_status_t rv;

    if (up->at != TAKING)
        return misused(up, "written to after its end", err);
    if (len > (apr_size_t)(SIZE_LIMIT - up->u.size))
        return bad_image(up, "the image is larger than 64 MB", err);
    if (!simg_sniff_feed(&up->u.sniff, data, len))
        return bad_image(up, "what came is not a whole PNG, JPEG or WebP image", err);
    rv = EVP_DigestUpdate(up->hash, data, len) == 1 ? up->store->backend->write(&up->u, data, len, err)
                                                    : misused(up, "SHA-256 failed", err);
    if (rv != APR_SUCCESS)
        up->at = SPOILT;
    else
        up->u.size += (apr_off_t)len;
    return rv;
}

static apr_status_t upload_rewind(simg_sink *sink, simg_problem *err)
{
    upload *up = (upload *)sink;
    apr_status_t rv;

    if (up->at == NAMED)
        return misused(up, "rewound after its end", err);
    simg_sniff_init(&up->u.sniff);
    up->u.size = 0;
    up->u.sha256 = NULL;
    up->at = SPOILT;
    rv = hash_start(up, err);
    if (rv == APR_SUCCESS)
        rv = up->store->backend->rewind(&up->u, err);
    if (rv == APR_SUCCESS)
        up->at = TAKING;
    return rv;
}

static apr_status_t hash_free(void *data)
{
    EVP_MD_CTX_free(data);
    return APR_SUCCESS;
}

apr_status_t simg_upload_begin(simg_upload **out, simg_store *store, apr_pool_t *p, simg_problem *err)
{
    upload *up = apr_pcalloc(p, sizeof(*up));
    apr_status_t rv;

    up->u.sink.write = upload_write;
    up->u.sink.rewind = upload_rewind;
    up->store = store;
    up->p = p;
    up->hash = EVP_MD_CTX_new();
    if (!up->hash)
        return misused(up, "no memory for SHA-256", err);
    apr_pool_cleanup_register(p, up->hash, hash_free, hash_free);
    simg_sniff_init(&up->u.sniff);
    rv = hash_start(up, err);
    if (rv == APR_SUCCESS)
        rv = store->backend->begin(&up->u, store, p, err);
    if (rv == APR_SUCCESS)
        *out = &up->u;
    return rv;
}

static const char *hex_of(const unsigned char *bytes, apr_size_t n, apr_pool_t *p)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = apr_palloc(p, 2 * n + 1);
    apr_size_t i;

    for (i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
    return hex;
}

apr_status_t simg_upload_seal(simg_upload *u, apr_pool_t *p, simg_problem *err)
{
    upload *up = (upload *)u;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    (void)p; /* the hash lives as long as the upload */
    if (up->at == SEALED)
        return APR_SUCCESS;
    if (up->at != TAKING)
        return misused(up, "sealed after a failure", err);
    if (!simg_sniff_end(&u->sniff))
        return bad_image(up, "what came is not a whole PNG, JPEG or WebP image", err);
    if (EVP_DigestFinal_ex(up->hash, digest, &n) != 1)
        return misused(up, "SHA-256 failed", err);
    u->sha256 = hex_of(digest, n, up->p);
    up->at = SEALED;
    return APR_SUCCESS;
}

/* Letters and digits of ASCII, whatever the locale. */
static int is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static const char *plain_stem(const char *stem, apr_pool_t *p)
{
    char *clean = apr_pstrndup(p, stem, STEM_LIMIT), *c;

    for (c = clean; *c; c++)
        if (!is_plain(*c))
            *c = '_';
    return clean;
}

/* Tries one name after the other in a pool of its own, so that a crowded millisecond costs no memory. */
static apr_status_t name_it(const char **name, upload *up, const char *stem, apr_int64_t epoch, int page,
                            simg_problem *err)
{
    const simg_store_backend *backend = up->store->backend;
    const char *extension = simg_image_extension(up->u.sniff.type), *candidate = "";
    apr_pool_t *scratch;
    apr_status_t rv = APR_EEXIST;
    int i;

    apr_pool_create(&scratch, up->p);
    for (i = 0; i < NAME_TRIES && APR_STATUS_IS_EEXIST(rv); i++) {
        apr_pool_clear(scratch);
        candidate = apr_psprintf(scratch, "%s-%" APR_INT64_T_FMT "-p%d.%s", stem, epoch + i, page, extension);
        rv = backend->publish(&up->u, candidate, scratch, err);
    }
    if (APR_STATUS_IS_EEXIST(rv))
        simg_problem_set(err, up->p, "storage-unwritable", rv, "no free name for the image");
    if (rv == APR_SUCCESS)
        *name = apr_pstrdup(up->p, candidate);
    apr_pool_destroy(scratch);
    return rv;
}

apr_status_t simg_upload_commit(const char **name, simg_upload *u, const char *stem, apr_int64_t epoch, int page,
                                apr_pool_t *p, simg_problem *err)
{
    upload *up = (upload *)u;
    apr_status_t rv;

    if (up->at != SEALED)
        return misused(up, "named before it was sealed", err);
    rv = name_it(name, up, plain_stem(stem, p), epoch, page, err);
    if (rv == APR_SUCCESS)
        *name = apr_pstrdup(p, *name);
    up->at = rv == APR_SUCCESS ? NAMED : SPOILT;
    return rv;
}

const char *simg_upload_bytes(const simg_upload *u, apr_size_t *len)
{
    const upload *up = (const upload *)u;

    *len = (apr_size_t)u->size;
    return up->store->backend == &simg_store_memory && up->at != SPOILT ? simg_memory_bytes(u) : NULL;
}

/* Names that a store gives, and their kind: nothing else is an object of ours. */
static int is_object_name(const char *name)
{
    static const char *const extensions[] = { ".png", ".jpg", ".webp" };
    apr_size_t stem = 0, i;

    while (is_plain(name[stem]))
        stem++;
    for (i = 0; stem > 0 && i < sizeof(extensions) / sizeof(*extensions); i++)
        if (!strcmp(name + stem, extensions[i]))
            return 1;
    return 0;
}

apr_status_t simg_store_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    return is_object_name(name) ? store->backend->remove(store, name, p, err) : APR_SUCCESS;
}
