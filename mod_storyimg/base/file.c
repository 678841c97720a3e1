/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <apr_portable.h>
#include <apr_strings.h>

/* What link() says on file systems that know no second name for a file. */
static int lacks_links(int e)
{
    return e == EPERM || e == EOPNOTSUPP || e == ENOSYS || e == EMLINK;
}

/* By a link, which leaves `from` where it is, or else by moving it. */
static apr_status_t give_name(const char *from, const char *to)
{
    int rc;

    do
        rc = link(from, to);
    while (rc != 0 && errno == EINTR);
    if (rc == 0)
        return APR_SUCCESS;
    if (!lacks_links(errno))
        return errno;
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? APR_SUCCESS : errno;
}

apr_status_t simg_file_publish(const char *from, const char *to)
{
    apr_status_t rv = give_name(from, to);

    /* A temporary name that stays behind is litter; the object is there, which is what was asked for. */
    if (rv == APR_SUCCESS)
        unlink(from);
    return rv;
}

int simg_file_same(const char *a, const char *b)
{
    struct stat x, y;

    return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

apr_status_t simg_file_link(const char *from, const char *to)
{
    apr_status_t rv = give_name(from, to);

    return APR_STATUS_IS_EEXIST(rv) && simg_file_same(from, to) ? APR_SUCCESS : rv;
}

apr_status_t simg_dir_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    apr_status_t rv = APR_SUCCESS;

    if (fd < 0)
        return errno;
    /* EINVAL: a file system that keeps no folder in a cache has nothing to flush. */
    if (fsync(fd) != 0 && errno != EINVAL)
        rv = errno;
    close(fd);
    return rv;
}

/* The folder above path; NULL above the root and above a bare name. */
static const char *parent_of(const char *path, apr_pool_t *p)
{
    apr_size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len == 0 || !strcmp(path, "/") ? NULL : apr_pstrmemdup(p, path, len);
}

static apr_status_t is_folder(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return errno;
    return S_ISDIR(st.st_mode) ? APR_SUCCESS : APR_ENOTDIR;
}

/* One level. Another process may make the same folder at this moment: that is as good. */
static apr_status_t make_level(const char *path, mode_t mode)
{
    apr_status_t rv = is_folder(path);

    if (!APR_STATUS_IS_ENOENT(rv))
        return rv;
    if (mkdir(path, mode) == 0)
        return APR_SUCCESS;
    return errno == EEXIST ? is_folder(path) : errno;
}

static apr_status_t make_folder(const char *path, mode_t mode, apr_pool_t *p)
{
    apr_status_t rv = make_level(path, mode);
    const char *parent;

    if (!APR_STATUS_IS_ENOENT(rv))
        return rv;
    parent = parent_of(path, p);
    if (!parent)
        return rv;
    rv = simg_dir_make(parent, p);
    if (rv == APR_SUCCESS)
        rv = make_level(path, mode);
    return rv;
}

apr_status_t simg_dir_make(const char *path, apr_pool_t *p)
{
    return make_folder(path, 0755, p);
}

apr_status_t simg_dir_make_private(const char *path, apr_pool_t *p)
{
    return make_folder(path, 0700, p);
}

apr_status_t simg_dir_writable(const char *path)
{
    return faccessat(AT_FDCWD, path, R_OK | W_OK | X_OK, AT_EACCESS) == 0 ? is_folder(path) : errno;
}

apr_status_t simg_disk_free(apr_int64_t *bytes, const char *path)
{
    struct statvfs st;

    if (statvfs(path, &st) != 0)
        return errno;
    if (__builtin_mul_overflow(st.f_bavail, st.f_frsize, bytes))
        *bytes = APR_INT64_MAX;
    return APR_SUCCESS;
}

/* Two bind mounts of one disk (the volumes of a container) share the device number, and yet link() refuses to
 * cross them: so the mount is compared as well, where the kernel tells it. */
int simg_same_disk(const char *a, const char *b)
{
    const unsigned int want = STATX_TYPE | STATX_MNT_ID;
    struct statx x, y;

    if (statx(AT_FDCWD, a, 0, want, &x) != 0 || statx(AT_FDCWD, b, 0, want, &y) != 0)
        return 0;
    if (x.stx_dev_major != y.stx_dev_major || x.stx_dev_minor != y.stx_dev_minor)
        return 0;
    return !(x.stx_mask & y.stx_mask & STATX_MNT_ID) || x.stx_mnt_id == y.stx_mnt_id;
}

/* Take what is there, up to cap bytes; the end of the file is not an error. */
static apr_status_t read_up_to(apr_file_t *file, char *buf, apr_size_t cap, apr_size_t *len)
{
    apr_status_t rv = apr_file_read_full(file, buf, cap, len);

    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

/* The size of a pipe or of a file below /proc is not known beforehand, hence the growing buffer. */
static apr_status_t read_all(char **out, apr_size_t *len, apr_file_t *file, apr_size_t max, apr_pool_t *p)
{
    apr_size_t cap = max < 4096 ? max + 1 : 4096, have = 0, got = 0;
    char *buf = apr_palloc(p, cap + 1), *larger;
    apr_status_t rv;

    while ((rv = read_up_to(file, buf + have, cap - have, &got)) == APR_SUCCESS) {
        have += got;
        if (have < cap || have > max)
            break;
        cap = cap > max / 2 ? max + 1 : cap * 2;
        larger = apr_palloc(p, cap + 1);
        memcpy(larger, buf, have);
        buf = larger;
    }
    if (rv != APR_SUCCESS || have > max)
        return rv != APR_SUCCESS ? rv : APR_ENOSPC;
    buf[have] = '\0';
    *out = buf;
    *len = have;
    return APR_SUCCESS;
}

apr_status_t simg_file_read(char **out, apr_size_t *len, const char *path, apr_size_t max, apr_pool_t *p)
{
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_FPROT_OS_DEFAULT, p);

    if (rv != APR_SUCCESS)
        return rv;
    rv = read_all(out, len, file, max, p);
    apr_file_close(file);
    return rv;
}

apr_status_t simg_file_mode(unsigned int *mode, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return errno;
    *mode = st.st_mode;
    return APR_SUCCESS;
}

apr_status_t simg_file_mode_set(apr_file_t *file, unsigned int mode)
{
    apr_os_file_t fd;
    apr_status_t rv = apr_os_file_get(&fd, file);

    if (rv != APR_SUCCESS)
        return rv;
    return fchmod(fd, (mode_t)mode) == 0 ? APR_SUCCESS : errno;
}

/* Neither a FIFO nor a device may hold us up: only files that are nothing but files. */
static int open_plain(const char *path, int how, struct stat *st)
{
    int fd = open(path, how | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

/* A file that its owner may only write to is made readable for as long as opening it takes. */
static int open_unreadable(const char *path, struct stat *st)
{
    int gate = open_plain(path, O_WRONLY, st), fd = -1, e;
    mode_t mode;

    if (gate < 0)
        return -1;
    mode = st->st_mode & 07777;
    if (fchmod(gate, S_IRUSR | S_IWUSR) == 0)
        fd = open_plain(path, O_RDONLY, st);
    e = errno;
    fchmod(gate, mode);
    close(gate);
    errno = e;
    return fd;
}

static apr_status_t plain_end(void *data)
{
    apr_os_file_t fd;

    return apr_os_file_get(&fd, data) == APR_SUCCESS && fd >= 0 ? apr_file_close(data) : APR_SUCCESS;
}

apr_status_t simg_file_open_plain(apr_file_t **out, int *links, const char *path, int ours, apr_pool_t *p)
{
    struct stat st;
    apr_status_t rv;
    int fd = open_plain(path, O_RDONLY, &st);

    if (fd < 0 && ours && errno == EACCES)
        fd = open_unreadable(path, &st);
    if (fd < 0)
        return errno == ELOOP || errno == ENXIO ? APR_ENOENT : errno;
    rv = ours && st.st_uid != geteuid() ? APR_ENOENT : apr_os_file_put(out, &fd, APR_FOPEN_READ | APR_FOPEN_BINARY, p);
    if (rv != APR_SUCCESS) {
        close(fd);
        return rv;
    }
    /* APR closes what it has opened itself, and only that. */
    apr_pool_cleanup_register(p, *out, plain_end, plain_end);
    *links = (int)st.st_nlink;
    return APR_SUCCESS;
}

void simg_file_read_ahead(apr_file_t *file)
{
    apr_os_file_t fd;

    if (apr_os_file_get(&fd, file) == APR_SUCCESS)
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
}

apr_status_t simg_file_lock(apr_file_t *file)
{
    apr_os_file_t fd;

    apr_os_file_get(&fd, file);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return APR_SUCCESS;
    return errno == EWOULDBLOCK ? APR_EAGAIN : APR_FROM_OS_ERROR(errno);
}
