/* SPDX-License-Identifier: Apache-2.0 */
#include "work/convert.h"

#include <string.h>

#include <apr_strings.h>

#include "base/process.h"
#include "work/turn.h"

#define TIME apr_time_from_sec(60) /* for the program */
#define PATIENCE apr_time_from_sec(60) /* for a turn */
#define LOOK apr_time_from_msec(30)
#define AT_ONCE 4
#define MADE_MAX ((apr_off_t)64 * 1024 * 1024)

typedef struct conversion {
    simg_convert what;
    simg_loop *loop;
    apr_pool_t *p;
    simg_upload *made;
    apr_file_t *turn; /* NULL: not ours (yet) */
    simg_watch *timer;
    apr_time_t until;
    simg_problem problem; /* of what was made */
} conversion;

int simg_convert_wanted(const simg_site *site, const simg_upload *u)
{
    const simg_settings *s = site->settings;

    return s->origin[SIMG_OPTION_format] > SIMG_DEFAULT && strcmp(s->format, simg_image_extension(u->sniff.type)) &&
           simg_upload_file(u);
}

static void end(conversion *c, apr_status_t rv, const char *why)
{
    if (why)
        simg_log_write(c->what.site->log, SIMG_WARNING, rv,
                       SIMGLOG(0710) "StoryImgFormat %s: a picture stays a %s: %s", c->what.site->settings->format,
                       simg_image_extension(c->what.upload->sniff.type), why);
    if (c->turn)
        apr_file_close(c->turn);
    c->turn = NULL;
    c->what.done(c->what.baton);
}

static const char *words_of(const simg_problem *err)
{
    return err->cause ? err->cause : err->detail;
}

static int take_pixels(void *baton, const char *data, apr_size_t len)
{
    conversion *c = baton;

    if (c->problem.status)
        return 1;
    if (c->made->size + (apr_off_t)len > MADE_MAX) {
        simg_problem_set(&c->problem, c->p, "bad-image", APR_ENOSPC, "it would be too large");
        return 1;
    }
    return c->made->sink.write(&c->made->sink, data, len, &c->problem) != APR_SUCCESS;
}

/** What was made is looked at like any picture before it takes the place of the one that was paid for. */
static void pixels_done(void *baton, int exit_code, const char *said)
{
    conversion *c = baton;
    const char *format = c->what.site->settings->format;
    apr_status_t rv = APR_SUCCESS;

    if (c->problem.status) {
        end(c, c->problem.rv, words_of(&c->problem));
        return;
    }
    if (exit_code) {
        end(c, APR_SUCCESS, apr_psprintf(c->p, "storyimg-pixel: exit %d: %s", exit_code, said));
        return;
    }
    rv = simg_upload_seal(c->made, c->p, &c->problem);
    if (rv == APR_SUCCESS && strcmp(simg_image_extension(c->made->sniff.type), format))
        rv = simg_problem_set(&c->problem, c->p, "bad-image", APR_EGENERAL, "storyimg-pixel made something else");
    if (rv == APR_SUCCESS)
        rv = simg_upload_replace(c->what.upload, c->made, c->p, &c->problem);
    end(c, rv, rv == APR_SUCCESS ? NULL : words_of(&c->problem));
}

static void run(conversion *c)
{
    const simg_settings *s = c->what.site->settings;
    const char *argv[] = { s->pixel_program, "convert", "--format", s->format, NULL };
    const simg_process_handlers handlers = { take_pixels, pixels_done, c };
    simg_problem err = { 0 };
    apr_status_t rv = simg_upload_begin(&c->made, c->what.store, NULL, c->p, &err);

    if (rv == APR_SUCCESS)
        rv = simg_process_start_file(c->loop, argv, simg_upload_file(c->what.upload), TIME, &handlers, c->p, &err);
    if (rv != APR_SUCCESS)
        end(c, rv, words_of(&err));
}

/** Other processes have their turns as well: nobody tells when one has ended. */
static void look(void *baton, int timed_out)
{
    static const int all[2] = { 0, AT_ONCE };
    conversion *c = baton;

    (void)timed_out;
    if (simg_turn_take(&c->turn, c->what.site->settings->state_dir, "making", all, c->p) == APR_SUCCESS) {
        run(c);
        return;
    }
    c->turn = NULL;
    if (apr_time_now() > c->until)
        end(c, APR_SUCCESS, "too many are being made");
    else if (c->timer)
        simg_loop_rearm(c->timer, apr_time_now() + LOOK);
    else
        c->timer = simg_loop_watch(c->loop, -1, apr_time_now() + LOOK, look, c, c->p);
}

void simg_convert_start(simg_loop *loop, const simg_convert *what, apr_pool_t *p)
{
    conversion *c = apr_pcalloc(p, sizeof(*c));

    c->what = *what;
    c->loop = loop;
    c->p = p;
    c->until = apr_time_now() + PATIENCE;
    look(c, 0);
}
