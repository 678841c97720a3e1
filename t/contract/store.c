/* SPDX-License-Identifier: Apache-2.0 */
/** What every store promises. Run as `store [name]`. */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_kinds(void)
{
    picture png = picture_png(5000, 1, pool), jpeg = picture_jpeg(pool), webp = picture_webp(pool);
    simg_problem err = { 0 };
    simg_upload *u;
    const char *name = NULL;

    is_str(save(png, "story", 1738355170000, 1, pool), "story-1738355170000-p1.png", "a PNG gets its name");
    ok(same(fix->fetch("story-1738355170000-p1.png", pool), png), "and is stored byte for byte");
    is_str(save(jpeg, "consistent", 1738355170000, 12, pool), "consistent-1738355170000-p12.jpg", "a JPEG");
    ok(same(fix->fetch("consistent-1738355170000-p12.jpg", pool), jpeg), "byte for byte");
    is_str(save(webp, "gptimg", 7, 0, pool), "gptimg-7-p0.webp", "a WebP");
    ok(same(fix->fetch("gptimg-7-p0.webp", pool), webp), "byte for byte");
    is_str(save(png, "../a b\xc3\xa9/\n.%", 7, 3, pool), "___a_b______-7-p3.png", "odd characters become _");
    simg_upload_begin(&u, store, NULL, pool, &err);
    is_int(feed(u, png, 1, &err), APR_SUCCESS, "bytes that trickle");
    is_int(simg_upload_seal(u, pool, &err), APR_SUCCESS, "are as good");
    is_str(u->sha256, sha256_of(png, pool), "SHA-256 of the bytes");
    is_int(u->size, 5000, "their number");
    ok(u->sniff.type == SIMG_IMAGE_PNG && u->sniff.width == 64 && u->sniff.height == 48, "what they are");
    simg_upload_commit(&name, u, "story", 1738355170000, 1, pool, &err);
    is_str(name, "story-1738355170001-p1.png", "a name that is taken leads to the next one");
}

static void test_no_trace(void)
{
    picture png = picture_png(5000, 2, pool);
    int before = fix->count();
    simg_problem err = { 0 };
    apr_pool_t *p;
    simg_upload *u;

    apr_pool_create(&p, pool);
    simg_upload_begin(&u, store, NULL, p, &err);
    feed(u, png, 5000, &err);
    is_int(fix->count(), before, "nothing is seen while bytes come");
    simg_upload_seal(u, p, &err);
    is_int(fix->count(), before, "nor before the name is given");
    apr_pool_destroy(p);
    is_int(fix->count(), before, "nor when it never is");
}

static void test_bad(void)
{
    picture png = picture_png(600, 3, pool), cut = { png.bytes, 590 };
    const char *tail = memcpy(apr_pcalloc(pool, 620), png.bytes, 600);
    const struct {
        const char *what;
        picture pic;
    } rows[] = {
        { "nothing", picture_copy("", 0, pool) },
        { "a GIF", picture_copy("GIF89a\1\0\1\0", 10, pool) },
        { "an SVG", picture_copy("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 41, pool) },
        { "a page", picture_copy("<!DOCTYPE html><script>", 23, pool) },
        { "half a PNG", cut },
        { "a PNG with a tail", picture_copy(tail, 620, pool) },
    };
    int before = fix->count(), i, refused = 0;

    for (i = 0; i < 6; i++) {
        simg_problem err = { 0 };
        simg_upload *u;
        apr_pool_t *p;

        apr_pool_create(&p, pool);
        simg_upload_begin(&u, store, NULL, p, &err);
        refused = feed(u, rows[i].pic, 64, &err) || simg_upload_seal(u, p, &err);
        ok(refused && err.status == 502 && !strcmp(err.code, "bad-image"), "%s is refused", rows[i].what);
        apr_pool_destroy(p);
    }
    is_int(fix->count(), before, "and nothing of it is left");
}

static void test_rewind(void)
{
    picture big = picture_png(9000, 4, pool), png = picture_png(700, 5, pool);
    simg_problem err = { 0 };
    const char *name = NULL;
    simg_upload *u;

    simg_upload_begin(&u, store, NULL, pool, &err);
    ok(!feed(u, big, 4096, &err) && !simg_upload_seal(u, pool, &err), "a first attempt");
    is_int(u->sink.rewind(&u->sink, &err), APR_SUCCESS, "is given up, though sealed");
    ok(feed(u, picture_copy("<html>", 6, pool), 6, &err) != APR_SUCCESS, "a second one is a page");
    is_int(u->sink.rewind(&u->sink, &err), APR_SUCCESS, "and given up");
    ok(u->size == 0 && u->sha256 == NULL && u->sniff.seen == 0, "without a trace");
    ok(!feed(u, png, 4096, &err) && !simg_upload_seal(u, pool, &err), "the third is good");
    is_str(u->sha256, sha256_of(png, pool), "its hash is its own");
    simg_upload_commit(&name, u, "rewound", 1, 1, pool, &err);
    ok(name && same(fix->fetch(name, pool), png), "and so are its bytes");
    ok(u->sink.rewind(&u->sink, &err) != APR_SUCCESS, "an object with a name cannot be taken back");
}

static void test_limit(void)
{
    apr_pool_t *p;
    picture png;
    simg_problem err = { 0 };
    simg_upload *u;
    const char *name;

    apr_pool_create(&p, pool);
    png = picture_png(64 * MB, 6, p);
    name = save(png, "large", 1, 1, p);
    ok(name && same(fix->fetch(name, p), png), "64 MB are taken");
    apr_pool_clear(p);
    png = picture_png(64 * MB + 1, 7, p);
    simg_upload_begin(&u, store, NULL, p, &err);
    ok(feed(u, png, 65536, &err) != APR_SUCCESS && !strcmp(err.code, "bad-image"), "one byte more is not");
    apr_pool_destroy(p);
    ok(simg_store_remove(store, "large-1-p1.png", pool, &err) == APR_SUCCESS, "a large image goes");
}

static void test_misuse(void)
{
    picture png = picture_png(600, 8, pool);
    int before = fix->count();
    simg_problem err = { 0 };
    const char *name = NULL;
    simg_upload *u;

    simg_upload_begin(&u, store, NULL, pool, &err);
    feed(u, png, 600, &err);
    ok(simg_upload_commit(&name, u, "early", 1, 1, pool, &err) && !name, "no name before the seal");
    simg_upload_seal(u, pool, &err);
    ok(feed(u, png, 600, &err) != APR_SUCCESS, "no byte after it");
    is_int(fix->count(), before, "nothing came of it");
}

static void test_remove(void)
{
    static const char *const odd[] = { "", ".", "..", "../state", "/etc", "a/b.png", ".png", ".x.png", "x" };
    const char *name = save(picture_png(600, 9, pool), "gone", 1, 1, pool);
    simg_problem err = { 0 };
    int before = fix->count(), failed = 0;
    apr_size_t i;

    is_int(simg_store_remove(store, name, pool, &err), APR_SUCCESS, "an object is removed");
    is_int(fix->count(), before - 1, "it alone");
    ok(!fix->fetch(name, pool).bytes, "and is gone");
    is_int(simg_store_remove(store, name, pool, &err), APR_SUCCESS, "an absent one is success");
    for (i = 0; i < sizeof(odd) / sizeof(*odd); i++)
        failed += simg_store_remove(store, odd[i], pool, &err) != APR_SUCCESS;
    is_int(failed, 0, "so is what cannot be an object");
    is_int(fix->count(), before - 1, "and nothing goes");
}

enum { CROWD = 16, EACH = 25 };

static void *crowd_member(void *data)
{
    int me = *(int *)data, i, whole = 0;
    apr_pool_t *p;

    apr_pool_create_unmanaged(&p);
    for (i = 0; i < EACH; i++) {
        picture png = picture_png(3000 + (apr_size_t)me, (uint32_t)(me * 1000 + i), p);
        const char *name = save(png, "crowd", 5000, 1, p);

        whole += name && same(fix->fetch(name, p), png);
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    *(int *)data = whole;
    return NULL;
}

static void test_threads(void)
{
    int before = fix->count(), n[CROWD], i, whole = 0;
    pthread_t thread[CROWD];

    for (i = 0; i < CROWD; i++) {
        n[i] = i;
        pthread_create(&thread[i], NULL, crowd_member, &n[i]);
    }
    for (i = 0; i < CROWD; i++) {
        pthread_join(thread[i], NULL);
        whole += n[i];
    }
    is_int(whole, CROWD * EACH, "threads that want one name all keep their bytes");
    is_int(fix->count() - before, CROWD * EACH, "under different names");
}

static void test_processes(void)
{
    int before = fix->count(), i, status, whole = 0;

    for (i = 0; i < CROWD; i++)
        if (fork() == 0) {
            crowd_member(&i);
            _exit(i);
        }
    while (wait(&status) > 0)
        whole += WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    is_int(whole, CROWD * EACH, "and so do processes");
    is_int(fix->count() - before, CROWD * EACH, "under different names");
}

static void write_for_ever(picture png)
{
    for (;;) {
        apr_pool_t *p;

        apr_pool_create(&p, pool);
        save(png, "killed", 9000, 1, p);
        apr_pool_destroy(p);
    }
}

static void test_kill(void)
{
    picture png = picture_png(300000, 10, pool);
    int i, n, killed = 0, whole = 0, broken = 0;
    const char *name;
    pid_t pid;

    for (i = 0; i < 80; i++) {
        pid = fork();
        if (pid == 0)
            write_for_ever(png);
        usleep(i < 60 ? 500 + (useconds_t)i * 150 : 50000);
        kill(pid, SIGKILL);
        killed += waitpid(pid, NULL, 0) == pid;
    }
    for (n = 0; (name = fix->any(n, pool)) != NULL; n++)
        if (!strncmp(name, "killed-", 7)) {
            int good = same(fix->fetch(name, pool), png);

            whole += good;
            broken += !good;
        }
    is_int(killed, 80, "writers were killed");
    ok(whole > 0, "some had saved before (%d images)", whole);
    is_int(broken, 0, "none left half a picture");
}

int main(int argc, char **argv)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!start(argc > 1 ? argv[1] : "disk"))
        return 1;
    test_kinds();
    test_no_trace();
    test_bad();
    test_rewind();
    test_limit();
    test_misuse();
    test_remove();
    test_threads();
    test_processes();
    test_kill();
    return finish();
}
