/* SPDX-License-Identifier: Apache-2.0 */
#include "work/ledger.h"

#include "base/clock.h"
#include "queue/claims.h"

apr_status_t simg_ledger_open(const char **call_id, const simg_site *site, const char *request_id, const char *kind,
                              const simg_model *model, apr_pool_t *p, simg_problem *err)
{
    simg_call_sent call = { .kind = kind,
                            .request_id = request_id,
                            .provider = model->provider->name,
                            .model = model->name,
                            .owner = site->owner };
    simg_db *db;
    apr_status_t rv;

    *call_id = NULL;
    if (!request_id)
        return APR_SUCCESS;
    rv = simg_index_borrow(&db, site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    call.call_id = simg_clock_id(p);
    call.now = simg_clock_now();
    rv = simg_ledger_sent(db, &call, err);
    simg_index_return(site->index, db);
    if (rv == APR_SUCCESS)
        *call_id = call.call_id;
    return rv;
}

void simg_ledger_close(const simg_site *site, const char *call_id, simg_outcome outcome, apr_int64_t cost)
{
    simg_problem err = { 0 };
    simg_db *db;
    apr_status_t rv;

    if (!call_id)
        return;
    rv = simg_index_borrow(&db, site->index, &err);
    if (rv == APR_SUCCESS) {
        rv = simg_ledger_ended(db, call_id, outcome, cost, simg_clock_now(), &err);
        simg_index_return(site->index, db);
    }
    if (rv != APR_SUCCESS && err.status)
        simg_log_write(site->log, SIMG_ERROR, err.rv, SIMGLOG(0203) "end of a call not recorded: %s%s%s", err.code,
                       err.cause ? ": " : "", err.cause ? err.cause : "");
}
