/* SPDX-License-Identifier: Apache-2.0 */
/** store/disk: what only a disk can do to us. */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
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
static char root[] = "/tmp/simg-disk-XXXXXX";
static simg_settings settings;

/* The system calls that can fail, and with what. */
static int fail_write, fail_fsync, fail_fchmod, fail_link;
static int synced;

ssize_t write(int fd, const void *buf, size_t n)
{
    if (fail_write && fd > 2) {
        errno = fail_write;
        return -1;
    }
    return syscall(SYS_write, fd, buf, n);
}

int fsync(int fd)
{
    synced += fd > 2;
    errno = fail_fsync;
    return fail_fsync ? -1 : 0;
}

int fchmod(int fd, mode_t mode)
{
    errno = fail_fchmod;
    return fail_fchmod ? -1 : (int)syscall(SYS_fchmod, fd, mode);
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

/* Number of names in a folder; -1: no such folder. */
static int names(const char *path)
{
    apr_finfo_t info;
    apr_dir_t *dir;
    int n = 0;

    if (apr_dir_open(&dir, path, pool) != APR_SUCCESS)
        return -1;
    while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS)
        n += strcmp(info.name, ".") && strcmp(info.name, "..");
    apr_dir_close(dir);
    return n;
}

static int mode_of(const char *path)
{
    unsigned int mode = 0;

    return simg_file_mode(&mode, path) == APR_SUCCESS ? (int)(mode & 07777) : -1;
}

static simg_store *open_store(simg_problem *err)
{
    simg_store *store = NULL;

    simg_store_open(&store, &settings, pool, err);
    return store;
}

/* One picture, the whole way: its name, or NULL and *err. */
static const char *save(simg_store *store, simg_problem *err)
{
    picture png = picture_png(4000, 1, pool);
    const char *name = NULL;
    simg_upload *u;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    if (simg_upload_begin(&u, store, NULL, p, err) == APR_SUCCESS &&
        u->sink.write(&u->sink, png.bytes, png.len, err) == APR_SUCCESS && simg_upload_seal(u, p, err) == APR_SUCCESS)
        simg_upload_commit(&name, u, "story", 1000, 1, pool, err);
    if (name)
        simg_upload_done(u);
    /* what the problem says must be read before its pool goes */
    err->code = err->code ? apr_pstrdup(pool, err->code) : NULL;
    err->cause = err->cause ? apr_pstrdup(pool, err->cause) : NULL;
    err->detail = err->detail ? apr_pstrdup(pool, err->detail) : NULL;
    apr_pool_destroy(p);
    return name;
}

static void use(const char *generated, const char *state)
{
    settings.generated_dir = in(generated);
    settings.state_dir = in(state);
    settings.min_free = 0;
    settings.save = 1;
}

static void test_folders(void)
{
    simg_problem err = { 0 };
    mode_t old = umask(0077);
    simg_store *store;
    simg_upload *u;
    const char *name;

    use("one/generated", "one/state");
    store = open_store(&err);
    ok(store != NULL, "a store opens where nothing was");
    is_int(mode_of(in("one/state")), 0700, "the state folder is private");
    is_int(mode_of(in("one/state/incoming")), 0700, "incoming too");
    simg_upload_begin(&u, store, NULL, pool, &err);
    is_int(names(in("one/state/incoming")), 1, "what is under way lies there");
    is_int(names(in("one/generated")), 0, "and nowhere else");
    synced = 0;
    name = save(store, &err);
    is_str(name, "story-1000-p1.png", "an image is saved");
    is_int(mode_of(in("one/generated/story-1000-p1.png")), 0644, "readable, whatever the umask");
    is_int(synced, 2, "file and folder were synced");
    is_int(names(in("one/state/incoming")), 1, "its temporary name is gone");
    umask(old);
}

static void test_links(void)
{
    simg_problem err = { 0 };
    simg_store *store;

    use("two/generated", "two/state");
    simg_dir_make(in("two/real"), pool);
    ok(symlink(in("two/real"), in("two/generated")) == 0, "the folder is a link to a folder");
    store = open_store(&err);
    ok(symlink("/tmp/simg-planted", in("two/real/story-1000-p1.png")) == 0, "and a link is planted in it");
    is_str(save(store, &err), "story-1001-p1.png", "the image takes the next name");
    ok(access("/tmp/simg-planted", F_OK) != 0, "nothing was written through the link");
    is_int(names(in("two/real")), 2, "it lies where the folder is");
}

static void test_vanished(void)
{
    simg_problem err = { 0 };
    simg_store *store;
    simg_upload *u;
    picture png = picture_png(4000, 1, pool);
    const char *name = NULL;

    use("three/generated", "three/state");
    store = open_store(&err);
    ok(!rename(in("three"), in("three-away")), "all folders vanish");
    is_str(save(store, &err), "story-1000-p1.png", "they are made again");
    is_int(mode_of(in("three/state/incoming")), 0700, "as they were");
    simg_upload_begin(&u, store, NULL, pool, &err);
    u->sink.write(&u->sink, png.bytes, png.len, &err);
    simg_upload_seal(u, pool, &err);
    ok(!rename(in("three/generated"), in("three/lost")), "the folder vanishes in mid-write");
    simg_upload_commit(&name, u, "story", 1000, 1, pool, &err);
    is_str(name, "story-1000-p1.png", "what was paid for is kept");
    ok(!rename(in("three/generated"), in("three/lost-too")), "and once more");
    is_int(simg_store_ready(store, 1, pool, &err), APR_SUCCESS, "ready makes it too");
    is_int(names(in("three/generated")), 0, "really");
}

/* Remove the files of a folder. */
static void empty(const char *path)
{
    apr_dir_t *dir;
    apr_finfo_t f;

    if (apr_dir_open(&dir, path, pool) != APR_SUCCESS)
        return;
    while (apr_dir_read(&f, APR_FINFO_NAME, dir) == APR_SUCCESS)
        apr_file_remove(apr_pstrcat(pool, path, "/", f.name, NULL), pool);
    apr_dir_close(dir);
}

static void fault(int *where, int what, const char *code, const char *name, int kept)
{
    simg_problem err = { 0 };
    simg_store *store;

    use("four/generated", "four/state");
    store = open_store(&err);
    *where = what;
    ok(!save(store, &err) && err.code && !strcmp(err.code, code), "%s: %s", name, code);
    *where = 0;
    is_int(err.status, strcmp(code, "storage-full") ? 500 : 507, "the status");
    is_int(err.rv, what, "the cause");
    ok(err.detail && !strstr(err.detail, root), "no path for the client");
    ok(what == EEXIST || (err.cause && !strstr(err.cause, root)), "nor for the log, which is told what failed");
    ok(!names(in("four/generated")), "nothing is visible");
    is_int(names(in("four/state/incoming")), kept, kept ? "bytes that were whole are kept" : "nothing is left");
    if (kept)
        empty(in("four/state/incoming"));
}

static void test_faults(void)
{
    fault(&fail_write, ENOSPC, "storage-full", "disk full while writing", 0);
    fault(&fail_write, EDQUOT, "storage-full", "quota used up while writing", 0);
    fault(&fail_write, EIO, "storage-unwritable", "the disk breaks while writing", 0);
    fault(&fail_fsync, ENOSPC, "storage-full", "disk full at fsync", 0);
    fault(&fail_fsync, EDQUOT, "storage-full", "quota used up at fsync", 0);
    fault(&fail_fchmod, EROFS, "storage-unwritable", "read-only at fchmod", 0);
    fault(&fail_link, ENOSPC, "storage-full", "no room for a name", 1);
    fault(&fail_link, EACCES, "storage-unwritable", "no right to a name", 1);
    fault(&fail_link, EXDEV, "storage-unwritable", "another file system after all", 1);
    fault(&fail_link, EEXIST, "storage-unwritable", "every name is taken", 1);
}

static void test_room(void)
{
    simg_problem err = { 0 };
    simg_store *store;
    apr_int64_t room = 0;

    use("five/generated", "five/state");
    store = open_store(&err);
    is_int(simg_store_ready(store, 1, pool, &err), APR_SUCCESS, "there is room");
    is_int(names(in("five/state/incoming")), 0, "trying leaves nothing");
    settings.min_free = APR_INT64_MAX;
    ok(simg_store_ready(open_store(&err), 12, pool, &err) != APR_SUCCESS, "there is not so much");
    is_str(err.code, "storage-full", "so the disk counts as full");
    simg_disk_free(&room, root);
    settings.min_free = room - 100 * 1024 * 1024;
    store = open_store(&err);
    is_int(simg_store_ready(store, 1, pool, &err), APR_SUCCESS, "room for one image more than the least");
    ok(simg_store_ready(store, 12000, pool, &err) != APR_SUCCESS, "but not for many");
    settings.min_free = 0;
}

/* In a child without privileges. */
static int nobody(void)
{
    simg_problem err = { 0 };
    simg_store *store;
    int bad = 0;

    use("shared/generated", "shared/state");
    store = open_store(&err);
    bad |= !store || simg_store_ready(store, 1, pool, &err) != APR_SUCCESS;
    bad |= 2 * (chmod(in("shared/generated"), 0555) != 0 || !simg_store_ready(store, 1, pool, &err) ||
                strcmp(err.code, "storage-unwritable"));
    bad |= 4 * (save(store, &err) != NULL || err.rv != EACCES || names(in("shared/state/incoming")) != 1);
    chmod(in("shared/generated"), 0755);
    bad |= 8 * (chmod(in("shared/state/incoming"), 0500) != 0 || !simg_store_ready(store, 1, pool, &err) ||
                strcmp(err.code, "storage-unwritable"));
    chmod(in("shared/state/incoming"), 0700);
    bad |= 16 * (save(store, &err) == NULL);
    use("locked/generated", "shared/state");
    bad |= 32 * (open_store(&err) != NULL || strcmp(err.code, "storage-unwritable") || err.status != 500);
    return bad;
}

/* On a small disk of its own, in a mount namespace of its own. 77: we may not mount. */
static int small_disk(void)
{
    simg_problem err = { 0 };
    simg_store *store;
    int bad = 0, i;

    use("small", "state");
    simg_dir_make(in("small"), pool);
    if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
        mount("tmpfs", in("small"), "tmpfs", 0, "size=1m,mode=755"))
        return 77;
    store = open_store(&err);
    bad |= !store || mode_of(in("small/.incoming")) != 0700 || names(in("state/incoming")) >= 0;
    for (i = 0; i < 300 && save(store, &err); i++)
        continue;
    bad |= 2 * (i < 100 || i == 300 || strcmp(err.code, "storage-full") || err.status != 507);
    bad |= 4 * (names(in("small/.incoming")) != 0 || names(in("small")) != i + 1);
    bad |= 8 * (!simg_store_ready(store, 1, pool, &err) || strcmp(err.code, "storage-full"));
    mount("tmpfs", in("small"), "tmpfs", MS_REMOUNT | MS_RDONLY, NULL);
    bad |= 16 * (!simg_store_ready(store, 1, pool, &err) || strcmp(err.code, "storage-unwritable"));
    return bad;
}

static int in_child(int (*fn)(void), int drop)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        if (drop && geteuid() == 0 && (setgid(65534) || setuid(65534)))
            _exit(99);
        _exit(fn());
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A child that ends in the ordinary way must not take its parent's file along. */
static void test_fork(void)
{
    simg_problem err = { 0 };
    simg_store *store;
    simg_upload *u;
    int status;

    use("six/generated", "six/state");
    store = open_store(&err);
    simg_upload_begin(&u, store, NULL, pool, &err);
    if (fork() == 0) {
        apr_pool_cleanup_for_exec();
        _exit(0);
    }
    wait(&status);
    is_int(names(in("six/state/incoming")), 1, "a child leaves its parent's file alone");
}

/* With saving off, the same calls touch no disk. */
static void test_unsaved(void)
{
    picture png = picture_png(200000, 1, pool);
    simg_problem err = { 0 };
    simg_store *store;
    simg_upload *u;
    const char *bytes;
    apr_size_t len = 0, at;

    use("seven/generated", "seven/state");
    settings.save = 0;
    store = open_store(&err);
    is_int(simg_store_ready(store, 12, pool, &err), APR_SUCCESS, "a store that keeps nothing is ready");
    simg_upload_begin(&u, store, NULL, pool, &err);
    u->sink.write(&u->sink, png.bytes, 5000, &err);
    u->sink.rewind(&u->sink, &err);
    for (at = 0; at < png.len; at += 5000)
        u->sink.write(&u->sink, png.bytes + at, 5000, &err);
    is_int(simg_upload_seal(u, pool, &err), APR_SUCCESS, "it takes a picture");
    bytes = simg_upload_bytes(u, &len);
    ok(bytes && len == png.len && !memcmp(bytes, png.bytes, len), "and holds it");
    is_int(names(in("seven")), -1, "in no file");
}

int main(void)
{
    int status;

    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!mkdtemp(root) || chmod(root, 0755))
        return 1;
    test_folders();
    test_links();
    test_vanished();
    test_faults();
    test_room();
    test_fork();
    test_unsaved();
    simg_dir_make(in("shared"), pool);
    simg_dir_make(in("locked"), pool);
    chmod(in("shared"), 0777);
    chmod(in("locked"), 0555);
    is_int(in_child(nobody, 1), 0, "folders that we may not write to are found out");
    status = in_child(small_disk, 0);
    ok(status == 0 || status == 77, "a small disk of its own fills up (%d)%s", status,
       status == 77 ? " # SKIP no right to mount" : "");
    (void)!system(apr_pstrcat(pool, "rm -rf ", root, NULL));
    apr_terminate();
    return done_testing();
}
