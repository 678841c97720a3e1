/* SPDX-License-Identifier: Apache-2.0 */
#include "work/salvage.h"

#include <errno.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "index/erase.h"
#include "index/images.h"
#include "index/stories.h"
#include "work/count.h"
#include "work/moderate.h"
#include "work/runner_row.h"
#include "work/share.h"

#define JUDGED_AT_ONCE 10

apr_status_t simg_salvage_store(simg_store **out, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_settings *settings = apr_pmemdup(p, site->settings, sizeof(*settings));

    settings->save = 1;
    return simg_store_open(out, settings, p, err);
}

/** A call as it is brought to its end. */
typedef struct ending {
    const simg_claim *claim;
    simg_claim_end end;
    simg_page_row row;
    simg_store *store; /* of the picture, if it has one */
    int gone;          /* its story was removed meanwhile, and so was the picture */
    apr_pool_t *p;
} ending;

/** A picture's row; or, if its story was removed, no picture: as in work/runner.c. */
static apr_status_t list_picture(ending *e, simg_db *db, simg_problem *err)
{
    simg_image image = simg_runner_image(e->claim, &e->row);
    apr_status_t rv = simg_erase_is_gone(&e->gone, db, e->claim->job_id, err);

    if (rv != APR_SUCCESS)
        return rv;
    return e->gone ? simg_store_remove(e->store, e->row.filename, e->p, err) : simg_images_put_in(db, &image, err);
}

/** The rows of a call's end, in one transaction, as in work/runner.c. */
static apr_status_t write_rows(simg_db *db, ending *e, simg_problem *err)
{
    int ours = 0;
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_claims_end(&ours, db, e->claim, &e->end, e->p, err);
    if (rv == APR_SUCCESS && ours)
        rv = simg_stories_page_in(db, e->claim->story_id, &e->row, err);
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        rv = APR_SUCCESS;
    if (rv == APR_SUCCESS && e->row.filename)
        rv = list_picture(e, db, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

static apr_status_t write_end(const simg_site *site, ending *e, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    e->end.now = simg_clock_now();
    rv = write_rows(db, e, err);
    simg_db_rollback(db);
    simg_index_return(site->index, db);
    if (rv == APR_SUCCESS)
        simg_count_page(site, e->claim, &e->end, e->gone ? NULL : e->row.filename);
    return rv;
}

static apr_status_t finish(ending *e, const simg_site *site, simg_upload *u, simg_problem *err)
{
    const simg_claim *claim = e->claim;
    apr_status_t rv;

    e->end = (simg_claim_end){ .life = claim->life, .outcome = SIMG_OUTCOME_MADE, .cost = -1 };
    e->end.life.state = SIMG_PAGE_SAVED;
    e->row = (simg_page_row){ .number = claim->number,
                              .model = claim->model,
                              .width = (int)u->sniff.width,
                              .height = (int)u->sniff.height,
                              .size = u->size,
                              .sha256 = u->sha256,
                              .referenced = claim->reference != NULL,
                              .cost = -1 };
    rv = simg_upload_commit(&e->row.filename, u, claim->kind, claim->epoch, claim->number, e->p, err);
    if (rv == APR_SUCCESS)
        rv = write_end(site, e, err);
    if (rv != APR_SUCCESS)
        return rv;
    simg_upload_done(u);
    simg_share(site, e->store, e->row.filename, e->p);
    return rv;
}

static apr_status_t give_up(const simg_site *site, const simg_claim *claim, apr_pool_t *p, simg_problem *err)
{
    ending e = { .claim = claim, .p = p };

    e.end = (simg_claim_end){ .life = simg_page_orphaned(&claim->life),
                              .outcome = SIMG_OUTCOME_UNKNOWN,
                              .cost = -1,
                              .code = "outcome-unknown",
                              .message = "the server ended before the upstream had answered" };
    e.row = (simg_page_row){
        .number = claim->number, .cost = -1, .error_code = e.end.code, .error_message = e.end.message
    };
    return write_end(site, &e, err);
}

/** A part of the disk is bad: that will not heal, and must not keep all others waiting. */
static int is_damage(apr_status_t rv)
{
    return rv == EIO || rv == EBADMSG || rv == EUCLEAN;
}

/** The job goes on without it; the bytes stay, for the next start or for a human being. */
static apr_status_t leave_damaged(simg_recovery *counts, const simg_site *site, const simg_claim *claim, apr_pool_t *p,
                                  simg_problem *err)
{
    apr_status_t rv;

    simg_log_write(site->log, SIMG_ERROR, err->rv,
                   SIMGLOG(0503) "recovery: the temporary file of call %s cannot be read; it is kept", claim->call_id);
    *err = (simg_problem){ 0 };
    rv = give_up(site, claim, p, err);
    counts->unknown += rv == APR_SUCCESS;
    counts->damaged += rv == APR_SUCCESS;
    return rv;
}

/** It was drawn, and is not fit to be shown. */
static apr_status_t refuse(ending *e, const simg_site *site, simg_problem *err)
{
    e->end = (simg_claim_end){ .life = e->claim->life,
                               .outcome = SIMG_OUTCOME_REFUSED,
                               .cost = -1,
                               .code = "content_policy",
                               .message = "the picture is nothing for a children's book" };
    e->end.life.state = SIMG_PAGE_REFUSED;
    e->row = (simg_page_row){
        .number = e->claim->number, .cost = -1, .error_code = e->end.code, .error_message = e->end.message
    };
    return write_end(site, e, err);
}

/** A whole picture. One that nobody can judge now stays where it is, and is asked about again. */
static apr_status_t take_whole(simg_recovery *counts, ending *e, const simg_site *site, simg_upload *u,
                               simg_problem *err)
{
    simg_problem why = { 0 };
    apr_status_t rv;

    /* whoever recovers also renews leases: the rest is for the next round */
    if (simg_moderate_wanted(site) && counts->judged++ >= JUDGED_AT_ONCE) {
        counts->waiting++;
        return give_up(site, e->claim, e->p, err);
    }
    switch (simg_moderate_picture_now(site, u, e->p, &why)) {
    case SIMG_FIT:
        rv = finish(e, site, u, err);
        counts->finished += rv == APR_SUCCESS && !e->gone;
        counts->removed += rv == APR_SUCCESS && e->gone;
        return rv;
    case SIMG_UNFIT:
        rv = refuse(e, site, err);
        counts->removed += rv == APR_SUCCESS;
        return rv == APR_SUCCESS ? simg_store_part_drop(e->store, e->claim->call_id, e->p, err) : rv;
    default:
        counts->waiting++;
        return give_up(site, e->claim, e->p, err);
    }
}

static apr_status_t bring_to_end(simg_recovery *counts, const simg_site *site, simg_store *store,
                                 const simg_claim *claim, apr_pool_t *p, simg_problem *err)
{
    ending e = { .claim = claim, .store = store, .p = p };
    simg_upload *u;
    simg_problem why = { 0 };
    apr_status_t rv = simg_upload_reopen(&u, store, claim->call_id, p, err);

    if (rv == APR_SUCCESS && simg_upload_seal(u, p, &why) == APR_SUCCESS)
        return take_whole(counts, &e, site, u, err);
    if (rv != APR_SUCCESS && err->status)
        return is_damage(rv) ? leave_damaged(counts, site, claim, p, err) : rv;
    rv = give_up(site, claim, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    counts->unknown++;
    return simg_store_part_drop(store, claim->call_id, p, err);
}

static apr_status_t take_from(int *taken, const simg_site *site, const simg_claim *claim, const char *owner,
                              simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_claims_adopt(taken, db, claim, owner, simg_clock_now(), err);
    simg_index_return(site->index, db);
    return rv;
}

/** What could not be brought to its end goes back to where it is looked for. */
static void hand_back(const simg_site *site, const simg_claim *claim)
{
    simg_claim mine = *claim;
    simg_problem ignored = { 0 };
    int taken;

    mine.owner = site->owner;
    take_from(&taken, site, &mine, claim->owner, &ignored);
}

/* Many processes see at the same moment that one has gone. */
apr_status_t simg_salvage(simg_recovery *counts, const simg_site *site, simg_store *store, const simg_claim *claim,
                          apr_pool_t *p, simg_problem *err)
{
    int taken = 0;
    apr_status_t rv = take_from(&taken, site, claim, site->owner, err);

    if (rv != APR_SUCCESS || !taken)
        return rv;
    rv = bring_to_end(counts, site, store, claim, p, err);
    if (rv != APR_SUCCESS)
        hand_back(site, claim);
    return rv;
}
