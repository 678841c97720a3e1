/* SPDX-License-Identifier: Apache-2.0 */
/** What every store promises to those who come after a crash. Run as `store_recovery [name]`. */
#include "recovered.h"

static void test_names(void)
{
    static const char *const odd[] = { "", "A", "a.b", "../x", "a/b", "a-b", ".a", "\xc3\xa9", NULL };
    int i, refused = 0;
    simg_upload *u;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    is_str(parts(), "", "nothing is under way");
    u = begin("01call", p);
    ok(u != NULL, "an object under a name");
    ok(begin("02call", p) != NULL, "and another");
    is_str(parts(), "01call 02call", "both are found by it");
    ok(!begin("01call", p) && err.rv == APR_EEXIST, "a name that is in use");
    is_str(err.code, "storage-unwritable", "is refused");
    ok(begin(NULL, p) != NULL && strlen(parts()) == 13 + 1 + 26, "one without a name gets any");
    for (i = 0; odd[i]; i++)
        refused += !begin(odd[i], p) && !strcmp(err.code, "internal");
    is_int(refused, i, "names that are none are refused");
    ok(begin(apr_pstrcat(p, "0123456789012345678901234567890123456789", "012345678901234567890123", NULL), p) != NULL,
       "64 characters");
    ok(!begin(apr_pstrcat(p, "0123456789012345678901234567890123456789", "0123456789012345678901234", NULL), p),
       "not one more");
    apr_pool_destroy(p);
    is_str(parts(), "", "all is gone with the pool");
    is_int(fix->count(), 0, "and was never seen");
}

static void test_witness(void)
{
    picture png = picture_png(5000, 1, pool);
    simg_upload *u;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    u = begin("03call", p);
    feed(u, png, 1000, &err);
    simg_upload_done(u);
    is_str(parts(), "03call", "nothing is done before its commit");
    is_str(commit(u, 100), "story-100-p1.png", "the object is named");
    is_str(parts(), "03call", "its witness stays");
    simg_upload_done(u);
    is_str(parts(), "", "until its row is written");
    ok(same(fix->fetch("story-100-p1.png", pool), png), "the object stays");
    u = begin("04call", p);
    feed(u, png, 1000, &err);
    commit(u, 100);
    apr_pool_destroy(p);
    is_str(parts(), "04call", "also if nobody comes to write it");
    is_int(fix->count(), 2, "with its object");
    is_int(simg_store_part_drop(store, "04call", pool, &err), APR_SUCCESS, "it can be dropped");
    is_int(simg_store_part_drop(store, "04call", pool, &err), APR_SUCCESS, "and is gone");
    is_int(simg_store_part_drop(store, "../x", pool, &err), APR_SUCCESS, "as is what cannot be");
    ok(!strcmp(parts(), "") && fix->count() == 2, "the objects stay");
}

static void test_reopen(void)
{
    picture png = picture_png(200000, 2, pool);
    simg_upload *u;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    die_at("written", "05call", png, 200);
    is_str(parts(), "05call", "a process is killed before its bytes have a name");
    u = reopen("05call", p);
    ok(u && u->size == 200000, "they are taken up");
    ok(u && feed(u, png, 1000, &err) != APR_SUCCESS, "not to be written to");
    ok(u && u->sink.rewind(&u->sink, &err) != APR_SUCCESS && u->size == 200000, "nor emptied");
    apr_pool_clear(p);
    u = reopen("05call", p);
    ok(u != NULL, "who gives up leaves them for the next");
    is_str(u ? commit(u, 200) : NULL, "story-200-p1.png", "they get their name");
    is_str(u ? u->sha256 : NULL, sha256_of(png, pool), "their hash");
    ok(same(fix->fetch("story-200-p1.png", pool), png), "and are whole");
    simg_upload_done(u);
    ok(!reopen("05call", p) && err.status == 0, "what is done is not there");
    ok(!reopen("../x", p) && err.status == 0, "nor is what cannot be");
    apr_pool_destroy(p);
}

static void test_again(void)
{
    picture png = picture_png(5000, 3, pool);
    int before = fix->count();
    simg_upload *u;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    save(png, "story", 300, 1, p);
    die_at("committed", "06call", png, 300);
    is_int(fix->count(), before + 2, "a process is killed when its bytes have a name");
    simg_store_remove(store, "story-300-p1.png", p, &err);
    u = reopen("06call", p);
    is_str(u ? commit(u, 300) : NULL, "story-301-p1.png", "the name is found, though one before it is free now");
    is_int(fix->count(), before + 1, "no second one is made");
    apr_pool_clear(p);
    u = reopen("06call", p);
    is_str(u ? commit(u, 300) : NULL, "story-301-p1.png", "as often as one likes");
    simg_upload_done(u);
    is_str(parts(), "", "and is done");
    ok(same(fix->fetch("story-301-p1.png", pool), png), "the bytes are whole");
    die_at("committed", "07call", png, 310);
    simg_store_remove(store, "story-310-p1.png", p, &err);
    u = reopen("07call", p);
    is_str(u ? commit(u, 310) : NULL, "story-310-p1.png", "an object that was removed is there again");
    simg_upload_done(u);
    apr_pool_destroy(p);
}

/* Two processes that recover one object at one moment. */
static void test_both(void)
{
    picture png = picture_png(5000, 4, pool);
    int before = fix->count();
    simg_upload *u, *v;

    die_at("written", "08call", png, 400);
    u = reopen("08call", pool);
    v = reopen("08call", pool);
    is_str(u ? commit(u, 400) : NULL, "story-400-p1.png", "one gives the name");
    is_str(v ? commit(v, 400) : NULL, "story-400-p1.png", "the other takes it for its own");
    simg_upload_done(u);
    simg_upload_done(v);
    is_int(fix->count(), before + 1, "there is one object");
    is_str(parts(), "", "and nothing under way");
}

static void test_broken(void)
{
    picture png = picture_png(5000, 5, pool);
    const struct {
        const char *what;
        apr_size_t len;
    } rows[] = { { "nothing", 0 }, { "a few bytes", 20 }, { "all but one byte", 4999 } };
    int before = fix->count(), i;
    apr_pool_t *p;

    apr_pool_create(&p, pool);
    for (i = 0; i < 3; i++) {
        picture cut = { png.bytes, rows[i].len };
        simg_upload *u;

        die_at("written", "09call", cut, 500);
        u = reopen("09call", p);
        ok(u && u->size == (apr_off_t)rows[i].len, "%s was written", rows[i].what);
        ok(u && simg_upload_seal(u, p, &err) != APR_SUCCESS && !strcmp(err.code, "bad-image"), "that is no image");
        ok(u && !commit(u, 500), "and gets no name");
        is_int(simg_store_part_drop(store, "09call", p, &err), APR_SUCCESS, "it is dropped");
    }
    is_int(fix->count(), before, "nothing was seen of it");
    is_str(parts(), "", "nothing is left");
    apr_pool_destroy(p);
}

static void test_look(void)
{
    picture png = picture_png(150000, 6, pool);
    const char *name = save(png, "portrait", 600, 3, pool), *given = NULL;
    simg_upload *u = NULL;
    int there = -1;

    is_int(simg_store_look(&u, store, name, pool, &err), APR_SUCCESS, "an object is looked at");
    ok(u && u->size == 150000 && u->sniff.type == SIMG_IMAGE_PNG && u->sniff.width == 64, "size and kind");
    is_str(u ? u->sha256 : NULL, sha256_of(png, pool), "hash");
    is_int(simg_upload_seal(u, pool, &err), APR_SUCCESS, "it is sealed");
    ok(simg_upload_commit(&given, u, "story", 1, 1, pool, &err) && !given, "but not to be named again");
    ok(feed(u, png, 1000, &err) && u->sink.rewind(&u->sink, &err), "written to, or emptied");
    simg_upload_done(u);
    ok(same(fix->fetch(name, pool), png), "and nothing happens to it");
    ok(!simg_store_exists(&there, store, name, pool, &err) && there == 1, "it is there");
    simg_store_remove(store, name, pool, &err);
    err = (simg_problem){ 0 };
    ok(!simg_store_exists(&there, store, name, pool, &err) && there == 0, "it is not, once removed");
    ok(simg_store_look(&u, store, name, pool, &err) == APR_ENOENT && !err.status, "nor can it be looked at");
    ok(simg_store_look(&u, store, "../x.png", pool, &err) == APR_ENOENT && !err.status, "as what cannot be");
    ok(!simg_store_exists(&there, store, "../x.png", pool, &err) && there == 0, "which is not there either");
}

static apr_status_t count_object(void *baton, const char *name, apr_off_t size, int links, simg_problem *problem)
{
    int *n = baton;

    if (!strncmp(name, "gptimg-", 7)) {
        n[0]++;
        n[1] += size == 700;
        n[2] += links > 1;
    }
    return n[3] && --n[3] == 0 ? simg_problem_set(problem, pool, "internal", APR_EGENERAL, "enough") : APR_SUCCESS;
}

static void test_scan(void)
{
    int n[4] = { 0 }, stop[4] = { 0, 0, 0, 2 }, i;
    simg_upload *u = begin("10call", pool);
    const char *name = NULL;

    for (i = 0; i < 300; i++)
        save(picture_png(700, 10 + (uint32_t)i, pool), "gptimg", 700, 1, pool);
    save(picture_png(700, 7, pool), "other", 700, 1, pool);
    feed(u, picture_png(700, 8, pool), 700, &err);
    ok(!simg_upload_seal(u, pool, &err) && !simg_upload_commit(&name, u, "gptimg", 700, 1, pool, &err), "one not done");
    is_int(simg_store_scan(store, count_object, n, pool, &err), APR_SUCCESS, "the store is scanned");
    is_int(n[0], 301, "each object is told of, those of other names are not");
    is_int(n[1], 301, "with its size");
    is_int(n[2], 1, "and whether it is done");
    is_int(simg_store_scan(store, count_object, stop, pool, &err), APR_EGENERAL, "it ends when it is told to");
    is_str(err.detail, "enough", "with that problem");
    simg_upload_done(u);
}

/* Save one after the other, each under a name of its own, and all of one content: what came out is told to nobody. */
static void save_for_ever(int round, picture pic)
{
    int i;

    for (i = 0;; i++) {
        apr_pool_t *p;
        simg_upload *u;

        apr_pool_create(&p, pool);
        u = begin(apr_psprintf(p, "r%dx%d", round, i), p);
        if (u && feed(u, pic, 20000, &err) == APR_SUCCESS && commit(u, 800))
            simg_upload_done(u);
        apr_pool_destroy(p);
    }
}

/* What recovery does with all that it finds: it is an image, or it goes. */
static void recover_all(int *finished, int *dropped)
{
    apr_array_header_t *names = NULL;
    int i;

    simg_store_parts(&names, store, pool, &err);
    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        apr_pool_t *p;
        simg_upload *u;

        apr_pool_create(&p, pool);
        u = reopen(name, p);
        if (u && commit(u, 800)) {
            simg_upload_done(u);
            ++*finished;
        } else {
            *dropped += simg_store_part_drop(store, name, p, &err) == APR_SUCCESS;
        }
        apr_pool_destroy(p);
    }
}

static apr_status_t check_object(void *baton, const char *name, apr_off_t size, int links, simg_problem *problem)
{
    int *n = baton;
    simg_upload *u;
    apr_pool_t *p;

    (void)size;
    apr_pool_create(&p, pool);
    n[0]++;
    n[1] += simg_store_look(&u, store, name, p, problem) != APR_SUCCESS;
    n[2] += links != 1;
    apr_pool_destroy(p);
    return APR_SUCCESS;
}

static void test_killed(void)
{
    enum { ROUNDS = 80 };
    picture png = picture_png(100000, 9, pool);
    int n[3] = { 0 }, finished = 0, dropped = 0, i;

    for (i = 0; i < ROUNDS; i++) {
        pid_t pid = fork();

        if (pid == 0)
            save_for_ever(i, png);
        usleep(1000 + (useconds_t)i * 150);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    recover_all(&finished, &dropped);
    ok(finished + dropped > 0, "killed anywhere: %d pictures finished, %d dropped", finished, dropped);
    is_str(parts(), "", "nothing is under way any more");
    simg_store_scan(store, check_object, n, pool, &err);
    ok(n[0] > 0, "%d objects", n[0]);
    is_int(n[1], 0, "all are whole");
    is_int(n[2], 0, "and have one name each");
}

int main(int argc, char **argv)
{
    setbuf(stdout, NULL);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!start(argc > 1 ? argv[1] : "disk"))
        return 1;
    test_names();
    test_witness();
    test_reopen();
    test_again();
    test_both();
    test_broken();
    test_look();
    test_scan();
    test_killed();
    return finish();
}
