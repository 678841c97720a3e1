/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline.h"

#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/clock.h"
#include "base/process.h"
#include "provider/offline/offline.h"

#define NAME "offline"
#define SMALLEST 256
#define LARGEST 2048
#define USUAL 1024
#define LOOKS_MAX 500

static int configured(const simg_settings *s)
{
    (void)s;
    return 1;
}

static void offline_write(simg_loop *loop, simg_text_call *c)
{
    apr_uint64_t seed = simg_clock_random();

    (void)loop;
    c->call.model_used = NAME;
    c->call.input_tokens = c->call.output_tokens = -1;
    if (c->kind == SIMG_TEXT_STORY)
        c->text = simg_offline_tell(c->order, c->pages, seed, c->call.p);
    else
        c->text = simg_offline_suggest(c->order, seed, c->call.p);
    simg_text_hand_over(c);
    c->call.outcome = SIMG_OUTCOME_MADE;
    c->done(c);
}

typedef struct painting {
    simg_image_call *c;
    int sink_failed;
    apr_off_t written;
} painting;

static int take_output(void *baton, const char *data, apr_size_t len)
{
    painting *g = baton;

    g->sink_failed = g->c->sink->write(g->c->sink, data, len, &g->c->call.problem) != APR_SUCCESS;
    g->written += len;
    return g->sink_failed;
}

static void painted(void *baton, int exit_code, const char *said)
{
    painting *g = baton;
    simg_call *c = &g->c->call;

    if (g->sink_failed) {
        c->outcome = SIMG_OUTCOME_UNKNOWN;
    } else if (exit_code || !g->written) {
        simg_call_fail(c, SIMG_OUTCOME_NOTHING, "internal", "the picture could not be painted");
        simg_problem_cause(&c->problem, c->p, "StoryImgPixelProgram: exit %d: %s", exit_code, said);
    } else {
        c->model_used = NAME;
        c->outcome = SIMG_OUTCOME_MADE;
    }
    g->c->done(g->c);
}

static int clamp(long side)
{
    return side < SMALLEST ? SMALLEST : side > LARGEST ? LARGEST : (int)side;
}

static void size_of(int *width, int *height, const char *asked)
{
    char *end = NULL;
    long w, h;

    *width = *height = USUAL;
    if (!asked || !apr_isdigit(asked[0]))
        return;
    w = strtol(asked, &end, 10);
    if ((*end != 'x' && *end != 'X') || !apr_isdigit(end[1]))
        return;
    h = strtol(end + 1, &end, 10);
    if (*end)
        return;
    *width = clamp(w);
    *height = clamp(h);
}

/* The same page of the same story is painted alike. FNV-1a. */
static apr_uint64_t seed_of(const simg_brief *brief)
{
    apr_uint64_t hash = APR_UINT64_C(14695981039346656037);
    const char *s;

    for (s = brief->story_key ? brief->story_key : ""; *s; s++)
        hash = (hash ^ (unsigned char)*s) * APR_UINT64_C(1099511628211);
    return (hash ^ (apr_uint64_t)brief->page_number) * APR_UINT64_C(1099511628211);
}

static const char *format_of(const char *format)
{
    return format && (!strcmp(format, "jpg") || !strcmp(format, "webp")) ? format : "png";
}

static apr_status_t render(simg_loop *loop, painting *g)
{
    simg_call *c = &g->c->call;
    const simg_brief *brief = g->c->brief;
    simg_process_handlers handlers = { take_output, painted, g };
    const char *argv[] = { c->settings->pixel_program, "render", "--width", NULL, "--height", NULL, "--format",
                           format_of(brief->format),   NULL };
    apr_interval_time_t timeout = c->settings->timeout;
    int width, height;
    const char *svg;

    size_of(&width, &height, brief->size);
    argv[3] = apr_itoa(c->p, width);
    argv[5] = apr_itoa(c->p, height);
    svg = simg_offline_paint(brief, width, height, seed_of(brief), c->p);
    return simg_process_start(loop, argv, svg, strlen(svg), timeout, &handlers, c->p, &c->problem);
}

static void offline_draw(simg_loop *loop, simg_image_call *c)
{
    painting *g = apr_pcalloc(c->call.p, sizeof(*g));

    g->c = c;
    c->url = NULL;
    c->call.input_tokens = c->call.output_tokens = -1;
    if (render(loop, g) == APR_SUCCESS)
        return;
    c->call.outcome = SIMG_OUTCOME_NOTHING;
    c->done(c);
}

typedef struct glance {
    simg_vision_call *c;
    char said[LOOKS_MAX + 1];
    apr_size_t len;
} glance;

static int take_looks(void *baton, const char *data, apr_size_t len)
{
    glance *g = baton;

    if (len > LOOKS_MAX - g->len)
        return 1;
    memcpy(g->said + g->len, data, len);
    g->len += len;
    return 0;
}

static void glanced(void *baton, int exit_code, const char *said)
{
    glance *g = baton;
    simg_call *c = &g->c->call;

    if (exit_code) {
        simg_call_fail(c, SIMG_OUTCOME_NOTHING, "internal", "the picture could not be looked at");
        simg_problem_cause(&c->problem, c->p, "StoryImgPixelProgram: exit %d: %s", exit_code, said);
    } else {
        g->c->text = simg_offline_describe(g->said, c->p);
        c->model_used = NAME;
        c->outcome = SIMG_OUTCOME_MADE;
    }
    g->c->done(g->c);
}

static void offline_describe(simg_loop *loop, simg_vision_call *v)
{
    glance *g = apr_pcalloc(v->call.p, sizeof(*g));
    simg_process_handlers handlers = { take_looks, glanced, g };
    const char *argv[] = { v->call.settings->pixel_program, "looks", NULL };

    g->c = v;
    v->call.input_tokens = v->call.output_tokens = -1;
    if (simg_process_start(loop, argv, v->image, v->image_len, v->call.settings->timeout, &handlers, v->call.p,
                           &v->call.problem) == APR_SUCCESS)
        return;
    v->call.outcome = SIMG_OUTCOME_NOTHING;
    v->done(v);
}

const simg_provider simg_offline = {
    .name = NAME,
    .configured = configured,
    .default_writer = NAME,
    .default_illustrator = NAME,
    .write = offline_write,
    .draw = offline_draw,
    .describe = offline_describe,
};
