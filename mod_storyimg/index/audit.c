/* SPDX-License-Identifier: Apache-2.0 */
#include "index/audit.h"

#include <string.h>

#include "index/twins.h"

#define RECORD "SELECT filename, size, sha256, site FROM image "
#define BATCH 500

static apr_status_t read_record(void *baton, const simg_row *row, simg_problem *err)
{
    apr_array_header_t *records = baton;

    (void)err;
    APR_ARRAY_PUSH(records, simg_audit_record) = (simg_audit_record){
        .filename = simg_row_text(row, 0, records->pool),
        .size = simg_row_int(row, 1),
        .sha256 = simg_row_text(row, 2, records->pool),
        .site = simg_row_text(row, 3, records->pool),
    };
    return APR_SUCCESS;
}

apr_status_t simg_audit_after(apr_array_header_t **records, simg_db *db, const char *filename, apr_pool_t *p,
                              simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);

    *records = apr_array_make(p, BATCH, sizeof(simg_audit_record));
    return simg_db_run(db, RECORD "WHERE filename > $1 ORDER BY filename LIMIT 500", &arg, 1, read_record, *records,
                       err);
}

apr_status_t simg_audit_get(simg_audit_record *out, simg_db *db, const char *filename, apr_pool_t *p,
                            simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    apr_array_header_t *found = apr_array_make(p, 1, sizeof(simg_audit_record));
    apr_status_t rv = simg_db_run(db, RECORD "WHERE filename = $1", &arg, 1, read_record, found, err);

    if (rv == APR_SUCCESS && !found->nelts)
        return APR_ENOENT;
    if (rv == APR_SUCCESS)
        *out = APR_ARRAY_IDX(found, 0, simg_audit_record);
    return rv;
}

apr_status_t simg_audit_total(apr_int64_t *out, simg_db *db, simg_problem *err)
{
    *out = 0;
    return simg_db_run(db, "SELECT CAST(SUM(n) AS BIGINT) FROM tally WHERE list = 'image'", NULL, 0, simg_row_number,
                       out, err);
}

static apr_status_t read_name(void *baton, const simg_row *row, simg_problem *err)
{
    apr_array_header_t *names = baton;

    (void)err;
    APR_ARRAY_PUSH(names, const char *) = simg_row_text(row, 0, names->pool);
    return APR_SUCCESS;
}

/* Stories are many and sites are few: from one to the next by the index. */
apr_status_t simg_audit_sites(apr_array_header_t **names, simg_db *db, apr_pool_t *p, simg_problem *err)
{
    *names = apr_array_make(p, 4, sizeof(const char *));
    return simg_db_run(db,
                       "WITH RECURSIVE told (site) AS (SELECT MIN(site) FROM story UNION ALL "
                       "SELECT (SELECT MIN(s.site) FROM story s WHERE s.site > told.site) FROM told "
                       "WHERE told.site IS NOT NULL) "
                       "SELECT site FROM told WHERE site <> '' UNION "
                       "SELECT kind FROM tally WHERE list = 'held' AND n > 0 AND kind <> '' ORDER BY 1",
                       NULL, 0, read_name, *names, err);
}

apr_status_t simg_audit_subject(apr_array_header_t **records, simg_db *db, const char *subject, const char *filename,
                                apr_pool_t *p, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(subject), simg_value_text(filename) };

    *records = apr_array_make(p, BATCH, sizeof(simg_audit_record));
    return simg_db_run(db,
                       RECORD "WHERE filename > $2 AND (subject = $1 OR story_id IN "
                              "(SELECT id FROM story WHERE subject = $1)) ORDER BY filename LIMIT 500",
                       args, 2, read_record, *records, err);
}

static int is_known(const apr_array_header_t *twins, const char *storage)
{
    int i;

    for (i = 0; i < twins->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(twins, i, simg_twin).storage, storage))
            return 1;
    return 0;
}

static apr_status_t read_twin(void *baton, const simg_row *row, simg_problem *err)
{
    apr_array_header_t *twins = baton;
    simg_twin twin = { simg_row_text(row, 0, twins->pool), simg_row_text(row, 1, twins->pool) };

    (void)err;
    if (!is_known(twins, twin.storage))
        APR_ARRAY_PUSH(twins, simg_twin) = twin;
    return APR_SUCCESS;
}

/* Grouped in the statement they would be looked for by site, not by hash. */
apr_status_t simg_audit_twins(apr_array_header_t **twins, simg_db *db, const char *filename, apr_pool_t *p,
                              simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);

    *twins = apr_array_make(p, 4, sizeof(simg_twin));
    return simg_db_run(db,
                       "SELECT o.filename, o.storage FROM image i CROSS JOIN image o WHERE i.filename = $1 "
                       "AND o.sha256 = i.sha256 AND o.site = i.site AND o.seq <> i.seq ORDER BY o.seq LIMIT 500",
                       &arg, 1, read_twin, *twins, err);
}

apr_status_t simg_audit_sharers(apr_array_header_t **names, simg_db *db, const char *filename, apr_pool_t *p,
                                simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);

    *names = apr_array_make(p, 4, sizeof(const char *));
    return simg_db_run(db,
                       "SELECT o.filename FROM image i JOIN image o ON o.site = i.site AND o.storage = i.storage "
                       "WHERE i.filename = $1 AND o.seq <> i.seq ORDER BY o.seq LIMIT 100",
                       &arg, 1, read_name, *names, err);
}

apr_status_t simg_audit_claim(apr_int64_t *changed, simg_db *db, const char *site, simg_problem *err)
{
    const simg_value arg = simg_value_text(site);
    apr_status_t rv = simg_db_run(
        db, "UPDATE image SET site = $1 WHERE seq IN (SELECT seq FROM image WHERE site = '' AND $1 <> '' LIMIT 500)",
        &arg, 1, NULL, NULL, err);

    *changed = rv == APR_SUCCESS ? simg_db_changed(db) : 0;
    return rv;
}
