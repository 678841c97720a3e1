/* SPDX-License-Identifier: Apache-2.0 */
#include "index/twins.h"

typedef struct reader {
    simg_twin *twin;
    simg_image *image;
    int found;
    apr_pool_t *p;
} reader;

static apr_status_t read_twin(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    r->found = 1;
    *r->twin = (simg_twin){ simg_row_text(row, 0, r->p), simg_row_text(row, 1, r->p) };
    return APR_SUCCESS;
}

apr_status_t simg_twins_find(simg_twin *out, simg_db *db, const char *filename, apr_pool_t *p, simg_problem *err)
{
    const simg_value arg = simg_value_text(filename);
    reader r = { .twin = out, .p = p };
    apr_status_t rv = simg_db_run(db,
                                  "SELECT o.filename, o.storage FROM image i CROSS JOIN image o "
                                  "WHERE i.filename = $1 AND o.sha256 = i.sha256 AND o.seq < i.seq "
                                  "AND o.site = i.site ORDER BY o.seq LIMIT 1",
                                  &arg, 1, read_twin, &r, err);

    return rv == APR_SUCCESS && !r.found ? APR_ENOENT : rv;
}

apr_status_t simg_twins_shared(simg_db *db, const char *filename, const simg_twin *with, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(filename), simg_value_text(with->storage) };

    return simg_db_run(db, "UPDATE image SET storage = $2 WHERE filename = $1 AND storage <> $2", args, 2, NULL, NULL,
                       err);
}

static apr_status_t read_drawn(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    r->found = 1;
    *r->image = (simg_image){ .filename = simg_row_text(row, 0, r->p),
                              .model = simg_row_text(row, 1, r->p),
                              .sha256 = simg_row_text(row, 2, r->p),
                              .size = simg_row_int(row, 3) };
    return APR_SUCCESS;
}

apr_status_t simg_twins_drawn(simg_image *out, simg_db *db, const simg_twin_order *order, apr_pool_t *p,
                              simg_problem *err)
{
    const simg_value args[] = { simg_value_text(order->recipe), simg_value_text(order->site),
                                simg_value_text(order->subject) };
    reader r = { .image = out, .p = p };
    apr_status_t rv = simg_db_run(db,
                                  "SELECT filename, model, sha256, size FROM image WHERE recipe = $1 AND site = $2 "
                                  "AND COALESCE(subject, '') = COALESCE($3, '') ORDER BY seq DESC LIMIT 1",
                                  args, 3, read_drawn, &r, err);

    return rv == APR_SUCCESS && !r.found ? APR_ENOENT : rv;
}
