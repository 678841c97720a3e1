/* SPDX-License-Identifier: Apache-2.0 */
#include "work/moderate.h"

#include <stdatomic.h>
#include <string.h>

#include <apr_strings.h>

#include "base/process.h"
#include "work/ask.h"

#define CALL_TIME apr_time_from_sec(20)
#define ONCE_TIME apr_time_from_sec(5)
#define FIT_TIME apr_time_from_sec(20)
#define REST apr_time_from_sec(600)
#define SIDE "768"
#define BYTES_MAX (512 * 1024)

typedef struct judge {
    simg_moderation_call call;
    simg_ask ask;
    int once; /* a try that fails is the last */
    /* of a picture */
    simg_judging judging;
    simg_loop *loop;
    char *bytes;
    apr_size_t len;
    apr_pool_t *p;
} judge;

int simg_moderate_wanted(const simg_site *site)
{
    return site->judges && site->judges->nelts;
}

static int is_required(const simg_site *site)
{
    return !strcmp(site->settings->moderation, "required");
}

static void answered(simg_moderation_call *c)
{
    simg_ask_answered(&((judge *)c->baton)->ask);
}

/** Nothing is paid for, so whatever went wrong may be tried again. */
static simg_outcome weigh(const simg_ask *ask, simg_outcome outcome)
{
    const judge *j = ask->baton;

    if (outcome != SIMG_OUTCOME_UNKNOWN && outcome != SIMG_OUTCOME_NOTHING)
        return outcome;
    return j->once ? SIMG_OUTCOME_UNKNOWN : SIMG_OUTCOME_NOTHING;
}

static void start(simg_ask *ask, simg_loop *loop)
{
    judge *j = ask->baton;

    j->call.call.model->provider->moderate(loop, &j->call);
}

static apr_int64_t cost(const simg_ask *ask)
{
    (void)ask;
    return 0;
}

static void prepare(judge *j, const simg_site *site)
{
    j->call.done = answered;
    j->call.baton = j;
    j->ask = (simg_ask){ .site = site,
                         .chain = site->judges,
                         .kind = "moderation",
                         .role = "judge",
                         .call = &j->call.call,
                         .timeout = CALL_TIME,
                         .send = start,
                         .cost = cost,
                         .weigh = weigh,
                         .baton = j };
}

static void log_flagged(const simg_site *site, const char *what, const char *categories)
{
    simg_log_write(site->log, SIMG_NOTICE, APR_SUCCESS, SIMGLOG(0701) "moderation: %s refused: %s", what, categories);
}

/** What could not be judged. @return APR_SUCCESS if it passes all the same */
static apr_status_t unjudged(const simg_site *site, const simg_problem *cause, apr_pool_t *p, simg_problem *err)
{
    if (is_required(site)) {
        simg_problem_set(err, p, "moderation-unavailable", cause->rv, "this cannot be judged at the moment");
        return simg_problem_cause(err, p, "%s: %s", cause->code, cause->cause ? cause->cause : cause->detail);
    }
    simg_log_write(site->log, SIMG_WARNING, cause->rv, SIMGLOG(0702) "moderation: not judged, and let through: %s%s%s",
                   cause->code, cause->cause ? ": " : "", cause->cause ? cause->cause : "");
    return APR_SUCCESS;
}

apr_status_t simg_moderate_texts(int *flagged, const simg_site *site, const apr_array_header_t *texts, apr_pool_t *p,
                                 simg_problem *err)
{
    simg_problem cause = { 0 };
    judge *j;

    memset(flagged, 0, (apr_size_t)texts->nelts * sizeof(*flagged));
    if (!simg_moderate_wanted(site) || !texts->nelts)
        return APR_SUCCESS;
    j = apr_pcalloc(p, sizeof(*j));
    j->call.texts = texts;
    prepare(j, site);
    if (simg_ask_run(&j->ask, p, &cause) != APR_SUCCESS)
        return unjudged(site, &cause, p, err);
    memcpy(flagged, j->call.flagged, (apr_size_t)texts->nelts * sizeof(*flagged));
    if (j->call.categories[0])
        log_flagged(site, "a text", j->call.categories);
    return APR_SUCCESS;
}

apr_status_t simg_moderate_text(const simg_site *site, const char *text, apr_pool_t *p, simg_problem *err)
{
    apr_array_header_t *texts = apr_array_make(p, 1, sizeof(const char *));
    int flagged = 0;
    apr_status_t rv;

    APR_ARRAY_PUSH(texts, const char *) = text;
    rv = simg_moderate_texts(&flagged, site, texts, p, err);
    if (rv == APR_SUCCESS && flagged)
        return simg_problem_set(err, p, "content-policy", APR_EGENERAL,
                                "let us tell of something else: this is nothing for a children's book");
    return rv;
}

static void say(judge *j, simg_judgement judgement, const simg_problem *why)
{
    j->judging.done(j->judging.baton, judgement, why);
}

static void say_unjudged(judge *j, const simg_problem *cause)
{
    simg_problem why = { 0 };

    if (unjudged(j->judging.site, cause, j->p, &why) == APR_SUCCESS)
        say(j, SIMG_FIT, NULL);
    else
        say(j, SIMG_UNJUDGED, &why);
}

static void ended(simg_ask *ask)
{
    judge *j = ask->baton;
    simg_problem why;

    if (ask->stands.state != SIMG_PAGE_SAVED) {
        say_unjudged(j, &j->call.call.problem);
    } else if (j->call.flagged[0]) {
        log_flagged(j->judging.site, "a picture", j->call.categories);
        simg_problem_set(&why, j->p, "content-policy", APR_EGENERAL, "the picture is nothing for a children's book");
        say(j, SIMG_UNFIT, &why);
    } else {
        say(j, SIMG_FIT, NULL);
    }
}

static int take_bytes(void *baton, const char *data, apr_size_t len)
{
    judge *j = baton;

    if (len > BYTES_MAX - j->len)
        return 1;
    memcpy(j->bytes + j->len, data, len);
    j->len += len;
    return 0;
}

/** It is small enough to be sent. */
static void fitted(void *baton, int exit_code, const char *said)
{
    judge *j = baton;
    simg_problem cause;

    if (exit_code || !j->len) {
        simg_problem_set(&cause, j->p, "internal", APR_EGENERAL, "the picture could not be read");
        simg_problem_cause(&cause, j->p, "StoryImgPixelProgram: exit %d: %s", exit_code, said);
        say_unjudged(j, &cause);
        return;
    }
    j->call.image = j->bytes;
    j->call.image_len = j->len;
    j->call.type = "image/jpeg";
    simg_ask_begin(&j->ask, j->loop, j->p);
}

static void begin(judge *j, simg_loop *loop)
{
    const char *argv[] = {
        j->judging.site->settings->pixel_program, "fit", "--side", SIDE, "--format", "jpg", NULL
    };
    simg_process_handlers handlers = { take_bytes, fitted, j };
    apr_file_t *file = simg_upload_file(j->judging.upload);
    simg_problem err = { 0 };
    apr_size_t len;
    apr_status_t rv;

    j->loop = loop;
    j->bytes = apr_palloc(j->p, BYTES_MAX);
    prepare(j, j->judging.site);
    j->ask.ended = ended;
    if (j->once)
        j->ask.timeout = ONCE_TIME;
    if (file) {
        rv = simg_process_start_file(loop, argv, file, FIT_TIME, &handlers, j->p, &err);
    } else {
        const char *bytes = simg_upload_bytes(j->judging.upload, &len);

        rv = simg_process_start(loop, argv, bytes, len, FIT_TIME, &handlers, j->p, &err);
    }
    if (rv != APR_SUCCESS)
        say_unjudged(j, &err);
}

void simg_moderate_picture(simg_loop *loop, const simg_judging *judging, apr_pool_t *p)
{
    judge *j = apr_pcalloc(p, sizeof(*j));

    j->judging = *judging;
    j->p = p;
    begin(j, loop);
}

typedef struct verdict {
    simg_judgement judgement;
    simg_problem *why;
} verdict;

static void hear(void *baton, simg_judgement judgement, const simg_problem *why)
{
    verdict *v = baton;

    v->judgement = judgement;
    if (why)
        *v->why = *why;
}

simg_judgement simg_moderate_picture_now(const simg_site *site, simg_upload *upload, apr_pool_t *p, simg_problem *why)
{
    static _Atomic apr_time_t rest_until; /* of this process */
    verdict v = { SIMG_UNJUDGED, why };
    judge *j = apr_pcalloc(p, sizeof(*j));
    simg_loop *loop;

    if (!simg_moderate_wanted(site))
        return SIMG_FIT;
    if (is_required(site) && atomic_load(&rest_until) > apr_time_now())
        return SIMG_UNJUDGED;
    j->once = 1;
    j->judging = (simg_judging){ site, upload, hear, &v };
    j->p = p;
    if (simg_loop_create(&loop, site->log, p, why) != APR_SUCCESS)
        return SIMG_UNJUDGED;
    begin(j, loop);
    simg_loop_run(loop, why);
    if (v.judgement == SIMG_UNJUDGED)
        atomic_store(&rest_until, apr_time_now() + REST);
    return v.judgement;
}
