/* SPDX-License-Identifier: Apache-2.0 */
#include "index/stock.h"

#include "index/doomed.h"

apr_status_t simg_stock_read(simg_stock *out, simg_db *db, const char *site, simg_problem *err)
{
    simg_usage usage;
    apr_status_t rv = simg_usage_read(&usage, db, site, err);

    *out = (simg_stock){ 0 };
    if (rv != APR_SUCCESS)
        return rv;
    out->images = usage.files;
    out->bytes = usage.bytes;
    return simg_db_run(db, "SELECT n FROM tally WHERE list = 'story' AND kind = ''", NULL, 0, simg_row_number,
                       &out->stories, err);
}
