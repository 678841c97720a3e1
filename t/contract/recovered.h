/* SPDX-License-Identifier: Apache-2.0 */
/** What is under way in a store, for tests of what comes after a crash. */
#ifndef RECOVERED_H
#define RECOVERED_H

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static simg_problem err;

/* Names of what is under way, sorted, in one string. */
static inline const char *parts(void)
{
    apr_array_header_t *names = NULL;
    const char *all = "";
    int i, j;

    if (simg_store_parts(&names, store, pool, &err) != APR_SUCCESS)
        return NULL;
    for (i = 0; i < names->nelts; i++)
        for (j = i;
             j > 0 && strcmp(APR_ARRAY_IDX(names, j - 1, const char *), APR_ARRAY_IDX(names, j, const char *)) > 0;
             j--) {
            const char *swap = APR_ARRAY_IDX(names, j, const char *);

            APR_ARRAY_IDX(names, j, const char *) = APR_ARRAY_IDX(names, j - 1, const char *);
            APR_ARRAY_IDX(names, j - 1, const char *) = swap;
        }
    for (i = 0; i < names->nelts; i++)
        all = apr_pstrcat(pool, all, i ? " " : "", APR_ARRAY_IDX(names, i, const char *), NULL);
    return all;
}

static inline simg_upload *begin(const char *name, apr_pool_t *p)
{
    simg_upload *u = NULL;

    err = (simg_problem){ 0 };
    return simg_upload_begin(&u, store, name, p, &err) == APR_SUCCESS ? u : NULL;
}

static inline simg_upload *reopen(const char *name, apr_pool_t *p)
{
    simg_upload *u = NULL;

    err = (simg_problem){ 0 };
    return simg_upload_reopen(&u, store, name, p, &err) == APR_SUCCESS ? u : NULL;
}

static inline const char *commit(simg_upload *u, apr_int64_t epoch)
{
    const char *name = NULL;

    if (simg_upload_seal(u, pool, &err) == APR_SUCCESS)
        simg_upload_commit(&name, u, "story", epoch, 1, pool, &err);
    return name;
}

/* A process that is killed once it has come so far: bytes written, sealed, committed. */
static inline void die_at(const char *step, const char *name, picture pic, apr_int64_t epoch)
{
    pid_t pid = fork();

    if (pid == 0) {
        simg_upload *u = begin(name, pool);

        if (u && feed(u, pic, 1000, &err) == APR_SUCCESS && strcmp(step, "written"))
            commit(u, epoch);
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
}

#endif
