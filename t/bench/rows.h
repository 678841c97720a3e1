/* SPDX-License-Identifier: Apache-2.0 */
/** Rows for a benchmark: images without files. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "index/images.h"

#define T0 (APR_INT64_C(1738355170000) * 1000)

/* Words as a text has them: some in many descriptions, most in few. */
static const char *rows_words(char *out, apr_size_t size, unsigned int *seed)
{
    int i;

    apr_cpystrn(out, "A small dragon reads a big book under an old oak at dusk:", size);
    for (i = 0; i < 6; i++) {
        unsigned int n;

        *seed = *seed * 1103515245 + 12345;
        n = *seed >> 8 & 0xffff;
        apr_snprintf(out + strlen(out), size - strlen(out), " word%u", n * n / 65536 * n / 65536 * 20000 / 65536);
    }
    return out;
}

/* Every story has ten pictures; every second one is a portrait; every thousandth has the same bytes. */
static apr_status_t rows_insert_one(simg_db *db, int i, simg_problem *err)
{
    static unsigned int seed = 1;
    char name[64], story[32], words[200], hash[70];
    const simg_value args[] = { simg_value_text(name), simg_value_text(i % 2 ? "story" : "portrait"),
                                simg_value_int(i % 10 + 1), simg_value_text(story),
                                simg_value_int(apr_time_as_msec(T0) + i * APR_INT64_C(997)),
                                simg_value_text(rows_words(words, sizeof(words), &seed)), simg_value_text(hash) };

    apr_snprintf(name, sizeof(name), "story-%d-p1.png", i);
    apr_snprintf(story, sizeof(story), "story%06d", i / 10);
    apr_snprintf(hash, sizeof(hash), "%064d", i % 1000 ? i : 0);
    return simg_db_run(
        db,
        "INSERT INTO image (filename, kind, page_number, story_id, description, model, width, height, size, "
        "sha256, created_at, keep, storage) VALUES ($1, $2, $3, $4, $6, 'offline', 1024, 1024, 1482113, $7, $5, 0, $1)",
        args, 7, NULL, NULL, err);
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
