/* SPDX-License-Identifier: Apache-2.0 */
/** What every store promises of thumbnails. Run with the name of a fixture. */
#include "fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "store/thumbs.h"

static simg_problem err;

static const char *name_of(const char *original)
{
    return simg_thumb_name(original, pool);
}

static picture fetch(const char *original)
{
    return fix->fetch(apr_pstrcat(pool, "thumbs/", name_of(original), NULL), pool);
}

static apr_status_t put(simg_thumb *t, picture pic)
{
    return t->sink.write(&t->sink, pic.bytes, pic.len, &err);
}

/* The whole way, in a pool of its own. */
static apr_status_t make(const char *original, picture bytes)
{
    apr_pool_t *p;
    simg_thumb *t;
    apr_status_t rv;

    err = (simg_problem){ 0 };
    apr_pool_create(&p, pool);
    rv = simg_thumb_begin(&t, store, name_of(original), p, &err);
    if (rv == APR_SUCCESS)
        rv = put(t, bytes);
    if (rv == APR_SUCCESS)
        rv = simg_thumb_commit(t, p, &err);
    err.detail = NULL;
    apr_pool_destroy(p);
    return rv;
}

static void test_names(void)
{
    static const char *const odd[] = { "", ".webp", "story-1-p1.png", "story-1-p1", "other-1-p1.webp", "story-1-p1.webp.webp",
                                       "../story-1-p1.webp", "story-1-p1.webp/", "thumbs/story-1-p1.webp", "story--p1.webp" };
    simg_thumb *t;
    apr_size_t i;
    int wrong = 0;

    for (i = 0; i < sizeof(odd) / sizeof(*odd); i++)
        wrong += simg_thumb_begin(&t, store, odd[i], pool, &err) != APR_ENOENT;
    is_int(wrong, 0, "what is no name of ours is not there");
    is_int(simg_thumb_begin(&t, store, "story-404-p1.webp", pool, &err), APR_ENOENT, "nor is one without a picture");
    is_int(err.status, 0, "without a problem");
    is_str(name_of("story-1-p1.png"), "story-1-p1.webp", "the name of a thumbnail");
}

static void test_make(void)
{
    const char *name = save(picture_png(5000, 1, pool), "story", 1000, 1, pool);
    picture thumb = picture_webp(pool);
    struct stat before, after;
    const char *path = apr_pstrcat(pool, root, "/deep/generated/thumbs/", name_of(name), NULL);

    is_int(make(name, thumb), APR_SUCCESS, "one is made");
    ok(same(fetch(name), thumb), "it is what was written");
    stat(path, &before);
    is_int((int)(before.st_mode & 07777), 0644, "for all to read");
    is_int(make(name, thumb), APR_EEXIST, "not twice");
    stat(path, &after);
    ok(before.st_ino == after.st_ino, "it is the same one");
    is_int(simg_store_remove(store, name, pool, &err), APR_SUCCESS, "the picture goes");
    ok(!fetch(name).bytes, "and so does the thumbnail");
    is_int(simg_store_settle(store, pool, &err), APR_SUCCESS, "for good");
    is_int(simg_thumb_remove(store, name, pool, &err), APR_SUCCESS, "an absent one is success");
    is_int(make(name, thumb), APR_ENOENT, "none without a picture");
}

static void test_one_stem(void)
{
    save(picture_png(5000, 5, pool), "story", 5000, 1, pool);
    is_str(save(picture_jpeg(pool), "story", 5000, 1, pool), "story-5001-p1.jpg", "no two pictures share a thumbnail's name");
}

static void test_turns(void)
{
    const char *name = save(picture_png(5000, 2, pool), "story", 2000, 1, pool);
    apr_pool_t *p;
    simg_thumb *t, *other;

    apr_pool_create(&p, pool);
    is_int(simg_thumb_begin(&t, store, name_of(name), p, &err), APR_SUCCESS, "a maker");
    is_int(simg_thumb_begin(&other, store, name_of(name), pool, &err), APR_EAGAIN, "is the only one");
    put(t, picture_webp(pool));
    ok(!fetch(name).bytes, "nothing is seen of it yet");
    apr_pool_destroy(p);
    ok(!fetch(name).bytes, "nor when it gives up");
    is_int(make(name, picture_webp(pool)), APR_SUCCESS, "then it is the next one's turn");
}

static void test_bad(void)
{
    const char *name = save(picture_png(5000, 3, pool), "story", 3000, 1, pool);
    picture half = picture_webp(pool), large = { NULL, 3 * MB };

    half.len -= 3;
    ok(make(name, half) != APR_SUCCESS, "half a picture");
    is_str(err.code, "thumbnail-unavailable", "is refused");
    ok(make(name, picture_png(900, 1, pool)) != APR_SUCCESS, "another kind of picture");
    is_str(err.code, "thumbnail-unavailable", "is refused");
    large.bytes = apr_pcalloc(pool, large.len);
    memcpy(large.bytes, "RIFF\xf8\xff\x2f\x00WEBPVP8L\xec\xff\x2f\x00\x2f\x3f\xc0\x0b\x00", 25);
    ok(make(name, large) != APR_SUCCESS, "a large one");
    is_str(err.code, "thumbnail-unavailable", "is refused");
    ok(!fetch(name).bytes, "nothing was made");
    is_int(make(name, picture_webp(pool)), APR_SUCCESS, "and nothing is in the way");
}

static void test_gone(void)
{
    const char *name = save(picture_png(5000, 4, pool), "story", 4000, 1, pool);
    apr_pool_t *p;
    simg_thumb *t;

    apr_pool_create(&p, pool);
    simg_thumb_begin(&t, store, name_of(name), p, &err);
    simg_store_remove(store, name, pool, &err);
    put(t, picture_webp(pool));
    err = (simg_problem){ 0 };
    is_int(simg_thumb_commit(t, p, &err), APR_ENOENT, "the picture was removed meanwhile");
    is_int(err.status, 0, "without a problem");
    ok(!fetch(name).bytes, "so there is no thumbnail");
    apr_pool_destroy(p);
}

static void test_memory(void)
{
    simg_settings s = { .save = 0 };
    simg_store *kept = store;
    simg_thumb *t;

    is_int(simg_store_open(&store, &s, pool, &err), APR_SUCCESS, "a store that keeps nothing");
    is_int(simg_thumb_begin(&t, store, "story-1-p1.webp", pool, &err), APR_ENOENT, "has no thumbnails");
    is_int(simg_thumb_remove(store, "story-1-p1.png", pool, &err), APR_SUCCESS, "and removes none");
    store = kept;
}

int main(int argc, char **argv)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!start(argc > 1 ? argv[1] : "disk"))
        return 1;
    test_names();
    test_make();
    test_one_stem();
    test_turns();
    test_bad();
    test_gone();
    test_memory();
    return finish();
}
