/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "base/file.h"
#include "base/process.h"
#include "ctl/commands.h"
#include "ctl/print.h"
#include "ctl/usage.h"

#define PATIENCE apr_time_from_sec(10)

/** The value of an option, in words. */
static const char *value_of(const simg_settings *s, const simg_option *o, apr_pool_t *p)
{
    const void *at = (const char *)s + o->offset;

    if (o->type == SIMG_TEXT || o->type == SIMG_LINE)
        return *(const char *const *)at;
    if (o->type == SIMG_FLAG)
        return *(const int *)at ? "on" : "off";
    if (o->type == SIMG_TIME)
        return apr_psprintf(p, "%" APR_INT64_T_FMT " ms", *(const apr_int64_t *)at / 1000);
    return apr_psprintf(p, "%" APR_INT64_T_FMT, *(const apr_int64_t *)at);
}

static void print_configured(const ctl *c, json_t *configuration)
{
    static const char *const origins[] = { "unset", "default", "env file", "environment", "option" };
    int i;

    for (i = 0; i < SIMG_OPTION_COUNT; i++) {
        const char *name = ctl_usage_name(i, c->pool), *from = origins[c->settings->origin[i]];
        const char *value = value_of(c->settings, &simg_options[i], c->pool);

        ctl_print_note(c, "%-18s  %-11s  %s", name, from, *value ? ctl_print_safe(value, c->pool) : "-");
        json_object_set_new(configuration, name,
                            json_pack("{s:o, s:s}", "value", ctl_print_string(value, c->pool), "from", from));
    }
}

static void print_keys(const ctl *c, json_t *configuration)
{
    const struct {
        const char *name, *key;
    } keys[] = { { "OPENAI_API_KEY", c->settings->openai_key }, { "AZURE_OPENAI_API_KEY", c->settings->azure_key } };
    int i;

    for (i = 0; i < 2; i++) {
        ctl_print_note(c, "%-31s  %s", keys[i].name, keys[i].key ? "set" : "not set");
        json_object_set_new(configuration, keys[i].name, json_string(keys[i].key ? "set" : "not set"));
    }
}

/** What is looked at. NULL: it is fine; else what is wrong with it. */
typedef const char *check_fn(ctl *c);

static const char *words_of(apr_status_t rv, apr_pool_t *p)
{
    char buf[120];

    return rv == APR_SUCCESS ? NULL : apr_pstrdup(p, apr_strerror(rv, buf, sizeof(buf)));
}

static const char *check_state(ctl *c)
{
    return words_of(simg_dir_writable(c->settings->state_dir), c->pool);
}

static const char *check_uploads(ctl *c)
{
    return words_of(simg_dir_writable(c->settings->upload_dir), c->pool);
}

static const char *check_generated(ctl *c)
{
    return c->settings->save ? words_of(simg_dir_writable(c->settings->generated_dir), c->pool) : NULL;
}

static const char *check_index(ctl *c)
{
    simg_problem err = { 0 };
    apr_finfo_t f;
    apr_status_t rv = apr_stat(&f, strchr(c->settings->index, ':') + 1, APR_FINFO_TYPE, c->pool);

    if (rv != APR_SUCCESS)
        return words_of(rv, c->pool);
    rv = simg_index_ready(c->site->index, &err);
    return rv == APR_SUCCESS ? NULL : err.cause ? err.cause : err.detail;
}

static const char *check_room(ctl *c)
{
    apr_int64_t room = 0;
    apr_status_t rv = c->settings->save ? simg_disk_free(&room, c->settings->generated_dir) : APR_SUCCESS;

    if (!c->settings->save || rv != APR_SUCCESS || room >= c->settings->min_free)
        return words_of(rv, c->pool);
    return apr_psprintf(c->pool, "%s free, StoryImgMinFree is %s", ctl_print_bytes(room, c->pool),
                        ctl_print_bytes(c->settings->min_free, c->pool));
}

static int take_output(void *baton, const char *data, apr_size_t len)
{
    (void)baton;
    (void)data;
    (void)len;
    return 0;
}

static void ended(void *baton, int exit_code, const char *said)
{
    (void)said;
    *(int *)baton = exit_code;
}

static const char *check_pixel(ctl *c)
{
    const char *argv[] = { c->settings->pixel_program, "--version", NULL };
    int exit_code = -1;
    simg_process_handlers handlers = { take_output, ended, &exit_code };
    simg_problem err = { 0 };
    simg_loop *loop;
    apr_status_t rv = simg_loop_create(&loop, c->site->log, c->pool, &err);

    if (rv == APR_SUCCESS)
        rv = simg_process_start(loop, argv, "", 0, PATIENCE, &handlers, c->pool, &err);
    if (rv == APR_SUCCESS)
        rv = simg_loop_run(loop, &err);
    if (rv != APR_SUCCESS)
        return err.cause ? err.cause : err.detail;
    return exit_code == 0 ? NULL : apr_psprintf(c->pool, "it ended with %d", exit_code);
}

/** The directive, and what makes it work. */
static const struct {
    const char *name;
    check_fn *check;
} checks[] = {
    { "StoryImgStateDir", check_state },        { "StoryImgIndex", check_index },
    { "StoryImgGeneratedDir", check_generated }, { "StoryImgMinFree", check_room },
    { "StoryImgUploadDir", check_uploads },     { "StoryImgPixelProgram", check_pixel },
};

int ctl_check(ctl *c)
{
    json_t *configuration = json_object(), *problems = json_array();
    int state = CTL_FINE;
    apr_size_t i;

    print_configured(c, configuration);
    print_keys(c, configuration);
    for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
        const char *wrong = checks[i].check(c);

        if (!wrong)
            continue;
        ctl_print_line(c, "%s: %s", checks[i].name, ctl_print_safe(wrong, c->pool));
        json_array_append_new(problems, json_pack("{s:s, s:o}", "directive", checks[i].name, "problem",
                                                  ctl_print_string(wrong, c->pool)));
        state = CTL_FOUND;
    }
    if (state == CTL_FINE)
        ctl_print_note(c, "fine");
    ctl_print_end(c, json_pack("{s:o, s:o}", "configuration", configuration, "problems", problems));
    return state;
}
