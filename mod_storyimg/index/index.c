/* SPDX-License-Identifier: Apache-2.0 */
#include "index/index.h"

#include "index/schema.h"

struct simg_index {
    apr_pool_t *p;
    simg_dbpool *connections;
};

apr_status_t simg_index_open(simg_index **out, const char *where, apr_pool_t *p, simg_problem *err)
{
    simg_index *index = apr_pcalloc(p, sizeof(*index));

    index->p = p;
    *out = index;
    return simg_dbpool_create(&index->connections, where, p, err);
}

/* The version is looked at each time, not once per connection: it costs a microsecond, and whoever restores an old
 * copy over the file gets its tables. */
apr_status_t simg_index_borrow(simg_db **out, simg_index *index, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv;

    if (!index->connections)
        return simg_problem_set(err, index->p, "index-unavailable", APR_EGENERAL, "the index is not available");
    rv = simg_dbpool_get(&db, index->connections, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_migrate(db, simg_schema_sqlite, err);
    if (rv == APR_SUCCESS)
        *out = db;
    else
        simg_dbpool_put(index->connections, db);
    return rv;
}

void simg_index_return(simg_index *index, simg_db *db)
{
    simg_dbpool_put(index->connections, db);
}

static apr_status_t read_generation(apr_int64_t *out, simg_db *db, simg_problem *err)
{
    *out = 0;
    return simg_db_run(db, "SELECT n FROM generation", NULL, 0, simg_row_number, out, err);
}

apr_status_t simg_index_generation(apr_int64_t *out, simg_index *index, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = read_generation(out, db, err);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_index_ready(simg_index *index, simg_problem *err)
{
    apr_int64_t unused;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_check(db, err);
    if (rv == APR_SUCCESS)
        rv = read_generation(&unused, db, err);
    simg_index_return(index, db);
    return rv;
}
