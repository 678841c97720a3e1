/* SPDX-License-Identifier: Apache-2.0 */
/** Rows for a benchmark: images without files. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stdio.h>

#include <apr_strings.h>

#include "index/images.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)

/* Every story has ten pictures; every second one is a portrait. */
static apr_status_t rows_insert_one(simg_db *db, int i, simg_problem *err)
{
    char name[64], story[32];
    const simg_value args[] = { simg_value_text(name), simg_value_text(i % 2 ? "story" : "portrait"),
                                simg_value_int(i % 10 + 1), simg_value_text(story),
                                simg_value_int(apr_time_as_msec(T0) + i * 997) };

    apr_snprintf(name, sizeof(name), "story-%d-p1.png", i);
    apr_snprintf(story, sizeof(story), "story%06d", i / 10);
    return simg_db_run(
        db,
        "INSERT INTO image (filename, kind, page_number, story_id, description, model, width, height, size, "
        "sha256, created_at, keep) VALUES ($1, $2, $3, $4, 'A small dragon reads a big book under an old "
        "oak at dusk, while the moon comes up behind the hills', 'offline', 1024, 1024, 1482113, "
        "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', $5, 0)",
        args, 5, NULL, NULL, err);
}

/** n rows more in an empty index, in one transaction. */
static apr_status_t rows_insert(simg_index *index, int n, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    for (i = 0; i < n && rv == APR_SUCCESS; i++)
        rv = rows_insert_one(db, i, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_index_return(index, db);
    return rv;
}

#endif
