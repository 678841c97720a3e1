/* SPDX-License-Identifier: Apache-2.0 */
/** The stores that must keep what every store promises: a new one is a row of fixtures[]. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <dirent.h>
#include <stdlib.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <openssl/evp.h>

#include "base/file.h"
#include "picture.h"
#include "store/store.h"
#include "tap.h"

#define MB ((apr_size_t)1024 * 1024)

/** How a test sees what a store holds, from behind its back. */
typedef struct fixture {
    const char *name;
    void (*settings)(simg_settings *s);
    int (*count)(void);                                /* objects that a reader can see */
    picture (*fetch)(const char *name, apr_pool_t *p); /* bytes NULL: none */
    const char *(*any)(int n, apr_pool_t *p);          /* name of the nth; NULL: no more */
} fixture;

static char root[] = "/tmp/simg-store-XXXXXX";
static const fixture *fix;
static simg_store *store;
static apr_pool_t *pool;

static inline void disk_settings(simg_settings *s)
{
    s->save = 1;
    s->generated_dir = apr_pstrcat(pool, root, "/deep/generated", NULL);
    s->state_dir = apr_pstrcat(pool, root, "/state", NULL);
}

static inline const char *disk_any(int n, apr_pool_t *p)
{
    DIR *dir = opendir(apr_pstrcat(p, root, "/deep/generated", NULL));
    const struct dirent *e = NULL;
    const char *name = NULL;

    while (dir && (e = readdir(dir)) != NULL)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && n-- == 0)
            break;
    if (e)
        name = apr_pstrdup(p, e->d_name);
    if (dir)
        closedir(dir);
    return name;
}

static inline int disk_count(void)
{
    int n = 0;

    while (disk_any(n, pool))
        n++;
    return n;
}

static inline picture disk_fetch(const char *name, apr_pool_t *p)
{
    const char *path = apr_pstrcat(p, root, "/deep/generated/", name, NULL);
    picture pic = { NULL, 0 };

    simg_file_read((char **)&pic.bytes, &pic.len, path, 65 * MB, p);
    return pic;
}

static const fixture fixtures[] = {
    { "disk", disk_settings, disk_count, disk_fetch, disk_any },
};

static inline int same(picture a, picture b)
{
    return a.bytes && b.bytes && a.len == b.len && !memcmp(a.bytes, b.bytes, a.len);
}

static inline const char *sha256_of(picture pic, apr_pool_t *p)
{
    unsigned char digest[32];
    char *hex = apr_palloc(p, 65);
    int i;

    EVP_Digest(pic.bytes, pic.len, digest, NULL, EVP_sha256(), NULL);
    for (i = 0; i < 32; i++)
        apr_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return hex;
}

static inline apr_status_t feed(simg_upload *u, picture pic, apr_size_t piece, simg_problem *err)
{
    apr_size_t at, n;
    apr_status_t rv = APR_SUCCESS;

    for (at = 0; at < pic.len && rv == APR_SUCCESS; at += n) {
        n = pic.len - at < piece ? pic.len - at : piece;
        rv = u->sink.write(&u->sink, pic.bytes + at, n, err);
    }
    return rv;
}

/* The whole way; NULL if it failed. */
static inline const char *save(picture pic, const char *stem, apr_int64_t epoch, int page, apr_pool_t *p)
{
    simg_problem err = { 0 };
    const char *name = NULL;
    simg_upload *u;

    if (simg_upload_begin(&u, store, NULL, p, &err) || feed(u, pic, 1000, &err) || simg_upload_seal(u, p, &err) ||
        simg_upload_commit(&name, u, stem, epoch, page, p, &err))
        printf("# %s: %s (%s)\n", err.code, err.detail, err.cause ? err.cause : "");
    else
        simg_upload_done(u);
    return name;
}

static inline int start(const char *name)
{
    simg_settings *s = apr_pcalloc(pool, sizeof(*s));
    simg_problem err = { 0 };
    apr_size_t i;

    for (i = 0; i < sizeof(fixtures) / sizeof(*fixtures); i++)
        if (!strcmp(fixtures[i].name, name))
            fix = &fixtures[i];
    if (!fix || !mkdtemp(root))
        return 0;
    fix->settings(s);
    is_int(simg_store_open(&store, s, pool, &err), APR_SUCCESS, "the store opens");
    is_int(simg_store_ready(store, 12, pool, &err), APR_SUCCESS, "and is ready");
    is_int(fix->count(), 0, "and empty");
    return store != NULL;
}

static inline int finish(void)
{
    (void)!system(apr_pstrcat(pool, "rm -rf ", root, NULL));
    apr_terminate();
    return done_testing();
}

#endif
