/* SPDX-License-Identifier: Apache-2.0 */
#include "work/describe.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/utf8.h"
#include "story/prompt.h"
#include "work/ask.h"
#include "work/turn.h"

#define FIT_TIME apr_time_from_sec(60)
#define TURNS 16
#define TURN_LOOK apr_time_from_msec(50)
#define WORDS_MAX 2000 /* characters, as of a characterDescriptor */

/* The longer side of what is sent: the next is tried if the bytes are too many. */
static const char *const sides[] = { "1024", "768", "512", "256", NULL };

typedef struct looking {
    simg_vision_call call;
    simg_ask ask;
    /* of storyimg-pixel */
    char *bytes;
    apr_size_t len, max;
    int exit_code;
    const char *said;
    apr_pool_t *p;
} looking;

int simg_describe_able(const simg_site *site)
{
    return site->settings->image_analysis && site->seers->nelts > 0;
}

static int take_bytes(void *baton, const char *data, apr_size_t len)
{
    looking *l = baton;

    if (len > l->max - l->len)
        return 1;
    memcpy(l->bytes + l->len, data, len);
    l->len += len;
    return 0;
}

static void fitted(void *baton, int exit_code, const char *said)
{
    looking *l = baton;

    l->exit_code = exit_code;
    l->said = apr_pstrdup(l->p, said);
}

/** Make it small, at most `side` pixels. l->exit_code is 0 if it has become so. */
static apr_status_t fit(looking *l, const simg_site *site, apr_file_t *file, const char *side, simg_problem *err)
{
    const char *argv[] = { site->settings->pixel_program, "fit", "--side", side, "--format", "jpg", NULL };
    simg_process_handlers handlers = { take_bytes, fitted, l };
    simg_loop *loop;
    apr_status_t rv = simg_loop_create(&loop, site->log, l->p, err);

    l->len = 0;
    if (rv == APR_SUCCESS)
        rv = simg_process_start_file(loop, argv, file, FIT_TIME, &handlers, l->p, err);
    return rv == APR_SUCCESS ? simg_loop_run(loop, err) : rv;
}

static apr_status_t fit_all(looking *l, const simg_site *site, const char *filename, simg_problem *err)
{
    apr_file_t *file;
    int links, i;
    apr_status_t rv = simg_file_open_plain(&file, &links, simg_site_reference(site, filename, l->p)->path, 0, l->p);

    if (rv != APR_SUCCESS)
        return simg_problem_set(err, l->p, "reference-gone", rv, "the uploaded picture is not there (any more)");
    l->max = (apr_size_t)site->settings->analysis_max;
    l->bytes = apr_palloc(l->p, l->max);
    l->exit_code = 1;
    for (i = 0; rv == APR_SUCCESS && l->exit_code && sides[i]; i++)
        rv = fit(l, site, file, sides[i], err);
    apr_file_close(file);
    if (rv != APR_SUCCESS || !l->exit_code)
        return rv;
    simg_problem_set(err, l->p, "internal", APR_EGENERAL, "the uploaded picture could not be read");
    return simg_problem_cause(err, l->p, "StoryImgPixelProgram: exit %d: %s", l->exit_code, l->said);
}

static void answered(simg_vision_call *c)
{
    simg_ask_answered(&((looking *)c->baton)->ask);
}

static void start(simg_ask *ask, simg_loop *loop)
{
    looking *l = ask->baton;

    l->call.call.model->provider->describe(loop, &l->call);
}

static apr_int64_t cost(const simg_ask *ask)
{
    return simg_price_text(ask->site->prices, ask->call);
}

/** One line of at most so many characters: it is woven into every prompt. */
static const char *tidy(const char *words, apr_pool_t *p)
{
    char *text = apr_pstrdup(p, words ? words : ""), *to = text;
    const char *from;

    for (from = text; *from; from++)
        if ((unsigned char)*from > ' ')
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
    text[simg_utf8_prefix(text, WORDS_MAX)] = '\0';
    return text;
}

/** {"descriptor": "...", "confidence": 0..1}, or the words alone. */
static void read_answer(simg_description *out, const char *text, apr_pool_t *p)
{
    const json_t *answer = simg_json_parse(text, strlen(text), NULL, p);
    const json_t *confidence = json_object_get(answer, "confidence");
    const char *words = json_string_value(json_object_get(answer, "descriptor"));
    double sure = json_is_number(confidence) ? json_number_value(confidence) : -1;

    out->words = tidy(json_is_object(answer) ? words : text, p);
    out->confidence = sure >= 0 && sure <= 1 ? (int)(sure * 100 + 0.5) : -1;
}

static apr_status_t ask(looking *l, const simg_site *site, const simg_looking *how, simg_problem *err)
{
    l->call.system = simg_prompt_vision_system(site->prompts, l->p);
    l->call.user = simg_prompt_vision_user(site->prompts, how->traits, l->p);
    l->call.image = l->bytes;
    l->call.image_len = l->len;
    l->call.type = "image/jpeg";
    l->call.done = answered;
    l->call.baton = l;
    l->ask = (simg_ask){ .site = site,
                         .chain = site->seers,
                         .request_id = how->request_id,
                         .kind = "vision",
                         .role = "describer",
                         .call = &l->call.call,
                         .timeout = site->settings->analysis_timeout,
                         .send = start,
                         .cost = cost,
                         .baton = l };
    return simg_ask_run(&l->ask, l->p, err);
}

/** Asked of the model, and kept; if it cannot be kept, it is told all the same. */
static apr_status_t look(simg_description *out, const simg_site *site, simg_descriptor *kept,
                         const simg_upload_row *upload, const simg_looking *how, simg_problem *err)
{
    apr_pool_t *p = out->pool;
    looking *l = apr_pcalloc(p, sizeof(*l));
    simg_problem ignored = { 0 };
    apr_status_t rv;

    l->p = p;
    rv = fit_all(l, site, upload->filename, err);
    if (rv == APR_SUCCESS)
        rv = ask(l, site, how, err);
    if (rv != APR_SUCCESS)
        return rv;
    read_answer(out, l->call.text, p);
    out->cost = cost(&l->ask);
    out->model = apr_pstrcat(p, l->call.call.model->provider->name, "/", l->call.call.model->name, NULL);
    if (!out->words[0])
        return simg_problem_set(err, p, "bad-upstream-answer", APR_EGENERAL, "the model said nothing of the picture");
    kept->words = out->words;
    kept->confidence = out->confidence;
    simg_descriptors_put(site->index, kept, simg_clock_now(), &ignored);
    return APR_SUCCESS;
}

/** What is kept. APR_ENOENT: nothing. */
static apr_status_t recall(simg_description *out, const simg_site *site, simg_descriptor *kept, simg_problem *err)
{
    apr_status_t rv = simg_descriptors_get(kept, site->index, out->pool, err);

    if (rv != APR_SUCCESS)
        return rv;
    out->words = kept->words;
    out->confidence = kept->confidence;
    out->cached = 1;
    return APR_SUCCESS;
}

static int is_unknown(apr_status_t rv, const simg_problem *err)
{
    return APR_STATUS_IS_ENOENT(rv) && !err->status;
}

/** Somebody may be asking about the same picture at this moment: what they hear is for us, too. One whose turn does not
 * come in time asks all the same. */
static apr_status_t recall_or_take_turn(apr_file_t **turn, simg_description *out, const simg_site *site,
                                        simg_descriptor *kept, simg_problem *err)
{
    apr_time_t until = apr_time_now() + site->settings->analysis_timeout;
    const int which[2] = { kept->sha256[0] % TURNS, 1 };
    apr_status_t rv;

    *turn = NULL;
    for (;;) {
        int ours = simg_turn_take(turn, site->settings->state_dir, "looking", which, out->pool) == APR_SUCCESS;

        if (!ours)
            *turn = NULL;
        rv = recall(out, site, kept, err);
        if (!is_unknown(rv, err) || ours || apr_time_now() > until)
            return rv;
        apr_sleep(TURN_LOOK);
    }
}

apr_status_t simg_describe(simg_description *out, const simg_site *site, const simg_upload_row *upload,
                           const simg_looking *how, apr_pool_t *p, simg_problem *err)
{
    simg_descriptor kept = { .sha256 = upload->sha256, .traits = how->traits ? how->traits : "" };
    const simg_model *first;
    apr_file_t *turn;
    apr_status_t rv;

    if (!simg_describe_able(site))
        return simg_problem_set(err, p, "analysis-unavailable", APR_EGENERAL, "pictures are not described here");
    first = &APR_ARRAY_IDX(site->seers, 0, simg_model);
    kept.model = apr_pstrcat(p, first->provider->name, "/", first->name, NULL);
    *out = (simg_description){ .model = kept.model, .pool = p };
    rv = recall_or_take_turn(&turn, out, site, &kept, err);
    if (is_unknown(rv, err))
        rv = look(out, site, &kept, upload, how, err);
    if (turn)
        apr_file_close(turn);
    return rv;
}
