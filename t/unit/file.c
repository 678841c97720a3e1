/* SPDX-License-Identifier: Apache-2.0 */
/** base/file: whole files under free names, folders, room on disks. */
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "base/file.h"

static apr_pool_t *pool;
static char root[] = "/tmp/simg-file-XXXXXX";
static int no_links; /* act like a file system without hard links */

int link(const char *from, const char *to)
{
    if (!no_links)
        return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
    errno = EPERM;
    return -1;
}

static const char *in(const char *name)
{
    return apr_pstrcat(pool, root, "/", name, NULL);
}

static void put(const char *path, const char *text, apr_size_t len)
{
    FILE *f = fopen(path, "w");

    if (f) {
        fwrite(text, 1, len, f);
        fclose(f);
    }
}

static const char *get(const char *path)
{
    char *text = NULL;
    apr_size_t len;

    return simg_file_read(&text, &len, path, 1000, pool) == APR_SUCCESS ? text : NULL;
}

static int there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static int mode_of(const char *path)
{
    unsigned int mode = 0;

    return simg_file_mode(&mode, path) == APR_SUCCESS ? (int)(mode & 07777) : -1;
}

/* Run fn in a child that is nobody special; its exit status. */
static int as_nobody(int (*fn)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
            _exit(99);
        _exit(fn());
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_publish(const char *how)
{
    const char *from = in("from"), *to = in("to"), *target = in("target"), *bait = in("bait");

    put(from, "one", 3);
    is_int(simg_file_publish(from, to), APR_SUCCESS, apr_psprintf(pool, "%s: published", how));
    is_str(get(to), "one", "under the new name");
    ok(!there(from), "and not under the old one");
    put(from, "two", 3);
    is_int(simg_file_publish(from, to), APR_EEXIST, "a name that is taken");
    is_str(get(to), "one", "keeps its file");
    is_str(get(from), "two", "and the other one too");
    ok(symlink(target, bait) == 0, "a link that leads nowhere is planted");
    is_int(simg_file_publish(from, bait), APR_EEXIST, "it is not followed");
    ok(!there(target), "nor is anything made behind it");
    put(target, "innocent", 8);
    is_int(simg_file_publish(from, bait), APR_EEXIST, "nor when it leads somewhere");
    is_str(get(target), "innocent", "where nothing is overwritten");
    is_int(simg_file_publish(from, in("nowhere/x")), ENOENT, "no such folder");
    is_int(simg_file_publish(in("nothing"), in("x")), ENOENT, "no such file");
    unlink(from), unlink(to), unlink(bait), unlink(target);
}

static void test_link(const char *how)
{
    const char *from = in("from"), *to = in("to"), *bait = in("bait");

    put(from, "one", 3);
    is_int(simg_file_link(from, to), APR_SUCCESS, apr_psprintf(pool, "%s: a second name", how));
    is_str(get(to), "one", "leads to the bytes");
    is_int(there(from), !no_links, no_links ? "the first is gone" : "the first stays");
    ok(simg_file_same(from, to) == !no_links && simg_file_same(to, to), "two names of one file");
    if (!no_links)
        is_int(simg_file_link(from, to), APR_SUCCESS, "a name that it has already");
    unlink(from);
    put(from, "two", 3);
    is_int(simg_file_link(from, to), APR_EEXIST, "another file's name");
    ok(!strcmp(get(to), "one") && !strcmp(get(from), "two") && !simg_file_same(from, to), "nothing changes");
    ok(!symlink(from, bait) && !simg_file_same(from, bait), "a symlink is no such name");
    is_int(simg_file_link(from, bait), APR_EEXIST, "it is not followed, even if it leads to the file");
    is_int(simg_file_link(in("nothing"), in("x")), ENOENT, "no such file");
    ok(!simg_file_same(in("nothing"), in("nothing")), "nothing is not the same as nothing");
    is_int(simg_file_publish(from, from), APR_EEXIST, "a file is not published as itself");
    is_str(get(from), "two", "nor lost by that");
    unlink(from), unlink(to), unlink(bait);
}

/* The first bytes of what opens; NULL: it does not, for *rv. */
static const char *open_plain(apr_status_t *rv, int *links, const char *name, int ours)
{
    char buf[10] = "";
    apr_size_t len = sizeof(buf) - 1;
    apr_file_t *file;

    *rv = simg_file_open_plain(&file, links, in(name), ours, pool);
    if (*rv != APR_SUCCESS)
        return NULL;
    apr_file_read(file, buf, &len);
    apr_file_close(file);
    return apr_pstrdup(pool, buf);
}

/* As nobody special, in a folder of its own. */
static int unreadable(void)
{
    struct stat st;
    apr_status_t rv;
    int links, bad;

    mkdir(in("open/mine"), 0700);
    put(in("open/mine/f"), "mine", 4);
    chmod(in("open/mine/f"), 0200);
    bad = open_plain(&rv, &links, "open/mine/f", 0) || rv != EACCES;
    bad |= 2 * (strcmp(open_plain(&rv, &links, "open/mine/f", 1), "mine") != 0);
    bad |= 4 * (mode_of(in("open/mine/f")) != 0200);
    chmod(in("open/mine/f"), 0);
    bad |= 8 * (open_plain(&rv, &links, "open/mine/f", 1) || rv != EACCES);
    /* the test itself may have been started by nobody special */
    return bad |
           16 * (!open_plain(&rv, &links, "open/root", 1) != (stat(in("open/root"), &st) || st.st_uid != geteuid()));
}

static void test_open_plain(void)
{
    apr_status_t rv;
    apr_pool_t *p;
    apr_file_t *file;
    int links = 0, before, after;

    mkdir(in("open"), 0777);
    chmod(in("open"), 0777);
    put(in("open/root"), "text", 4);
    chmod(in("open/root"), 0644);
    is_str(open_plain(&rv, &links, "open/root", 1), "text", "a plain file");
    is_int(links, 1, "of one name");
    ok(!linkat(AT_FDCWD, in("open/root"), AT_FDCWD, in("open/too"), 0) && open_plain(&rv, &links, "open/too", 0),
       "and");
    is_int(links, 2, "of two");
    ok(!symlink(in("open/root"), in("open/link")) && !mkfifo(in("open/fifo"), 0600), "other things");
    ok(!open_plain(&rv, &links, "open/link", 0) && rv == APR_ENOENT, "a symlink");
    ok(!open_plain(&rv, &links, "open/fifo", 1) && rv == APR_ENOENT, "a FIFO, without waiting");
    ok(!open_plain(&rv, &links, "open", 0) && rv == APR_ENOENT, "a folder");
    ok(!open_plain(&rv, &links, "open/none", 0) && rv == APR_ENOENT, "nothing: all are not there");
    before = dup(0), close(before);
    apr_pool_create(&p, pool);
    simg_file_open_plain(&file, &links, in("open/root"), 1, p);
    apr_pool_destroy(p);
    after = dup(0), close(after);
    is_int(after, before, "the pool closes it");
    is_int(as_nobody(unreadable), 0, "one of ours is read whatever its mode, and another's is not ours");
}

static void test_publish_race(void)
{
    enum { RACERS = 16, ROUNDS = 50 };
    int i, round, status, won = 0, wrong = 0;

    for (round = 0; round < ROUNDS; round++) {
        const char *to = in(apr_psprintf(pool, "prize-%d", round));

        for (i = 0; i < RACERS; i++) {
            const char *from = in(apr_psprintf(pool, "racer-%d-%d", round, i));

            put(from, "x", 1);
            if (fork() == 0)
                _exit(simg_file_publish(from, to) == APR_SUCCESS ? 7 : 8);
        }
        while (wait(&status) > 0) {
            won += WIFEXITED(status) && WEXITSTATUS(status) == 7;
            wrong += !WIFEXITED(status) || WEXITSTATUS(status) < 7;
        }
        unlink(to);
    }
    is_int(won, ROUNDS, "of sixteen processes that want one name, one gets it");
    is_int(wrong, 0, "and the others are told");
}

static void test_folders(void)
{
    mode_t old = umask(0022);

    is_int(simg_dir_make(in("a/b/c"), pool), APR_SUCCESS, "a folder and its parents");
    is_int(mode_of(in("a/b/c")), 0755, "open to readers");
    is_int(simg_dir_make(in("a/b/c"), pool), APR_SUCCESS, "that is there already");
    is_int(simg_dir_make(in("a//d///"), pool), APR_SUCCESS, "slashes forgiven");
    ok(there(in("a/d")), "and in the right place");
    umask(0077);
    simg_dir_make(in("closed"), pool);
    is_int(mode_of(in("closed")), 0700, "less the umask");
    umask(0);
    is_int(simg_dir_make_private(in("p/q"), pool), APR_SUCCESS, "a private folder");
    is_int(mode_of(in("p/q")), 0700, "is for its owner");
    is_int(mode_of(in("p")), 0755, "its parent is not");
    is_int(simg_dir_make_private(in("p"), pool), APR_SUCCESS, "a private folder that is there");
    is_int(mode_of(in("p")), 0755, "keeps its mode");
    umask(old);
    put(in("plain"), "", 0);
    is_int(simg_dir_make(in("plain"), pool), ENOTDIR, "a file is no folder");
    is_int(simg_dir_make(in("plain/x"), pool), ENOTDIR, "nor has it any");
    ok(!symlink(in("a"), in("to-a")) && !symlink(in("void"), in("to-void")), "links");
    is_int(simg_dir_make(in("to-a/e"), pool), APR_SUCCESS, "a link to a folder is followed");
    ok(there(in("a/e")), "to where it leads");
    is_int(simg_dir_make(in("to-void"), pool), ENOENT, "a link to nothing is no folder");
    is_int(simg_dir_make("", pool), ENOENT, "nor is no name");
    ok(chdir(root) == 0 && !simg_dir_make("rel/ative", pool) && there(in("rel/ative")), "a relative path");
    is_int(simg_dir_sync(in("a")), APR_SUCCESS, "a folder can be synced");
    is_int(simg_dir_sync(in("nothing")), ENOENT, "one that is not there cannot");
    is_int(simg_dir_sync(in("plain")), ENOTDIR, "nor a file");
}

static void test_folder_race(void)
{
    int i, status, failed = 0;

    for (i = 0; i < 20; i++)
        if (fork() == 0)
            _exit(simg_dir_make(in("r/a/c/e/r"), pool) != APR_SUCCESS);
    while (wait(&status) > 0)
        failed += status != 0;
    is_int(failed, 0, "twenty processes make one folder");
}

static int foreign_folder(void)
{
    return simg_dir_writable(in("guarded")) != EACCES || simg_dir_make(in("guarded/x"), pool) != EACCES;
}

static void test_writable(void)
{
    is_int(simg_dir_writable(in("a")), APR_SUCCESS, "a folder of ours is writable");
    is_int(simg_dir_writable(in("nothing")), ENOENT, "one that is not there is not");
    is_int(simg_dir_writable(in("plain")), EACCES, "nor a file");
    mkdir(in("guarded"), 0755);
    chmod(in("guarded"), 0555);
    is_int(as_nobody(foreign_folder), 0, "nor another's");
}

/* In a mount namespace of its own: 0 if the two are told apart, 77 if we may not mount. */
static int bind_mounts(void)
{
    if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
        mount(in("a/b"), in("a/d"), "none", MS_BIND, NULL))
        return 77;
    return simg_same_disk(in("a/b"), in("a/d"));
}

static void test_disk(void)
{
    apr_int64_t bytes = -1;
    pid_t pid;
    int status = 0;

    is_int(simg_disk_free(&bytes, root), APR_SUCCESS, "the room of a disk");
    ok(bytes > 0, "is more than nothing");
    is_int(simg_disk_free(&bytes, "/proc"), APR_SUCCESS, "the room of /proc");
    is_int(bytes, 0, "is nothing");
    is_int(simg_disk_free(&bytes, in("nothing")), ENOENT, "nothing has no room");
    is_int(simg_same_disk(root, in("a/b")), 1, "a folder and its child share a disk");
    is_int(simg_same_disk(root, "/proc"), 0, "/proc is another");
    is_int(simg_same_disk(root, in("nothing")), 0, "nothing is nowhere");
    pid = fork();
    if (pid == 0)
        _exit(bind_mounts());
    waitpid(pid, &status, 0);
    status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ok(status == 0 || status == 77, "two mounts of one disk are two%s",
       status == 77 ? " # SKIP no right to mount" : "");
}

static void test_read(void)
{
    static char big[1000000];
    char *text = NULL;
    apr_size_t len = 99;
    int ends[2];

    memset(big, 'x', sizeof(big));
    put(in("t"), "a\0b", 3);
    is_int(simg_file_read(&text, &len, in("t"), 3, pool), APR_SUCCESS, "a file of just the limit");
    ok(len == 3 && !memcmp(text, "a\0b", 4), "read whole, with a NUL behind it");
    is_int(simg_file_read(&text, &len, in("t"), 2, pool), APR_ENOSPC, "one byte more than the limit");
    put(in("t"), "", 0);
    is_int(simg_file_read(&text, &len, in("t"), 0, pool), APR_SUCCESS, "an empty file");
    ok(len == 0 && !*text, "is empty");
    put(in("t"), big, sizeof(big));
    is_int(simg_file_read(&text, &len, in("t"), sizeof(big), pool), APR_SUCCESS, "a megabyte");
    ok(len == sizeof(big) && !memcmp(text, big, len) && !text[len], "is read whole");
    is_int(simg_file_read(&text, &len, in("t"), sizeof(big) - 1, pool), APR_ENOSPC, "or refused if too much");
    put(in("t"), big, 8192);
    ok(!simg_file_read(&text, &len, in("t"), 1 << 20, pool) && len == 8192, "the size of a buffer");
    ok(!simg_file_read(&text, &len, "/proc/self/status", 1 << 20, pool) && len > 100, "a file of no size");
    ok(pipe(ends) == 0 && write(ends[1], "piped", 5) == 5 && close(ends[1]) == 0, "a pipe");
    is_str(get(apr_psprintf(pool, "/dev/fd/%d", ends[0])), "piped", "is read to its end");
    is_int(simg_file_read(&text, &len, in("nothing"), 10, pool), ENOENT, "no such file");
    is_int(simg_file_read(&text, &len, in("a"), 10, pool), EISDIR, "a folder is no file");
}

static void test_mode(void)
{
    unsigned int mode;
    apr_file_t *file;
    mode_t old = umask(0077);

    put(in("m"), "", 0);
    chmod(in("m"), 0640);
    is_int(mode_of(in("m")), 0640, "the mode of a file");
    ok(!simg_file_mode(&mode, in("a")) && S_ISDIR(mode), "the kind of a folder");
    is_int(simg_file_mode(&mode, in("nothing")), ENOENT, "nothing has no mode");
    apr_file_open(&file, in("m"), APR_FOPEN_WRITE, APR_FPROT_OS_DEFAULT, pool);
    is_int(simg_file_mode_set(file, 0644), APR_SUCCESS, "the mode of an open file is set");
    is_int(mode_of(in("m")), 0644, "whatever the umask");
    apr_file_close(file);
    umask(old);
}

int main(void)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!mkdtemp(root) || chmod(root, 0755))
        return 1;
    test_publish("by a link");
    test_link("by a link");
    test_open_plain();
    no_links = 1;
    test_publish("by a rename");
    test_link("by a rename");
    test_publish_race();
    no_links = 0;
    test_publish_race();
    test_folders();
    test_folder_race();
    test_writable();
    test_disk();
    test_read();
    test_mode();
    (void)!system(apr_pstrcat(pool, "rm -rf ", root, NULL));
    apr_terminate();
    return done_testing();
}
