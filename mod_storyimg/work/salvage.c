/* SPDX-License-Identifier: Apache-2.0 */
#include "work/salvage.h"

#include <errno.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "index/images.h"
#include "index/stories.h"
#include "work/runner_row.h"

apr_status_t simg_salvage_store(simg_store **out, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_settings *settings = apr_pmemdup(p, site->settings, sizeof(*settings));

    settings->save = 1;
    return simg_store_open(out, settings, p, err);
}

/** The rows of a call's end, in one transaction, as in work/runner.c. */
static apr_status_t write_rows(simg_db *db, const simg_claim *claim, const simg_claim_end *end,
                               const simg_page_row *row, apr_pool_t *p, simg_problem *err)
{
    int ours = 0;
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_claims_end(&ours, db, claim, end, p, err);
    if (rv == APR_SUCCESS && ours)
        rv = simg_stories_page_in(db, claim->story_id, row, err);
    if (APR_STATUS_IS_ENOENT(rv) && !err->status)
        rv = APR_SUCCESS;
    if (rv == APR_SUCCESS && row->filename) {
        simg_image image = simg_runner_image(claim, row);

        rv = simg_images_put_in(db, &image, err);
    }
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

static apr_status_t write_end(const simg_site *site, const simg_claim *claim, const simg_claim_end *end,
                              const simg_page_row *row, apr_pool_t *p, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = write_rows(db, claim, end, row, p, err);
    simg_db_rollback(db);
    simg_index_return(site->index, db);
    return rv;
}

static apr_status_t finish(const simg_site *site, simg_upload *u, const simg_claim *claim, apr_pool_t *p,
                           simg_problem *err)
{
    simg_claim_end end = { .life = claim->life, .outcome = SIMG_OUTCOME_MADE, .cost = -1 };
    simg_page_row row = { .number = claim->number,
                          .model = claim->model,
                          .width = (int)u->sniff.width,
                          .height = (int)u->sniff.height,
                          .size = u->size,
                          .sha256 = u->sha256,
                          .cost = -1 };
    apr_status_t rv = simg_upload_commit(&row.filename, u, claim->kind, claim->epoch, claim->number, p, err);

    end.life.state = SIMG_PAGE_SAVED;
    end.now = simg_clock_now();
    if (rv == APR_SUCCESS)
        rv = write_end(site, claim, &end, &row, p, err);
    if (rv == APR_SUCCESS)
        simg_upload_done(u);
    return rv;
}

static apr_status_t give_up(const simg_site *site, const simg_claim *claim, apr_pool_t *p, simg_problem *err)
{
    simg_claim_end end = { .life = simg_page_orphaned(&claim->life),
                           .outcome = SIMG_OUTCOME_UNKNOWN,
                           .cost = -1,
                           .code = "outcome-unknown",
                           .message = "the server ended before the upstream had answered" };
    simg_page_row row = { .number = claim->number, .cost = -1, .error_code = end.code, .error_message = end.message };

    end.now = simg_clock_now();
    return write_end(site, claim, &end, &row, p, err);
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

static apr_status_t bring_to_end(simg_recovery *counts, const simg_site *site, simg_store *store,
                                 const simg_claim *claim, apr_pool_t *p, simg_problem *err)
{
    simg_upload *u;
    simg_problem why = { 0 };
    apr_status_t rv = simg_upload_reopen(&u, store, claim->call_id, p, err);

    if (rv == APR_SUCCESS && simg_upload_seal(u, p, &why) == APR_SUCCESS) {
        rv = finish(site, u, claim, p, err);
        counts->finished += rv == APR_SUCCESS;
        return rv;
    }
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
