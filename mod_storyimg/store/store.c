/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <string.h>

#include <apr_strings.h>

#include "store/disk.h"
#include "store/memory.h"
#include "store/name.h"
#include "store/thumbs.h"
#include "store/upload.h"

#define SIZE_LIMIT ((apr_off_t)64 * 1024 * 1024)
#define ROOM_PER_IMAGE ((apr_int64_t)4 * 1024 * 1024)
#define NAME_TRIES 10000
#define STEM_LIMIT 100

typedef simg_upload_own upload;

static apr_status_t open_with(simg_store **out, const simg_store_backend *backend, const simg_settings *s,
                              apr_pool_t *p, simg_problem *err)
{
    simg_store *store = apr_pcalloc(p, sizeof(*store));
    apr_status_t rv;

    store->backend = backend;
    store->pool = p;
    rv = backend->open(store, s, err);
    if (rv == APR_SUCCESS)
        *out = store;
    return rv;
}

apr_status_t simg_store_open(simg_store **out, const simg_settings *s, apr_pool_t *p, simg_problem *err)
{
    return open_with(out, s->save ? &simg_store_disk : &simg_store_memory, s, p, err);
}

apr_status_t simg_store_open_uploads(simg_store **out, const simg_settings *s, apr_pool_t *p, simg_problem *err)
{
    return open_with(out, &simg_store_disk_uploads, s, p, err);
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
    up->at = SIMG_UPLOAD_SPOILT;
    return simg_problem_set(err, up->p, "bad-image", APR_EINVAL, "%s", why);
}

apr_status_t simg_upload_watch(simg_upload_own *up, const void *data, apr_size_t len, simg_problem *err)
{
    if (len > (apr_size_t)(SIZE_LIMIT - up->u.size))
        return bad_image(up, "the image is larger than 64 MB", err);
    if (!simg_sniff_feed(&up->u.sniff, data, len))
        return bad_image(up, "what came is not a whole PNG, JPEG or WebP image", err);
    return EVP_DigestUpdate(up->hash, data, len) == 1 ? APR_SUCCESS : misused(up, "SHA-256 failed", err);
}

/* What cannot become a picture is refused before it is written: no web page ever gets to the disk. */
static apr_status_t upload_write(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err)
{
    upload *up = (upload *)sink;
    apr_status_t rv;

    if (up->at != SIMG_UPLOAD_TAKING)
        return misused(up, "written to after its end", err);
    rv = simg_upload_watch(up, data, len, err);
    if (rv == APR_SUCCESS)
        rv = up->store->backend->write(&up->u, data, len, err);
    if (rv != APR_SUCCESS)
        up->at = SIMG_UPLOAD_SPOILT;
    else
        up->u.size += (apr_off_t)len;
    return rv;
}

static apr_status_t upload_rewind(simg_sink *sink, simg_problem *err)
{
    upload *up = (upload *)sink;
    apr_status_t rv;

    if (up->at == SIMG_UPLOAD_NAMED || up->found)
        return misused(up, "rewound after its end", err);
    simg_sniff_init(&up->u.sniff);
    up->u.size = 0;
    up->u.sha256 = NULL;
    up->at = SIMG_UPLOAD_SPOILT;
    rv = hash_start(up, err);
    if (rv == APR_SUCCESS)
        rv = up->store->backend->rewind(&up->u, err);
    if (rv == APR_SUCCESS)
        up->at = SIMG_UPLOAD_TAKING;
    return rv;
}

static apr_status_t hash_free(void *data)
{
    EVP_MD_CTX_free(data);
    return APR_SUCCESS;
}

apr_status_t simg_upload_make(simg_upload_own **out, simg_store *store, apr_pool_t *p, simg_problem *err)
{
    upload *up = apr_pcalloc(p, sizeof(*up));

    up->u.sink.write = upload_write;
    up->u.sink.rewind = upload_rewind;
    up->store = store;
    up->p = p;
    up->hash = EVP_MD_CTX_new();
    if (!up->hash)
        return misused(up, "no memory for SHA-256", err);
    apr_pool_cleanup_register(p, up->hash, hash_free, hash_free);
    simg_sniff_init(&up->u.sniff);
    *out = up;
    return hash_start(up, err);
}

apr_status_t simg_upload_begin(simg_upload **out, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    upload *up;
    apr_status_t rv = simg_upload_make(&up, store, p, err);

    if (rv == APR_SUCCESS && name && !simg_name_is_id(name))
        rv = misused(up, "its name is none", err);
    if (rv == APR_SUCCESS)
        rv = store->backend->begin(&up->u, store, name, p, err);
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
    if (up->at == SIMG_UPLOAD_SEALED || up->at == SIMG_UPLOAD_LOOKED)
        return APR_SUCCESS;
    if (up->at != SIMG_UPLOAD_TAKING && up->at != SIMG_UPLOAD_READ)
        return misused(up, "sealed after a failure", err);
    if (!simg_sniff_end(&u->sniff))
        return bad_image(up, "what came is not a whole PNG, JPEG or WebP image", err);
    if (EVP_DigestFinal_ex(up->hash, digest, &n) != 1)
        return misused(up, "SHA-256 failed", err);
    u->sha256 = hex_of(digest, n, up->p);
    up->at = SIMG_UPLOAD_SEALED;
    return APR_SUCCESS;
}

static const char *plain_stem(const char *stem, apr_pool_t *p)
{
    char *clean = apr_pstrndup(p, stem, STEM_LIMIT), *c;

    for (c = clean; *c; c++)
        if (!simg_name_is_plain(*c))
            *c = '_';
    return clean;
}

typedef struct naming {
    upload *up;
    const char *stem;
    apr_int64_t epoch;
    int page;
    apr_pool_t *p; /* scratch */
} naming;

/* The nth name to try, in a pool that holds one at a time: a crowded millisecond costs no memory. */
static const char *candidate(const naming *n, int i)
{
    apr_pool_clear(n->p);
    return apr_psprintf(n->p, "%s-%" APR_INT64_T_FMT "-p%d.%s", n->stem, n->epoch + i, n->page,
                        simg_image_extension(n->up->u.sniff.type));
}

/* The name that an earlier life gave; NULL: none. Looked for first: a name before it may have become free since. */
static const char *given_before(const naming *n)
{
    const simg_store_recovery *recovery = n->up->store->backend->recovery;
    const char *name;
    int i;

    for (i = 0; i < NAME_TRIES && n->up->links > 1; i++) {
        name = candidate(n, i);
        if (recovery->is_called(&n->up->u, name, n->p))
            return name;
    }
    return NULL;
}

/* Pictures whose names differ in the ending alone would have one thumbnail. */
static int has_sibling(const naming *n, const char *name)
{
    static const simg_image_type types[] = { SIMG_IMAGE_PNG, SIMG_IMAGE_JPEG, SIMG_IMAGE_WEBP };
    int stem = (int)strcspn(name, "."), there = 0, i;
    simg_problem ignored = { 0 };

    for (i = 0; i < 3 && !there; i++)
        if (types[i] != n->up->u.sniff.type)
            simg_store_exists(&there, n->up->store,
                              apr_psprintf(n->p, "%.*s.%s", stem, name, simg_image_extension(types[i])), n->p, &ignored);
    return there;
}

static apr_status_t name_it(const char **name, const naming *n, simg_problem *err)
{
    const simg_upload_own *up = n->up;
    apr_status_t rv = APR_EEXIST;
    int i;

    *name = given_before(n);
    if (*name)
        return up->store->backend->publish(&n->up->u, *name, n->p, err);
    for (i = 0; i < NAME_TRIES && APR_STATUS_IS_EEXIST(rv); i++) {
        *name = candidate(n, i);
        if (has_sibling(n, *name))
            continue;
        rv = up->store->backend->publish(&n->up->u, *name, n->p, err);
    }
    if (APR_STATUS_IS_EEXIST(rv))
        simg_problem_set(err, up->p, "storage-unwritable", rv, "no free name for the image");
    return rv;
}

apr_status_t simg_upload_commit(const char **name, simg_upload *u, const char *stem, apr_int64_t epoch, int page,
                                apr_pool_t *p, simg_problem *err)
{
    upload *up = (upload *)u;
    naming n = { .up = up, .stem = plain_stem(stem, p), .epoch = epoch, .page = page };
    const char *given = NULL;
    apr_status_t rv;

    if (up->at != SIMG_UPLOAD_SEALED)
        return misused(up, "named before it was sealed", err);
    apr_pool_create(&n.p, up->p);
    rv = name_it(&given, &n, err);
    if (rv == APR_SUCCESS)
        *name = apr_pstrdup(p, given);
    apr_pool_destroy(n.p);
    up->at = rv == APR_SUCCESS ? SIMG_UPLOAD_NAMED : SIMG_UPLOAD_SPOILT;
    return rv;
}

apr_status_t simg_upload_commit_as(simg_upload *u, const char *name, apr_pool_t *p, simg_problem *err)
{
    upload *up = (upload *)u;
    apr_status_t rv;

    if (up->at != SIMG_UPLOAD_SEALED || !simg_name_is_object(name))
        return misused(up, "named before it was sealed, or by what is no name", err);
    rv = up->store->backend->publish(u, name, p, err);
    if (APR_STATUS_IS_EEXIST(rv))
        simg_problem_set(err, up->p, "storage-unwritable", rv, "another image has this name");
    up->at = rv == APR_SUCCESS ? SIMG_UPLOAD_NAMED : SIMG_UPLOAD_SPOILT;
    return rv;
}

void simg_upload_done(simg_upload *u)
{
    const upload *up = (const upload *)u;
    const simg_store_recovery *recovery = up->store->backend->recovery;

    if (up->at == SIMG_UPLOAD_NAMED && recovery)
        recovery->done(u);
}

apr_file_t *simg_upload_file(const simg_upload *u)
{
    return ((const upload *)u)->store->backend->file(u);
}

apr_status_t simg_upload_keep(simg_upload *u, simg_problem *err)
{
    upload *up = (upload *)u;

    if (up->at != SIMG_UPLOAD_SEALED)
        return misused(up, "kept before it was sealed", err);
    up->at = SIMG_UPLOAD_SPOILT;
    return up->store->backend->keep ? up->store->backend->keep(u, err) : APR_SUCCESS;
}

const char *simg_upload_bytes(const simg_upload *u, apr_size_t *len)
{
    const upload *up = (const upload *)u;

    *len = (apr_size_t)u->size;
    return up->store->backend == &simg_store_memory && up->at != SIMG_UPLOAD_SPOILT ? simg_memory_bytes(u) : NULL;
}

apr_status_t simg_store_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;

    if (simg_name_is_object(name))
        rv = store->backend->remove(store, name, p, err);
    return rv == APR_SUCCESS ? simg_thumb_remove(store, name, p, err) : rv;
}

apr_status_t simg_store_settle(simg_store *store, apr_pool_t *p, simg_problem *err)
{
    const simg_store_backend *backend = store->backend;
    apr_status_t rv = backend->settle ? backend->settle(store, p, err) : APR_SUCCESS;

    return rv == APR_SUCCESS && backend->thumbs ? backend->thumbs->settle(store, p, err) : rv;
}
