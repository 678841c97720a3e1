/* SPDX-License-Identifier: Apache-2.0 */
#include "index/images.h"

#include <apr_strings.h>

#include "index/image_row.h"

#define COLUMNS SIMG_IMAGE_FACTS ", storage, recipe"

#define INSERT "INSERT INTO image (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
#define OR_RENEW                                                                                                       \
    " ON CONFLICT (filename) DO UPDATE SET (" COLUMNS ") = (excluded.filename, excluded.kind, excluded.page_number, "  \
    "excluded.story_id, excluded.subject, excluded.description, excluded.model, excluded.width, excluded.height, "     \
    "excluded.size, excluded.sha256, excluded.created_at, image.keep, excluded.site, excluded.storage, excluded.recipe)"

static apr_status_t insert(simg_db *db, const char *sql, const simg_image *image, simg_problem *err)
{
    const simg_value args[] = {
        simg_value_text(image->filename),   simg_value_text(image->kind),
        simg_value_int(image->page_number), simg_value_text(image->story_id),
        simg_value_text(image->subject),    simg_value_text(image->description),
        simg_value_text(image->model),      simg_value_int(image->width),
        simg_value_int(image->height),      simg_value_int(image->size),
        simg_value_text(image->sha256),     simg_value_int(apr_time_as_msec(image->created_at)),
        simg_value_int(image->keep != 0),   simg_value_text(image->site ? image->site : ""),
        simg_value_text(image->filename),   simg_value_text(image->recipe),
    };

    return simg_db_run(db, sql, args, 16, NULL, NULL, err);
}

apr_status_t simg_images_put_in(simg_db *db, const simg_image *image, simg_problem *err)
{
    return insert(db, INSERT OR_RENEW, image, err);
}

apr_status_t simg_images_add_in(simg_db *db, const simg_image *image, simg_problem *err)
{
    return insert(db, INSERT, image, err);
}

apr_status_t simg_images_add(simg_index *index, const simg_image *image, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = insert(db, INSERT, image, err);
    simg_index_return(index, db);
    return rv;
}

simg_image simg_image_of(const simg_row *row, apr_pool_t *p)
{
    return (simg_image){
        .filename = simg_row_text(row, 0, p),
        .kind = simg_row_text(row, 1, p),
        .page_number = (int)simg_row_int(row, 2),
        .story_id = simg_row_text(row, 3, p),
        .subject = simg_row_text(row, 4, p),
        .description = simg_row_text(row, 5, p),
        .model = simg_row_text(row, 6, p),
        .width = (int)simg_row_int(row, 7),
        .height = (int)simg_row_int(row, 8),
        .size = simg_row_int(row, 9),
        .sha256 = simg_row_text(row, 10, p),
        .created_at = apr_time_from_msec(simg_row_int(row, 11)),
        .keep = (int)simg_row_int(row, 12),
        .site = simg_row_text(row, 13, p),
        .duplicate_of = simg_row_text(row, 14, p),
    };
}

typedef struct reader {
    simg_image *image;
    int found;
    apr_pool_t *p;
} reader;

static apr_status_t read_one(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    *r->image = simg_image_of(row, r->p);
    r->found = 1;
    return APR_SUCCESS;
}

apr_status_t simg_images_get(simg_image *out, simg_index *index, const char *filename, apr_pool_t *p, simg_problem *err)
{
    reader r = { .image = out, .p = p };
    simg_value name = simg_value_text(filename);
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_run(db, "SELECT " SIMG_IMAGE_READ " FROM image WHERE filename = $1", &name, 1, read_one, &r, err);
    simg_index_return(index, db);
    return rv == APR_SUCCESS && !r.found ? APR_ENOENT : rv;
}

apr_status_t simg_images_is_of(int *its, simg_db *db, const char *site, const char *filename, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(filename), simg_value_text(site) };
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db, "SELECT COUNT(*) FROM image WHERE filename = $1 AND site IN ($2, '')", args, 2,
                                  simg_row_number, &n, err);

    *its = n > 0;
    return rv;
}

apr_status_t simg_images_keep(simg_index *index, const char *site, const char *filename, int keep, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(filename), simg_value_int(keep != 0), simg_value_text(site) };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_run(db, "UPDATE image SET keep = $2 WHERE filename = $1 AND site IN ($3, '')", args, 3, NULL, NULL,
                     err);
    if (rv == APR_SUCCESS && simg_db_changed(db) == 0)
        rv = APR_ENOENT;
    simg_index_return(index, db);
    return rv;
}
