/* SPDX-License-Identifier: Apache-2.0 */
#include "index/reconcile.h"

apr_status_t simg_images_recorded(int *there, simg_db *db, const char *filename, simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    apr_int64_t n = 0;
    apr_status_t rv =
        simg_db_run(db, "SELECT COUNT(*) FROM image WHERE filename = $1", &arg, 1, simg_row_number, &n, err);

    *there = n > 0;
    return rv;
}

typedef struct reader {
    apr_array_header_t *names;
    apr_pool_t *p;
} reader;

static apr_status_t read_name(void *baton, const simg_row *row, simg_problem *err)
{
    const reader *r = baton;

    (void)err;
    APR_ARRAY_PUSH(r->names, const char *) = simg_row_text(row, 0, r->p);
    return APR_SUCCESS;
}

apr_status_t simg_images_after(apr_array_header_t **names, simg_db *db, const char *filename, apr_pool_t *p,
                               simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    reader r = { apr_array_make(p, 500, sizeof(const char *)), p };

    *names = r.names;
    return simg_db_run(db, "SELECT filename FROM image WHERE filename > $1 ORDER BY filename LIMIT 500", &arg, 1,
                       read_name, &r, err);
}

static apr_status_t lose(simg_db *db, const simg_value *filename, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_db_run(db,
                         "UPDATE story_page SET filename = NULL, sha256 = NULL, url = NULL, width = 0, height = 0, "
                         "size = 0, error_code = 'image-not-found', error_message = 'the file of this picture is gone' "
                         "WHERE story_id = (SELECT story_id FROM image WHERE filename = $1) AND filename = $1",
                         filename, 1, NULL, NULL, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_run(db, "DELETE FROM image WHERE filename = $1", filename, 1, NULL, NULL, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

apr_status_t simg_images_lost(simg_db *db, const char *filename, simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    apr_status_t rv = lose(db, &arg, err);

    simg_db_rollback(db);
    return rv;
}
