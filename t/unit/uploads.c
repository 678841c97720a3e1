/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads that are there: found, swept when they are old and nobody has them, and what was said of their bytes. */
#include "work/uploads.h"

#include <dirent.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "recovery.h"
#include "tap.h"

#define DAY apr_time_from_sec(24 * 3600)

static simg_site *site;

static void make_site(void)
{
    simg_site *made = recovery_site("kids", "me", "u", pool);
    simg_settings *s = apr_pmemdup(pool, made->settings, sizeof(*s));

    s->upload_dir = apr_pstrcat(pool, scratch, "/u/uploads", NULL);
    s->upload_max_age = 30 * DAY;
    made->settings = s;
    site = made;
}

static const char *path_of(const char *name)
{
    return apr_pstrcat(pool, site->settings->upload_dir, "/", name, NULL);
}

static void put(const char *name, const char *bytes, apr_time_t made)
{
    simg_upload_row row = { .filename = name, .sha256 = bytes, .width = 3, .height = 2, .size = 9, .created_at = made };

    is_int(simg_uploads_add(site->index, &row, &err), APR_SUCCESS, "an upload");
    simg_dir_make(site->settings->upload_dir, pool);
    recovery_put(path_of(name), name, strlen(name));
}

static int has_row(const char *name)
{
    simg_upload_row row;

    err = (simg_problem){ 0 };
    return simg_uploads_get(&row, site->index, name, pool, &err) == APR_SUCCESS;
}

static int has_file(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

static const char *said_of(const char *bytes)
{
    simg_descriptor d = { .sha256 = bytes, .model = "m", .traits = "" };

    err = (simg_problem){ 0 };
    return simg_descriptors_get(&d, site->index, pool, &err) == APR_SUCCESS ? d.words : "nothing";
}

static void say(const char *bytes, const char *words)
{
    simg_descriptor d = { .sha256 = bytes, .model = "m", .traits = "", .words = words, .confidence = 50 };

    simg_descriptors_put(site->index, &d, simg_clock_now(), &err);
}

static apr_status_t find(const char *name)
{
    simg_upload_row row;

    err = (simg_problem){ 0 };
    return simg_uploads_find(&row, site, name, pool, &err);
}

static void test_found(void)
{
    put("a.png", "hash-a", T0);
    is_int(find("a.png"), APR_SUCCESS, "row and file: there");
    unlink(path_of("a.png"));
    ok(find("a.png") != APR_SUCCESS && !strcmp(err.code, "reference-gone"), "a row alone is gone");
    ok(symlink("/etc/passwd", path_of("a.png")) == 0 && find("a.png") != APR_SUCCESS, "so is a link");
    unlink(path_of("a.png"));
    recovery_put(path_of("b.png"), "x", 1);
    ok(find("b.png") != APR_SUCCESS && err.status == 404, "and a file alone");
    is_int(simg_uploads_drop(site, "a.png", pool, &err), APR_SUCCESS, "what is not there is removed");
    unlink(path_of("b.png"));
}

static void test_said(void)
{
    say("nobody", "red hair");
    is_str(said_of("nobody"), "nothing", "of bytes that nobody has nothing is kept");
    put("c.png", "hash-c", T0);
    put("d.png", "hash-c", T0);
    say("hash-c", "red hair");
    say("hash-c", "brown hair");
    is_str(said_of("hash-c"), "brown hair", "what was said last is kept");
    is_int(simg_uploads_drop(site, "c.png", pool, &err), APR_SUCCESS, "one of two with these bytes is removed");
    ok(!has_file("c.png") && !has_row("c.png"), "file and row");
    is_str(said_of("hash-c"), "brown hair", "the other still has them");
    simg_uploads_drop(site, "d.png", pool, &err);
    is_str(said_of("hash-c"), "nothing", "the last one takes it along");
}

static void test_swept(void)
{
    simg_clock_set(T0 + 40 * DAY);
    put("old.png", "hash-1", T0);
    put("young.png", "hash-2", T0 + 20 * DAY);
    put("told.png", "hash-3", T0);
    put("drawn.png", "hash-4", T0);
    queue_story("told", 1, T0);
    queue_story("drawn", 1, T0);
    queue_number("UPDATE story SET upload = 'told.png' WHERE id = 'stold' RETURNING 1");
    queue_number("UPDATE story SET upload = 'drawn.png', single = 1 WHERE id = 'sdrawn' RETURNING 1");
    is_int(simg_uploads_sweep(site, pool, &err), APR_SUCCESS, "swept");
    ok(!has_row("old.png") && !has_file("old.png"), "what is old and nobody has is gone");
    ok(has_row("young.png") && has_file("young.png"), "what is young stays");
    ok(has_row("told.png") && has_file("told.png"), "what a story has stays");
    ok(!has_row("drawn.png") && !has_file("drawn.png"), "a single picture is no story");
    ((simg_settings *)site->settings)->upload_max_age = 0;
    simg_clock_set(T0 + 4000 * DAY);
    is_int(simg_uploads_sweep(site, pool, &err), APR_SUCCESS, "without an age");
    ok(has_row("young.png"), "nothing goes");
    simg_clock_set(0);
}

int main(void)
{
    queue_begin();
    make_site();
    test_found();
    test_said();
    test_swept();
    queue_end();
    return done_testing();
}
