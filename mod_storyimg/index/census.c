/* SPDX-License-Identifier: Apache-2.0 */
#include "index/census.h"

static apr_status_t read_sort(void *baton, const simg_row *row, simg_problem *err)
{
    apr_array_header_t *sorts = baton;

    (void)err;
    APR_ARRAY_PUSH(sorts, simg_census_sort) =
        (simg_census_sort){ simg_row_text(row, 0, sorts->pool), simg_row_int(row, 1), simg_row_int(row, 2) };
    return APR_SUCCESS;
}

static apr_status_t read_images(void *baton, const simg_row *row, simg_problem *err)
{
    simg_census *c = baton;

    (void)err;
    c->images = simg_row_int(row, 0);
    c->bytes = simg_row_int(row, 1);
    c->kept = simg_row_int(row, 2);
    c->oldest = apr_time_from_msec(simg_row_int(row, 3));
    c->newest = apr_time_from_msec(simg_row_int(row, 4));
    return APR_SUCCESS;
}

static apr_status_t read_stored(void *baton, const simg_row *row, simg_problem *err)
{
    simg_census *c = baton;

    (void)err;
    c->files = simg_row_int(row, 0);
    c->stored = simg_row_int(row, 1);
    return APR_SUCCESS;
}

static apr_status_t read_uploads(void *baton, const simg_row *row, simg_problem *err)
{
    simg_census *c = baton;

    (void)err;
    c->uploads = simg_row_int(row, 0);
    c->upload_bytes = simg_row_int(row, 1);
    return APR_SUCCESS;
}

static apr_status_t read_queue(void *baton, const simg_row *row, simg_problem *err)
{
    simg_census *c = baton;

    (void)err;
    c->pending = simg_row_int(row, 0);
    c->sent = simg_row_int(row, 1);
    c->waiting_since = apr_time_from_msec(simg_row_int(row, 2));
    return APR_SUCCESS;
}

apr_status_t simg_census_read(simg_census *out, simg_db *db, const char *site, apr_pool_t *p, simg_problem *err)
{
    const struct {
        const char *sql;
        simg_row_fn *fn;
        void *baton;
    } questions[] = {
        { "SELECT COUNT(*), SUM(size), SUM(keep), MIN(created_at), MAX(created_at) FROM image WHERE site = $1",
          read_images, out },
        { "SELECT COUNT(*), SUM(size) FROM (SELECT MAX(size) AS size FROM image WHERE site = $1 GROUP BY storage) once",
          read_stored, out },
        { "SELECT kind, COUNT(*), SUM(size) FROM image WHERE site = $1 GROUP BY kind ORDER BY kind", read_sort,
          apr_array_make(p, 4, sizeof(simg_census_sort)) },
        { "SELECT COUNT(*) FROM story WHERE site = $1 AND single = 0", simg_row_number, &out->stories },
        { "SELECT status, COUNT(*), 0 FROM job WHERE site = $1 GROUP BY status ORDER BY status", read_sort,
          apr_array_make(p, 5, sizeof(simg_census_sort)) },
        { "SELECT COUNT(*), SUM(size) FROM upload", read_uploads, out },
        { "SELECT SUM(jp.state = 'pending'), SUM(jp.state = 'sent'), "
          "MIN(CASE jp.state WHEN 'pending' THEN j.created_at END) FROM job_page jp JOIN job j ON j.id = jp.job_id "
          "WHERE jp.state IN ('pending', 'sent') AND j.site = $1",
          read_queue, out },
        { "SELECT COUNT(*) FROM doomed WHERE site = $1", simg_row_number, &out->doomed },
    };
    const simg_value arg = simg_value_text(site);
    apr_status_t rv = APR_SUCCESS;
    apr_size_t i;

    *out = (simg_census){ .kinds = questions[2].baton, .jobs = questions[4].baton };
    for (i = 0; rv == APR_SUCCESS && i < sizeof(questions) / sizeof(*questions); i++)
        rv = simg_db_run(db, questions[i].sql, &arg, 1, questions[i].fn, questions[i].baton, err);
    return rv;
}
