/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_portable.h>

#define DRAFT_MODE 0200
#define PUBLISHED_MODE 0644

apr_status_t simg_dir_make_plain(const char *path)
{
    struct stat st;

    if (mkdir(path, 0755) == 0)
        return APR_SUCCESS;
    if (errno != EEXIST)
        return errno;
    if (lstat(path, &st) != 0)
        return errno;
    return S_ISDIR(st.st_mode) ? APR_SUCCESS : APR_ENOTDIR;
}

/* Whoever had the lock before us may have published or removed the file that we have opened: its name must still be the
 * draft's, or we would write into what is served. */
static apr_status_t take(int fd, const char *path)
{
    struct stat mine, named;

    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? APR_EAGAIN : errno;
    if (fstat(fd, &mine) != 0)
        return errno;
    if (lstat(path, &named) != 0 || mine.st_dev != named.st_dev || mine.st_ino != named.st_ino)
        return APR_EAGAIN;
    if (!S_ISREG(mine.st_mode) || mine.st_nlink != 1)
        return APR_EGENERAL;
    return ftruncate(fd, 0) == 0 ? APR_SUCCESS : errno;
}

static apr_status_t draft_end(void *data)
{
    apr_os_file_t fd;

    return apr_os_file_get(&fd, data) == APR_SUCCESS && fd >= 0 ? apr_file_close(data) : APR_SUCCESS;
}

apr_status_t simg_draft_open(apr_file_t **out, const char *path, apr_pool_t *p)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, DRAFT_MODE);
    apr_status_t rv;

    if (fd < 0)
        return errno;
    rv = take(fd, path);
    if (rv == APR_SUCCESS)
        rv = apr_os_file_put(out, &fd, APR_FOPEN_WRITE | APR_FOPEN_BINARY, p);
    if (rv != APR_SUCCESS) {
        close(fd);
        return rv;
    }
    /* APR closes what it has opened itself, and only that. */
    apr_pool_cleanup_register(p, *out, draft_end, draft_end);
    return APR_SUCCESS;
}

static int folder_open(const char *folder)
{
    return open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static apr_status_t folder_error(int e)
{
    return e == ELOOP ? APR_ENOTDIR : e;
}

/* Closed last: closing lets go of the lock, and whoever has it next finds the file named. */
apr_status_t simg_draft_publish(apr_file_t *draft, const char *path, const char *folder, const char *name)
{
    int dir = folder_open(folder);
    apr_status_t rv = dir < 0 ? folder_error(errno) : APR_SUCCESS;
    apr_os_file_t fd = -1;

    if (rv == APR_SUCCESS)
        rv = apr_os_file_get(&fd, draft);
    if (rv == APR_SUCCESS && (fchmod(fd, PUBLISHED_MODE) != 0 || renameat(AT_FDCWD, path, dir, name) != 0))
        rv = errno;
    if (rv != APR_SUCCESS) {
        simg_draft_drop(draft, path);
    } else {
        rv = apr_file_close(draft);
        /* network file systems say only now that there was no room */
        if (rv != APR_SUCCESS)
            unlinkat(dir, name, 0);
    }
    if (dir >= 0)
        close(dir);
    return rv;
}

void simg_draft_drop(apr_file_t *draft, const char *path)
{
    unlink(path);
    apr_file_close(draft);
}

apr_status_t simg_draft_remove(const char *folder, const char *name)
{
    int dir = folder_open(folder);
    apr_status_t rv = APR_SUCCESS;

    if (dir < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? APR_SUCCESS : errno;
    if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
        rv = errno;
    close(dir);
    return rv;
}
