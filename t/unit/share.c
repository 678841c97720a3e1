/* SPDX-License-Identifier: Apache-2.0 */
/* work/share: what becomes of a duplicate that is removed while it is shared. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "index/images.h"
#include "scratch.h"
#include "tap.h"
#include "work/share.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)

static apr_pool_t *pool;
static simg_problem err;
static simg_site *site;
static simg_store *store;
static const char *gone; /* somebody removes it right before its name is given to the shared file */

static const char *path(const char *name)
{
    return apr_pstrcat(pool, site->settings->generated_dir, "/", name, NULL);
}

static void run(const char *sql, const char *filename)
{
    const simg_value arg = simg_value_text(filename);
    simg_db *db;

    if (simg_index_borrow(&db, site->index, &err) == APR_SUCCESS) {
        simg_db_run(db, sql, &arg, 1, NULL, NULL, &err);
        simg_index_return(site->index, db);
    }
}

/* In place of libc's. */
int rename(const char *from, const char *to)
{
    if (gone && !strcmp(to, path(gone))) {
        run("DELETE FROM image WHERE filename = $1", gone);
        unlink(to);
        gone = NULL;
    }
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* A picture and its record; all have the same bytes. */
static const char *save(int i)
{
    simg_image image = { .filename = apr_psprintf(pool, "story-%d-p1.png", i), .kind = "story", .page_number = 1,
                         .model = "m", .size = 9, .sha256 = "aa", .site = site->name, .created_at = T0 + i * 1000 };
    FILE *f = fopen(path(image.filename), "w");

    if (f) {
        fputs("the bytes", f);
        fclose(f);
    }
    is_int(simg_images_add(site->index, &image, &err), APR_SUCCESS, image.filename);
    return image.filename;
}

static int names_of(const char *name)
{
    struct stat st;

    return stat(path(name), &st) == 0 ? (int)st.st_nlink : 0;
}

static const char *nothing(const char *name)
{
    (void)name;
    return NULL;
}

static int open_site(void)
{
    simg_settings *settings = simg_settings_make(pool);

    simg_settings_set(settings, SIMG_OPTION_min_free, "0", SIMG_FROM_DIRECTIVE, pool);
    simg_settings_set(settings, SIMG_OPTION_save, "on", SIMG_FROM_DIRECTIVE, pool);
    if (simg_settings_finish(settings, scratch, nothing, pool) || simg_site_make(&site, settings, NULL, pool))
        return 0;
    site->name = "here";
    return simg_site_open(site, pool, &err) == APR_SUCCESS &&
           simg_store_open(&store, settings, pool, &err) == APR_SUCCESS;
}

int main(void)
{
    const char *a, *b, *c;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    ok(open_site(), "a site");
    a = save(1);
    b = save(2);
    is_int(simg_share(site, store, b, pool), 1, "a duplicate");
    is_int(names_of(a), 2, "shares its file");
    c = save(3);
    gone = c;
    is_int(simg_share(site, store, c, pool), 1, "one that is removed at this moment");
    is_int(names_of(c), 0, "stays so");
    is_int(names_of(b), 2, "and the others are as they were");
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
