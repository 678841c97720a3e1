/* SPDX-License-Identifier: Apache-2.0 */
#include "index/erase.h"

/* A transaction that is not too long for those who wait. */
#define STORIES "(SELECT id FROM story WHERE subject = $1 ORDER BY seq LIMIT 100)"
#define JOBS "(SELECT id FROM job WHERE story_id IN " STORIES ")"
#define REQUESTS "(SELECT id FROM request WHERE story_id IN " STORIES ")"

/** One of several statements with the same arguments, and where the rows that it wrote are counted. */
typedef struct step {
    const char *sql;
    apr_size_t counter; /* of simg_erased; NONE: not counted */
} step;

#define NONE ((apr_size_t)-1)
#define COUNTER(member) APR_OFFSETOF(simg_erased, member)

static const step of_stories[] = {
    { "UPDATE image SET subject = $1 WHERE subject IS NULL AND (story_id IN " STORIES
      " OR filename IN (SELECT filename FROM story_page WHERE filename IS NOT NULL AND story_id IN " STORIES "))",
      NONE },
    { "UPDATE upload SET subject = $1 WHERE subject IS NULL AND "
      "filename IN (SELECT upload FROM story WHERE upload IS NOT NULL AND id IN " STORIES ") AND NOT EXISTS "
      "(SELECT 1 FROM story s WHERE s.upload = upload.filename AND (s.subject IS NULL OR s.subject <> $1))",
      NONE },
    { "UPDATE call SET job_id = NULL, page_number = NULL WHERE job_id IN " JOBS, NONE },
    { "UPDATE call SET request_id = NULL WHERE request_id IN " REQUESTS, NONE },
    { "DELETE FROM request WHERE story_id IN " STORIES, COUNTER(requests) },
    { "DELETE FROM request WHERE subject = $1", COUNTER(requests) },
    { "DELETE FROM job WHERE story_id IN " STORIES, COUNTER(jobs) },
};

static const step of_image[] = { { "DELETE FROM image WHERE filename = $1", COUNTER(images) } };

/* The answers that name an upload, or its bytes, are those to questions about it: they belong to no story. */
static const step of_upload[] = {
    { "DELETE FROM request WHERE story_id IS NULL AND body LIKE '%' || $1 || '%'", COUNTER(requests) },
    { "DELETE FROM request WHERE story_id IS NULL AND body LIKE '%' || (SELECT u.sha256 FROM upload u "
      "WHERE u.filename = $1 AND NOT EXISTS (SELECT 1 FROM upload o WHERE o.sha256 = u.sha256 AND o.filename <> $1)) "
      "|| '%'",
      COUNTER(requests) },
    { "DELETE FROM descriptor WHERE sha256 IN (SELECT u.sha256 FROM upload u WHERE u.filename = $1 AND NOT EXISTS "
      "(SELECT 1 FROM upload o WHERE o.sha256 = u.sha256 AND o.filename <> $1))",
      COUNTER(descriptors) },
    { "DELETE FROM upload WHERE filename = $1", COUNTER(uploads) },
};

static apr_status_t run_steps(simg_erased *counts, simg_db *db, const step *steps, int n, const char *arg,
                              simg_problem *err)
{
    const simg_value value = simg_value_text(arg);
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < n; i++) {
        rv = simg_db_run(db, steps[i].sql, &value, 1, NULL, NULL, err);
        if (rv == APR_SUCCESS && steps[i].counter != NONE)
            *(apr_int64_t *)((char *)counts + steps[i].counter) += simg_db_changed(db);
    }
    return rv;
}

#define RUN(counts, db, steps, arg, err) run_steps(counts, db, steps, (int)(sizeof(steps) / sizeof(*steps)), arg, err)

/** What one step does within its transaction; what it counts is kept only if that was committed. */
typedef apr_status_t work_fn(simg_erased *counts, simg_db *db, const void *what, simg_problem *err);

static apr_status_t in_transaction(simg_erased *counts, simg_index *index, work_fn *work, const void *what,
                                   simg_problem *err)
{
    simg_erased now = *counts;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = work(&now, db, what, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    simg_index_return(index, db);
    if (rv == APR_SUCCESS)
        *counts = now;
    return rv;
}

typedef struct stories {
    const char *subject;
    int *deleted;
} stories;

typedef struct tally {
    apr_int64_t told;
    int rows;
} tally;

static apr_status_t see_story(void *baton, const simg_row *row, simg_problem *err)
{
    tally *t = baton;

    (void)err;
    t->rows++;
    t->told += simg_row_int(row, 0) == 0;
    return APR_SUCCESS;
}

static apr_status_t forget_stories(simg_erased *counts, simg_db *db, const void *what, simg_problem *err)
{
    const stories *s = what;
    const simg_value subject = simg_value_text(s->subject);
    tally t = { 0, 0 };
    apr_status_t rv = RUN(counts, db, of_stories, s->subject, err);

    if (rv == APR_SUCCESS)
        rv = simg_db_run(db, "DELETE FROM story WHERE id IN " STORIES " RETURNING single", &subject, 1, see_story, &t,
                         err);
    counts->stories += t.told;
    *s->deleted = t.rows;
    return rv;
}

apr_status_t simg_erase_stories(int *more, simg_erased *counts, simg_index *index, const char *subject,
                                simg_problem *err)
{
    int deleted = 0;
    const stories s = { subject, &deleted };
    apr_status_t rv = in_transaction(counts, index, forget_stories, &s, err);

    *more = rv == APR_SUCCESS && deleted > 0;
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

static apr_status_t read_names(reader *r, simg_index *index, const char *sql, const char *subject, int max,
                               simg_problem *err)
{
    const simg_value args[] = { simg_value_text(subject), simg_value_int(max) };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    r->names = apr_array_make(r->p, max, sizeof(const char *));
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_run(db, sql, args, 2, read_name, r, err);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_erase_images(apr_array_header_t **names, simg_index *index, const char *subject, int max,
                               apr_pool_t *p, simg_problem *err)
{
    reader r = { .p = p };
    apr_status_t rv =
        read_names(&r, index, "SELECT filename FROM image WHERE subject = $1 LIMIT $2", subject, max, err);

    *names = r.names;
    return rv;
}

apr_status_t simg_erase_uploads(apr_array_header_t **names, simg_index *index, const char *subject, int max,
                                apr_pool_t *p, simg_problem *err)
{
    reader r = { .p = p };
    apr_status_t rv =
        read_names(&r, index, "SELECT filename FROM upload WHERE subject = $1 LIMIT $2", subject, max, err);

    *names = r.names;
    return rv;
}

static apr_status_t forget_images(simg_erased *counts, simg_db *db, const void *what, simg_problem *err)
{
    const apr_array_header_t *names = what;
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++)
        rv = RUN(counts, db, of_image, APR_ARRAY_IDX(names, i, const char *), err);
    return rv;
}

static apr_status_t forget_uploads(simg_erased *counts, simg_db *db, const void *what, simg_problem *err)
{
    const apr_array_header_t *names = what;
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < names->nelts; i++)
        rv = RUN(counts, db, of_upload, APR_ARRAY_IDX(names, i, const char *), err);
    return rv;
}

apr_status_t simg_erase_image_rows(simg_erased *counts, simg_index *index, const apr_array_header_t *names,
                                   simg_problem *err)
{
    return in_transaction(counts, index, forget_images, names, err);
}

apr_status_t simg_erase_upload_rows(simg_erased *counts, simg_index *index, const apr_array_header_t *names,
                                    simg_problem *err)
{
    return in_transaction(counts, index, forget_uploads, names, err);
}

apr_status_t simg_erase_is_gone(int *gone, simg_db *db, const char *job_id, simg_problem *err)
{
    const simg_value arg = simg_value_text(job_id);
    apr_int64_t n = 0;
    apr_status_t rv = simg_db_run(db, "SELECT COUNT(*) FROM job WHERE id = $1", &arg, 1, simg_row_number, &n, err);

    *gone = rv == APR_SUCCESS && n == 0;
    return rv;
}
