/* SPDX-License-Identifier: Apache-2.0 */
/** What every store promises of objects that share their bytes, or give them to each other. Run as `store_twins [name]`. */
#include "recovered.h"

static int is_saving(const char *name)
{
    int saving = -1;

    return simg_store_is_saving(&saving, store, name, pool, &err) == APR_SUCCESS ? saving : -1;
}

/* A store that cannot share says so, and nothing has changed. */
static void test_share(void)
{
    picture png = picture_png(150000, 7, pool), other = picture_png(150000, 8, pool);
    const char *a = save(png, "story", 700, 1, pool), *b = save(png, "story", 701, 1, pool);
    const char *c = save(other, "story", 702, 1, pool);
    int before = fix->count();
    apr_status_t rv = simg_store_share(store, a, b, pool);
    simg_upload *u;

    ok(rv == APR_SUCCESS || rv == APR_ENOTIMPL, "two of the same bytes are shared, or cannot be");
    is_int(fix->count(), before, "there are as many as before");
    ok(same(fix->fetch(a, pool), png) && same(fix->fetch(b, pool), png), "each with its bytes");
    is_int(simg_store_share(store, a, b, pool), rv, "again is the same");
    ok(simg_store_share(store, a, c, pool) != APR_SUCCESS && same(fix->fetch(c, pool), other), "others are not");
    ok(simg_store_share(store, "story-709-p1.png", a, pool) != APR_SUCCESS, "nor what is not there");
    ok(simg_store_share(store, a, "../x.png", pool) != APR_SUCCESS, "nor what cannot be");
    is_str(parts(), "", "nothing temporary is left");
    is_int(is_saving(a), 0, "nothing is being saved");
    die_at("committed", "10call", other, 703);
    is_int(is_saving("story-703-p1.png"), 1, "one whose row is not written yet is");
    is_int(is_saving("story-709-p1.png"), 0, "one that is not there is not");
    u = reopen("10call", pool);
    if (u && simg_upload_seal(u, pool, &err) == APR_SUCCESS)
        is_str(commit(u, 703), "story-703-p1.png", "it is taken up");
    simg_upload_done(u);
    is_int(is_saving("story-703-p1.png"), 0, "and is not any more");
    is_int(simg_store_remove(store, a, pool, &err), APR_SUCCESS, "the one is removed");
    is_int(simg_store_settle(store, pool, &err), APR_SUCCESS, "for good");
    ok(same(fix->fetch(b, pool), png), "the other is as it was");
}

static simg_upload *sealed(const char *name, picture pic, apr_pool_t *p)
{
    simg_upload *u = begin(name, p);

    return u && feed(u, pic, 1000, &err) == APR_SUCCESS && simg_upload_seal(u, p, &err) == APR_SUCCESS ? u : NULL;
}

static void test_replace(void)
{
    picture first = picture_png(9000, 21, pool), second = picture_png(150000, 22, pool);
    apr_pool_t *p, *q;
    simg_upload *u, *with;

    apr_pool_create(&p, pool);
    apr_pool_create(&q, pool);
    u = sealed("20call", first, p);
    with = sealed(NULL, second, q);
    ok(u && with, "two that are sealed");
    is_int(simg_upload_replace(u, with, p, &err), APR_SUCCESS, "the one takes the other's bytes");
    ok(u->size == 150000 && !strcmp(u->sha256, sha256_of(second, pool)), "its size and hash");
    is_str(parts(), "20call", "and keeps its temporary name");
    ok(simg_upload_replace(u, with, p, &err) != APR_SUCCESS && !strcmp(err.code, "internal"), "not twice");
    apr_pool_destroy(q);
    is_str(parts(), "20call", "the other's end is not its own");
    is_str(commit(u, 800), "story-800-p1.png", "it gets its name");
    simg_upload_done(u);
    ok(same(fix->fetch("story-800-p1.png", pool), second), "with the other's bytes");
    is_str(parts(), "", "and nothing is left");
    apr_pool_destroy(p);
}

/* Replaced, and not named yet, when its process is killed. */
static void test_killed(void)
{
    picture first = picture_png(9000, 23, pool), second = picture_png(20000, 24, pool);
    pid_t pid = fork();
    simg_upload *u;

    if (pid == 0) {
        u = sealed("21call", first, pool);
        simg_upload_replace(u, sealed(NULL, second, pool), pool, &err);
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
    is_str(parts(), "21call", "one is found");
    u = reopen("21call", pool);
    is_str(u ? commit(u, 810) : NULL, "story-810-p1.png", "whole");
    simg_upload_done(u);
    ok(same(fix->fetch("story-810-p1.png", pool), second), "with the new bytes");
}

int main(int argc, char **argv)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!start(argc > 1 ? argv[1] : "disk"))
        return 1;
    test_share();
    test_replace();
    test_killed();
    return finish();
}
