/* SPDX-License-Identifier: Apache-2.0 */
#include "work/sweep.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "index/forget.h"
#include "index/images.h"
#include "store/store.h"
#include "work/count.h"
#include "work/folders.h"

#define STEP 60                           /* pictures of one transaction: some ten milliseconds */
#define LEFT_AFTER apr_time_from_sec(60)  /* whoever marked it longer ago is gone */

/** A sweep under way. */
typedef struct sweep {
    const simg_site *site;
    apr_array_header_t *stores; /* of simg_store * */
    apr_pool_t *scratch;        /* of one step */
} sweep;

static apr_status_t begin(sweep *s, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    *s = (sweep){ .site = site };
    apr_pool_create(&s->scratch, p);
    return simg_folders_open(&s->stores, site, p, err);
}

/** The files, then the marks. A file that cannot be removed keeps its mark, and the sweep comes back to it. */
static apr_status_t clear_away(const sweep *s, const apr_array_header_t *names, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = names->nelts ? simg_folders_remove(s->stores, names, s->scratch, err) : APR_SUCCESS;

    if (rv != APR_SUCCESS || !names->nelts)
        return rv;
    rv = simg_index_borrow(&db, s->site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_doomed_done(db, names, err);
    simg_index_return(s->site->index, db);
    return rv;
}

static apr_array_header_t *names_of(const apr_array_header_t *doomed, apr_pool_t *p)
{
    apr_array_header_t *names = apr_array_make(p, doomed->nelts + 1, sizeof(const char *));
    int i;

    for (i = 0; i < doomed->nelts; i++)
        APR_ARRAY_PUSH(names, const char *) = APR_ARRAY_IDX(doomed, i, simg_doomed).filename;
    return names;
}

static simg_retention limits_of(const simg_settings *s)
{
    return (simg_retention){ .max_age = s->max_age, .max_files = s->max_files, .max_bytes = s->max_size };
}

static apr_status_t mark_some(apr_array_header_t **doomed, int *more, const sweep *s, simg_problem *err)
{
    simg_retention limits = limits_of(s->site->settings);
    simg_doom doom = { s->site->name, &limits, simg_clock_now(), STEP };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, s->site->index, err);

    *more = 0;
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_doomed_retire(doomed, more, db, &doom, s->scratch, err);
    simg_index_return(s->site->index, db);
    return rv;
}

static apr_status_t tell(simg_swept *swept, const apr_array_header_t *doomed, simg_doomed_fn *fn, void *baton,
                         simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < doomed->nelts; i++) {
        const simg_doomed *d = &APR_ARRAY_IDX(doomed, i, simg_doomed);

        swept->images++;
        swept->bytes += d->freed;
        if (fn)
            rv = fn(baton, d, err);
    }
    return rv;
}

/** Is anything to go? Asked after each save, so it takes no lock: the oldest is looked at with the numbers kept. */
static apr_status_t is_due(int *due, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_retention limits = limits_of(site->settings);
    simg_doom doom = { site->name, &limits, simg_clock_now(), 1 };
    simg_db *db;
    apr_status_t rv;

    *due = 0;
    if (!simg_retention_limited(&limits))
        return APR_SUCCESS;
    rv = simg_index_borrow(&db, site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_doomed_is_due(due, db, &doom, p, err);
    simg_index_return(site->index, db);
    return rv;
}

static void count(const simg_site *site, const apr_array_header_t *doomed)
{
    int i;

    for (i = 0; i < doomed->nelts; i++)
        simg_count_removed(site, APR_ARRAY_IDX(doomed, i, simg_doomed).reason, 1);
}

static apr_status_t step(apr_array_header_t **doomed, int *more, const sweep *s, simg_problem *err)
{
    apr_status_t rv;

    apr_pool_clear(s->scratch);
    rv = mark_some(doomed, more, s, err);
    if (rv != APR_SUCCESS)
        return rv;
    count(s->site, *doomed);
    return clear_away(s, names_of(*doomed, s->scratch), err);
}

apr_status_t simg_sweep_some(int *more, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *doomed;
    sweep s;
    apr_status_t rv = is_due(more, site, p, err);

    if (rv != APR_SUCCESS || !*more)
        return rv;
    rv = begin(&s, site, p, err);
    return rv == APR_SUCCESS ? step(&doomed, more, &s, err) : rv;
}

apr_status_t simg_sweep_retire(simg_swept *swept, const simg_site *site, simg_doomed_fn *fn, void *baton,
                               apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *doomed;
    int more = 0;
    sweep s;
    apr_status_t rv;

    *swept = (simg_swept){ 0 };
    rv = is_due(&more, site, p, err);
    if (rv != APR_SUCCESS || !more)
        return rv;
    rv = begin(&s, site, p, err);
    while (rv == APR_SUCCESS && more) {
        rv = step(&doomed, &more, &s, err);
        if (rv == APR_SUCCESS)
            rv = tell(swept, doomed, fn, baton, err);
    }
    return rv;
}

static apr_status_t left_of(apr_array_header_t **names, const simg_site *site, const char *whose, apr_pool_t *p,
                            simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_doomed_left(names, db, whose, simg_clock_now() - LEFT_AFTER, STEP, p, err);
    simg_index_return(site->index, db);
    return rv;
}

/** A name may have been given to another picture, which is being saved: its file stays. */
static apr_status_t without_living(apr_array_header_t **out, const sweep *s, const apr_array_header_t *names,
                                   simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int i, living;

    *out = apr_array_make(s->scratch, names->nelts, sizeof(const char *));
    for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);

        rv = simg_folders_is_saving(&living, s->stores, name, s->scratch, err);
        if (rv == APR_SUCCESS && !living)
            APR_ARRAY_PUSH(*out, const char *) = name;
    }
    return rv;
}

apr_status_t simg_sweep_left(const simg_site *site, const char *whose, apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *names, *dead;
    sweep s;
    apr_status_t rv = left_of(&names, site, whose, p, err);

    if (rv != APR_SUCCESS || !names->nelts)
        return rv;
    rv = begin(&s, site, p, err);
    if (rv == APR_SUCCESS)
        rv = without_living(&dead, &s, names, err);
    return rv == APR_SUCCESS ? clear_away(&s, dead, err) : rv;
}

/** Marks in one transaction; what is marked is then cleared away. */
typedef apr_status_t mark_fn(apr_array_header_t *doomed, simg_db *db, void *what, simg_problem *err);

static apr_status_t mark(apr_array_header_t *doomed, const simg_site *site, mark_fn *fn, void *what, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = fn(doomed, db, what, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    simg_index_return(site->index, db);
    return rv;
}

/** From the commit on it is gone for everybody: files that cannot be removed now are removed by the sweep. */
static void clear_marked(const simg_site *site, const apr_array_header_t *doomed, apr_pool_t *p)
{
    simg_problem err = { 0 };
    sweep s;
    apr_status_t rv;

    if (!doomed->nelts)
        return;
    count(site, doomed);
    rv = begin(&s, site, p, &err);
    if (rv == APR_SUCCESS)
        rv = clear_away(&s, names_of(doomed, p), &err);
    if (rv != APR_SUCCESS)
        simg_log_write(site->log, SIMG_WARNING, rv,
                       SIMGLOG(0761) "removed pictures still have files; they go later: %s%s%s", err.code,
                       err.cause ? ": " : "", err.cause ? err.cause : "");
    simg_bell_ring(site->bell);
}

/** A picture or a story that a site is asked to remove. */
typedef struct wanted {
    const char *site, *id;
    simg_swept_story *counts; /* of a story */
} wanted;

static apr_status_t mark_image(apr_array_header_t *doomed, simg_db *db, void *what, simg_problem *err)
{
    const wanted *w = what;
    simg_doomed d = { .filename = w->id, .reason = "deleted" };
    int marked = 0;
    apr_status_t rv = simg_images_is_of(&marked, db, w->site, w->id, err);

    if (rv == APR_SUCCESS && marked)
        rv = simg_doomed_mark_in(&marked, db, d.filename, simg_clock_now(), err);
    if (rv == APR_SUCCESS && marked)
        APR_ARRAY_PUSH(doomed, simg_doomed) = d;
    return rv;
}

apr_status_t simg_sweep_image(int *removed, const simg_site *site, const char *filename, apr_pool_t *p,
                              simg_problem *err)
{
    apr_array_header_t *doomed = apr_array_make(p, 1, sizeof(simg_doomed));
    wanted w = { site->name, filename, NULL };
    apr_status_t rv = mark(doomed, site, mark_image, &w, err);

    *removed = rv == APR_SUCCESS && doomed->nelts;
    if (*removed)
        clear_marked(site, doomed, p);
    return rv;
}

static apr_status_t mark_story(apr_array_header_t *doomed, simg_db *db, void *what, simg_problem *err)
{
    const wanted *w = what;
    simg_forgotten gone = { 0 };
    int told;
    apr_status_t rv = simg_forget_is_told(&told, db, w->site, w->id, err);

    if (rv != APR_SUCCESS || !told)
        return rv;
    rv = simg_doomed_mark_story_in(doomed, db, w->id, simg_clock_now(), err);
    if (rv == APR_SUCCESS)
        rv = simg_forget_story_in(&gone, db, w->id, err);
    *w->counts = (simg_swept_story){ gone.stories, gone.jobs, doomed->nelts, gone.requests };
    return rv;
}

apr_status_t simg_sweep_story(simg_swept_story *counts, const simg_site *site, const char *id, apr_pool_t *p,
                              simg_problem *err)
{
    apr_array_header_t *doomed = apr_array_make(p, 4, sizeof(simg_doomed));
    wanted w = { site->name, id, counts };
    apr_status_t rv;

    *counts = (simg_swept_story){ 0 };
    rv = mark(doomed, site, mark_story, &w, err);
    if (rv == APR_SUCCESS)
        clear_marked(site, doomed, p);
    if (rv == APR_SUCCESS && counts->stories)
        simg_bell_ring(site->bell);
    return rv;
}

/** A call's row tells recovery what a temporary file is: it outlives those by far. */
#define CALLS_KEPT apr_time_from_sec(7 * 24 * 3600)

apr_status_t simg_sweep_records(int *more, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_interval_time_t age = site->settings->max_age;
    apr_time_t now = simg_clock_now();
    int stories = 0, rows = 0;
    simg_db *db;
    apr_status_t rv;

    *more = 0;
    if (!age)
        return APR_SUCCESS;
    rv = simg_index_borrow(&db, site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_forget_old(&stories, db, site->name, now - age, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_forget_ledger(&rows, db, now - (age > CALLS_KEPT ? age : CALLS_KEPT), err);
    simg_index_return(site->index, db);
    *more = rv == APR_SUCCESS && (stories > 0 || rows > 0);
    return rv;
}
