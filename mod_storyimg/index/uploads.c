/* SPDX-License-Identifier: Apache-2.0 */
#include "index/uploads.h"

#define COLUMNS "filename, sha256, width, height, size, subject, created_at"

/** One statement on a connection of its own. */
static apr_status_t run(simg_index *index, const char *sql, const simg_value *args, int n, simg_row_fn *fn, void *baton,
                        simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_run(db, sql, args, n, fn, baton, err);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_uploads_add(simg_index *index, const simg_upload_row *upload, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(upload->filename),
                                simg_value_text(upload->sha256),
                                simg_value_int(upload->width),
                                simg_value_int(upload->height),
                                simg_value_int(upload->size),
                                simg_value_text(upload->subject),
                                simg_value_int(apr_time_as_msec(upload->created_at)) };

    return run(index, "INSERT INTO upload (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)", args, 7, NULL, NULL, err);
}

typedef struct reader {
    simg_upload_row row;
    apr_array_header_t *names;
    simg_descriptor *descriptor;
    int found;
    apr_pool_t *p;
} reader;

static apr_status_t read_upload(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    r->found = 1;
    r->row = (simg_upload_row){ .filename = simg_row_text(row, 0, r->p),
                                .sha256 = simg_row_text(row, 1, r->p),
                                .width = (int)simg_row_int(row, 2),
                                .height = (int)simg_row_int(row, 3),
                                .size = simg_row_int(row, 4),
                                .subject = simg_row_text(row, 5, r->p),
                                .created_at = apr_time_from_msec(simg_row_int(row, 6)) };
    return APR_SUCCESS;
}

apr_status_t simg_uploads_get(simg_upload_row *out, simg_index *index, const char *filename, apr_pool_t *p,
                              simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    reader r = { .p = p };
    apr_status_t rv = run(index, "SELECT " COLUMNS " FROM upload WHERE filename = $1", &arg, 1, read_upload, &r, err);

    if (rv == APR_SUCCESS && !r.found)
        return APR_ENOENT;
    if (rv == APR_SUCCESS)
        *out = r.row;
    return rv;
}

static apr_status_t remove_in(simg_db *db, const char *filename, simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_db_run(db,
                         "DELETE FROM descriptor WHERE sha256 IN (SELECT sha256 FROM upload WHERE filename = $1) "
                         "AND sha256 NOT IN (SELECT sha256 FROM upload WHERE filename <> $1 AND sha256 = "
                         "(SELECT sha256 FROM upload WHERE filename = $1))",
                         &arg, 1, NULL, NULL, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_run(db, "DELETE FROM upload WHERE filename = $1", &arg, 1, NULL, NULL, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    return rv;
}

apr_status_t simg_uploads_remove(simg_index *index, const char *filename, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = remove_in(db, filename, err);
    simg_index_return(index, db);
    return rv;
}

static apr_status_t read_name(void *baton, const simg_row *row, simg_problem *err)
{
    const reader *r = baton;

    (void)err;
    APR_ARRAY_PUSH(r->names, const char *) = simg_row_text(row, 0, r->p);
    return APR_SUCCESS;
}

apr_status_t simg_uploads_unused(apr_array_header_t **out, simg_index *index, apr_time_t before, int max, apr_pool_t *p,
                                 simg_problem *err)
{
    const simg_value args[] = { simg_value_int(apr_time_as_msec(before)), simg_value_int(max) };
    reader r = { .names = apr_array_make(p, 16, sizeof(const char *)), .p = p };

    *out = r.names;
    return run(index,
               "SELECT u.filename FROM upload u WHERE u.created_at < $1 AND NOT EXISTS "
               "(SELECT 1 FROM story s WHERE s.upload = u.filename AND s.single = 0) ORDER BY u.created_at LIMIT $2",
               args, 2, read_name, &r, err);
}

static apr_status_t read_descriptor(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    r->found = 1;
    r->descriptor->words = simg_row_text(row, 0, r->p);
    r->descriptor->confidence = simg_row_is_null(row, 1) ? -1 : (int)simg_row_int(row, 1);
    return APR_SUCCESS;
}

apr_status_t simg_descriptors_get(simg_descriptor *descriptor, simg_index *index, apr_pool_t *p, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(descriptor->sha256), simg_value_text(descriptor->model),
                                simg_value_text(descriptor->traits) };
    reader r = { .descriptor = descriptor, .p = p };
    apr_status_t rv =
        run(index, "SELECT words, confidence FROM descriptor WHERE sha256 = $1 AND model = $2 AND traits = $3", args, 3,
            read_descriptor, &r, err);

    return rv == APR_SUCCESS && !r.found ? APR_ENOENT : rv;
}

apr_status_t simg_descriptors_put(simg_index *index, const simg_descriptor *descriptor, apr_time_t now,
                                  simg_problem *err)
{
    const simg_value args[] = { simg_value_text(descriptor->sha256),
                                simg_value_text(descriptor->model),
                                simg_value_text(descriptor->traits),
                                simg_value_text(descriptor->words),
                                descriptor->confidence < 0 ? simg_value_text(NULL)
                                                           : simg_value_int(descriptor->confidence),
                                simg_value_int(apr_time_as_msec(now)) };

    return run(index,
               "INSERT INTO descriptor (sha256, model, traits, words, confidence, created_at) "
               "SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM upload WHERE sha256 = $1) "
               "ON CONFLICT (sha256, model, traits) DO UPDATE SET "
               "(words, confidence, created_at) = (excluded.words, excluded.confidence, excluded.created_at)",
               args, 6, NULL, NULL, err);
}
