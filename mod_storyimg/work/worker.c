/* SPDX-License-Identifier: Apache-2.0 */
#include "work/worker.h"

#include <stdatomic.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <apr_strings.h>

#include "base/clock.h"
#include "queue/claims.h"
#include "queue/requests.h"
#include "queue/tasks.h"
#include "work/presence.h"
#include "work/recover.h"
#include "work/runner.h"
#include "work/sweep.h"
#include "work/uploads.h"
#include "work/watch.h"

#define POLL apr_time_from_sec(1)             /* for jobs that came to another process */
#define RENEW apr_time_from_sec(15)           /* of leases that run a minute */
#define LEASES apr_time_from_sec(2)           /* look for processes that are gone */
#define RETENTION apr_time_from_sec(1)        /* asking costs four numbers */
#define HOUSEKEEPING apr_time_from_sec(60)    /* what is not urgent */
#define PRUNING apr_time_from_sec(3600)       /* of old records */
#define DRAIN apr_time_from_sec(60)           /* beyond two calls: an index that is gone is not waited for for ever */
#define COMPLAIN_AGAIN apr_time_from_sec(300) /* about the same site */
#define MANY 32                               /* pages at once, whose memory is worth giving back */

/** What the worker does for one site, and when it is to be done next. */
typedef struct desk {
    const simg_site *site;
    simg_runner *runner;     /* NULL: could not be made yet */
    simg_model_watch *watch; /* of its models */
    apr_pool_t *p;           /* of the runner */
    apr_pool_t *scratch;
    int present; /* other processes can see that we live */
    apr_time_t recovery, renew, leases, retention, housekeeping, complained;
} desk;

struct simg_worker {
    apr_array_header_t *desks; /* of desk */
    simg_loop *loop;
    simg_bell *bell;
    atomic_int stopped, eased;
    apr_interval_time_t patience; /* how long what is under way may take after a stop */
    apr_pool_t *p;
};

apr_status_t simg_worker_create(simg_worker **out, const apr_array_header_t *sites, apr_pool_t *p, simg_problem *err)
{
    simg_worker *w = apr_pcalloc(p, sizeof(*w));
    const simg_log *log = sites->nelts ? APR_ARRAY_IDX(sites, 0, const simg_site *)->log : NULL;
    apr_status_t rv = simg_loop_create(&w->loop, log, p, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    w->p = p;
    w->desks = apr_array_make(p, sites->nelts + 1, sizeof(desk));
    for (i = 0; i < sites->nelts; i++) {
        desk *d = apr_array_push(w->desks);

        *d = (desk){ .site = APR_ARRAY_IDX(sites, i, const simg_site *) };
        apr_pool_create(&d->p, p);
        apr_pool_create(&d->scratch, p);
        d->watch = simg_model_watch_create(d->site, w->loop, p);
        w->bell = d->site->bell;
        if (w->patience < 2 * d->site->settings->timeout + DRAIN)
            w->patience = 2 * d->site->settings->timeout + DRAIN;
    }
    simg_bell_attach(w->bell, w->loop);
    *out = w;
    return APR_SUCCESS;
}

void simg_worker_ease(simg_worker *worker)
{
    atomic_store(&worker->eased, 1);
}

void simg_worker_stop(simg_worker *worker)
{
    simg_worker_ease(worker);
    atomic_store(&worker->stopped, 1);
    simg_loop_wake(worker->loop);
}

/** Trouble of the index or the folder lasts, and is told once in a while. */
static void complain(desk *d, const char *what, const simg_problem *err)
{
    apr_time_t now = apr_time_now();

    if (d->complained && now - d->complained < COMPLAIN_AGAIN)
        return;
    d->complained = now;
    simg_log_write(d->site->log, d->site->settings->save ? SIMG_WARNING : SIMG_INFO, err->rv,
                   SIMGLOG(0601) "background work: %s: %s%s%s", what, err->code, err->cause ? ": " : "",
                   err->cause ? err->cause : "");
}

static int is_due(apr_time_t *at, apr_interval_time_t every)
{
    apr_time_t now = apr_time_now();

    if (*at > now)
        return 0;
    *at = now + every;
    return 1;
}

static apr_status_t renew(const desk *d, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, d->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_leases_renew(db, d->site->owner, simg_clock_now(), err);
    simg_index_return(d->site->index, db);
    return rv;
}

/** Once an hour, by one process for all. */
static apr_status_t prune(const desk *d, simg_problem *err)
{
    simg_task task = { .name = "prune", .owner = d->site->owner, .run = "", .every = PRUNING };
    simg_db *db;
    int taken = 0;
    apr_status_t rv = simg_index_borrow(&db, d->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    task.now = simg_clock_now();
    rv = simg_tasks_take(&taken, db, &task, err);
    if (rv == APR_SUCCESS && taken)
        rv = simg_requests_prune(db, task.now, err);
    if (rv == APR_SUCCESS && taken)
        rv = simg_tasks_done(db, &task, NULL, err);
    simg_index_return(d->site->index, db);
    return rv;
}

/** First of all, and again until it has succeeded: be seen, and take up what was left. */
static apr_status_t settle_in(desk *d, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *p;

    if (!d->present) {
        apr_pool_create(&p, d->p);
        rv = simg_presence_take(d->site->settings->state_dir, d->site->owner, p);
        if (rv != APR_SUCCESS) {
            apr_pool_destroy(p);
            simg_problem_set(err, d->scratch, "storage-unwritable", rv, "nothing can be recorded at the moment");
            return simg_problem_cause(err, d->scratch, "cannot write to StoryImgStateDir");
        }
        d->present = 1;
    }
    /* once per start, by one process for all: if that one dies in it, another sees it here */
    if (is_due(&d->recovery, HOUSEKEEPING)) {
        rv = simg_recover_start(d->site, d->scratch, err);
        if (rv != APR_SUCCESS)
            d->recovery = 0;
    }
    return rv;
}

static apr_status_t keep_house(desk *d, simg_problem *err)
{
    int more = 0, records = 0;
    apr_status_t rv = APR_SUCCESS;

    if (is_due(&d->renew, RENEW))
        rv = renew(d, err);
    if (rv == APR_SUCCESS && is_due(&d->leases, LEASES))
        rv = simg_recover_leases(d->site, d->scratch, err);
    if (rv == APR_SUCCESS && is_due(&d->retention, RETENTION))
        rv = simg_sweep_some(&more, d->site, d->scratch, err);
    if (more)
        d->retention = 0;
    if (rv == APR_SUCCESS && is_due(&d->housekeeping, HOUSEKEEPING)) {
        simg_presence_sweep(d->site->settings->state_dir, d->scratch);
        simg_model_watch_tick(d->watch);
        rv = simg_recover_stale(d->site, d->scratch, err);
        if (rv == APR_SUCCESS)
            rv = prune(d, err);
        if (rv == APR_SUCCESS)
            rv = simg_uploads_sweep(d->site, d->scratch, err);
        if (rv == APR_SUCCESS)
            rv = simg_sweep_left(d->site, NULL, d->scratch, err);
        if (rv == APR_SUCCESS)
            rv = simg_sweep_records(&records, d->site, d->scratch, err);
        if (records)
            d->housekeeping = 0;
    }
    return rv;
}

/** A site that keeps nothing has no folder of pictures, and gets none: the runner is made when there is a page to draw.
 */
static apr_status_t make_runner(desk *d, simg_worker *w, simg_problem *err)
{
    apr_pool_t *p;
    apr_status_t rv;

    apr_pool_create(&p, d->p);
    rv = simg_runner_create(&d->runner, d->site, w->loop, p, err);
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(p);
        d->runner = NULL;
    }
    return rv;
}

/** Pages under way in this process, of all sites. */
static int busy(const simg_worker *w)
{
    int n = 0, i;

    for (i = 0; i < w->desks->nelts; i++)
        if (APR_ARRAY_IDX(w->desks, i, desk).runner)
            n += simg_runner_busy(APR_ARRAY_IDX(w->desks, i, desk).runner);
    return n;
}

static apr_status_t draw(desk *d, simg_worker *w, apr_time_t *next, simg_problem *err)
{
    int max = (int)d->site->settings->concurrency;
    apr_status_t rv = d->runner ? APR_SUCCESS : simg_runner_look(next, d->site, NULL, err);

    if (rv == APR_SUCCESS && !d->runner && *next)
        rv = make_runner(d, w, err);
    if (rv != APR_SUCCESS || !d->runner)
        return rv;
    /* of what this process may have under way, other sites have taken their part */
    return simg_runner_fill(d->runner, NULL, max - busy(w) + simg_runner_busy(d->runner), next, err);
}

/** A turn of work for one site. @return how long until there is more to do here, at most POLL. */
static apr_interval_time_t serve(desk *d, simg_worker *w)
{
    simg_problem err = { 0 };
    apr_time_t next = 0, now = simg_clock_now();
    apr_status_t rv;

    apr_pool_clear(d->scratch);
    rv = settle_in(d, &err);
    if (rv == APR_SUCCESS)
        rv = keep_house(d, &err);
    if (rv == APR_SUCCESS && !atomic_load(&w->eased))
        rv = draw(d, w, &next, &err);
    if (rv != APR_SUCCESS)
        complain(d, "it rests until this is mended", &err);
    if (rv == APR_SUCCESS && (!d->retention || !d->housekeeping))
        return 0;
    if (rv != APR_SUCCESS || !next || next - now > POLL)
        return POLL;
    return next > now ? next - now : 0;
}

/** Many processes that poll must not do so in the same moment. */
static apr_interval_time_t jitter(apr_interval_time_t wait)
{
    return wait < POLL ? wait : POLL * 3 / 4 + (apr_interval_time_t)(simg_clock_random() % (POLL / 2));
}

/** Stopped, and nothing left to wait for; or waited for long enough: what is on disk then is taken up by recovery. */
static int is_over(const simg_worker *w, apr_time_t *stopped)
{
    if (!atomic_load(&w->stopped))
        return 0;
    if (!*stopped)
        *stopped = apr_time_now();
    return !busy(w) || apr_time_now() - *stopped > w->patience;
}

/** After a crowd of pages glibc keeps their memory for itself, which this process may never need again. */
static void give_back(int *most, int now)
{
    if (now > *most)
        *most = now;
    if (now || *most < MANY)
        return;
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    *most = 0;
}

void simg_worker_run(simg_worker *w)
{
    simg_problem err = { 0 };
    apr_time_t stopped = 0;
    int left, i, most = 0;

    while (w->desks->nelts && !is_over(w, &stopped)) {
        apr_interval_time_t wait = POLL;

        for (i = 0; i < w->desks->nelts; i++) {
            apr_interval_time_t here = serve(&APR_ARRAY_IDX(w->desks, i, desk), w);

            wait = here < wait ? here : wait;
        }
        give_back(&most, busy(w));
        if (simg_loop_turn(w->loop, jitter(wait), &left, &err) != APR_SUCCESS)
            apr_sleep(POLL);
    }
    simg_bell_attach(w->bell, NULL);
}
