/* SPDX-License-Identifier: Apache-2.0 */
/* What retention costs whoever saves: retention N. Pictures are saved with all that belongs to it (file, fsync, rows) into a
 * library of N, in turns without a limit and with one that is reached, where the sweep runs as the worker runs it, and what it
 * removes has files; before, many are pruned while another thread asks for the writer's lock. Durable, on the disk of /tmp. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "../unit/scratch.h"
#include "base/clock.h"
#include "index/images.h"
#include "store/store.h"
#include "work/share.h"
#include "work/sweep.h"

enum { ROUNDS = 7, SAVES = 60, PRUNED = 10000, BYTES = 1500000 };

#define T0 (APR_INT64_C(1738355170000) * 1000)
#define SWEEP_EVERY apr_time_from_sec(1)

static apr_pool_t *pool;
static simg_problem err;
static simg_site site;
static simg_settings settings;
static simg_store *store;
static char *picture;
static apr_size_t picture_len;

static void must(apr_status_t rv)
{
    if (rv == APR_SUCCESS)
        return;
    fprintf(stderr, "%s: %s\n", err.code ? err.code : "failed", err.cause ? err.cause : "");
    exit(2);
}

static unsigned long crc_of(const unsigned char *data, apr_size_t len)
{
    unsigned long crc = 0xffffffff;
    int i;

    for (; len; len--, data++) {
        crc ^= *data;
        for (i = 0; i < 8; i++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return crc ^ 0xffffffff;
}

static void put32(char *at, unsigned long n)
{
    at[0] = (char)(n >> 24);
    at[1] = (char)(n >> 16);
    at[2] = (char)(n >> 8);
    at[3] = (char)n;
}

static char *chunk(char *at, const char *type, const char *data, apr_size_t len)
{
    put32(at, len);
    memcpy(at + 4, type, 4);
    if (len)
        memcpy(at + 8, data, len);
    put32(at + 8 + len, crc_of((const unsigned char *)at + 4, len + 4));
    return at + 12 + len;
}

/* What passes for a PNG of the usual size; nobody decodes it. A mark makes each another one. */
static void make_picture(void)
{
    char *noise = apr_palloc(pool, BYTES), *at = picture = apr_palloc(pool, BYTES + 200);
    int i;

    for (i = 0; i < BYTES; i++)
        noise[i] = (char)(i * 7919 + (i >> 3) * 104729);
    memcpy(at, "\x89PNG\r\n\x1a\n", 8);
    at = chunk(at + 8, "IHDR", "\0\0\4\0\0\0\4\0\x08\2\0\0\0", 13);
    at = chunk(at, "IDAT", noise, BYTES);
    at = chunk(at, "IEND", NULL, 0);
    picture_len = (apr_size_t)(at - picture);
}

static void save_one(int serial, apr_time_t created_at)
{
    char mark[40];
    simg_image image = { .kind = "story", .page_number = 1, .model = "offline", .width = 1024, .height = 1024 };
    char text[24];
    simg_upload *u;
    apr_pool_t *p;
    simg_db *db;

    apr_pool_create(&p, pool);
    apr_snprintf(text, sizeof(text), "mark%010d", serial);
    must(simg_upload_begin(&u, store, NULL, p, &err));
    must(u->sink.write(&u->sink, picture, 33, &err));
    must(u->sink.write(&u->sink, mark, (apr_size_t)(chunk(mark, "tEXt", text, 14) - mark), &err));
    must(u->sink.write(&u->sink, picture + 33, picture_len - 33, &err));
    must(simg_upload_seal(u, p, &err));
    must(simg_upload_commit(&image.filename, u, "story", apr_time_as_msec(apr_time_now()), 1, p, &err));
    image.size = u->size;
    image.sha256 = u->sha256;
    image.site = site.name;
    image.description = "A small dragon reads a big book under an old oak at dusk";
    image.created_at = created_at / 1000 * 1000;
    must(simg_index_borrow(&db, site.index, &err));
    must(simg_db_begin(db, &err));
    must(simg_images_put_in(db, &image, &err));
    must(simg_db_commit(db, &err));
    simg_index_return(site.index, db);
    simg_upload_done(u);
    simg_share(&site, store, image.filename, p);
    apr_pool_destroy(p);
}

static void sweep(void)
{
    apr_pool_t *p;
    int more = 1;

    apr_pool_create(&p, pool);
    while (more)
        must(simg_sweep_some(&more, &site, p, &err));
    apr_pool_destroy(p);
}

/* Seconds for each picture. */
static double save_some(apr_int64_t max_files, int *serial)
{
    apr_time_t start = apr_time_now(), swept = start;
    int i;

    settings.max_files = max_files;
    for (i = 0; i < SAVES; i++) {
        save_one(++*serial, apr_time_now());
        if (max_files && apr_time_now() - swept > SWEEP_EVERY) {
            sweep();
            swept = apr_time_now();
        }
    }
    if (max_files)
        sweep();
    return (double)(apr_time_now() - start) / 1e6 / SAVES;
}

static const char *nothing(const char *name)
{
    (void)name;
    return NULL;
}

static void fill(int n)
{
    simg_db *db;
    int i;

    must(simg_index_borrow(&db, site.index, &err));
    must(simg_db_begin(db, &err));
    for (i = 0; i < n; i++) {
        apr_pool_t *p;
        simg_image image = { .kind = "story", .page_number = 1, .model = "offline", .width = 1024, .height = 1024,
                             .size = 1482113, .site = site.name, .created_at = T0 + (apr_time_t)i * 997000 };

        apr_pool_create(&p, pool);
        image.filename = apr_psprintf(p, "story-%d-p1.png", i);
        image.sha256 = apr_psprintf(p, "%064d", i);
        image.description = apr_psprintf(p, "A small dragon number %d reads a big book under an old oak", i);
        must(simg_images_add_in(db, &image, &err));
        apr_pool_destroy(p);
    }
    must(simg_db_commit(db, &err));
    simg_index_return(site.index, db);
}

static atomic_int pruning;
static double longest;

/* Another process would ask just so. */
static void *ask_for_lock(void *baton)
{
    simg_problem why = { 0 };
    simg_db *db;

    (void)baton;
    must(simg_index_borrow(&db, site.index, &why));
    while (atomic_load(&pruning)) {
        apr_time_t start = apr_time_now();
        double waited;

        must(simg_db_begin(db, &why));
        waited = (double)(apr_time_now() - start) / 1000;
        simg_db_rollback(db);
        if (waited > longest)
            longest = waited;
        apr_sleep(1000);
    }
    simg_index_return(site.index, db);
    return NULL;
}

static double prune(int left)
{
    apr_time_t start;
    pthread_t thread;

    settings.max_files = left;
    atomic_store(&pruning, 1);
    pthread_create(&thread, NULL, ask_for_lock, NULL);
    start = apr_time_now();
    sweep();
    atomic_store(&pruning, 0);
    pthread_join(thread, NULL);
    return (double)(apr_time_now() - start) / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    static const char *wrong;
    double without[ROUNDS], with[ROUNDS], ratio[ROUNDS];
    int n = argc > 1 ? atoi(argv[1]) : 10000, serial = 0, i;
    simg_site *made;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    settings = *simg_settings_make(pool);
    simg_settings_set(&settings, SIMG_OPTION_min_free, "0", SIMG_FROM_DIRECTIVE, pool);
    simg_settings_set(&settings, SIMG_OPTION_save, "on", SIMG_FROM_DIRECTIVE, pool);
    wrong = simg_settings_finish(&settings, scratch, nothing, pool);
    if (!wrong)
        wrong = simg_site_make(&made, &settings, NULL, pool);
    if (wrong) {
        fprintf(stderr, "%s\n", wrong);
        return 2;
    }
    site = *made;
    site.name = "bench";
    must(simg_site_open(&site, pool, &err));
    must(simg_store_open(&store, &settings, pool, &err));
    make_picture();
    fill(n + PRUNED);
    printf("retention %d pictures pruned to %d in %.2f s", PRUNED, n, prune(n));
    printf("; the longest that another waited for the lock: %.1f ms (at most 50)\n", longest);
    settings.max_files = 0;
    for (i = 0; i < 2 * ROUNDS * SAVES; i++)
        save_one(++serial, T0 - apr_time_from_sec(2 * ROUNDS * SAVES - i));
    n += 2 * ROUNDS * SAVES;
    for (i = 0; i < ROUNDS; i++) {
        without[i] = save_some(0, &serial);
        settings.max_files = n;
        sweep();
        with[i] = save_some(n, &serial);
        ratio[i] = with[i] / without[i];
    }
    qsort(without, ROUNDS, sizeof(double), by_size);
    qsort(with, ROUNDS, sizeof(double), by_size);
    qsort(ratio, ROUNDS, sizeof(double), by_size);
    printf("retention one more of %d: %.2f ms without, %.2f ms with a limit that is reached, ratio %.3f (at most 1.2)\n", n,
           without[ROUNDS / 2] * 1000, with[ROUNDS / 2] * 1000, ratio[ROUNDS / 2]);
    scratch_end();
    return 0;
}
