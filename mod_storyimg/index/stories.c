/* SPDX-License-Identifier: Apache-2.0 */
#include "index/stories.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "base/cursor.h"

#define STORY                                                                                                          \
    "id, title, body, character_json, model, word_count, descriptor_used, subject, cost, created_at, upload, single, "  \
    "site"
#define WITH_JOB                                                                                                       \
    "SELECT s.id, s.title, s.body, s.character_json, s.model, s.word_count, s.descriptor_used, s.subject, s.cost, "    \
    "s.created_at, s.seq, j.id, j.status, s.single FROM story s LEFT JOIN job j ON j.story_id = s.id "
#define PICTURE "filename, url, model, width, height, size, sha256, referenced, cost, error_code, error_message, reused"

enum { PICTURE_COLUMNS = 12 };

typedef struct reader {
    apr_array_header_t *stories; /* of simg_story_row */
    apr_hash_t *by_id;           /* of the pages arrays */
    simg_cursor first, last;     /* places of the first and last story */
    int limit;
    int more;
    apr_pool_t *p;
} reader;

static simg_value money(apr_int64_t cost)
{
    return cost < 0 ? simg_value_text(NULL) : simg_value_int(cost);
}

static apr_int64_t cost_of(const simg_row *row, int i)
{
    return simg_row_is_null(row, i) ? -1 : simg_row_int(row, i);
}

/* The values of PICTURE, in its order. */
static void picture_values(simg_value *args, const simg_page_row *page)
{
    args[0] = simg_value_text(page->filename);
    args[1] = simg_value_text(page->url);
    args[2] = simg_value_text(page->model);
    args[3] = simg_value_int(page->width);
    args[4] = simg_value_int(page->height);
    args[5] = simg_value_int(page->size);
    args[6] = simg_value_text(page->sha256);
    args[7] = simg_value_int(page->referenced != 0);
    args[8] = money(page->cost);
    args[9] = simg_value_text(page->error_code);
    args[10] = simg_value_text(page->error_message);
    args[11] = simg_value_int(page->reused != 0);
}

static apr_status_t insert_story(simg_db *db, const simg_story_row *story, simg_problem *err)
{
    const simg_value args[] = {
        simg_value_text(story->id),
        simg_value_text(story->title),
        simg_value_text(story->text),
        simg_value_text(story->character),
        simg_value_text(story->model),
        simg_value_int(story->word_count),
        simg_value_int(story->descriptor_used != 0),
        simg_value_text(story->subject),
        money(story->cost),
        simg_value_int(apr_time_as_msec(story->created_at)),
        simg_value_text(story->upload),
        simg_value_int(story->single != 0),
        simg_value_text(story->site ? story->site : ""),
    };

    return simg_db_run(db,
                       "INSERT INTO story (" STORY ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                       args, 13, NULL, NULL, err);
}

static apr_status_t insert_page(simg_db *db, const char *story_id, const simg_page_row *page, simg_problem *err)
{
    simg_value args[PICTURE_COLUMNS + 4];

    picture_values(args, page);
    args[PICTURE_COLUMNS] = simg_value_text(story_id);
    args[PICTURE_COLUMNS + 1] = simg_value_int(page->number);
    args[PICTURE_COLUMNS + 2] = simg_value_text(page->scene);
    args[PICTURE_COLUMNS + 3] = simg_value_int(page->wanted != 0);
    return simg_db_run(db,
                       "INSERT INTO story_page (" PICTURE ", story_id, number, scene, wanted) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                       args, PICTURE_COLUMNS + 4, NULL, NULL, err);
}

apr_status_t simg_stories_add_in(simg_db *db, const simg_story_row *story, simg_problem *err)
{
    apr_status_t rv = insert_story(db, story, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < story->pages->nelts; i++)
        rv = insert_page(db, story->id, &APR_ARRAY_IDX(story->pages, i, simg_page_row), err);
    return rv;
}

apr_status_t simg_stories_add(simg_index *index, const simg_story_row *story, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = simg_stories_add_in(db, story, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_stories_page_in(simg_db *db, const char *story_id, const simg_page_row *page, simg_problem *err)
{
    simg_value args[PICTURE_COLUMNS + 2];
    apr_status_t rv;

    picture_values(args, page);
    args[PICTURE_COLUMNS] = simg_value_text(story_id);
    args[PICTURE_COLUMNS + 1] = simg_value_int(page->number);
    rv = simg_db_run(db,
                     "UPDATE story_page SET (" PICTURE ") = ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
                     "WHERE story_id = $13 AND number = $14",
                     args, PICTURE_COLUMNS + 2, NULL, NULL, err);
    return rv == APR_SUCCESS && simg_db_changed(db) == 0 ? APR_ENOENT : rv;
}

apr_status_t simg_stories_again_in(simg_db *db, const char *story_id, simg_problem *err)
{
    simg_value arg = simg_value_text(story_id);

    return simg_db_run(
        db,
        "UPDATE story_page SET error_code = NULL, error_message = NULL WHERE story_id = $1 AND number IN "
        "(SELECT p.number FROM job_page p JOIN job j ON j.id = p.job_id "
        "WHERE j.story_id = $1 AND p.state = 'pending')",
        &arg, 1, NULL, NULL, err);
}

apr_status_t simg_stories_page(simg_index *index, const char *story_id, const simg_page_row *page, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_stories_page_in(db, story_id, page, err);
    simg_index_return(index, db);
    return rv;
}

static apr_status_t read_story(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;
    simg_story_row *s;

    (void)err;
    if (r->stories->nelts == r->limit) {
        r->more = 1;
        return APR_SUCCESS;
    }
    s = apr_array_push(r->stories);
    *s = (simg_story_row){
        .id = simg_row_text(row, 0, r->p),
        .title = simg_row_text(row, 1, r->p),
        .text = simg_row_text(row, 2, r->p),
        .character = simg_row_text(row, 3, r->p),
        .model = simg_row_text(row, 4, r->p),
        .word_count = (int)simg_row_int(row, 5),
        .descriptor_used = (int)simg_row_int(row, 6),
        .subject = simg_row_text(row, 7, r->p),
        .cost = cost_of(row, 8),
        .created_at = apr_time_from_msec(simg_row_int(row, 9)),
        .pages = apr_array_make(r->p, 4, sizeof(simg_page_row)),
        .job_id = simg_row_text(row, 11, r->p),
        .job_status = simg_row_text(row, 12, r->p),
        .single = simg_row_int(row, 13) != 0,
    };
    r->last = (simg_cursor){ simg_row_int(row, 9), simg_row_int(row, 10) };
    if (r->stories->nelts == 1)
        r->first = r->last;
    apr_hash_set(r->by_id, s->id, APR_HASH_KEY_STRING, s->pages);
    return APR_SUCCESS;
}

/* A story that was added since the stories were read has no place to put its pages. */
static apr_status_t read_page(void *baton, const simg_row *row, simg_problem *err)
{
    reader *r = baton;
    apr_array_header_t *pages = apr_hash_get(r->by_id, simg_row_text(row, PICTURE_COLUMNS, r->p), APR_HASH_KEY_STRING);

    (void)err;
    if (!pages)
        return APR_SUCCESS;
    APR_ARRAY_PUSH(pages, simg_page_row) = (simg_page_row){
        .filename = simg_row_text(row, 0, r->p),
        .url = simg_row_text(row, 1, r->p),
        .model = simg_row_text(row, 2, r->p),
        .width = (int)simg_row_int(row, 3),
        .height = (int)simg_row_int(row, 4),
        .size = simg_row_int(row, 5),
        .sha256 = simg_row_text(row, 6, r->p),
        .referenced = (int)simg_row_int(row, 7),
        .cost = cost_of(row, 8),
        .error_code = simg_row_text(row, 9, r->p),
        .error_message = simg_row_text(row, 10, r->p),
        .reused = (int)simg_row_int(row, 11),
        .number = (int)simg_row_int(row, PICTURE_COLUMNS + 1),
        .scene = simg_row_text(row, PICTURE_COLUMNS + 2, r->p),
        .wanted = (int)simg_row_int(row, PICTURE_COLUMNS + 3),
    };
    return APR_SUCCESS;
}

static reader new_reader(int limit, apr_pool_t *p)
{
    return (reader){
        .stories = apr_array_make(p, 4, sizeof(simg_story_row)),
        .by_id = apr_hash_make(p),
        .limit = limit,
        .p = p,
    };
}

static apr_status_t get_with_pages(reader *r, simg_db *db, const char *id, simg_problem *err)
{
    simg_value arg = simg_value_text(id);
    apr_status_t rv = simg_db_run(db, WITH_JOB "WHERE s.id = $1", &arg, 1, read_story, r, err);

    if (rv != APR_SUCCESS)
        return rv;
    return simg_db_run(db,
                       "SELECT " PICTURE ", story_id, number, scene, wanted FROM story_page "
                       "WHERE story_id = $1 ORDER BY number",
                       &arg, 1, read_page, r, err);
}

apr_status_t simg_stories_get(simg_story_row *out, simg_index *index, const char *id, apr_pool_t *p, simg_problem *err)
{
    reader r = new_reader(1, p);
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = get_with_pages(&r, db, id, err);
    simg_index_return(index, db);
    if (rv == APR_SUCCESS && r.stories->nelts == 0)
        return APR_ENOENT;
    if (rv == APR_SUCCESS)
        *out = APR_ARRAY_IDX(r.stories, 0, simg_story_row);
    return rv;
}

static apr_status_t list_stories(reader *r, simg_db *db, const simg_cursor *from, simg_problem *err)
{
    const simg_value args[] = { simg_value_int(r->limit + 1), simg_value_int(from->created_at),
                                simg_value_int(from->seq) };

    return simg_db_run(
        db, WITH_JOB "WHERE s.single = 0 AND (s.created_at, s.seq) < ($2, $3) ORDER BY s.created_at DESC, s.seq DESC LIMIT $1",
        args, 3, read_story, r, err);
}

/* By the places of the stories read, not by their number: what was added or removed since does not shift them. */
static apr_status_t list_pages(reader *r, simg_db *db, simg_problem *err)
{
    const simg_value args[] = { simg_value_int(r->first.created_at), simg_value_int(r->first.seq),
                                simg_value_int(r->last.created_at), simg_value_int(r->last.seq) };

    if (r->stories->nelts == 0)
        return APR_SUCCESS;
    return simg_db_run(db,
                       "SELECT " PICTURE ", story_id, number, scene, wanted FROM story_page WHERE story_id IN "
                       "(SELECT id FROM story WHERE single = 0 AND (created_at, seq) <= ($1, $2) AND (created_at, seq) >= ($3, $4)) "
                       "ORDER BY story_id, number",
                       args, 4, read_page, r, err);
}

static apr_status_t list_all(reader *r, apr_int64_t *total, simg_index *index, const simg_cursor *from,
                             simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = list_stories(r, db, from, err);
    if (rv == APR_SUCCESS)
        rv = list_pages(r, db, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_run(db, "SELECT n FROM tally WHERE list = 'story' AND kind = ''", NULL, 0, simg_row_number, total, err);
    simg_index_return(index, db);
    return rv;
}

apr_status_t simg_stories_list(simg_story_list *out, simg_index *index, int limit, const char *cursor, apr_pool_t *p,
                               simg_problem *err)
{
    reader r = new_reader(simg_cursor_limit(limit), p);
    simg_cursor from = { APR_INT64_MAX, APR_INT64_MAX };
    apr_status_t rv;

    if (cursor && !simg_cursor_read(&from, cursor, "stories"))
        return simg_problem_set(err, p, "bad-cursor", APR_EINVAL, "cursor: not one of this list");
    *out = (simg_story_list){ .stories = r.stories };
    rv = list_all(&r, &out->total, index, &from, err);
    if (rv == APR_SUCCESS && r.more)
        out->next_cursor = simg_cursor_write(&r.last, "stories", p);
    return rv;
}
