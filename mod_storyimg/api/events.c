/* SPDX-License-Identifier: Apache-2.0 */
#include "api/events.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "api/answer.h"
#include "api/jobs.h"
#include "base/json.h"
#include "base/sse.h"
#include "queue/jobs.h"

#define HEARTBEAT apr_time_from_sec(15)
#define LOOK apr_time_from_msec(1000) /* for what happens in other processes */
#define ALONE apr_time_from_sec(10)   /* with a job that nobody draws, in a process that is to end */

int simg_events_wanted(const simg_request *in)
{
    static const char type[] = "text/event-stream";
    const char *at = in->accept;

    for (; at && *at; at += strcspn(at, ","), at += *at == ',') {
        at += strspn(at, " \t,");
        if (!strncasecmp(at, type, sizeof(type) - 1) && strchr("; \t,", at[sizeof(type) - 1]))
            return 1;
    }
    return 0;
}

apr_status_t simg_events_send(const simg_request *in, apr_int64_t id, const char *name, json_t *data, apr_pool_t *p)
{
    const char *text = simg_sse_text((apr_uint64_t)id, name, simg_json_text(simg_json_own(p, data), p), p);

    return in->send(in, text, strlen(text));
}

/** What a stream has in hand between two looks. */
typedef struct follower {
    const simg_request *in;
    const simg_site *site;
    const char *job_id;
    apr_int64_t after; /* last event sent */
    apr_time_t spoken; /* when something was sent last */
    apr_time_t alone;  /* since when this process is to end and no page is under way; 0: not so */
    simg_job job;
    simg_story_row story;
    apr_array_header_t *events;
    int over;      /* the job is, and all is told */
    apr_pool_t *p; /* of one look */
} follower;

static const simg_page_row *page_of(const simg_story_row *story, int number)
{
    int i;

    for (i = 0; i < story->pages->nelts; i++)
        if (APR_ARRAY_IDX(story->pages, i, simg_page_row).number == number)
            return &APR_ARRAY_IDX(story->pages, i, simg_page_row);
    return NULL;
}

static json_t *problem_of(const follower *f, const simg_job_event *e)
{
    const simg_page_row *page = page_of(&f->story, e->page_number);

    return json_pack("{s:i, s:o, s:{s:o, s:o}}", "pageNumber", e->page_number, "description",
                     simg_json_string(page ? page->scene : NULL), "error", "code", simg_json_string(e->code), "message",
                     simg_json_string(e->message));
}

static json_t *data_of(const follower *f, const simg_job_event *e)
{
    const simg_page_row *page = page_of(&f->story, e->page_number);

    if (!strcmp(e->name, "illustration"))
        return page ? simg_answer_illustration(page, NULL, f->site, f->p) : json_object();
    if (!strcmp(e->name, "problem"))
        return problem_of(f, e);
    return json_pack("{s:o, s:o}", "status", simg_json_string(e->code), "progress", simg_job_progress(&f->job.counts));
}

/** Job first, then its events: what is over then has no event that was not read. */
static apr_status_t read_news(follower *f, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, f->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_jobs_get(&f->job, db, NULL, f->job_id, f->p, err);
    if (rv == APR_SUCCESS)
        rv = simg_jobs_events(&f->events, db, f->job_id, f->after, f->p, err);
    simg_index_return(f->site->index, db);
    if (rv == APR_SUCCESS && f->events->nelts)
        rv = simg_stories_get(&f->story, f->site->index, f->job.story_id, f->p, err);
    return rv;
}

static apr_status_t send_news(follower *f)
{
    apr_status_t rv = APR_SUCCESS;
    int i;

    for (i = 0; rv == APR_SUCCESS && i < f->events->nelts; i++) {
        const simg_job_event *e = &APR_ARRAY_IDX(f->events, i, simg_job_event);

        /* after a retry, or a picture that came late, the job is not done where it once was */
        if (strcmp(e->name, "done") || e->seq >= f->job.last_event)
            rv = simg_events_send(f->in, e->seq, e->name, data_of(f, e), f->p);
        f->after = e->seq;
        f->spoken = apr_time_now();
    }
    return rv;
}

/** One look. @return other than APR_SUCCESS: the client is gone, or the story is. */
static apr_status_t look(follower *f)
{
    simg_problem err = { 0 };
    apr_status_t rv = read_news(f, &err);

    if (rv != APR_SUCCESS)
        return err.status ? APR_SUCCESS : rv; /* an index that is gone may come back */
    f->over = f->after >= f->job.last_event && simg_job_is_over(f->job.status) && simg_job_open(&f->job.counts) == 0;
    return send_news(f);
}

static apr_status_t keep_alive(follower *f)
{
    if (apr_time_now() - f->spoken < HEARTBEAT)
        return APR_SUCCESS;
    f->spoken = apr_time_now();
    return f->in->send(f->in, SIMG_SSE_HEARTBEAT, strlen(SIMG_SSE_HEARTBEAT));
}

/** A process that is to end draws nothing new, and after a stop of the server no other one does: what is pending then
 * is drawn when it is started again. */
static int is_left_alone(follower *f)
{
    if (!f->in->is_stopping(f->in) || f->job.counts.pages[SIMG_PAGE_SENT])
        f->alone = 0;
    else if (!f->alone)
        f->alone = apr_time_now();
    return f->alone && apr_time_now() - f->alone > ALONE;
}

void simg_events_follow(const simg_request *in, const simg_site *site, const char *job_id, apr_int64_t after,
                        int resumable)
{
    follower f = { .in = in, .site = site, .job_id = job_id, .after = after };
    apr_uint32_t heard;
    apr_status_t rv;

    apr_pool_create(&f.p, in->p);
    f.spoken = apr_time_now();
    do {
        apr_pool_clear(f.p);
        heard = simg_bell_count(site->bell);
        f.events = NULL;
        rv = look(&f);
        if (rv == APR_SUCCESS && !f.over && !(f.events && f.events->nelts)) {
            rv = keep_alive(&f);
            if (rv == APR_SUCCESS)
                simg_bell_wait(site->bell, heard, LOOK);
        }
    } while (rv == APR_SUCCESS && !f.over && !in->is_gone(in) &&
             !(resumable ? in->is_stopping(in) : is_left_alone(&f)));
    apr_pool_destroy(f.p);
}
