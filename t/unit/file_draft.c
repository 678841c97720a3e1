/* SPDX-License-Identifier: Apache-2.0 */
/** base/file_draft: written by one, seen whole, never through a symlink. */
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "base/file.h"
#include "base/file_draft.h"

#define WRITERS 8
#define ROUNDS 200

static apr_pool_t *pool;
static char root[] = "/tmp/simg-draft-XXXXXX";

static const char *in(const char *name)
{
    return apr_pstrcat(pool, root, "/", name, NULL);
}

static const char *get(const char *path)
{
    char *text = NULL;
    apr_size_t len;

    return simg_file_read(&text, &len, path, 1000, pool) == APR_SUCCESS ? text : NULL;
}

static int mode_of(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

static apr_file_t *begin(const char *words)
{
    apr_file_t *draft = NULL;

    if (simg_draft_open(&draft, in("draft"), pool) == APR_SUCCESS && words)
        apr_file_write_full(draft, words, strlen(words), NULL);
    return draft;
}

static void test_folder(void)
{
    is_int(simg_dir_make_plain(in("out")), APR_SUCCESS, "a folder is made");
    is_int(simg_dir_make_plain(in("out")), APR_SUCCESS, "one that is there is fine");
    is_int(symlink(in("out"), in("link")), 0, "a symlink to it");
    is_int(simg_dir_make_plain(in("link")), APR_ENOTDIR, "is none");
    ok(APR_STATUS_IS_ENOENT(simg_dir_make_plain(in("none/out"))), "its parents are not made");
}

static void test_one_writer(void)
{
    apr_file_t *draft = begin("first"), *other;

    ok(draft != NULL, "a draft");
    is_int(mode_of(in("draft")), 0200, "which nobody may read");
    is_int(simg_draft_open(&other, in("draft"), pool), APR_EAGAIN, "is one writer's");
    is_int(simg_draft_publish(draft, in("draft"), in("out"), "a"), APR_SUCCESS, "it gets its name");
    is_str(get(in("out/a")), "first", "whole");
    is_int(mode_of(in("out/a")), 0644, "for all to read");
    is_int(mode_of(in("draft")), -1, "and nothing is left of it");
    draft = begin("second");
    simg_draft_publish(draft, in("draft"), in("out"), "a");
    is_str(get(in("out/a")), "second", "the next one takes its place");
    simg_draft_drop(begin("third"), in("draft"));
    is_int(mode_of(in("draft")), -1, "a dropped one is gone");
}

static void test_left_over(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        begin("what a dead process has left, which is longer");
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    is_int(mode_of(in("draft")), 0200, "left by a process that died");
    simg_draft_publish(begin("short"), in("draft"), in("out"), "b");
    is_str(get(in("out/b")), "short", "taken over, empty");
}

static void test_symlinks(void)
{
    apr_file_t *draft;

    is_int(simg_draft_publish(begin("x"), in("draft"), in("link"), "c"), APR_ENOTDIR, "a folder that leads elsewhere");
    is_int(mode_of(in("out/c")), -1, "is not entered");
    is_int(mode_of(in("draft")), -1, "and nothing is left");
    is_int(symlink(in("out/b"), in("out/d")), 0, "a name that leads elsewhere");
    simg_draft_publish(begin("y"), in("draft"), in("out"), "d");
    is_str(get(in("out/b")), "short", "is replaced, not followed");
    is_int(symlink(in("out/b"), in("draft")), 0, "a draft that leads elsewhere");
    ok(simg_draft_open(&draft, in("draft"), pool) != APR_SUCCESS, "is not opened");
    unlink(in("draft"));
    is_int(link(in("out/b"), in("draft")), 0, "one that is another file's name as well");
    ok(simg_draft_open(&draft, in("draft"), pool) != APR_SUCCESS, "is not opened");
    is_str(get(in("out/b")), "short", "nor emptied");
    unlink(in("draft"));
}

static void test_remove(void)
{
    is_int(simg_draft_remove(in("link"), "b"), APR_SUCCESS, "through a symlink");
    is_str(get(in("out/b")), "short", "nothing is removed");
    is_int(simg_draft_remove(in("out"), "b"), APR_SUCCESS, "removed");
    is_int(mode_of(in("out/b")), -1, "and gone");
    is_int(simg_draft_remove(in("out"), "b"), APR_SUCCESS, "an absent one is success");
    is_int(simg_draft_remove(in("none"), "b"), APR_SUCCESS, "an absent folder, too");
}

static int torn; /* of any thread */
static const char *paths[3];

/* Whoever has the draft publishes a file of one letter; nobody ever reads a mixed or a short one. */
static void *APR_THREAD_FUNC write_and_read(apr_thread_t *thread, void *letter)
{
    char words[500], *seen = NULL;
    apr_size_t len;
    apr_file_t *draft;
    apr_pool_t *p;
    int i;

    (void)thread;
    memset(words, *(const char *)letter, sizeof(words));
    for (i = 0; i < ROUNDS; i++) {
        apr_pool_create_unmanaged_ex(&p, NULL, NULL);
        if (simg_draft_open(&draft, paths[0], p) == APR_SUCCESS) {
            apr_file_write_full(draft, words, 250, NULL);
            apr_file_write_full(draft, words, 250, NULL);
            if (simg_draft_publish(draft, paths[0], paths[1], "shared") != APR_SUCCESS)
                __atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
        }
        if (simg_file_read(&seen, &len, paths[2], 1000, p) == APR_SUCCESS &&
            (len != 500 || memcmp(seen, seen + 1, 499)))
            __atomic_fetch_add(&torn, 1, __ATOMIC_RELAXED);
        apr_pool_destroy(p);
    }
    return NULL;
}

static void test_race(void)
{
    apr_thread_t *threads[WRITERS];
    apr_status_t ended;
    int i;

    paths[0] = in("draft");
    paths[1] = in("out");
    paths[2] = in("out/shared");
    for (i = 0; i < WRITERS; i++)
        apr_thread_create(&threads[i], NULL, write_and_read, apr_psprintf(pool, "%c", 'a' + i), pool);
    for (i = 0; i < WRITERS; i++)
        apr_thread_join(&ended, threads[i]);
    is_int(torn, 0, "many writers at once: each file is one writer's, and whole");
    ok(mode_of(in("out/shared")) == 0644, "one is there");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    umask(022);
    if (!mkdtemp(root))
        return 1;
    test_folder();
    test_one_writer();
    test_left_over();
    test_symlinks();
    test_remove();
    test_race();
    (void)!system(apr_pstrcat(pool, "rm -rf ", root, NULL));
    apr_terminate();
    return done_testing();
}
