/* SPDX-License-Identifier: Apache-2.0 */
/** store/disk: what may lie in its folders when somebody comes to tidy up. */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/file.h"
#include "picture.h"
#include "store/store.h"

static apr_pool_t *pool;
static char root[] = "/tmp/simg-recover-XXXXXX";
static simg_settings settings;
static simg_store *store;
static simg_problem err;

/* The system calls that can fail, and with what. */
static int fail_read, fail_link;
static int synced;

ssize_t read(int fd, void *buf, size_t n)
{
    errno = fail_read;
    return fail_read && fd > 2 ? -1 : syscall(SYS_read, fd, buf, n);
}

int fsync(int fd)
{
    synced += fd > 2;
    return 0;
}

int link(const char *from, const char *to)
{
    errno = fail_link;
    return fail_link ? -1 : linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

static const char *in(const char *name)
{
    return apr_pstrcat(pool, root, "/", name, NULL);
}

static void put(const char *path, const void *bytes, apr_size_t len, int mode)
{
    FILE *f = fopen(path, "w");

    if (f) {
        fwrite(bytes, 1, len, f);
        fclose(f);
        chmod(path, (mode_t)mode);
    }
}

static int mode_of(const char *path)
{
    unsigned int mode = 0;

    return simg_file_mode(&mode, path) == APR_SUCCESS ? (int)(mode & 07777) : -1;
}

static void use(const char *name)
{
    settings.generated_dir = apr_pstrcat(pool, in(name), "/generated", NULL);
    settings.state_dir = apr_pstrcat(pool, in(name), "/state", NULL);
    settings.save = 1;
    err = (simg_problem){ 0 };
    simg_store_open(&store, &settings, pool, &err);
}

static int count_parts(void)
{
    apr_array_header_t *names;

    return simg_store_parts(&names, store, pool, &err) == APR_SUCCESS ? names->nelts : -1;
}

static simg_upload *reopen(const char *name)
{
    simg_upload *u = NULL;

    err = (simg_problem){ 0 };
    return simg_upload_reopen(&u, store, name, pool, &err) == APR_SUCCESS ? u : NULL;
}

static const char *commit(simg_upload *u)
{
    const char *name = NULL;

    if (u && simg_upload_seal(u, pool, &err) == APR_SUCCESS)
        simg_upload_commit(&name, u, "story", 1000, 1, pool, &err);
    return name;
}

static apr_status_t look(const char *name)
{
    simg_upload *u;

    err = (simg_problem){ 0 };
    return simg_store_look(&u, store, name, pool, &err);
}

static int exists(const char *name)
{
    int there = -1;

    return simg_store_exists(&there, store, name, pool, &err) == APR_SUCCESS ? there : -1;
}

static void test_odd_parts(void)
{
    picture png = picture_png(600, 1, pool);

    use("odd");
    put(in("odd/real"), png.bytes, png.len, 0600);
    put(in("odd/state/incoming/.hidden.part"), png.bytes, png.len, 0600);
    put(in("odd/state/incoming/UPPER.part"), png.bytes, png.len, 0600);
    put(in("odd/state/incoming/x.part.bak"), png.bytes, png.len, 0600);
    put(in("odd/state/incoming/x"), png.bytes, png.len, 0600);
    put(in("odd/state/incoming/.part"), png.bytes, png.len, 0600);
    ok(!symlink(in("odd/real"), in("odd/state/incoming/link.part")) &&
           !mkdir(in("odd/state/incoming/dir.part"), 0700) && !mkfifo(in("odd/state/incoming/fifo.part"), 0600),
       "odd things lie among the temporary files");
    is_int(count_parts(), 0, "none is taken for ours");
    ok(!reopen("link") && !err.status, "a link is not followed");
    ok(!reopen("dir") && !err.status, "a folder is not read");
    ok(!reopen("fifo") && !err.status, "a FIFO is not waited for");
    is_int(simg_store_part_drop(store, "link", pool, &err), APR_SUCCESS, "a link is dropped");
    ok(access(in("odd/real"), F_OK) == 0, "not what it leads to");
    ok(simg_store_part_drop(store, "dir", pool, &err) && !strcmp(err.code, "storage-unwritable"), "a folder is not");
    if (geteuid() == 0) {
        put(in("odd/state/incoming/other.part"), png.bytes, png.len, 0644);
        ok(!chown(in("odd/state/incoming/other.part"), 65534, 65534) && !reopen("other") && !err.status,
           "another user's file is none of ours");
        is_int(count_parts(), 0, "nor is it told of");
    }
}

static void test_commit(void)
{
    picture png = picture_png(200000, 2, pool);
    simg_upload *u;

    use("commit");
    put(in("commit/state/incoming/a1.part"), png.bytes, png.len, 0200);
    u = reopen("a1");
    is_int(mode_of(in("commit/state/incoming/a1.part")), 0200, "what is read stays unreadable");
    synced = 0;
    is_str(commit(u), "story-1000-p1.png", "it gets its name");
    is_int(synced, 2, "file and folder were synced");
    is_int(mode_of(in("commit/generated/story-1000-p1.png")), 0644, "and may be served");
    ok(simg_file_same(in("commit/state/incoming/a1.part"), in("commit/generated/story-1000-p1.png")),
       "it has two names");
    simg_upload_done(u);
    is_int(count_parts(), 0, "then one");
    put(in("commit/state/incoming/a2.part"), png.bytes, png.len, 0200);
    fail_link = EACCES;
    ok(!commit(reopen("a2")) && count_parts() == 1, "bytes that get no name stay");
    fail_link = EEXIST;
    ok(!commit(reopen("a2")) && count_parts() == 1, "also if there is none left");
    fail_link = 0;
    put(in("commit/state/incoming/a3.part"), png.bytes, 100, 0200);
    fail_read = EIO;
    ok(!reopen("a3") && err.rv == EIO && !strcmp(err.code, "storage-unwritable"), "bytes that cannot be read");
    fail_read = 0;
    is_int(count_parts(), 2, "stay as well");
}

/* Where a file can have one name only. */
static void test_no_links(void)
{
    picture png = picture_png(5000, 3, pool);
    simg_upload *u;

    use("single");
    fail_link = EPERM;
    simg_upload_begin(&u, store, "b1", pool, &err);
    u->sink.write(&u->sink, png.bytes, png.len, &err);
    is_str(commit(u), "story-1000-p1.png", "without hard links an object is moved");
    is_int(count_parts(), 0, "and leaves no witness");
    simg_upload_done(u);
    ok(!reopen("b1") && !err.status, "nobody can take it up");
    is_int(look("story-1000-p1.png"), APR_SUCCESS, "it is there and whole");
    fail_link = 0;
}

static apr_status_t gather(void *baton, const char *name, apr_off_t size, int links, simg_problem *problem)
{
    const char **all = baton;

    (void)links;
    (void)problem;
    *all = apr_psprintf(pool, "%s%s:%d ", *all, name, (int)size);
    return APR_SUCCESS;
}

static void test_scan(void)
{
    static const char *const none[] = {
        "story-1-p1.gif", "story-1-p1.png.part", ".story-1-p1.png",  "story--p1.png",     "story-1-p.png",
        "story-1-p1.",    "Story-1-p1.png",      "story-1x-p1.png",  "story-1-p1x.png",   "xstory-1.png",
        "story-1.png",    "story.png",           "gptimg-1-p1.jpg~", "portrait-1-q1.png", "thumb-1-p1.png",
        "story-1-p1",     "-1-p1.png",           "readme",           "story-1-p1.PNG",    NULL,
    };
    const char *all = "";
    int i;

    use("scan");
    for (i = 0; none[i]; i++)
        put(apr_pstrcat(pool, settings.generated_dir, "/", none[i], NULL), "x", 1, 0644);
    mkdir(in("scan/generated/story-2-p1.png"), 0755);
    mkdir(in("scan/generated/thumbs"), 0755);
    put(in("scan/generated/thumbs/story-3-p1.png"), "x", 1, 0644);
    ok(!symlink(in("scan/generated/readme"), in("scan/generated/story-4-p1.png")), "much lies in the folder");
    is_int(simg_store_scan(store, gather, &all, pool, &err), APR_SUCCESS, "it is scanned");
    is_str(all, "", "none of it is a picture of ours");
    put(in("scan/generated/consistent-1738355170000-p12.webp"), "12345", 5, 0);
    is_int(simg_store_scan(store, gather, &all, pool, &err), APR_SUCCESS, "once more");
    is_str(all, "consistent-1738355170000-p12.webp:5 ", "one is, whatever is in it");
    is_int(exists("story-2-p1.png"), 0, "a folder is no object");
    is_int(exists("story-4-p1.png"), 1, "a link to a file is as good as a file");
    ok(!unlink(in("scan/generated/readme")) && exists("story-4-p1.png") == 0, "one to nothing is not");
    ok(look("story-4-p1.png") == APR_ENOENT && look("story-2-p1.png") == APR_ENOENT && !err.status, "neither is read");
    (void)!system(apr_pstrcat(pool, "rm -rf ", in("scan"), NULL));
    ok(!simg_store_scan(store, gather, &all, pool, &err) && count_parts() == 0, "no folder, nothing in it");
}

static void test_look(void)
{
    struct rlimit few = { 40, 40 }, old;
    picture png = picture_png(600, 4, pool);
    int i, bad = 0;

    use("look");
    put(in("look/generated/page.png"), "<!DOCTYPE html>", 15, 0644);
    put(in("look/generated/half.png"), png.bytes, 599, 0644);
    put(in("look/generated/huge.png"), png.bytes, 60, 0644);
    put(in("look/generated/good.png"), png.bytes, 600, 0644);
    ok(look("page.png") && !strcmp(err.code, "bad-image"), "a page is no image");
    ok(look("half.png") && !strcmp(err.code, "bad-image"), "nor is half of one");
    png = picture_png(64 * 1024 * 1024 + 1, 5, pool);
    put(in("look/generated/huge.png"), png.bytes, png.len, 0644);
    ok(look("huge.png") && !strcmp(err.code, "bad-image"), "nor what is larger than we save");
    png = picture_jpeg(pool);
    put(in("look/generated/tail.jpg"), png.bytes, png.len, 0644);
    is_int(look("tail.jpg"), APR_SUCCESS, "a small one is");
    ok(!truncate(in("look/generated/tail.jpg"), 64 * 1024 * 1024 + 1) && look("tail.jpg") &&
           !strcmp(err.code, "bad-image"),
       "but not with a tail of zeros beyond that limit");
    getrlimit(RLIMIT_NOFILE, &old);
    few.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    for (i = 0; i < 100; i++)
        bad += look("good.png") != APR_SUCCESS || look("half.png") != APR_EINVAL;
    setrlimit(RLIMIT_NOFILE, &old);
    is_int(bad, 0, "looking keeps no file open");
}

static void test_many(void)
{
    char *path;
    int i;

    use("many");
    for (i = 0; i < 10050; i++) {
        path = apr_psprintf(pool, "%s/incoming/p%d.part", settings.state_dir, i);
        close(open(path, O_CREAT | O_WRONLY, 0200));
    }
    is_int(count_parts(), 10000, "not more than ten thousand are told of at once");
}

/* Without privileges. */
static int nobody(void)
{
    picture png = picture_png(5000, 6, pool);
    const char *all = "";
    simg_upload *u;
    int bad = 0;

    use("nobody");
    simg_upload_begin(&u, store, "c1", pool, &err);
    u->sink.write(&u->sink, png.bytes, png.len, &err);
    bad |= mode_of(in("nobody/state/incoming/c1.part")) != 0200;
    u = reopen("c1");
    bad |= 2 * (!u || u->size != 5000 || mode_of(in("nobody/state/incoming/c1.part")) != 0200);
    bad |= 4 * (!commit(u) || mode_of(in("nobody/state/incoming/c1.part")) != 0644);
    chmod(in("nobody/generated/story-1000-p1.png"), 0);
    bad |= 8 * (look("story-1000-p1.png") != EACCES || strcmp(err.code, "storage-unwritable"));
    chmod(in("nobody/generated"), 0);
    bad |= 16 * (simg_store_scan(store, gather, &all, pool, &err) != EACCES || exists("story-1000-p1.png") != -1);
    chmod(in("nobody/state/incoming"), 0);
    bad |= 32 * (count_parts() != -1 || reopen("c1") || err.rv != EACCES);
    bad |= 64 * (simg_store_part_drop(store, "c1", pool, &err) != EACCES);
    chmod(in("nobody/generated"), 0755);
    chmod(in("nobody/state/incoming"), 0700);
    return bad;
}

static void test_nobody(void)
{
    int status = -1;
    pid_t pid;

    mkdir(in("nobody"), 0777);
    chmod(in("nobody"), 0777);
    pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
            _exit(99);
        _exit(nobody());
    }
    waitpid(pid, &status, 0);
    is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0, "what modes forbid is read, or found out");
}

static void test_unsaved(void)
{
    picture png = picture_png(600, 7, pool);
    const char *all = "";
    simg_upload *u;

    settings.save = 0;
    simg_store_open(&store, &settings, pool, &err);
    simg_upload_begin(&u, store, "d1", pool, &err);
    u->sink.write(&u->sink, png.bytes, png.len, &err);
    ok(commit(u) != NULL, "a store that keeps nothing gives names");
    simg_upload_done(u);
    ok(count_parts() == 0 && !reopen("d1") && !err.status, "but has nothing to take up");
    ok(!simg_store_part_drop(store, "d1", pool, &err) && !simg_store_scan(store, gather, &all, pool, &err) && !*all,
       "to drop, or to scan");
    ok(look("story-1000-p1.png") == APR_ENOENT && exists("story-1000-p1.png") == 0, "or to look at");
}

int main(void)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!mkdtemp(root) || chmod(root, 0755))
        return 1;
    test_odd_parts();
    test_commit();
    test_no_links();
    test_scan();
    test_look();
    test_many();
    test_nobody();
    test_unsaved();
    (void)!system(apr_pstrcat(pool, "rm -rf ", root, NULL));
    apr_terminate();
    return done_testing();
}
