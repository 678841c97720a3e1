/* SPDX-License-Identifier: Apache-2.0 */
/* base/file_share: two files of the same bytes become one. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/file.h"
#include "base/file_share.h"
#include "scratch.h"
#include "tap.h"

static apr_pool_t *pool;
static int no_links; /* what link() says; 0: it works */

/* A file system without hard links, or a file that has as many as it can have. */
int link(const char *from, const char *to)
{
    if (no_links) {
        errno = no_links;
        return -1;
    }
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static const char *path(const char *name)
{
    return apr_pstrcat(pool, scratch, "/", name, NULL);
}

static const char *put(const char *name, const char *bytes, int times)
{
    FILE *f = fopen(path(name), "w");

    while (times-- > 0)
        fputs(bytes, f);
    fclose(f);
    return path(name);
}

static int links(const char *file)
{
    struct stat st;

    return lstat(file, &st) == 0 ? (int)st.st_nlink : 0;
}

static int is_left(void)
{
    return links(path("temp"));
}

static void test_same(void)
{
    const char *a = put("a", "0123456789", 20000), *b = put("b", "0123456789", 20000);
    int open_before = open(b, O_RDONLY);
    char first[4] = "";

    is_int(simg_file_share(a, b, path("temp")), APR_SUCCESS, "two files of the same bytes");
    ok(simg_file_same(a, b), "are one");
    is_int(links(a), 2, "with two names");
    ok(!is_left(), "and no third");
    ok(read(open_before, first, 3) == 3 && !strcmp(first, "012"), "who had the other open reads on");
    close(open_before);
    is_int(simg_file_share(a, b, path("temp")), APR_SUCCESS, "once more is success");
    is_int(links(a), 2, "and changes nothing");
    unlink(a);
    is_int(links(b), 1, "without the one name the other stands for the file");
    put("c", "", 0);
    is_int(simg_file_share(put("d", "", 0), path("c"), path("temp")), APR_SUCCESS, "empty files");
}

static void refuse(const char *original, const char *name, apr_status_t want, const char *why)
{
    apr_status_t got = simg_file_share(original, name, path("temp"));

    ok(want ? got == want : got != APR_SUCCESS, "%s: %d", why, got);
    ok(!simg_file_same(original, name) && !is_left(), "%s: both are as they were", why);
}

static void test_refusals(void)
{
    const char *a = put("a", "0123456789", 20000);

    refuse(a, put("one", "0123456788", 20000), APR_EMISMATCH, "other bytes");
    refuse(a, put("long", "0123456789", 20001), APR_EMISMATCH, "a longer file");
    refuse(a, put("short", "0123456789", 19999), APR_EMISMATCH, "a shorter file");
    refuse(a, path("nothing"), APR_ENOENT, "no such name");
    refuse(path("nothing"), a, APR_ENOENT, "no such original");
    is_int(symlink(a, path("link")), 0, "a symlink");
    refuse(path("link"), put("b", "0123456789", 20000), 0, "as original is not followed");
    refuse(put("b", "0123456789", 20000), path("link"), 0, "nor as name");
    is_int(mkfifo(path("pipe"), 0600), 0, "a pipe");
    refuse(path("pipe"), a, 0, "is not waited for");
    is_int(mkdir(path("folder"), 0700), 0, "a folder");
    refuse(path("folder"), a, 0, "is no file");
}

static void test_no_links(void)
{
    static const int says[] = { EPERM, EOPNOTSUPP, EMLINK, EXDEV };
    const char *a = put("a", "x", 9), *b = put("b", "x", 9);
    apr_size_t i;

    for (i = 0; i < sizeof(says) / sizeof(*says); i++) {
        no_links = says[i];
        is_int(simg_file_share(a, b, path("temp")), APR_ENOTIMPL, "where there are no hard links");
    }
    no_links = 0;
    ok(links(a) == 1 && links(b) == 1, "nothing has changed");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    test_same();
    test_refusals();
    test_no_links();
    scratch_end();
    apr_pool_destroy(pool);
    return done_testing();
}
