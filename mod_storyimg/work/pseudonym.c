/* SPDX-License-Identifier: Apache-2.0 */
#include "work/pseudonym.h"

#include <string.h>

#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/pseudonym.h"

#define KEY_FILE "/pseudonym.key"
#define NEW_FILE "/pseudonym-XXXXXX"
#define NEW_FLAGS (APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_WRITE | APR_FOPEN_BINARY | APR_FOPEN_DELONCLOSE)

struct simg_pseudonyms {
    const char *state_dir, *path;
    const simg_log *log;
    apr_thread_mutex_t *lock; /* over the rest */
    int known;                /* the key was read */
    int told;                 /* the log knows that it could not be */
    unsigned char key[SIMG_PSEUDONYM_KEY];
};

apr_status_t simg_pseudonyms_create(simg_pseudonyms **out, const char *state_dir, const simg_log *log, apr_pool_t *p)
{
    simg_pseudonyms *k = apr_pcalloc(p, sizeof(*k));

    k->state_dir = state_dir;
    k->path = apr_pstrcat(p, state_dir, KEY_FILE, NULL);
    k->log = log;
    *out = k;
    return apr_thread_mutex_create(&k->lock, APR_THREAD_MUTEX_DEFAULT, p);
}

/** A key is whole or it is none: half of one would be easy to guess. */
static apr_status_t read_key(unsigned char *key, const char *path, apr_pool_t *p)
{
    unsigned char more;
    apr_size_t got;
    apr_file_t *file;
    int links;
    apr_status_t rv = simg_file_open_plain(&file, &links, path, 0, p);

    if (rv != APR_SUCCESS)
        return rv;
    rv = apr_file_read_full(file, key, SIMG_PSEUDONYM_KEY, &got);
    if (rv == APR_SUCCESS)
        rv = APR_STATUS_IS_EOF(apr_file_read_full(file, &more, 1, &got)) ? APR_SUCCESS : APR_EGENERAL;
    apr_file_close(file);
    return rv;
}

static apr_status_t write_key(apr_file_t *file)
{
    apr_uint64_t key[SIMG_PSEUDONYM_KEY / sizeof(apr_uint64_t)];
    apr_status_t rv;
    size_t i;

    for (i = 0; i < sizeof(key) / sizeof(*key); i++)
        key[i] = simg_clock_random();
    rv = apr_file_write_full(file, key, sizeof(key), NULL);
    if (rv == APR_SUCCESS)
        rv = simg_file_mode_set(file, 0600);
    return rv == APR_SUCCESS ? apr_file_sync(file) : rv;
}

/** It appears whole, and only if there is none: of two processes that make one at the same time both use the first. */
static apr_status_t make_key(const simg_pseudonyms *k, apr_pool_t *p)
{
    char *path = apr_pstrcat(p, k->state_dir, NEW_FILE, NULL);
    apr_file_t *file;
    apr_status_t rv = simg_dir_make_private(k->state_dir, p);

    if (rv == APR_SUCCESS)
        rv = apr_file_mktemp(&file, path, NEW_FLAGS, p);
    if (rv != APR_SUCCESS)
        return rv;
    rv = write_key(file);
    if (rv == APR_SUCCESS)
        rv = simg_file_link(path, k->path);
    apr_file_close(file); /* which removes its first name */
    if (APR_STATUS_IS_EEXIST(rv))
        return APR_SUCCESS;
    return rv == APR_SUCCESS ? simg_dir_sync(k->state_dir) : rv;
}

static apr_status_t find_key(simg_pseudonyms *k, apr_pool_t *p)
{
    apr_status_t rv = read_key(k->key, k->path, p);

    if (APR_STATUS_IS_ENOENT(rv)) {
        rv = make_key(k, p);
        if (rv == APR_SUCCESS)
            rv = read_key(k->key, k->path, p);
    }
    return rv;
}

static int have_key(simg_pseudonyms *k, apr_pool_t *p)
{
    apr_status_t rv = APR_SUCCESS;

    apr_thread_mutex_lock(k->lock);
    if (!k->known)
        rv = find_key(k, p);
    k->known = rv == APR_SUCCESS;
    if (!k->known && !k->told)
        simg_log_write(
            k->log, SIMG_WARNING, rv,
            SIMGLOG(0531) "StoryImgStateDir/pseudonym.key: no key in it, and none can be made; upstreams are "
                          "not told for whom they draw");
    k->told = !k->known;
    apr_thread_mutex_unlock(k->lock);
    return rv == APR_SUCCESS;
}

const char *simg_pseudonym_of(simg_pseudonyms *keeper, const char *subject, const char *user, apr_pool_t *p)
{
    const char *whose;

    if (!keeper || (!subject && !user) || !have_key(keeper, p))
        return NULL;
    whose = subject ? apr_pstrcat(p, "subject:", subject, NULL) : apr_pstrcat(p, "user:", user, NULL);
    return simg_pseudonym_make(keeper->key, SIMG_PSEUDONYM_KEY, whose, strlen(whose), p);
}
