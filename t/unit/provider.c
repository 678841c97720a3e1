/* SPDX-License-Identifier: Apache-2.0 */
/* The registry, chains, and the offline provider as a task of a loop. */
#include "provider/provider.h"

#include <stdlib.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "scratch.h"
#include "tap.h"

static apr_pool_t *pool;

/* A chain as one line, or "!" and the sentence. */
static const char *chain(const char *words, int lenient, int writers, const simg_settings *s)
{
    apr_array_header_t *links;
    const char *line = "", *wrong = simg_chain_parse(&links, words, lenient, writers, s, pool);
    int i;

    if (wrong)
        return apr_pstrcat(pool, "!", wrong, NULL);
    for (i = 0; i < links->nelts; i++) {
        const simg_model *m = &APR_ARRAY_IDX(links, i, simg_model);

        line = apr_pstrcat(pool, line, i ? " " : "", m->provider->name, ":", m->name, NULL);
    }
    return line;
}

static void test_chains(void)
{
    simg_settings none = { 0 }, key = { 0 }, base = { 0 }, azure = { 0 }, both = { 0 };

    key.openai_key = "sk";
    azure.azure_key = "az";
    azure.azure_endpoint = "https://x";
    azure.azure_deployment = "";
    base.origin[SIMG_OPTION_openai_base_url] = SIMG_FROM_ENV;
    none.origin[SIMG_OPTION_openai_base_url] = SIMG_DEFAULT;
    is_str(simg_provider_names(pool), "openai, azure, offline", "names");
    ok(simg_provider_find("openai/x", 6) && !simg_provider_find("openai", 5) && !simg_provider_find("azur", 4),
       "find by name");
    is_str(chain(NULL, 0, 1, &none), "offline:offline", "nothing configured");
    is_str(chain("", 0, 0, &none), "offline:offline", "an empty text is no chain");
    is_str(chain(NULL, 0, 1, &key), "openai:gpt-6-luna", "a key: writers");
    is_str(chain(NULL, 0, 0, &key), "openai:gpt-image-2.6-flare", "a key: illustrators");
    is_str(chain(NULL, 0, 0, &base), "openai:gpt-image-2.6-flare", "a server of the administrator's");
    is_str(chain(" openai/gpt-image-2\topenai/dall-e-3  offline ", 0, 0, &none),
           "openai:gpt-image-2 openai:dall-e-3 offline:offline", "a chain");
    is_str(chain("openai/stabilityai/sdxl:free", 0, 0, &none), "openai:stabilityai/sdxl:free", "a name with slashes");
    is_str(chain("openai", 0, 1, &none), "openai:gpt-6-luna", "a provider alone");
    is_str(chain("offline/anything", 0, 0, &none), "offline:offline", "offline has one model");
    is_str(chain("gpt-4o", 1, 1, &none), "openai:gpt-4o", "OPENAI_MODEL=gpt-4o");
    is_str(chain("meta/llama", 1, 1, &none), "openai:meta/llama", "and one with a slash");
    is_str(chain("openai/gpt-4o", 1, 1, &none), "openai:gpt-4o", "a provider is seen there too");
    is_str(chain("gpt-4o", 0, 1, &none), "!gpt-4o: must be provider/model, and providers are openai, azure, offline",
           "not so in a directive");
    is_str(chain("offline azur/x", 0, 1, &none),
           "!azur/x: must be provider/model, and providers are openai, azure, offline", "unknown provider");
    is_str(chain("openai/", 0, 1, &none), "!openai/: must name a model after the slash", "no model");

    is_str(chain(NULL, 0, 0, &azure), "offline:offline", "Azure without a deployment draws nothing of itself");
    azure.azure_deployment = "flare-1";
    is_str(chain(NULL, 0, 0, &azure), "azure:flare-1", "Azure: its deployment draws");
    is_str(chain("azure", 0, 0, &azure), "azure:flare-1", "also if it is named alone");
    is_str(chain(NULL, 0, 1, &azure), "offline:offline", "but does not write of itself");
    is_str(chain("azure", 0, 1, &azure), "!azure: must name a model after the slash", "a writer there must be named");
    is_str(chain("azure/gpt-6", 0, 1, &azure), "azure:gpt-6", "and then writes");
    both = azure;
    both.openai_key = "sk";
    is_str(chain(NULL, 0, 0, &both), "openai:gpt-image-2.6-flare azure:flare-1", "two keys: OpenAI, then Azure");
    azure.azure_endpoint = "";
    is_str(chain(NULL, 0, 0, &azure), "offline:offline", "a key without an endpoint is none");
    azure.azure_endpoint = "https://x";
    azure.azure_key = NULL;
    is_str(chain(NULL, 0, 0, &azure), "offline:offline", "nor is an endpoint without a key");
}

/* They stand in the path of a URL. */
static void test_deployments(void)
{
    static const char *const bad[] = {
        "..", "a/b", "a?b",      "a%2Fb", "-a",
        ".a", "a#b", "\xc3\xa9", "a&b",   "a23456789012345678901234567890123456789012345678901234567890123456"
    };
    simg_settings none = { 0 };
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ok(chain(apr_pstrcat(pool, "azure/", bad[i], NULL), 0, 0, &none)[0] == '!', "no deployment: %s", bad[i]);
    is_str(chain("azure/a/b", 0, 0, &none),
           "!azure/a/b: what follows the slash must be letters, digits, . _ or -, the first a letter or a digit, at "
           "most 64",
           "the sentence");
    is_str(chain("azure/Gpt_image-2.6", 0, 0, &none), "azure:Gpt_image-2.6", "a good one");
}

static void test_references(void)
{
    static const struct {
        const char *provider, *model;
        int takes;
    } rows[] = {
        { "openai", "gpt-image-1", 1 },
        { "openai", "gpt-image-1-mini", 1 },
        { "openai", "gpt-image-2.6-flare", 1 },
        { "openai", "chatgpt-image-3", 1 },
        { "openai", "dall-e-3", 0 },
        { "openai", "dall-e-2", 0 },
        { "openai", "sdxl", 0 },
        { "azure", "my-drawer", 1 },
        { "azure", "gpt-image-1-sweden", 1 },
        { "azure", "dall-e-3-sweden", 0 },
        { "azure", "Dall-E-3", 0 },
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const simg_provider *provider = simg_provider_find(rows[i].provider, strlen(rows[i].provider));

        ok(provider->takes_reference(rows[i].model) == rows[i].takes, "%s/%s %s references", rows[i].provider,
           rows[i].model, rows[i].takes ? "takes" : "does not take");
    }
    ok(!simg_provider_find("azure", 5)->list, "Azure has no list of models");
}

typedef struct tray {
    simg_sink sink;
    char bytes[4096];
    apr_size_t len;
    int full, done;
} tray;

static apr_status_t tray_write(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err)
{
    tray *t = (tray *)sink;

    if (t->full)
        return simg_problem_set(err, pool, "storage-full", APR_ENOSPC, "full");
    memcpy(t->bytes + t->len, data, len);
    t->len += len;
    return APR_SUCCESS;
}

static apr_status_t tray_rewind(simg_sink *sink, simg_problem *err)
{
    (void)err;
    ((tray *)sink)->len = 0;
    return APR_SUCCESS;
}

static void drawn(simg_image_call *c)
{
    ((tray *)c->baton)->done++;
}

static simg_image_call draw(tray *t, const char *script, const char *size, const char *format)
{
    simg_character lila = { .name = "Lila",
                            .age = 7,
                            .personality = apr_array_make(pool, 1, sizeof(char *)),
                            .interests = apr_array_make(pool, 1, sizeof(char *)),
                            .sisters = apr_array_make(pool, 1, sizeof(simg_sister)) };
    simg_brief brief = { .prompt = "p",
                         .scene = "A garden",
                         .character = &lila,
                         .story_key = "k",
                         .page_number = 1,
                         .size = size,
                         .format = format };
    simg_settings settings = { .timeout = apr_time_from_sec(5) };
    simg_model model = { simg_provider_find("offline", 7), "offline" };
    simg_image_call c = { .call = { .model = &model, .settings = &settings, .p = pool },
                          .brief = &brief,
                          .sink = &t->sink,
                          .done = drawn,
                          .baton = t };
    simg_problem err;
    simg_loop *loop;
    apr_file_t *f;

    settings.pixel_program = apr_pstrcat(pool, scratch, "/pixel", NULL);
    apr_file_remove(settings.pixel_program, pool);
    apr_file_open(&f, settings.pixel_program, APR_WRITE | APR_CREATE | APR_TRUNCATE,
                  APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE, pool);
    apr_file_puts(apr_pstrcat(pool, "#!/bin/sh\n", script, "\n", NULL), f);
    apr_file_close(f);
    simg_loop_create(&loop, NULL, pool, &err);
    model.provider->draw(loop, &c);
    simg_loop_run(loop, &err);
    return c;
}

static void test_offline(void)
{
    tray t = { .sink = { tray_write, tray_rewind } };
    simg_image_call c = draw(&t, "echo \"$@\"; head -c 4", "640x480", "jpg");

    is_int(t.done, 1, "offline: told once");
    is_int(c.call.outcome, SIMG_OUTCOME_MADE, "offline: made");
    is_str(t.bytes, "render --width 640 --height 480 --format jpg\n<svg", "offline: arguments and input");
    is_str(c.call.model_used, "offline", "offline: says so");
    ok(!c.url && c.call.input_tokens == -1, "offline: no URL, no tokens");
    t = (tray){ .sink = { tray_write, tray_rewind } };
    draw(&t, "echo \"$@\"", "99999x3", "gif");
    is_str(t.bytes, "render --width 2048 --height 256 --format png\n", "offline: bounds");
    t = (tray){ .sink = { tray_write, tray_rewind } };
    draw(&t, "echo \"$@\"", "auto", NULL);
    is_str(t.bytes, "render --width 1024 --height 1024 --format png\n", "offline: usual size");
    t = (tray){ .sink = { tray_write, tray_rewind } };
    c = draw(&t, "echo broken >&2; exit 2", NULL, "png");
    is_int(c.call.outcome, SIMG_OUTCOME_NOTHING, "offline: a program that fails");
    is_str(c.call.problem.code, "internal", "offline: its problem");
    ok(strstr(c.call.problem.cause, "broken") && !strstr(c.call.problem.detail, scratch), "offline: its cause");
    t = (tray){ .sink = { tray_write, tray_rewind } };
    c = draw(&t, "exit 0", NULL, "png");
    is_int(c.call.outcome, SIMG_OUTCOME_NOTHING, "offline: a program that gives nothing");
    t = (tray){ .sink = { tray_write, tray_rewind }, .full = 1 };
    c = draw(&t, "echo x", NULL, "png");
    is_str(c.call.problem.code, "storage-full", "offline: no room");
    is_int(c.call.outcome, SIMG_OUTCOME_UNKNOWN, "offline: no room, outcome");
}

int main(void)
{
    scratch_begin();
    apr_initialize();
    apr_pool_create(&pool, NULL);
    test_chains();
    test_deployments();
    test_references();
    test_offline();
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
