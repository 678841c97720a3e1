/* SPDX-License-Identifier: Apache-2.0 */
#include "index/images.h"

#include <string.h>

#include <apr_strings.h>

#include "base/cursor.h"

#define WORDS_MAX 16
#define Q_MAX 1000
#define ARGS_MAX (WORDS_MAX + 12)

#define FACTS                                                                                                          \
    "filename, kind, page_number, story_id, subject, description, model, width, height, size, sha256, "                \
    "created_at, keep, site"
#define COLUMNS FACTS ", storage, recipe"
#define READ                                                                                                           \
    FACTS ", (SELECT o.filename FROM image o WHERE o.sha256 = image.sha256 AND o.seq < image.seq "                     \
          "ORDER BY o.seq LIMIT 1)"

/* The conditions of a statement, gathered one by one. */
typedef struct where {
    apr_pool_t *p;
    const char *sql;
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

static simg_image image_of(const simg_row *row, apr_pool_t *p)
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

static apr_status_t read_image(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    if (r->list->images->nelts == r->limit) {
        r->more = 1;
        return APR_SUCCESS;
    }
    APR_ARRAY_PUSH(r->list->images, simg_image) = image_of(row, r->p);
    r->last.created_at = simg_row_int(row, 11);
    r->last.seq = simg_row_int(row, 15);
    return APR_SUCCESS;
}

static void add(where *w, const char *before, simg_value value, const char *after)
{
    w->args[w->n++] = value;
    w->sql = apr_pstrcat(w->p, w->sql, w->n == 1 ? " WHERE " : " AND ", before, apr_psprintf(w->p, "$%d", w->n), after,
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

/* %word%, where ! takes the meaning from %, _ and itself. */
static const char *pattern_of(const char *word, size_t len, apr_pool_t *p)
{
    char *out = apr_palloc(p, 2 * len + 3);
    char *c = out;
    size_t i;

    *c++ = '%';
    for (i = 0; i < len; i++) {
        if (strchr("%_!", word[i]))
            *c++ = '!';
        *c++ = word[i];
    }
    *c++ = '%';
    *c = '\0';
    return out;
}

static apr_status_t add_words(where *w, const char *q, simg_problem *err)
{
    static const char space[] = " \t\r\n\f\v";
    int words = 0;
    size_t len;

    for (q += strspn(q, space); *q && words < WORDS_MAX; words++) {
        len = strcspn(q, space);
        add(w, "lower(description) LIKE lower(", simg_value_text(pattern_of(q, len, w->p)), ") ESCAPE '!'");
        q += len + strspn(q + len, space);
    }
    if (*q)
        return simg_problem_set(err, w->p, "invalid-query", APR_EINVAL, "q: more than %d words", WORDS_MAX);
    return APR_SUCCESS;
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

/* Below the cursor is also before `to`: with both conditions the planner might start at `to` and walk all the way. */
static apr_status_t add_start(where *w, const simg_image_query *query, const char *name, simg_problem *err)
{
    simg_cursor at;

    if (!query->cursor) {
        if (query->to)
            add(w, "created_at < ", simg_value_int(ceil_msec(query->to)), "");
        return APR_SUCCESS;
    }
    if (!simg_cursor_read(&at, query->cursor, name))
        return simg_problem_set(err, w->p, "bad-cursor", APR_EINVAL, "cursor: not one of this list");
    add(w, "(created_at, seq) < (", simg_value_int(at.created_at), "");
    w->args[w->n++] = simg_value_int(at.seq);
    w->sql = apr_pstrcat(w->p, w->sql, apr_psprintf(w->p, ", $%d)", w->n), NULL);
    return APR_SUCCESS;
}

static apr_status_t run_page(reader *r, simg_db *db, where *w, simg_problem *err)
{
    const char *sql;

    w->args[w->n++] = simg_value_int(r->limit + 1);
    sql = apr_psprintf(w->p, "SELECT " READ ", seq FROM image%s ORDER BY created_at DESC, seq DESC LIMIT $%d",
                       w->sql, w->n);
    return simg_db_run(db, sql, w->args, w->n, read_image, r, err);
}

static int has_tally(const simg_image_query *query)
{
    return !query->story_id && !query->model && !query->q && !query->from && !query->to;
}

static apr_status_t count(apr_int64_t *out, simg_db *db, const simg_image_query *query, apr_pool_t *p,
                          simg_problem *err)
{
    simg_value kind = simg_value_text(query->kind);
    where w = { .p = p, .sql = "" };
    apr_status_t rv;

    if (has_tally(query) && query->kind)
        return simg_db_run(db, "SELECT n FROM tally WHERE list = 'image' AND kind = $1", &kind, 1, simg_row_number, out,
                           err);
    if (has_tally(query))
        return simg_db_run(db, "SELECT CAST(SUM(n) AS BIGINT) FROM tally WHERE list = 'image'", NULL, 0,
                           simg_row_number, out, err);
    add_filters(&w, query);
    if (query->to)
        add(&w, "created_at < ", simg_value_int(ceil_msec(query->to)), "");
    rv = query->q ? add_words(&w, query->q, err) : APR_SUCCESS;
    if (rv != APR_SUCCESS)
        return rv;
    return simg_db_run(db, apr_pstrcat(p, "SELECT COUNT(*) FROM image", w.sql, NULL), w.args, w.n, simg_row_number, out,
                       err);
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
        rv = count(&r->list->total, db, query, r->p, err);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_images_list(simg_image_list *out, simg_index *index, const simg_image_query *query, apr_pool_t *p,
                              simg_problem *err)
{
    reader r = { .list = out, .limit = simg_cursor_limit(query->limit), .p = p };
    where w = { .p = p, .sql = "" };
    const char *name = name_of(query, p);
    apr_status_t rv = APR_SUCCESS;

    if (query->q && strlen(query->q) > Q_MAX)
        return simg_problem_set(err, p, "invalid-query", APR_EINVAL, "q: longer than %d bytes", Q_MAX);
    *out = (simg_image_list){ .images = apr_array_make(p, r.limit, sizeof(simg_image)) };
    add_filters(&w, query);
    if (query->q)
        rv = add_words(&w, query->q, err);
    if (rv == APR_SUCCESS)
        rv = add_start(&w, query, name, err);
    if (rv == APR_SUCCESS)
        rv = page_and_total(&r, index, &w, query, err);
    if (rv == APR_SUCCESS && r.more)
        out->next_cursor = simg_cursor_write(&r.last, name, p);
    return rv;
}

static apr_status_t read_one(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;

    (void)err;
    APR_ARRAY_PUSH(r->list->images, simg_image) = image_of(row, r->p);
    return APR_SUCCESS;
}

apr_status_t simg_images_get(simg_image *out, simg_index *index, const char *filename, apr_pool_t *p, simg_problem *err)
{
    simg_image_list found = { .images = apr_array_make(p, 1, sizeof(simg_image)) };
    reader r = { .list = &found, .p = p };
    simg_value name = simg_value_text(filename);
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_run(db, "SELECT " READ " FROM image WHERE filename = $1", &name, 1, read_one, &r, err);
    simg_index_return(index, db);
    if (rv == APR_SUCCESS && found.images->nelts == 0)
        return APR_ENOENT;
    if (rv == APR_SUCCESS)
        *out = APR_ARRAY_IDX(found.images, 0, simg_image);
    return rv;
}

apr_status_t simg_images_keep(simg_index *index, const char *filename, int keep, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(filename), simg_value_int(keep != 0) };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_run(db, "UPDATE image SET keep = $2 WHERE filename = $1", args, 2, NULL, NULL, err);
    if (rv == APR_SUCCESS && simg_db_changed(db) == 0)
        rv = APR_ENOENT;
    simg_index_return(index, db);
    return rv;
}
