/* SPDX-License-Identifier: Apache-2.0 */
/** Sites with folders of a test's own, and what processes leave in them. */
#ifndef RECOVERY_H
#define RECOVERY_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "queue.h"

#include "base/clock.h"
#include "index/images.h"
#include "picture.h"
#include "store/store.h"
#include "work/presence.h"
#include "work/recover.h"

static char recovery_said[4000]; /* what was logged at notice or worse, a line each */
static int recovery_lines;

static inline void recovery_print(const simg_log *log, int level, apr_status_t rv, const char *message)
{
    size_t at = strlen(recovery_said);

    (void)log;
    (void)rv;
    snprintf(recovery_said + at, sizeof(recovery_said) - at, "%d %s\n", level, message);
    recovery_lines++;
}

static const simg_log recovery_log = { SIMG_NOTICE, recovery_print, NULL };

static inline void recovery_forget(void)
{
    recovery_said[0] = '\0';
    recovery_lines = 0;
    err = (simg_problem){ 0 };
}

/** A site of folders FOLDER/generated and FOLDER/state, of which neither is there, with saving off as it may be where
 * only a <Location> saves. */
static inline simg_site *recovery_site(const char *name, const char *owner, const char *folder, apr_pool_t *p)
{
    simg_site *site = apr_pcalloc(p, sizeof(*site));
    simg_settings *s = apr_pcalloc(p, sizeof(*s));

    s->generated_dir = apr_pstrcat(p, scratch, "/", folder, "/generated", NULL);
    s->state_dir = apr_pstrcat(p, scratch, "/", folder, "/state", NULL);
    s->timeout = apr_time_from_sec(120);
    site->name = name;
    site->owner = owner;
    site->run = "run-1";
    site->settings = s;
    site->log = &recovery_log;
    site->index = queue_index;
    return site;
}

/** The store that a site's jobs save to. */
static inline simg_store *recovery_store(const simg_site *site, apr_pool_t *p)
{
    simg_settings *s = apr_pmemdup(p, site->settings, sizeof(*s));
    simg_store *store = NULL;

    s->save = 1;
    if (shown(simg_store_open(&store, s, p, &err)) != APR_SUCCESS)
        exit(1);
    return store;
}

static inline picture recovery_png(int seed, apr_pool_t *p)
{
    return picture_png(3000, (uint32_t)seed, p);
}

/** The first `len` bytes of a picture came, and then the process ended. */
static inline void recovery_part(const simg_site *site, const char *name, int seed, apr_size_t len)
{
    picture png = recovery_png(seed, pool);
    const char *path = apr_pstrcat(pool, site->settings->state_dir, "/incoming/", name, ".part", NULL);
    int fd;

    recovery_store(site, pool);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0200);
    if (fd < 0 || write(fd, png.bytes, len) != (ssize_t)len || close(fd) != 0)
        printf("# %s: not written\n", path);
}

static inline const char *recovery_path(const simg_site *site, const char *name)
{
    return apr_pstrcat(pool, site->settings->generated_dir, "/", name, NULL);
}

static inline int recovery_is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline void recovery_put(const char *path, const void *bytes, apr_size_t len)
{
    FILE *f = fopen(path, "w");

    if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
        printf("# %s: not written\n", path);
}

/** Is it this very picture, under this name? */
static inline int recovery_holds(const simg_site *site, const char *name, int seed)
{
    picture png = recovery_png(seed, pool);
    FILE *f = fopen(recovery_path(site, name), "r");
    char bytes[4000];
    size_t n = f ? fread(bytes, 1, sizeof(bytes), f) : 0;

    if (f)
        fclose(f);
    return n == png.len && !memcmp(bytes, png.bytes, n);
}

/** How many temporary files there are. */
static inline int recovery_parts(const simg_site *site)
{
    apr_array_header_t *names = NULL;

    return shown(simg_store_parts(&names, recovery_store(site, pool), pool, &err)) == APR_SUCCESS ? names->nelts : -1;
}

/** "made unknown -": the ledger's words for the pages of a job. */
static inline const char *recovery_ledger(const char *job)
{
    return queue_text(apr_psprintf(pool,
                                   "SELECT group_concat(COALESCE(outcome, '-'), ' ') FROM "
                                   "(SELECT outcome FROM call WHERE job_id = '%s' ORDER BY page_number)",
                                   job));
}

/** "FILE", "/CODE" or "-" for each page of the story of a job. */
static inline const char *recovery_pages(const char *job)
{
    return queue_text(apr_psprintf(pool,
                                   "SELECT group_concat(COALESCE(filename, '/' || error_code, '-'), ' ') FROM "
                                   "(SELECT * FROM story_page WHERE story_id = 's%s' ORDER BY number)",
                                   job));
}

#endif
