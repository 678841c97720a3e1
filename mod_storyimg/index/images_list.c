/* SPDX-License-Identifier: Apache-2.0 */
/* Which images, and how many. */
#include "index/images.h"

#include <string.h>

#include <apr_strings.h>

#include "base/cursor.h"
#include "index/image_row.h"
#include "index/search.h"

#define ARGS_MAX (SIMG_SEARCH_WORDS + 12)
#define COUNTED 10000 /* matches of a word search, at most: to count a million takes as long as forty pages */

/* The conditions of a statement, gathered one by one. */
typedef struct where {
    apr_pool_t *p;
    const char *from;  /* tables */
    const char *order; /* of a page */
    const char *sql;   /* conditions */
    simg_value args[ARGS_MAX];
    int n;
} where;

typedef struct reader {
    simg_image_list *list;
    simg_cursor last; /* place of the last row in list */
    int limit;
    int more;
    apr_pool_t *p;
} reader;

static apr_status_t read_image(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    if (r->list->images->nelts == r->limit) {
        r->more = 1;
        return APR_SUCCESS;
    }
    APR_ARRAY_PUSH(r->list->images, simg_image) = simg_image_of(row, r->p);
    r->last.created_at = simg_row_int(row, 11);
    r->last.seq = simg_row_int(row, SIMG_IMAGE_COLUMNS);
    return APR_SUCCESS;
}

static void add(where *w, const char *before, simg_value value, const char *after)
{
    w->args[w->n++] = value;
    w->sql = apr_pstrcat(w->p, w->sql, *w->sql ? " AND " : " WHERE ", before, apr_psprintf(w->p, "$%d", w->n), after,
                         NULL);
}

/* Whole milliseconds, rounded up: "from <= t < to" stays true for a t of whole milliseconds. */
static apr_int64_t ceil_msec(apr_time_t t)
{
    return t / 1000 + (t % 1000 > 0);
}

static void add_filters(where *w, const simg_image_query *query)
{
    if (query->story_id)
        add(w, "story_id = ", simg_value_text(query->story_id), "");
    if (query->model)
        add(w, "model = ", simg_value_text(query->model), "");
    if (query->kind)
        add(w, "kind = ", simg_value_text(query->kind), "");
    if (query->from)
        add(w, "created_at >= ", simg_value_int(ceil_msec(query->from)), "");
}

/* A story has few pictures, which are looked through; in all others the words lead the way, from the newest on. */
static void add_match(where *w, const simg_image_query *query, const char *match)
{
    w->args[w->n++] = simg_value_text(match);
    if (query->story_id) {
        w->sql = apr_psprintf(w->p,
                              "%s%sEXISTS (SELECT 1 FROM image_words WHERE image_words MATCH $%d AND rowid = image.seq)",
                              w->sql, *w->sql ? " AND " : " WHERE ", w->n);
        return;
    }
    w->from = apr_psprintf(w->p, "(SELECT rowid AS hit FROM image_words WHERE image_words MATCH $%d) w "
                                 "CROSS JOIN image ON image.seq = w.hit", w->n);
    w->order = "w.hit DESC";
}

static apr_status_t add_words(where *w, const simg_image_query *query, simg_problem *err)
{
    simg_search search;
    apr_status_t rv = simg_search_read(&search, query->q, w->p, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    if (search.match)
        add_match(w, query, search.match);
    for (i = 0; i < search.like->nelts; i++)
        add(w, "lower(description) LIKE lower(", simg_value_text(APR_ARRAY_IDX(search.like, i, const char *)),
            ") ESCAPE '!'");
    /* signs alone: no description has such a word */
    if (search.words && !search.match && !search.like->nelts)
        add(w, "0 = ", simg_value_int(1), "");
    return rv;
}

static int by_words(const where *w)
{
    return w->order[0] == 'w';
}

static const char *part(const char *name, const char *value, apr_pool_t *p)
{
    return value ? apr_psprintf(p, " %s %" APR_SIZE_T_FMT ":%s", name, strlen(value), value) : "";
}

/* What a cursor is good for: everything but the limit. */
static const char *name_of(const simg_image_query *query, apr_pool_t *p)
{
    return apr_psprintf(p, "images%s%s%s%s %" APR_TIME_T_FMT " %" APR_TIME_T_FMT, part("kind", query->kind, p),
                        part("story", query->story_id, p), part("model", query->model, p), part("q", query->q, p),
                        query->from, query->to);
}

static void add_to(where *w, const simg_image_query *query)
{
    if (query->to)
        add(w, "created_at < ", simg_value_int(ceil_msec(query->to)), "");
}

/* Below the cursor is also before `to`: with both conditions the planner might start at `to` and walk all the way. */
static apr_status_t add_start(where *w, const simg_image_query *query, const char *name, simg_problem *err)
{
    simg_cursor at;

    if (!query->cursor || by_words(w))
        add_to(w, query);
    if (!query->cursor)
        return APR_SUCCESS;
    if (!simg_cursor_read(&at, query->cursor, name))
        return simg_problem_set(err, w->p, "bad-cursor", APR_EINVAL, "cursor: not one of this list");
    if (by_words(w)) {
        add(w, "w.hit < ", simg_value_int(at.seq), "");
        return APR_SUCCESS;
    }
    add(w, "(created_at, seq) < (", simg_value_int(at.created_at), "");
    w->args[w->n++] = simg_value_int(at.seq);
    w->sql = apr_pstrcat(w->p, w->sql, apr_psprintf(w->p, ", $%d)", w->n), NULL);
    return APR_SUCCESS;
}

static apr_status_t run_page(reader *r, simg_db *db, where *w, simg_problem *err)
{
    const char *sql;

    w->args[w->n++] = simg_value_int(r->limit + 1);
    sql = apr_psprintf(w->p, "SELECT " SIMG_IMAGE_READ ", seq FROM %s%s ORDER BY %s LIMIT $%d", w->from, w->sql,
                       w->order, w->n);
    return simg_db_run(db, sql, w->args, w->n, read_image, r, err);
}

static where where_all(apr_pool_t *p)
{
    return (where){ .p = p, .from = "image", .order = "created_at DESC, seq DESC", .sql = "" };
}

static int has_tally(const simg_image_query *query)
{
    return !query->story_id && !query->model && !query->q && !query->from && !query->to;
}

static apr_status_t count(simg_image_list *out, simg_db *db, const simg_image_query *query, apr_pool_t *p,
                          simg_problem *err)
{
    simg_value kind = simg_value_text(query->kind);
    where w = where_all(p);
    apr_status_t rv;

    if (has_tally(query) && query->kind)
        return simg_db_run(db, "SELECT n FROM tally WHERE list = 'image' AND kind = $1", &kind, 1, simg_row_number,
                           &out->total, err);
    if (has_tally(query))
        return simg_db_run(db, "SELECT CAST(SUM(n) AS BIGINT) FROM tally WHERE list = 'image'", NULL, 0,
                           simg_row_number, &out->total, err);
    add_filters(&w, query);
    add_to(&w, query);
    rv = query->q ? add_words(&w, query, err) : APR_SUCCESS;
    if (rv != APR_SUCCESS)
        return rv;
    w.args[w.n++] = simg_value_int(query->q ? COUNTED : APR_INT64_MAX);
    rv = simg_db_run(db, apr_psprintf(p, "SELECT COUNT(*) FROM (SELECT 1 FROM %s%s LIMIT $%d)", w.from, w.sql, w.n),
                     w.args, w.n, simg_row_number, &out->total, err);
    out->total_at_least = query->q && out->total == COUNTED;
    return rv;
}

static apr_status_t page_and_total(reader *r, simg_index *index, where *w, const simg_image_query *query,
                                   simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = run_page(r, db, w, err);
    if (rv == APR_SUCCESS)
        rv = count(r->list, db, query, r->p, err);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_images_list(simg_image_list *out, simg_index *index, const simg_image_query *query, apr_pool_t *p,
                              simg_problem *err)
{
    reader r = { .list = out, .limit = simg_cursor_limit(query->limit), .p = p };
    where w = where_all(p);
    const char *name = name_of(query, p);
    apr_status_t rv = APR_SUCCESS;

    *out = (simg_image_list){ .images = apr_array_make(p, r.limit, sizeof(simg_image)) };
    add_filters(&w, query);
    if (query->q)
        rv = add_words(&w, query, err);
    if (rv == APR_SUCCESS)
        rv = add_start(&w, query, name, err);
    if (rv == APR_SUCCESS)
        rv = page_and_total(&r, index, &w, query, err);
    if (rv == APR_SUCCESS && r.more)
        out->next_cursor = simg_cursor_write(&r.last, name, p);
    return rv;
}
