/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of a settings record's making: what directives left open is filled, then the whole is checked. */
#include "base/settings.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "base/dotenv.h"
#include "base/file.h"
#include "base/netrule.h"

#define ENV_FILE_MAX (64 * 1024)
#define KEY_MAX 4096
#define DEPLOYMENT_MAX 64
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/** The keys: the variable that holds one itself, the option that names a file with it, and where it is kept. */
static const struct {
    const char *variable;
    int file;
    apr_size_t offset;
} keys[] = {
    { "OPENAI_API_KEY", SIMG_OPTION_openai_key_file, APR_OFFSETOF(simg_settings, openai_key) },
    { "AZURE_OPENAI_API_KEY", SIMG_OPTION_azure_key_file, APR_OFFSETOF(simg_settings, azure_key) },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

/** A text member of the record. */
static const char **text_at(simg_settings *s, apr_size_t offset)
{
    return (const char **)((char *)s + offset);
}

static const char *absolute(const char *root, const char *path, apr_pool_t *p)
{
    char *merged = NULL;

    if (!path[0] || apr_filepath_merge(&merged, root, path, APR_FILEPATH_TRUENAME, p) == APR_SUCCESS)
        return merged ? merged : path;
    return path[0] == '/' ? path : apr_pstrcat(p, root, "/", path, NULL);
}

/** A key as it may stand in a header: trimmed, visible ASCII. NULL if it is not. */
static const char *clean_key(const char *text, apr_pool_t *p)
{
    char *key = apr_pstrdup(p, text);
    char *c;

    apr_collapse_spaces(key, text);
    for (c = key; *c; c++)
        if ((unsigned char)*c < 0x21 || (unsigned char)*c > 0x7e)
            return NULL;
    return key;
}

static const char *take_key(simg_settings *s, apr_size_t nth, const char *text, const char *from, apr_pool_t *p)
{
    const char *key = clean_key(text, p);

    if (!key)
        return apr_psprintf(p, "%s: the key holds characters that a key cannot have", from);
    if (key[0])
        *text_at(s, keys[nth].offset) = key;
    return NULL;
}

static const char *read_key_file(simg_settings *s, apr_size_t nth, const char *root, apr_pool_t *p)
{
    const simg_option *o = &simg_options[keys[nth].file];
    const char *path = absolute(root, *text_at(s, o->offset), p);
    apr_size_t len = 0;
    char *text = NULL;
    char buf[120];
    apr_status_t rv = simg_file_read(&text, &len, path, KEY_MAX, p);

    *text_at(s, o->offset) = path;
    if (rv != APR_SUCCESS)
        return apr_psprintf(p, "%s %s: cannot be read: %s", o->name, path, apr_strerror(rv, buf, sizeof(buf)));
    if (strlen(text) != len || !text[strspn(text, " \t\r\n")])
        return apr_psprintf(p, "%s %s: holds no key", o->name, path);
    return take_key(s, nth, text, o->name, p);
}

typedef struct file_reader {
    simg_settings *s;
    apr_pool_t *p;
    const char *keys[KEYS];
    const char *wrong;
} file_reader;

static const char *set_variable(simg_settings *s, const char *name, const char *value, simg_origin origin,
                                apr_pool_t *p)
{
    int i;

    for (i = 0; i < SIMG_OPTION_COUNT; i++)
        if (simg_options[i].variable[0] && value[0] && !strcmp(simg_options[i].variable, name))
            return simg_settings_set(s, i, value, origin, p);
    return NULL;
}

static int take_line(void *baton, const char *name, const char *value, int line)
{
    file_reader *r = baton;
    apr_size_t i;

    (void)line;
    for (i = 0; i < KEYS; i++)
        if (!strcmp(name, keys[i].variable))
            r->keys[i] = value[0] ? apr_pstrdup(r->p, value) : NULL;
    r->wrong = set_variable(r->s, name, value, SIMG_FROM_FILE, r->p);
    return r->wrong != NULL;
}

static const char *read_env_file(file_reader *r, const char *root)
{
    simg_settings *s = r->s;
    apr_pool_t *p = r->p;
    unsigned int mode = 0;
    apr_size_t len = 0, i;
    char *text = NULL;
    char buf[120];
    apr_status_t rv;
    int line;

    s->env_file = absolute(root, s->env_file, p);
    rv = simg_file_read(&text, &len, s->env_file, ENV_FILE_MAX, p);
    if (rv == APR_SUCCESS)
        rv = simg_file_mode(&mode, s->env_file);
    if (rv != APR_SUCCESS)
        return apr_psprintf(p, "StoryImgEnvFile %s: cannot be read: %s", s->env_file,
                            apr_strerror(rv, buf, sizeof(buf)));
    line = simg_dotenv_parse(text, len, take_line, r);
    if (r->wrong)
        return apr_psprintf(p, "StoryImgEnvFile %s: %s", s->env_file, r->wrong);
    if (line != 0)
        return apr_psprintf(p, "StoryImgEnvFile %s: line %d is not NAME=VALUE", s->env_file, line);
    for (i = 0; i < KEYS; i++)
        if (r->keys[i] && (mode & 04))
            return apr_psprintf(p, "StoryImgEnvFile %s: holds a key and everybody may read it; chmod 600 it",
                                s->env_file);
    return NULL;
}

static const char *read_environment(simg_settings *s, const char *(*get)(const char *), apr_pool_t *p)
{
    const char *wrong = NULL;
    int i;

    for (i = 0; i < SIMG_OPTION_COUNT && !wrong; i++) {
        const char *value = simg_options[i].variable[0] ? get(simg_options[i].variable) : NULL;

        if (value && value[0])
            wrong = simg_settings_set(s, i, value, SIMG_FROM_ENV, p);
    }
    return wrong;
}

/** A key: directive's file, else environment, else env file. */
static const char *find_key(const file_reader *r, apr_size_t nth, const char *root, const char *(*get)(const char *))
{
    const char *variable = keys[nth].variable;
    const char *env_key = get(variable);

    if ((*text_at(r->s, simg_options[keys[nth].file].offset))[0])
        return read_key_file(r->s, nth, root, r->p);
    if (env_key && env_key[0])
        return take_key(r->s, nth, env_key, variable, r->p);
    return r->keys[nth] ? take_key(r->s, nth, r->keys[nth], variable, r->p) : NULL;
}

static const char *find_keys(const file_reader *r, const char *root, const char *(*get)(const char *))
{
    const char **secrets = apr_pcalloc(r->p, (KEYS + 1) * sizeof(*secrets));
    const char *wrong = NULL;
    apr_size_t i, n = 0;

    r->s->secrets = secrets;
    for (i = 0; i < KEYS && !wrong; i++) {
        wrong = find_key(r, i, root, get);
        if (*text_at(r->s, keys[i].offset))
            secrets[n++] = *text_at(r->s, keys[i].offset);
    }
    return wrong;
}

static int is_http_url(const char *s)
{
    const char *host = !strncmp(s, "https://", 8) ? s + 8 : !strncmp(s, "http://", 7) ? s + 7 : "";

    return host[0] && !strpbrk(s, " \t\r\n\"<>") && !strchr(host, '@');
}

/** @return 1 if path is folder or lies below it. */
static int below(const char *path, const char *folder)
{
    apr_size_t len = strlen(folder);

    while (len > 1 && folder[len - 1] == '/')
        len--;
    return !strncmp(path, folder, len) && (path[len] == '\0' || path[len] == '/');
}

/** The prefix of URLs; made to end with a slash. 0 if it is none. */
static int check_prefix(const char **url, apr_pool_t *p)
{
    if ((*url)[0] != '/' && !is_http_url(*url))
        return 0;
    if ((*url)[strlen(*url) - 1] != '/')
        *url = apr_pstrcat(p, *url, "/", NULL);
    return 1;
}

/** The URL of an upstream. NULL, or a sentence. */
static const char *check_server(const char *directive, const char *url, apr_pool_t *p)
{
    if (strchr(url, '@'))
        return apr_psprintf(
            p, "%s (not shown, it may hold a password): must be an http or https URL without a user name", directive);
    if (!is_http_url(url))
        return apr_psprintf(p, "%s %s: must be an http or https URL without a user name", directive, url);
    if (strpbrk(url, "?#"))
        return apr_psprintf(p, "%s %.*s: must end before the question mark", directive, (int)strcspn(url, "?#"), url);
    return NULL;
}

int simg_settings_is_deployment(const char *name)
{
    apr_size_t len = strspn(name, PLAIN);

    return apr_isalnum(name[0]) && len <= DEPLOYMENT_MAX && !name[len];
}

static const char *check_azure(const simg_settings *s, apr_pool_t *p)
{
    const char *version = s->azure_api_version;

    if (s->azure_deployment[0] && !simg_settings_is_deployment(s->azure_deployment))
        return apr_psprintf(p, "StoryImgAzureDeployment %s: " SIMG_SETTINGS_DEPLOYMENT, s->azure_deployment);
    if (!version[0] || version[strspn(version, PLAIN)])
        return apr_psprintf(p, "StoryImgAzureAPIVersion %s: must be a version such as 2025-04-01-preview", version);
    return s->azure_endpoint[0] ? check_server("StoryImgAzureEndpoint", s->azure_endpoint, p) : NULL;
}

/** Values that stand alone. */
static const char *check_texts(simg_settings *s, apr_pool_t *p)
{
    const char *word;

    if (strcmp(s->moderation, "off") && strcmp(s->moderation, "on") && strcmp(s->moderation, "required"))
        return apr_psprintf(p, "StoryImgModeration %s: must be off, on or required", s->moderation);
    if (!strcmp(s->format, "jpeg"))
        s->format = "jpg";
    if (strcmp(s->format, "png") && strcmp(s->format, "jpg") && strcmp(s->format, "webp"))
        return apr_psprintf(p, "StoryImgFormat %s: must be png, jpg or webp", s->format);
    word = check_server("StoryImgOpenAIBaseURL", s->openai_base_url, p);
    if (!word)
        word = check_azure(s, p);
    if (word)
        return word;
    if (!check_prefix(&s->generated_url, p))
        return apr_psprintf(p, "StoryImgGeneratedURL %s: must begin with / or be an http or https URL",
                            s->generated_url);
    if (!check_prefix(&s->upload_url, p))
        return apr_psprintf(p, "StoryImgUploadURL %s: must begin with / or be an http or https URL", s->upload_url);
    word = simg_netrule_check(s->fetch_allow);
    if (word)
        return apr_psprintf(
            p, "StoryImgFetchAllow %.100s: must be host names such as cdn.example.com, *.example.com or 127.0.0.1:9000",
            word);
    return NULL;
}

/** Folders and what lies in them. */
static const char *check_paths(simg_settings *s, const char *root, apr_pool_t *p)
{
    s->generated_dir = absolute(root, s->generated_dir, p);
    s->upload_dir = absolute(root, s->upload_dir, p);
    s->state_dir = absolute(root, s->state_dir, p);
    s->pixel_program = absolute(root, s->pixel_program, p);
    s->prices = absolute(root, s->prices, p);
    s->prompts = absolute(root, s->prompts, p);
    if (below(s->state_dir, s->generated_dir))
        return apr_psprintf(p, "StoryImgStateDir %s: must not lie in StoryImgGeneratedDir, which is served",
                            s->state_dir);
    if (below(s->state_dir, s->upload_dir))
        return apr_psprintf(p, "StoryImgStateDir %s: must not lie in StoryImgUploadDir, which is served", s->state_dir);
    if (!strcmp(s->upload_dir, s->generated_dir))
        return apr_psprintf(p, "StoryImgUploadDir %s: must not be StoryImgGeneratedDir", s->upload_dir);
    if (!s->index[0])
        s->index = apr_pstrcat(p, "sqlite3:", s->state_dir, "/index.sqlite3", NULL);
    if (strncmp(s->index, "sqlite3:", 8) || !s->index[8])
        return apr_psprintf(p, "StoryImgIndex %s: must be sqlite3:PATH", s->index);
    s->index = apr_pstrcat(p, "sqlite3:", absolute(root, s->index + 8, p), NULL);
    if (below(s->index + 8, s->generated_dir))
        return apr_psprintf(p, "StoryImgIndex %s: must not lie in StoryImgGeneratedDir, which is served", s->index);
    if (below(s->index + 8, s->upload_dir))
        return apr_psprintf(p, "StoryImgIndex %s: must not lie in StoryImgUploadDir, which is served", s->index);
    return NULL;
}

static void fill_defaults(simg_settings *s, apr_pool_t *p)
{
    int i;

    for (i = 0; i < SIMG_OPTION_COUNT; i++)
        if (s->origin[i] == SIMG_UNSET)
            simg_settings_set(s, i, simg_options[i].dflt, SIMG_DEFAULT, p);
}

const char *simg_settings_finish(simg_settings *s, const char *root, const char *(*get)(const char *name),
                                 apr_pool_t *p)
{
    file_reader r = { .s = s, .p = p };
    const char *wrong = read_environment(s, get, p);

    if (!wrong && s->origin[SIMG_OPTION_env_file] > SIMG_DEFAULT)
        wrong = read_env_file(&r, root);
    fill_defaults(s, p);
    if (!wrong)
        wrong = find_keys(&r, root, get);
    if (!wrong)
        wrong = check_texts(s, p);
    if (!wrong)
        wrong = check_paths(s, root, p);
    return wrong;
}
