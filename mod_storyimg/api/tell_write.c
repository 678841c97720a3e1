/* SPDX-License-Identifier: Apache-2.0 */
/* What a telling leaves in the index: the story, its job, and who it was asked for. */
#include "api/tell.h"

#include <string.h>

#include "base/clock.h"
#include "queue/claims.h"
#include "queue/requests.h"
#include "story/prompt.h"
#include "work/describe.h"
#include "work/runner.h"
#include "work/uploads.h"

/** What the hero looks like, if a picture says it and nobody else does. That it could not be found out is no reason to
 * tell no story. */
void simg_tell_look(simg_telling *t)
{
    simg_looking looking = { .request_id = t->in->id };
    simg_problem err = { 0 };
    simg_upload_row upload;
    simg_description said;
    apr_status_t rv;

    if (!t->order.reference || t->order.descriptor || !t->order.illustrate || !simg_describe_able(t->site))
        return;
    rv = simg_uploads_find(&upload, t->site, t->order.reference, t->in->p, &err);
    if (rv == APR_SUCCESS)
        rv = simg_describe(&said, t->site, &upload, &looking, t->in->p, &err);
    if (rv == APR_SUCCESS) {
        t->order.descriptor = said.words;
        t->looks_cost = said.cost;
    } else {
        simg_log_write(t->site->log, SIMG_WARNING, err.rv,
                       SIMGLOG(0403) "the hero's picture was not described: %s%s%s", err.code, err.cause ? ": " : "",
                       err.cause ? err.cause : "");
    }
}

apr_int64_t simg_tell_sum(apr_int64_t a, apr_int64_t b)
{
    return a < 0 || b < 0 ? -1 : a + b;
}

/** Stem of the files that are drawn from words. */
static const char *kind_of(const simg_telling *t)
{
    if (t->kind)
        return t->kind;
    return t->order.descriptor ? "consistent" : "story";
}

static simg_job make_job(const simg_telling *t, int held)
{
    apr_time_t now = simg_clock_now();

    return (simg_job){ .id = t->job_id,
                       .site = t->site->name,
                       .story_id = t->row.id,
                       .status = SIMG_JOB_QUEUED,
                       .kind = kind_of(t),
                       .reference = t->order.reference,
                       .epoch = apr_time_as_msec(now),
                       .brief = simg_runner_brief(&t->order, t->in->p),
                       .holder = held ? t->site->owner : NULL,
                       .held_until = held ? now + SIMG_LEASE : 0,
                       .created_at = now / 1000 * 1000,
                       .updated_at = now / 1000 * 1000 };
}

static const simg_page *page_of(const simg_story *story, int number)
{
    int i;

    for (i = 0; i < story->pages->nelts; i++)
        if (APR_ARRAY_IDX(story->pages, i, simg_page).number == number)
            return &APR_ARRAY_IDX(story->pages, i, simg_page);
    return NULL;
}

static simg_job_page job_page(const simg_telling *t, const simg_page *page)
{
    const simg_prompts *prompts = t->site->prompts;
    const char *title = t->text.story->title;
    apr_pool_t *p = t->in->p;
    simg_job_page job = { .number = page->number };

    job.prompt = t->kind && !strcmp(t->kind, "portrait") ? simg_prompt_portrait(prompts, &t->order, p)
                                                         : simg_prompt_scene(prompts, &t->order, page, title, p);
    if (t->order.reference)
        job.edit_prompt = simg_prompt_scene_edit(prompts, &t->order, page, title, p);
    return job;
}

static apr_array_header_t *job_pages(const simg_telling *t)
{
    apr_array_header_t *pages = apr_array_make(t->in->p, t->pictures->nelts, sizeof(simg_job_page));
    int i;

    for (i = 0; i < t->pictures->nelts; i++) {
        const simg_page_row *row = &APR_ARRAY_IDX(t->pictures, i, simg_picture).row;

        if (!row->error_code)
            APR_ARRAY_PUSH(pages, simg_job_page) = job_page(t, page_of(t->text.story, row->number));
    }
    return pages;
}

/** Story, job and pages, and the request that they are for: one transaction. */
static apr_status_t write_all(const simg_telling *t, simg_db *db, int held, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    if (rv == APR_SUCCESS)
        rv = simg_stories_add_in(db, &t->row, err);
    if (rv == APR_SUCCESS && t->job_id) {
        simg_job job = make_job(t, held);

        rv = simg_jobs_add(db, &job, job_pages(t), err);
    }
    if (rv == APR_SUCCESS)
        rv = simg_requests_told(db, t->in->id, t->row.id, err);
    return rv == APR_SUCCESS ? simg_db_commit(db, err) : rv;
}

apr_status_t simg_tell_write(simg_telling *t, int held, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, t->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = write_all(t, db, held, err);
    simg_db_rollback(db);
    if (APR_STATUS_IS_EEXIST(rv) && !err->status) {
        /* taken while we wrote: what is paid for is told all the same */
        t->row.id = simg_clock_id(t->in->p);
        rv = write_all(t, db, held, err);
        simg_db_rollback(db);
    }
    simg_index_return(t->site->index, db);
    return rv;
}
