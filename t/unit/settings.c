/* SPDX-License-Identifier: Apache-2.0 */
#include "base/settings.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "tap.h"

static apr_pool_t *pool;
static char folder[] = "/tmp/storyimg-settings-XXXXXX";

static const char *no_variable(const char *name)
{
    (void)name;
    return NULL;
}

static const char *some_variables(const char *name)
{
    if (!strcmp(name, "SAVE_GENERATED_IMAGES"))
        return "true";
    if (!strcmp(name, "IMAGE_EDIT_TIMEOUT_MS"))
        return "2500";
    return !strcmp(name, "OPENAI_MODEL") ? "gpt-4o" : NULL;
}

static const char *bad_variable(const char *name)
{
    return !strcmp(name, "SAVE_GENERATED_IMAGES") ? "perhaps" : NULL;
}

static const char *file(const char *name, const char *text, int mode)
{
    const char *path = apr_pstrcat(pool, folder, "/", name, NULL);
    FILE *f = fopen(path, "w");

    fputs(text, f);
    fclose(f);
    chmod(path, (mode_t)mode);
    return path;
}

static const char *set(simg_settings *s, int option, const char *value)
{
    return simg_settings_set(s, option, value, SIMG_FROM_DIRECTIVE, pool);
}

static const char *finish(simg_settings *s)
{
    return simg_settings_finish(s, folder, no_variable, pool);
}

static void defaults(void)
{
    simg_settings *s = simg_settings_make(pool);

    is_str(finish(s), NULL, "nothing set is fine");
    is_int(s->save, 0, "saving is off by default");
    is_int(s->max_pages, 3, "three scenes");
    is_int(s->timeout, apr_time_from_sec(120), "120 seconds");
    is_int(s->min_free, 256 * 1024 * 1024, "256M");
    is_str(s->generated_dir, apr_pstrcat(pool, folder, "/generated", NULL), "a folder below the root");
    is_str(s->index, apr_pstrcat(pool, "sqlite3:", folder, "/storyimg-state/index.sqlite3", NULL),
           "the index in the state folder");
    ok(s->openai_key == NULL && s->secrets && !s->secrets[0], "no key, no secret");
    ok(s->azure_key == NULL && !s->azure_endpoint[0] && s->native_edits, "no Azure");
    is_str(s->azure_api_version, "2025-04-01-preview", "the version of its API");
}

static void values(void)
{
    static const struct {
        int option;
        const char *value, *says;
    } bad[] = {
        { SIMG_OPTION_save, "maybe", "StoryImgSave maybe: must be on or off" },
        { SIMG_OPTION_max_pages, "13", "StoryImgMaxPages 13: must be a whole number from 1 to 12" },
        { SIMG_OPTION_max_pages, "three", "StoryImgMaxPages three: must be a whole number from 1 to 12" },
        { SIMG_OPTION_max_body, "1", "StoryImgMaxBody 1: must be a size such as 256K, 5M or 1G, from 1K to 16M" },
        { SIMG_OPTION_timeout, "0", "StoryImgTimeout 0: must be a time such as 90s, 5min or 2h, from 1 ms to 3600 s" },
    };
    simg_settings *s = simg_settings_make(pool);
    unsigned int i;

    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        is_str(set(s, bad[i].option, bad[i].value), bad[i].says, bad[i].says);
    is_str(set(s, SIMG_OPTION_timeout, "5min"), NULL, "a time with a unit");
    is_int(s->timeout, apr_time_from_sec(300), "is read");
    is_str(set(s, SIMG_OPTION_timeout, "7"), NULL, "a bare number in a directive");
    is_int(s->timeout, apr_time_from_sec(7), "counts seconds");
}

static void whole_check(void)
{
    static const struct {
        int option;
        const char *value, *names;
    } bad[] = {
        { SIMG_OPTION_format, "gif", "StoryImgFormat gif: must be png, jpg or webp" },
        { SIMG_OPTION_openai_base_url, "ftp://x", "StoryImgOpenAIBaseURL ftp://x: must be" },
        { SIMG_OPTION_openai_base_url, "https://me:secret@x/", "StoryImgOpenAIBaseURL (not shown" },
        { SIMG_OPTION_generated_url, "generated/", "StoryImgGeneratedURL generated/: must begin" },
        { SIMG_OPTION_fetch_allow, "cdn.example.com *", "StoryImgFetchAllow *: must be" },
        { SIMG_OPTION_state_dir, "generated/state", "must not lie in StoryImgGeneratedDir" },
        { SIMG_OPTION_index, "mysql:x", "StoryImgIndex mysql:x: must be sqlite3:PATH" },
        { SIMG_OPTION_index, "sqlite3:generated/i", "must not lie in StoryImgGeneratedDir" },
        { SIMG_OPTION_openai_base_url, "https://x/v1?a=b", "StoryImgOpenAIBaseURL https://x/v1: must end before" },
        { SIMG_OPTION_azure_endpoint, "ftp://x", "StoryImgAzureEndpoint ftp://x: must be" },
        { SIMG_OPTION_azure_endpoint, "https://me:secret@x/", "StoryImgAzureEndpoint (not shown" },
        { SIMG_OPTION_azure_endpoint, "https://x/openai?api-version=1",
          "StoryImgAzureEndpoint https://x/openai: must" },
        { SIMG_OPTION_azure_deployment, "..", "StoryImgAzureDeployment ..: must be letters" },
        { SIMG_OPTION_azure_deployment, "a/b", "StoryImgAzureDeployment a/b: must be letters" },
        { SIMG_OPTION_azure_api_version, "1&x=2", "StoryImgAzureAPIVersion 1&x=2: must be a version" },
        { SIMG_OPTION_azure_api_version, "", "StoryImgAzureAPIVersion : must be a version" },
        { SIMG_OPTION_azure_key_file, "nowhere", "StoryImgAzureKeyFile" },
        { SIMG_OPTION_openai_key_file, "nowhere", "StoryImgOpenAIKeyFile" },
        { SIMG_OPTION_env_file, "nowhere", "StoryImgEnvFile" },
    };
    unsigned int i;

    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        simg_settings *s = simg_settings_make(pool);
        const char *says;

        set(s, bad[i].option, bad[i].value);
        says = finish(s);
        ok(says && strstr(says, bad[i].names), "refused: %s", says ? says : "nothing");
    }
}

static void precedence(void)
{
    const char *path = file(
        "env", "export SAVE_GENERATED_IMAGES=off\nGENERATED_IMAGE_DIR='from file'\nOPENAI_API_KEY=\"sk-1\"\r\n", 0600);
    simg_settings *s = simg_settings_make(pool);

    set(s, SIMG_OPTION_env_file, path);
    set(s, SIMG_OPTION_timeout, "3s");
    is_str(simg_settings_finish(s, folder, some_variables, pool), NULL, "three sources");
    is_int(s->timeout, apr_time_from_sec(3), "a directive beats the environment");
    is_int(s->save, 1, "the environment beats the file");
    is_str(s->generated_dir, apr_pstrcat(pool, folder, "/from file", NULL), "the file beats the default");
    is_str(s->writers, "gpt-4o", "a variable with another name");
    is_str(s->openai_key, "sk-1", "the key comes from the file");
    is_str(s->secrets[0], "sk-1", "and is known as a secret");
    s = simg_settings_make(pool);
    is_str(simg_settings_finish(s, folder, some_variables, pool), NULL, "without the directive");
    is_int(s->timeout, apr_time_from_msec(2500), "_MS counts milliseconds");
    s = simg_settings_make(pool);
    is_str(simg_settings_finish(s, folder, bad_variable, pool), "SAVE_GENERATED_IMAGES perhaps: must be on or off",
           "a wrong variable is named by its own name");
}

static void env_files(void)
{
    simg_settings *s = simg_settings_make(pool);
    const char *says;

    set(s, SIMG_OPTION_env_file, file("open", "OPENAI_API_KEY=sk-2\n", 0644));
    says = finish(s);
    ok(says && strstr(says, "everybody may read it") && !strstr(says, "sk-2"), "a readable file with a key is refused");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_env_file, file("plain", "OPENAI_MODEL=x\n", 0644));
    is_str(finish(s), NULL, "a readable file without one is not");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_env_file, file("torn", "A=1\n=\n", 0600));
    says = finish(s);
    ok(says && strstr(says, "line 2 is not NAME=VALUE"), "a torn file is refused by line");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_openai_key_file, file("key", " sk-3 \n", 0600));
    is_str(finish(s), NULL, "a key file");
    is_str(s->openai_key, "sk-3", "is trimmed");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_openai_key_file, file("empty", "\n", 0600));
    says = finish(s);
    ok(says && strstr(says, "holds no key"), "an empty key file is refused");
}

static const char *both_keys(const char *name)
{
    return !strcmp(name, "OPENAI_API_KEY") ? "sk-5" : !strcmp(name, "AZURE_OPENAI_API_KEY") ? "az-5" : NULL;
}

/* Two keys, in three places each, and never one for the other. */
static void two_keys(void)
{
    simg_settings *s = simg_settings_make(pool);
    const char *env = file("keys", "AZURE_OPENAI_API_KEY=az-4\nOPENAI_API_KEY=sk-4\n", 0600), *says;

    is_str(simg_settings_finish(s, folder, both_keys, pool), NULL, "two keys in the environment");
    is_str(s->openai_key, "sk-5", "OpenAI's");
    is_str(s->azure_key, "az-5", "Azure's");
    ok(!strcmp(s->secrets[0], "sk-5") && !strcmp(s->secrets[1], "az-5") && !s->secrets[2], "both are secrets");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_env_file, env);
    is_str(finish(s), NULL, "two keys in the env file");
    ok(!strcmp(s->openai_key, "sk-4") && !strcmp(s->azure_key, "az-4"), "each is its own");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_env_file, env);
    set(s, SIMG_OPTION_azure_key_file, file("azure", "az-6\n", 0600));
    is_str(simg_settings_finish(s, folder, both_keys, pool), NULL, "all places");
    ok(!strcmp(s->openai_key, "sk-5") && !strcmp(s->azure_key, "az-6"), "a file of Azure's beats its variable only");
    is_str(s->azure_key_file, apr_pstrcat(pool, folder, "/azure", NULL), "the file's whole path");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_azure_key_file, file("azure", "az-6\n", 0600));
    is_str(finish(s), NULL, "Azure alone");
    ok(!s->openai_key && !strcmp(s->secrets[0], "az-6") && !s->secrets[1], "one secret");
    s = simg_settings_make(pool);
    set(s, SIMG_OPTION_env_file, file("keys", "AZURE_OPENAI_API_KEY=az-4\n", 0644));
    says = finish(s);
    ok(says && strstr(says, "everybody may read it") && !strstr(says, "az-4"), "Azure's key in a readable file");
}

static void merging(void)
{
    simg_settings *base = simg_settings_make(pool), *over = simg_settings_make(pool), *both;

    set(base, SIMG_OPTION_max_pages, "5");
    set(base, SIMG_OPTION_save, "on");
    set(over, SIMG_OPTION_save, "off");
    both = simg_settings_merge(base, over, pool);
    is_int(both->save, 0, "the inner value wins, even if it is the default's");
    is_int(both->max_pages, 5, "what is not set inside stays");
    is_int(base->save, 1, "the outer record is untouched");
}

static void remove_files(void)
{
    static const char *const names[] = { "env", "open", "plain", "torn", "key", "empty", "keys", "azure" };
    unsigned int i;

    for (i = 0; i < sizeof(names) / sizeof(*names); i++)
        unlink(apr_pstrcat(pool, folder, "/", names[i], NULL));
    rmdir(folder);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!mkdtemp(folder))
        return 1;
    defaults();
    values();
    whole_check();
    precedence();
    env_files();
    two_keys();
    merging();
    remove_files();
    apr_pool_destroy(pool);
    return done_testing();
}
