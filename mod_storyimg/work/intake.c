/* SPDX-License-Identifier: Apache-2.0 */
#include "work/intake.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/multipart.h"
#include "base/process.h"
#include "base/reader.h"
#include "base/sniff.h"
#include "store/store.h"
#include "story/upload_name.h"
#include "work/turn.h"

#define PIXELS_MAX "40000000"
#define PIXEL_TIME apr_time_from_sec(60)
#define TOO_MANY_PIXELS 3 /* what storyimg-pixel ends with */
#define BAD_PICTURE 1
#define KILLED -1
#define PATIENCE apr_time_from_sec(30)
#define MADE_MAX (40 * 1024 * 1024) /* bytes of a picture made anew: a model takes 50 MB */
#define FORM_ROOM (64 * 1024) /* for what stands around the picture */
#define SUBJECT_MAX 128

typedef enum field { NONE, PICTURE, SUBJECT } field;

struct simg_intake {
    const simg_site *site;
    apr_pool_t *p;
    simg_store *store;
    simg_multipart *form;
    field at; /* the part under way */
    apr_file_t *file;
    simg_sniff sniff;
    apr_off_t size, body;
    int pictures;
    char subject[SUBJECT_MAX + 1];
    apr_size_t subject_len;
    int failed; /* problem is set */
    simg_problem problem;
    /* the program's answer */
    simg_upload *upload;
    int exit_code;
    const char *said;
};

static int refuse(simg_intake *in, const char *code, const char *why)
{
    simg_problem_set(&in->problem, in->p, code, APR_EINVAL, "%s", why);
    in->failed = 1;
    return 1;
}

static int too_large(simg_intake *in)
{
    simg_problem_set(&in->problem, in->p, "body-too-large", APR_ENOSPC,
                     SIMG_INTAKE_FIELD ": a picture may have at most %" APR_INT64_T_FMT " bytes",
                     in->site->settings->max_upload);
    in->failed = 1;
    return 1;
}

static int not_a_picture(simg_intake *in)
{
    return refuse(in, "unsupported-media-type",
                  SIMG_INTAKE_FIELD ": must be one whole PNG, JPEG, WebP or GIF picture and nothing else");
}

static int on_part(void *baton, const char *name, const char *filename)
{
    simg_intake *in = baton;

    in->at = !strcmp(name, SIMG_INTAKE_FIELD) ? PICTURE : !strcmp(name, SIMG_INTAKE_SUBJECT) ? SUBJECT : NONE;
    if (in->at == NONE)
        return refuse(in, "invalid-body", "the form may have the fields " SIMG_INTAKE_FIELD " and subject only");
    if (in->at == PICTURE && in->pictures++)
        return refuse(in, "invalid-body", SIMG_INTAKE_FIELD ": one picture at a time");
    if (in->at == SUBJECT && (in->subject_len || filename))
        return refuse(in, "invalid-body", "subject: must be one text");
    return 0;
}

static int take_picture(simg_intake *in, const char *data, apr_size_t len)
{
    apr_status_t rv;

    in->size += (apr_off_t)len;
    if (in->size > in->site->settings->max_upload)
        return too_large(in);
    if (!simg_sniff_feed(&in->sniff, data, len))
        return not_a_picture(in);
    rv = apr_file_write_full(in->file, data, len, NULL);
    if (rv == APR_SUCCESS)
        return 0;
    simg_problem_set(&in->problem, in->p, APR_STATUS_IS_ENOSPC(rv) ? "storage-full" : "storage-unwritable", rv,
                     "the picture cannot be taken at the moment");
    simg_problem_cause(&in->problem, in->p, "cannot write a temporary file in StoryImgStateDir");
    in->failed = 1;
    return 1;
}

static int take_subject(simg_intake *in, const char *data, apr_size_t len)
{
    if (len > SUBJECT_MAX - in->subject_len || memchr(data, 0, len))
        return refuse(in, "invalid-body", "subject: must have 1 to 128 characters");
    memcpy(in->subject + in->subject_len, data, len);
    in->subject_len += len;
    return 0;
}

static int on_data(void *baton, const char *data, size_t len)
{
    simg_intake *in = baton;

    return in->at == PICTURE ? take_picture(in, data, len) : take_subject(in, data, len);
}

static int on_part_end(void *baton)
{
    simg_intake *in = baton;
    const char *wrong;

    if (in->at == PICTURE && !simg_sniff_end(&in->sniff))
        return not_a_picture(in);
    wrong = in->at == SUBJECT ? simg_reader_token(in->subject) : NULL;
    return wrong ? refuse(in, "invalid-body", apr_pstrcat(in->p, "subject: ", wrong, NULL)) : 0;
}

static apr_status_t form_free(void *form)
{
    simg_multipart_free(form);
    return APR_SUCCESS;
}

/** A file without a name: whatever happens to this process, nothing of the picture stays. */
static apr_status_t open_file(simg_intake *in, simg_problem *err)
{
    char *path = apr_pstrcat(in->p, in->site->settings->state_dir, "/upload-XXXXXX", NULL);
    apr_status_t rv = apr_file_mktemp(&in->file, path,
                                      APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_READ | APR_FOPEN_WRITE, in->p);

    if (rv == APR_SUCCESS)
        rv = apr_file_remove(path, in->p);
    if (rv == APR_SUCCESS)
        return rv;
    simg_problem_set(err, in->p, "storage-unwritable", rv, "the picture cannot be taken at the moment");
    return simg_problem_cause(err, in->p, "cannot make a temporary file in StoryImgStateDir");
}

apr_status_t simg_intake_begin(simg_intake **out, const simg_site *site, const char *content_type, apr_off_t announced,
                               apr_pool_t *p, simg_problem *err)
{
    simg_intake *in = apr_pcalloc(p, sizeof(*in));
    simg_multipart_handlers handlers = { on_part, on_data, on_part_end, in };
    const char *why = NULL;
    apr_status_t rv;

    in->site = site;
    in->p = p;
    simg_sniff_init_upload(&in->sniff);
    in->form = simg_multipart_make(&why, content_type ? content_type : "", &handlers);
    if (!in->form)
        return simg_problem_set(err, p, "unsupported-media-type", APR_EINVAL, "%s", why);
    apr_pool_cleanup_register(p, in->form, form_free, apr_pool_cleanup_null);
    if (announced > site->settings->max_upload + FORM_ROOM) {
        too_large(in);
        *err = in->problem;
        return err->rv;
    }
    rv = simg_store_open_uploads(&in->store, site->settings, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_store_ready(in->store, 1, p, err);
    if (rv == APR_SUCCESS)
        rv = open_file(in, err);
    *out = in;
    return rv;
}

static int malformed(simg_intake *in)
{
    return refuse(in, "invalid-body", apr_pstrcat(in->p, "body: ", simg_multipart_why(in->form), NULL));
}

int simg_intake_take(void *intake, const char *data, apr_size_t len)
{
    simg_intake *in = intake;

    in->body += (apr_off_t)len;
    if (!in->failed && in->body > in->site->settings->max_upload + FORM_ROOM)
        return too_large(in);
    if (!in->failed && simg_multipart_feed(in->form, data, len) && !in->failed)
        return malformed(in);
    return in->failed;
}

static int take_pixels(void *baton, const char *data, apr_size_t len)
{
    simg_intake *in = baton;

    if (in->failed)
        return 1;
    if (in->upload->size + (apr_off_t)len > MADE_MAX)
        return refuse(in, "body-too-large", SIMG_INTAKE_FIELD ": this picture is too large once it is unpacked");
    in->failed = in->upload->sink.write(&in->upload->sink, data, len, &in->problem) != APR_SUCCESS;
    return in->failed;
}

static void pixels_done(void *baton, int exit_code, const char *said)
{
    simg_intake *in = baton;

    in->exit_code = exit_code;
    in->said = apr_pstrdup(in->p, said);
}

static apr_status_t take_turn(apr_file_t **turn, const simg_intake *in, simg_problem *err)
{
    apr_status_t rv = simg_turn_make(turn, in->site->settings->state_dir, PATIENCE, in->p);

    if (rv == APR_SUCCESS)
        return rv;
    simg_problem_set(err, in->p, "too-many-waiting", rv, "too many pictures are being taken; try again soon");
    err->retry_after = PATIENCE;
    return err->rv;
}

static apr_status_t run_pixel(simg_intake *in, simg_problem *err)
{
    const char *argv[] = { in->site->settings->pixel_program, "import", "--max-pixels", PIXELS_MAX, NULL };
    simg_process_handlers handlers = { take_pixels, pixels_done, in };
    simg_loop *loop;
    apr_status_t rv = simg_loop_create(&loop, in->site->log, in->p, err);

    if (rv == APR_SUCCESS)
        rv = simg_process_start_file(loop, argv, in->file, PIXEL_TIME, &handlers, in->p, err);
    return rv == APR_SUCCESS ? simg_loop_run(loop, err) : rv;
}

/** Only pixels stay: no camera data, no place, no second meaning of the file. */
static apr_status_t make_anew(simg_intake *in, simg_problem *err)
{
    apr_file_t *turn;
    apr_status_t rv = simg_upload_begin(&in->upload, in->store, NULL, in->p, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = take_turn(&turn, in, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = run_pixel(in, err);
    apr_file_close(turn);
    if (rv != APR_SUCCESS)
        return rv;
    if (in->failed) {
        *err = in->problem;
        return err->rv;
    }
    if (in->exit_code == TOO_MANY_PIXELS)
        return simg_problem_set(err, in->p, "body-too-large", APR_EINVAL,
                                SIMG_INTAKE_FIELD ": a picture may have at most 40 million pixels");
    /* a picture that uses up time or memory ends the program: it is no good either */
    if (in->exit_code == BAD_PICTURE || in->exit_code == KILLED) {
        not_a_picture(in);
        *err = in->problem;
        return simg_problem_cause(err, in->p, "storyimg-pixel: %s", in->said);
    }
    if (in->exit_code) {
        simg_problem_set(err, in->p, "internal", APR_EGENERAL, "the picture could not be read");
        return simg_problem_cause(err, in->p, "StoryImgPixelProgram: exit %d: %s", in->exit_code, in->said);
    }
    return simg_upload_seal(in->upload, in->p, err);
}

/** Whoever knows the name may have the picture where the administrator allows it: 128 random bits. */
static const char *unguessable(apr_pool_t *p)
{
    return apr_psprintf(p, "%016" APR_UINT64_T_HEX_FMT "%016" APR_UINT64_T_HEX_FMT, simg_clock_random(),
                        simg_clock_random());
}

/** Whose it is may have been erased (work/erase.h) between row and name: then the file goes, too. */
static apr_status_t see_row(const simg_intake *in, const char *filename, simg_problem *err)
{
    simg_upload_row row;
    apr_status_t rv = simg_uploads_get(&row, in->site->index, filename, in->p, err);

    if (!APR_STATUS_IS_ENOENT(rv) || err->status)
        return rv;
    return simg_problem_set(err, in->p, "reference-gone", APR_ENOENT, "the uploaded picture was erased");
}

/** The row first: a file without one would never be found again. */
static apr_status_t write_down(simg_upload_row *out, simg_intake *in, simg_problem *err)
{
    const simg_upload *u = in->upload;
    simg_problem ignored = { 0 };
    apr_status_t rv;
    int named;

    *out = (simg_upload_row){ .sha256 = u->sha256,
                              .width = (int)u->sniff.width,
                              .height = (int)u->sniff.height,
                              .size = u->size,
                              .subject = in->subject_len ? in->subject : NULL };
    out->created_at = simg_clock_now() / 1000 * 1000;
    out->filename = simg_upload_name_make(out->created_at, unguessable(in->p), simg_image_extension(u->sniff.type), in->p);
    rv = simg_uploads_add(in->site->index, out, err);
    if (rv != APR_SUCCESS)
        return err->status ? rv : simg_problem_set(err, in->p, "internal", rv, "internal error");
    rv = simg_upload_commit_as(in->upload, out->filename, in->p, err);
    named = rv == APR_SUCCESS;
    if (named)
        rv = see_row(in, out->filename, err);
    if (rv == APR_SUCCESS)
        simg_upload_done(in->upload);
    /* the row goes only behind the file: else nobody would find that again */
    else if (!named || simg_store_remove(in->store, out->filename, in->p, &ignored) == APR_SUCCESS)
        simg_uploads_remove(in->site->index, out->filename, &ignored);
    if (rv != APR_SUCCESS && named)
        simg_upload_done(in->upload);
    return rv;
}

apr_status_t simg_intake_end(simg_upload_row *out, simg_intake *in, simg_problem *err)
{
    apr_status_t rv;

    if (!in->failed && simg_multipart_end(in->form) && !in->failed)
        malformed(in);
    if (!in->failed && !in->pictures)
        refuse(in, "invalid-body", SIMG_INTAKE_FIELD ": required");
    if (in->failed) {
        *err = in->problem;
        return err->rv;
    }
    rv = make_anew(in, err);
    return rv == APR_SUCCESS ? write_down(out, in, err) : rv;
}
