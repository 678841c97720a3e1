/* SPDX-License-Identifier: Apache-2.0 */
#include "work/thumbs.h"

#include <apr_strings.h>

#include "base/process.h"
#include "store/thumbs.h"
#include "work/count.h"
#include "work/turn.h"

#define PATIENCE apr_time_from_sec(30)
#define LOOK apr_time_from_msec(10)
#define PIXEL_TIME apr_time_from_sec(30)
#define SOON apr_time_from_sec(10)

typedef struct making {
    const simg_site *site;
    simg_thumb *thumb;
    apr_pool_t *p;
    int failed; /* problem is set */
    simg_problem problem;
    /* the program's answer */
    int exit_code;
    const char *said;
} making;

static apr_status_t not_now(simg_problem *err, apr_status_t rv, apr_pool_t *p)
{
    simg_problem_set(err, p, "thumbnail-unavailable", rv, "there is no thumbnail of this picture at the moment");
    err->retry_after = SOON;
    return err->rv;
}

static int take_pixels(void *baton, const char *data, apr_size_t len)
{
    making *m = baton;

    if (!m->failed)
        m->failed = m->thumb->sink.write(&m->thumb->sink, data, len, &m->problem) != APR_SUCCESS;
    return m->failed;
}

static void pixels_done(void *baton, int exit_code, const char *said)
{
    making *m = baton;

    m->exit_code = exit_code;
    m->said = apr_pstrdup(m->p, said);
}

static apr_status_t run_pixel(making *m, simg_problem *err)
{
    const char *argv[] = { m->site->settings->pixel_program, "thumb", "--side", SIMG_THUMBS_SIDE, NULL };
    simg_process_handlers handlers = { take_pixels, pixels_done, m };
    simg_loop *loop;
    apr_status_t rv = simg_loop_create(&loop, m->site->log, m->p, err);

    if (rv == APR_SUCCESS)
        rv = simg_process_start_file(loop, argv, m->thumb->original, PIXEL_TIME, &handlers, m->p, err);
    return rv == APR_SUCCESS ? simg_loop_run(loop, err) : rv;
}

/** With the right to make this one in hand: one of the machine's turns, then the program. */
static apr_status_t make(making *m, simg_problem *err)
{
    simg_problem why = { 0 };
    apr_file_t *turn;
    apr_status_t rv = simg_turn_make(&turn, m->site->settings->state_dir, PATIENCE, m->p);

    if (rv != APR_SUCCESS) {
        not_now(err, rv, m->p);
        return simg_problem_cause(err, m->p, "too many pictures are being made");
    }
    rv = run_pixel(m, &why);
    apr_file_close(turn);
    if (rv != APR_SUCCESS) {
        not_now(err, rv, m->p);
        return simg_problem_cause(err, m->p, "StoryImgPixelProgram: %s", why.cause ? why.cause : why.detail);
    }
    if (m->failed) {
        *err = m->problem;
        return err->rv;
    }
    if (m->exit_code) {
        not_now(err, APR_EGENERAL, m->p);
        return simg_problem_cause(err, m->p, "StoryImgPixelProgram: exit %d: %s", m->exit_code, m->said);
    }
    rv = simg_thumb_commit(m->thumb, m->p, err);
    if (rv == APR_SUCCESS)
        simg_count_thumbnail(m->site);
    return rv;
}

/** Nobody else makes the same one from here on. @return as simg_thumb_begin */
static apr_status_t begin(making *m, simg_store *store, const char *name, simg_problem *err)
{
    apr_time_t until = apr_time_now() + PATIENCE;
    apr_status_t rv;

    while (1) {
        rv = simg_thumb_begin(&m->thumb, store, name, m->p, err);
        if (!APR_STATUS_IS_EAGAIN(rv) || err->status || apr_time_now() >= until)
            return rv;
        apr_pool_clear(m->p);
        apr_sleep(LOOK);
    }
}

static apr_status_t open_store(simg_store **out, const simg_site *site, apr_pool_t *p, simg_problem *err)
{
    simg_settings *settings = apr_pmemdup(p, site->settings, sizeof(*settings));

    settings->save = 1; /* a section may have saved what lies there */
    return simg_store_open(out, settings, p, err);
}

/** The words of a problem outlive the pool that it came from. */
static void keep_words(simg_problem *err, apr_pool_t *p)
{
    err->detail = apr_pstrdup(p, err->detail);
    err->cause = err->cause ? apr_pstrdup(p, err->cause) : NULL;
}

static apr_status_t ended(apr_status_t rv, apr_pool_t *p, simg_problem *err)
{
    if (rv == APR_SUCCESS || err->status) {
        if (err->status)
            keep_words(err, p);
        return rv;
    }
    if (APR_STATUS_IS_EEXIST(rv))
        return APR_SUCCESS;
    if (APR_STATUS_IS_ENOENT(rv))
        return simg_problem_set(err, p, "image-not-found", rv, "no such image");
    not_now(err, rv, p);
    return simg_problem_cause(err, p, "somebody else is making it, for too long");
}

apr_status_t simg_thumbs_make(const simg_site *site, const char *name, apr_pool_t *p, simg_problem *err)
{
    making m = { .site = site };
    simg_store *store;
    apr_status_t rv;

    if (!simg_thumb_is_name(name))
        return simg_problem_set(err, p, "image-not-found", APR_ENOENT, "no such image");
    rv = open_store(&store, site, p, err);
    if (rv != APR_SUCCESS)
        return rv;
    apr_pool_create(&m.p, p);
    rv = begin(&m, store, name, err);
    if (rv == APR_SUCCESS)
        rv = make(&m, err);
    rv = ended(rv, p, err);
    apr_pool_destroy(m.p); /* whatever it made and did not name goes here */
    return rv;
}
