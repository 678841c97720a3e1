/* SPDX-License-Identifier: Apache-2.0 */
#include "work/recover.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "base/clock.h"
#include "queue/tasks.h"
#include "work/presence.h"
#include "work/reconcile.h"
#include "work/salvage.h"

#define STALE_LEAST apr_time_from_sec(15 * 60)
#define UNKNOWN_KEPT apr_time_from_sec(24 * 3600)

static void log_counts(const simg_site *site, const simg_recovery *c)
{
    if (!c->finished && !c->unknown && !c->removed && !c->adopted && !c->missing)
        return;
    simg_log_write(
        site->log, SIMG_NOTICE, APR_SUCCESS,
        SIMGLOG(0501) "recovery: %d pictures finished, %d pages of unknown outcome, %d temporary files removed, "
                      "%d files without a record listed, %d records without a file removed",
        c->finished, c->unknown, c->removed, c->adopted, c->missing);
    simg_bell_ring(site->bell);
}

static apr_status_t orphans_of(apr_array_header_t **claims, const simg_site *site, const char *owner, apr_pool_t *p,
                               simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_leases_orphans(claims, db, owner, p, err);
    simg_index_return(site->index, db);
    return rv;
}

static apr_status_t salvage_all(simg_recovery *counts, const simg_site *site, const apr_array_header_t *claims,
                                apr_pool_t *p, simg_problem *err)
{
    apr_pool_t *scratch;
    simg_store *store;
    apr_status_t rv = claims->nelts ? simg_salvage_store(&store, site, p, err) : APR_SUCCESS;
    int i;

    apr_pool_create(&scratch, p);
    for (i = 0; rv == APR_SUCCESS && i < claims->nelts; i++) {
        apr_pool_clear(scratch);
        rv = simg_salvage(counts, site, store, &APR_ARRAY_IDX(claims, i, simg_claim), scratch, err);
    }
    return rv;
}

static apr_status_t let_go(const simg_site *site, const char *owner, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_leases_drop(db, owner, simg_clock_now(), err);
    if (rv == APR_SUCCESS)
        rv = simg_tasks_drop(db, owner, err);
    simg_index_return(site->index, db);
    return rv;
}

/** An owner belongs to one site; what it drew is finished with that site's folder. */
static int is_foreign(const simg_site *site, const apr_array_header_t *claims)
{
    return claims->nelts && strcmp(APR_ARRAY_IDX(claims, 0, simg_claim).site, site->name);
}

static apr_status_t bury(simg_recovery *counts, const simg_site *site, const char *owner, apr_pool_t *p,
                         simg_problem *err)
{
    apr_array_header_t *claims;
    apr_status_t rv;

    do {
        rv = orphans_of(&claims, site, owner, p, err);
        if (rv != APR_SUCCESS || is_foreign(site, claims))
            return rv;
        rv = salvage_all(counts, site, claims, p, err);
    } while (rv == APR_SUCCESS && claims->nelts);
    if (rv == APR_SUCCESS)
        rv = let_go(site, owner, err);
    if (rv == APR_SUCCESS)
        simg_presence_forget(site->settings->state_dir, owner, p);
    return rv;
}

static int is_gone(const simg_site *site, const simg_lease *lease, apr_pool_t *p)
{
    switch (simg_presence_of(site->settings->state_dir, lease->owner, p)) {
    case SIMG_PRESENCE_GONE: return 1;
    case SIMG_PRESENCE_ALIVE: return 0;
    default: return lease->until < simg_clock_now();
    }
}

static apr_status_t take_up(simg_recovery *counts, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *leases;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_leases_others(&leases, db, site->owner, p, err);
    simg_index_return(site->index, db);
    for (i = 0; rv == APR_SUCCESS && i < leases->nelts; i++) {
        const simg_lease *lease = &APR_ARRAY_IDX(leases, i, simg_lease);

        if (is_gone(site, lease, p))
            rv = bury(counts, site, lease->owner, p, err);
    }
    return rv;
}

apr_status_t simg_recover_leases(const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_recovery counts = { 0 };
    apr_status_t rv = take_up(&counts, site, p, err);

    log_counts(site, &counts);
    return rv;
}

/** What is to be done with a temporary file: nothing as long as its call may be under way. */
typedef enum fate { KEEP, DROP, FINISH } fate;

static apr_status_t fate_of(fate *out, simg_claim *claim, const simg_site *site, const char *name, apr_pool_t *p,
                            simg_problem *err)
{
    const char *outcome = NULL;
    int forgotten = 0;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_claims_find(claim, &outcome, db, name, p, err);
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        simg_claims_forgotten(&forgotten, db, name, err);
    simg_index_return(site->index, db);
    *out = forgotten ? DROP : KEEP;
    if (forgotten)
        return APR_SUCCESS;
    if (APR_STATUS_IS_ENOENT(rv) && !err->status) {
        /* A call has its row before its file: this was a test of the folder, belongs to a story that was removed, or
         * to a site that shares the folder but not the index; that one has had a day to take up what is its own. */
        *out = simg_clock_id_time(name) < simg_clock_now() - UNKNOWN_KEPT ? DROP : KEEP;
        return APR_SUCCESS;
    }
    /* bytes that could not be given a name when they came were kept, their outcome called unknown */
    if (rv == APR_SUCCESS && outcome)
        *out = strcmp(outcome, simg_outcome_name(SIMG_OUTCOME_UNKNOWN)) ? DROP : FINISH;
    return rv;
}

static apr_status_t tidy_part(simg_recovery *counts, const simg_site *site, simg_store *store, const char *name,
                              apr_pool_t *p, simg_problem *err)
{
    simg_recovery of_this = { .judged = counts->judged };
    simg_claim claim;
    fate f;
    apr_status_t rv = fate_of(&f, &claim, site, name, p, err);

    if (rv != APR_SUCCESS || f == KEEP)
        return rv;
    if (f == FINISH && !strcmp(claim.site, site->name)) {
        rv = simg_salvage(&of_this, site, store, &claim, p, err);
        counts->finished += of_this.finished;
        counts->judged = of_this.judged;
        counts->removed += of_this.unknown - of_this.damaged; /* it was known to be unknown before */
        return rv;
    }
    rv = f == DROP ? simg_store_part_drop(store, name, p, err) : APR_SUCCESS;
    counts->removed += rv == APR_SUCCESS && f == DROP;
    return rv;
}

static apr_status_t tidy_parts(simg_recovery *counts, const simg_site *site, simg_store *store, apr_pool_t *p,
                               simg_problem *err)
{
    apr_array_header_t *names;
    apr_pool_t *scratch;
    apr_status_t rv = simg_store_parts(&names, store, p, err);
    int i;

    apr_pool_create(&scratch, p);
    for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++) {
        apr_pool_clear(scratch);
        rv = tidy_part(counts, site, store, APR_ARRAY_IDX(names, i, const char *), scratch, err);
    }
    return rv;
}

static int has_folder(const simg_site *site, apr_pool_t *p)
{
    apr_finfo_t found;

    return apr_stat(&found, site->settings->generated_dir, APR_FINFO_TYPE, p) == APR_SUCCESS;
}

apr_status_t simg_recover_stale(const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_interval_time_t age = 5 * site->settings->timeout > STALE_LEAST ? 5 * site->settings->timeout : STALE_LEAST;
    apr_array_header_t *claims, *stale = apr_array_make(p, 4, sizeof(simg_claim));
    simg_recovery counts = { 0 };
    simg_store *store = NULL;
    apr_status_t rv = orphans_of(&claims, site, site->owner, p, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < claims->nelts; i++)
        if (simg_clock_id_time(APR_ARRAY_IDX(claims, i, simg_claim).call_id) < simg_clock_now() - age)
            APR_ARRAY_PUSH(stale, simg_claim) = APR_ARRAY_IDX(claims, i, simg_claim);
    if (rv == APR_SUCCESS)
        rv = salvage_all(&counts, site, stale, p, err);
    /* bytes that could not be given a name when they came may be now */
    if (rv == APR_SUCCESS && has_folder(site, p))
        rv = simg_salvage_store(&store, site, p, err);
    if (rv == APR_SUCCESS && store)
        rv = tidy_parts(&counts, site, store, p, err);
    log_counts(site, &counts);
    return rv;
}

static apr_status_t recover_all(simg_recovery *counts, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_store *store;
    apr_status_t rv = take_up(counts, site, p, err);

    if (rv != APR_SUCCESS || !has_folder(site, p))
        return rv;
    rv = simg_salvage_store(&store, site, p, err);
    if (rv == APR_SUCCESS)
        rv = tidy_parts(counts, site, store, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_reconcile(counts, site, store, p, err);
    simg_presence_sweep(site->settings->state_dir, p);
    return rv;
}

/** Take the task, or say that it is done. */
static apr_status_t task_step(int *taken, const simg_site *site, simg_task *task, simg_problem *err)
{
    int done = *taken;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    task->now = simg_clock_now();
    rv = done ? simg_tasks_done(db, task, NULL, err) : simg_tasks_take(taken, db, task, err);
    simg_index_return(site->index, db);
    return rv;
}

apr_status_t simg_recover_start(const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_task task = { .owner = site->owner, .run = site->run };
    simg_recovery counts = { 0 };
    int taken = 0;
    apr_status_t rv;

    task.name = apr_pstrcat(p, "recovery ", site->settings->generated_dir, NULL);
    rv = task_step(&taken, site, &task, err);
    if (rv != APR_SUCCESS || !taken)
        return rv;
    rv = recover_all(&counts, site, p, err);
    log_counts(site, &counts);
    return rv == APR_SUCCESS ? task_step(&taken, site, &task, err) : rv;
}
