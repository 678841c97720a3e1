/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into httpd by a test: makes the Nth file call on the folders of STORYIMG_FAULT_DIR (separated by colons)
 * fail. Files of SQLite count only if STORYIMG_FAULT_INDEX is 1.
 *
 * The file named by STORYIMG_FAULT_FILE says which, and is read at each call: "ID N KIND", ID being a number that
 * grows, KIND being ENOSPC, EIO, EINTR or short (half of the bytes are written; counts writing calls alone). A greater
 * ID begins to count anew. FILE.seen then holds "ID COUNT FIRED": calls counted so far, by all processes, and the name
 * of the call that failed ("-": none yet). The test makes both files, writable for httpd's children; an empty one, or
 * N = 0 for counting only, lets everything pass. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <unistd.h>

#include <dlfcn.h>

#define FDS 65536
#define SHORT (-1) /* in place of an error number */

/* The C library's headers know these by other signatures (or not at all), where they are macros or hardened. */
int simg_fault_open(const char *path, int flags, ...) __asm__("open");
int simg_fault_open64(const char *path, int flags, ...) __asm__("open64");
int simg_fault_open_2(const char *path, int flags) __asm__("__open_2");
int simg_fault_open64_2(const char *path, int flags) __asm__("__open64_2");
int simg_fault_openat(int dir, const char *path, int flags, ...) __asm__("openat");
int simg_fault_openat64(int dir, const char *path, int flags, ...) __asm__("openat64");
int simg_fault_creat(const char *path, mode_t mode) __asm__("creat");
int simg_fault_creat64(const char *path, mode_t mode) __asm__("creat64");
ssize_t simg_fault_write(int fd, const void *data, size_t len) __asm__("write");
ssize_t simg_fault_pwrite(int fd, const void *data, size_t len, off_t at) __asm__("pwrite");
ssize_t simg_fault_pwrite64(int fd, const void *data, size_t len, off_t at) __asm__("pwrite64");
ssize_t simg_fault_writev(int fd, const struct iovec *list, int n) __asm__("writev");
int simg_fault_fsync(int fd) __asm__("fsync");
int simg_fault_fdatasync(int fd) __asm__("fdatasync");
int simg_fault_ftruncate(int fd, off_t len) __asm__("ftruncate");
int simg_fault_ftruncate64(int fd, off_t len) __asm__("ftruncate64");
int simg_fault_close(int fd) __asm__("close");
int simg_fault_link(const char *from, const char *to) __asm__("link");
int simg_fault_linkat(int a, const char *from, int b, const char *to, int flags) __asm__("linkat");
int simg_fault_rename(const char *from, const char *to) __asm__("rename");
int simg_fault_renameat2(int a, const char *from, int b, const char *to, unsigned int flags) __asm__("renameat2");
int simg_fault_unlink(const char *path) __asm__("unlink");

static struct {
    int (*openat)(int dir, const char *path, int flags, ...);
    ssize_t (*write)(int fd, const void *data, size_t len);
    ssize_t (*pwrite)(int fd, const void *data, size_t len, off_t at);
    ssize_t (*writev)(int fd, const struct iovec *list, int n);
    int (*fsync)(int fd);
    int (*fdatasync)(int fd);
    int (*ftruncate)(int fd, off_t len);
    int (*close)(int fd);
    int (*link)(const char *from, const char *to);
    int (*linkat)(int a, const char *from, int b, const char *to, int flags);
    int (*rename)(const char *from, const char *to);
    int (*renameat2)(int a, const char *from, int b, const char *to, unsigned int flags);
    int (*unlink)(const char *path);
} real;

static unsigned char ours[FDS]; /* descriptors of files that count; written and read by whoever owns the descriptor */

/* dlsym gives a data pointer, which ISO C does not turn into one to a function: hence the copy. */
static void find(void *function, const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (!symbol)
        abort();
    memcpy(function, &symbol, sizeof(symbol));
}

/* Other libraries may open files before our constructor runs: the last one found tells whether it has. */
__attribute__((constructor)) static void make_ready(void)
{
    if (real.unlink)
        return;
    find(&real.openat, "openat64");
    find(&real.write, "write");
    find(&real.pwrite, "pwrite64");
    find(&real.writev, "writev");
    find(&real.fsync, "fsync");
    find(&real.fdatasync, "fdatasync");
    find(&real.ftruncate, "ftruncate64");
    find(&real.close, "close");
    find(&real.link, "link");
    find(&real.linkat, "linkat");
    find(&real.rename, "rename");
    find(&real.renameat2, "renameat2");
    find(&real.unlink, "unlink");
}

static int counts_path(const char *path)
{
    const char *folder = getenv("STORYIMG_FAULT_DIR"), *index = getenv("STORYIMG_FAULT_INDEX");
    size_t n;

    if (!folder || !path || (strstr(path, ".sqlite3") && (!index || strcmp(index, "1"))))
        return 0;
    for (; *folder; folder += n + (folder[n] == ':')) {
        n = strcspn(folder, ":");
        if (n && !strncmp(path, folder, n) && (path[n] == '/' || path[n] == '\0'))
            return 1;
    }
    return 0;
}

static int counts_fd(int fd)
{
    return fd >= 0 && fd < FDS && ours[fd];
}

/* Up to size - 1 bytes of a small file, as a string. */
static void load(char *out, size_t size, int fd)
{
    ssize_t n = fd < 0 ? 0 : pread(fd, out, size - 1, 0);

    out[n > 0 ? n : 0] = '\0';
}

static int kind_of(const char *name)
{
    return !strcmp(name, "ENOSPC") ? ENOSPC : !strcmp(name, "EIO") ? EIO : !strcmp(name, "EINTR") ? EINTR : SHORT;
}

/* Count one more call in FILE.seen, under its lock; @return 1 if it is the Nth. */
static int count(const char *control, long id, long nth, const char *call)
{
    char path[PATH_MAX], text[160], fired[32] = "-";
    long seen_id = 0, seen = 0;
    int fd, hit = 0;

    snprintf(path, sizeof(path), "%s.seen", control);
    fd = real.openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return 0;
    flock(fd, LOCK_EX);
    load(text, sizeof(text), fd);
    if (sscanf(text, "%ld %ld %31s", &seen_id, &seen, fired) != 3 || seen_id < id) {
        seen = 0;
        strcpy(fired, "-");
    }
    /* Greater: the test has gone on while this thread was on its way here. */
    if (seen_id <= id) {
        hit = ++seen == nth;
        snprintf(text, sizeof(text), "%ld %ld %s\n", id, seen, hit ? call : fired);
        if (real.ftruncate(fd, 0) != 0 || real.pwrite(fd, text, strlen(text), 0) < 0)
            hit = 0;
    }
    real.close(fd); /* lets go of the lock */
    return hit;
}

/* What becomes of this call: 0: it passes; SHORT; or an error number. */
static int fault(const char *call, int writes)
{
    const char *control = getenv("STORYIMG_FAULT_FILE");
    char text[128], kind[16];
    int saved = errno, fd, what = 0;
    long id, nth;

    if (!control)
        return 0;
    fd = real.openat(AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
    load(text, sizeof(text), fd);
    if (fd >= 0)
        real.close(fd);
    if (sscanf(text, "%ld %ld %15s", &id, &nth, kind) == 3 && (writes || kind_of(kind) != SHORT))
        what = count(control, id, nth, call) ? kind_of(kind) : 0;
    errno = saved;
    return what;
}

/* @return 1, and errno, if the call is to fail. */
static int fails(const char *call)
{
    int what = fault(call, 0);

    if (what)
        errno = what;
    return what != 0;
}

/* How much of len bytes is to be written; -1, and errno: none. */
static ssize_t shortened(const char *call, int fd, size_t len)
{
    int what = counts_fd(fd) ? fault(call, 1) : 0;

    if (what > 0)
        errno = what;
    if (what == SHORT && len > 1)
        len /= 2;
    return what > 0 ? -1 : (ssize_t)len;
}

static int open_one(int dir, const char *path, int flags, mode_t mode)
{
    int fd;

    make_ready();
    if (counts_path(path) && fails("open"))
        return -1;
    fd = real.openat(dir, path, flags, mode);
    if (fd >= 0 && fd < FDS)
        ours[fd] = (unsigned char)counts_path(path);
    return fd;
}

/* The mode is there only if a file may be made. */
#define OPEN(name, dir_arg, dir)                                                                                       \
    int name(dir_arg const char *path, int flags, ...)                                                                 \
    {                                                                                                                  \
        mode_t mode = 0;                                                                                               \
        va_list args;                                                                                                  \
                                                                                                                       \
        va_start(args, flags);                                                                                         \
        if (flags & O_CREAT)                                                                                           \
            mode = va_arg(args, mode_t);                                                                               \
        va_end(args);                                                                                                  \
        return open_one(dir, path, flags, mode);                                                                       \
    }
#define NO_DIR
#define A_DIR int dir,

OPEN(simg_fault_open, NO_DIR, AT_FDCWD)
OPEN(simg_fault_open64, NO_DIR, AT_FDCWD)
OPEN(simg_fault_openat, A_DIR, dir)
OPEN(simg_fault_openat64, A_DIR, dir)

int simg_fault_open_2(const char *path, int flags)
{
    return open_one(AT_FDCWD, path, flags, 0);
}

int simg_fault_open64_2(const char *path, int flags)
{
    return open_one(AT_FDCWD, path, flags, 0);
}

int simg_fault_creat(const char *path, mode_t mode)
{
    return open_one(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int simg_fault_creat64(const char *path, mode_t mode)
{
    return open_one(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

ssize_t simg_fault_write(int fd, const void *data, size_t len)
{
    ssize_t n;

    make_ready();
    n = shortened("write", fd, len);
    return n < 0 ? -1 : real.write(fd, data, (size_t)n);
}

ssize_t simg_fault_pwrite(int fd, const void *data, size_t len, off_t at)
{
    ssize_t n;

    make_ready();
    n = shortened("pwrite", fd, len);
    return n < 0 ? -1 : real.pwrite(fd, data, (size_t)n, at);
}

ssize_t simg_fault_pwrite64(int fd, const void *data, size_t len, off_t at)
{
    return simg_fault_pwrite(fd, data, len, at);
}

/* Short: half of the first piece. */
ssize_t simg_fault_writev(int fd, const struct iovec *list, int n)
{
    size_t first = n > 0 ? list[0].iov_len : 0;
    ssize_t some;

    make_ready();
    some = shortened("writev", fd, first);
    if (some < 0)
        return -1;
    return (size_t)some < first ? real.write(fd, list[0].iov_base, (size_t)some) : real.writev(fd, list, n);
}

int simg_fault_fsync(int fd)
{
    make_ready();
    return counts_fd(fd) && fails("fsync") ? -1 : real.fsync(fd);
}

int simg_fault_fdatasync(int fd)
{
    make_ready();
    return counts_fd(fd) && fails("fdatasync") ? -1 : real.fdatasync(fd);
}

int simg_fault_ftruncate(int fd, off_t len)
{
    make_ready();
    return counts_fd(fd) && fails("ftruncate") ? -1 : real.ftruncate(fd, len);
}

int simg_fault_ftruncate64(int fd, off_t len)
{
    return simg_fault_ftruncate(fd, len);
}

/* As Linux does it: the descriptor is gone even if the call fails. */
int simg_fault_close(int fd)
{
    int counted = counts_fd(fd), rv, failed;

    make_ready();
    if (counted)
        ours[fd] = 0;
    failed = counted ? fault("close", 0) : 0;
    rv = real.close(fd);
    if (failed)
        errno = failed;
    return failed ? -1 : rv;
}

int simg_fault_link(const char *from, const char *to)
{
    make_ready();
    return counts_path(to) && fails("link") ? -1 : real.link(from, to);
}

int simg_fault_linkat(int a, const char *from, int b, const char *to, int flags)
{
    make_ready();
    return counts_path(to) && fails("linkat") ? -1 : real.linkat(a, from, b, to, flags);
}

int simg_fault_rename(const char *from, const char *to)
{
    make_ready();
    return counts_path(to) && fails("rename") ? -1 : real.rename(from, to);
}

int simg_fault_renameat2(int a, const char *from, int b, const char *to, unsigned int flags)
{
    make_ready();
    return counts_path(to) && fails("renameat2") ? -1 : real.renameat2(a, from, b, to, flags);
}

int simg_fault_unlink(const char *path)
{
    make_ready();
    return counts_path(path) && fails("unlink") ? -1 : real.unlink(path);
}
