/* SPDX-License-Identifier: Apache-2.0 */
#include "work/presence.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <apr_time.h>

#include "base/file.h"

#define TRIES 50
#define PAUSE 2000 /* microseconds: whoever only looks has let go by then */

typedef struct presence {
    const char *path;
    int fd;
} presence;

static const char *path_of(const char *state_dir, const char *owner, apr_pool_t *p)
{
    return apr_pstrcat(p, state_dir, "/workers/", owner, ".lock", NULL);
}

/** The file stays, unlocked: if this process left anything under way, others see at once that it is gone. */
static apr_status_t leave(void *data)
{
    close(((const presence *)data)->fd);
    return APR_SUCCESS;
}

/** @return 1 if an open file still has this name: whoever tidied up between open and lock may have removed it. */
static int is_named(int fd, const char *path)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

static apr_status_t take_once(presence *here)
{
    here->fd = open(here->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (here->fd < 0)
        return APR_FROM_OS_ERROR(errno);
    if (flock(here->fd, LOCK_EX | LOCK_NB) == 0 && is_named(here->fd, here->path))
        return APR_SUCCESS;
    close(here->fd);
    return APR_EAGAIN;
}

apr_status_t simg_presence_take(const char *state_dir, const char *owner, apr_pool_t *p)
{
    presence *here = apr_pcalloc(p, sizeof(*here));
    apr_status_t rv = simg_dir_make_private(apr_pstrcat(p, state_dir, "/workers", NULL), p);
    int i;

    here->path = path_of(state_dir, owner, p);
    if (rv == APR_SUCCESS)
        rv = APR_EAGAIN;
    for (i = 0; i < TRIES && APR_STATUS_IS_EAGAIN(rv); i++) {
        if (i)
            apr_sleep(PAUSE);
        rv = take_once(here);
    }
    if (rv == APR_SUCCESS)
        apr_pool_cleanup_register(p, here, leave, apr_pool_cleanup_null);
    return rv;
}

simg_presence simg_presence_of(const char *state_dir, const char *owner, apr_pool_t *p)
{
    int fd = open(path_of(state_dir, owner, p), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int got;

    if (fd < 0)
        return SIMG_PRESENCE_UNKNOWN;
    got = flock(fd, LOCK_SH | LOCK_NB) == 0;
    close(fd);
    return got ? SIMG_PRESENCE_GONE : SIMG_PRESENCE_ALIVE;
}

void simg_presence_forget(const char *state_dir, const char *owner, apr_pool_t *p)
{
    unlink(path_of(state_dir, owner, p));
}

/** Removed under its lock: or else a process that took it in that moment would live on unseen. */
static void remove_if_gone(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_named(fd, path))
        unlink(path);
    close(fd);
}

void simg_presence_sweep(const char *state_dir, apr_pool_t *p)
{
    const char *folder = apr_pstrcat(p, state_dir, "/workers", NULL);
    apr_finfo_t found;
    apr_dir_t *dir;

    if (apr_dir_open(&dir, folder, p) != APR_SUCCESS)
        return;
    while (apr_dir_read(&found, APR_FINFO_NAME, dir) == APR_SUCCESS) {
        if (strstr(found.name, ".lock"))
            remove_if_gone(apr_pstrcat(p, folder, "/", found.name, NULL));
    }
    apr_dir_close(dir);
}
