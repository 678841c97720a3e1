/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_share.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define PIECE 32768

/* A regular file, or -1. Not waited for, in case it is a pipe that somebody has put there. */
static int open_plain(const char *path, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 || (fstat(fd, st) == 0 && S_ISREG(st->st_mode)))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

/* As much as there is, up to len. */
static ssize_t read_full(int fd, char *buf, size_t len)
{
    size_t have = 0;
    ssize_t n = 1;

    while (have < len && n > 0) {
        n = read(fd, buf + have, len - have);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            have += (size_t)n;
    }
    return n < 0 ? -1 : (ssize_t)have;
}

static apr_status_t compare(int a, int b)
{
    char x[PIECE], y[PIECE];
    ssize_t m, n;

    do {
        m = read_full(a, x, sizeof(x));
        n = read_full(b, y, sizeof(y));
        if (m < 0 || n < 0)
            return errno;
        if (m != n || memcmp(x, y, (size_t)m) != 0)
            return APR_EMISMATCH;
    } while (m == (ssize_t)sizeof(x));
    return APR_SUCCESS;
}

static apr_status_t compare_files(const char *a, const char *b)
{
    struct stat x, y;
    int first = open_plain(a, &x), second = first < 0 ? -1 : open_plain(b, &y);
    apr_status_t rv = errno;

    if (second >= 0)
        rv = x.st_size == y.st_size && x.st_uid == y.st_uid ? compare(first, second) : APR_EMISMATCH;
    if (first >= 0)
        close(first);
    if (second >= 0)
        close(second);
    return rv;
}

static apr_status_t link_error(int e)
{
    return e == EPERM || e == EOPNOTSUPP || e == ENOSYS || e == EMLINK || e == EXDEV ? APR_ENOTIMPL : e;
}

apr_status_t simg_file_share(const char *original, const char *name, const char *temp)
{
    apr_status_t rv;

    if (simg_file_same(original, name))
        return APR_SUCCESS;
    if (link(original, temp) != 0)
        return link_error(errno);
    /* what is compared is what the name will stand for, whatever happens to the original meanwhile */
    rv = compare_files(temp, name);
    if (rv == APR_SUCCESS && rename(temp, name) != 0)
        rv = errno;
    if (rv != APR_SUCCESS)
        unlink(temp);
    return rv;
}
