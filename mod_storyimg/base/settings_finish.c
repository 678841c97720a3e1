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

#define KEY_VARIABLE "OPENAI_API_KEY"
#define ENV_FILE_MAX (64 * 1024)
#define KEY_MAX 4096

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

static const char *take_key(simg_settings *s, const char *text, const char *from, apr_pool_t *p)
{
    const char *key = clean_key(text, p);

    if (!key)
        return apr_psprintf(p, "%s: the key holds characters that a key cannot have", from);
    if (key[0])
        s->openai_key = key;
    return NULL;
}

static const char *read_key_file(simg_settings *s, const char *root, apr_pool_t *p)
{
    apr_size_t len = 0;
    char *text = NULL;
    char buf[120];
    apr_status_t rv;

    s->openai_key_file = absolute(root, s->openai_key_file, p);
    rv = simg_file_read(&text, &len, s->openai_key_file, KEY_MAX, p);
    if (rv != APR_SUCCESS)
        return apr_psprintf(p, "StoryImgOpenAIKeyFile %s: cannot be read: %s", s->openai_key_file,
                            apr_strerror(rv, buf, sizeof(buf)));
    if (strlen(text) != len || !text[strspn(text, " \t\r\n")])
        return apr_psprintf(p, "StoryImgOpenAIKeyFile %s: holds no key", s->openai_key_file);
    return take_key(s, text, "StoryImgOpenAIKeyFile", p);
}

typedef struct file_reader {
    simg_settings *s;
    apr_pool_t *p;
    const char *key;
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

    (void)line;
    if (!strcmp(name, KEY_VARIABLE)) {
        r->key = apr_pstrdup(r->p, value);
        return 0;
    }
    r->wrong = set_variable(r->s, name, value, SIMG_FROM_FILE, r->p);
    return r->wrong != NULL;
}

static const char *read_env_file(const char **key, simg_settings *s, const char *root, apr_pool_t *p)
{
    file_reader r = { s, p, NULL, NULL };
    unsigned int mode = 0;
    apr_size_t len = 0;
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
    line = simg_dotenv_parse(text, len, take_line, &r);
    if (r.wrong)
        return apr_psprintf(p, "StoryImgEnvFile %s: %s", s->env_file, r.wrong);
    if (line != 0)
        return apr_psprintf(p, "StoryImgEnvFile %s: line %d is not NAME=VALUE", s->env_file, line);
    if (r.key && r.key[0] && (mode & 04))
        return apr_psprintf(p, "StoryImgEnvFile %s: holds a key and everybody may read it; chmod 600 it", s->env_file);
    *key = r.key;
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

/** The key: directive's file, else environment, else env file. */
static const char *find_key(simg_settings *s, const char *root, const char *(*get)(const char *), const char *file_key,
                            apr_pool_t *p)
{
    const char *env_key = get(KEY_VARIABLE);

    if (s->openai_key_file[0])
        return read_key_file(s, root, p);
    if (env_key && env_key[0])
        return take_key(s, env_key, KEY_VARIABLE, p);
    return file_key ? take_key(s, file_key, KEY_VARIABLE, p) : NULL;
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

/** Values that stand alone. */
static const char *check_texts(simg_settings *s, apr_pool_t *p)
{
    const char *word;

    if (!strcmp(s->format, "jpeg"))
        s->format = "jpg";
    if (strcmp(s->format, "png") && strcmp(s->format, "jpg") && strcmp(s->format, "webp"))
        return apr_psprintf(p, "StoryImgFormat %s: must be png, jpg or webp", s->format);
    if (strchr(s->openai_base_url, '@'))
        return "StoryImgOpenAIBaseURL (not shown, it may hold a password): must be an http or https URL without a user "
               "name";
    if (!is_http_url(s->openai_base_url))
        return apr_psprintf(p, "StoryImgOpenAIBaseURL %s: must be an http or https URL without a user name",
                            s->openai_base_url);
    if (s->generated_url[0] != '/' && !is_http_url(s->generated_url))
        return apr_psprintf(p, "StoryImgGeneratedURL %s: must begin with / or be an http or https URL",
                            s->generated_url);
    if (s->generated_url[strlen(s->generated_url) - 1] != '/')
        s->generated_url = apr_pstrcat(p, s->generated_url, "/", NULL);
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
    s->state_dir = absolute(root, s->state_dir, p);
    s->pixel_program = absolute(root, s->pixel_program, p);
    s->prices = absolute(root, s->prices, p);
    if (below(s->state_dir, s->generated_dir))
        return apr_psprintf(p, "StoryImgStateDir %s: must not lie in StoryImgGeneratedDir, which is served",
                            s->state_dir);
    if (!s->index[0])
        s->index = apr_pstrcat(p, "sqlite3:", s->state_dir, "/index.sqlite3", NULL);
    if (strncmp(s->index, "sqlite3:", 8) || !s->index[8])
        return apr_psprintf(p, "StoryImgIndex %s: must be sqlite3:PATH", s->index);
    s->index = apr_pstrcat(p, "sqlite3:", absolute(root, s->index + 8, p), NULL);
    if (below(s->index + 8, s->generated_dir))
        return apr_psprintf(p, "StoryImgIndex %s: must not lie in StoryImgGeneratedDir, which is served", s->index);
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
    const char **secrets = apr_pcalloc(p, 2 * sizeof(*secrets));
    const char *file_key = NULL;
    const char *wrong = read_environment(s, get, p);

    if (!wrong && s->origin[SIMG_OPTION_env_file] > SIMG_DEFAULT)
        wrong = read_env_file(&file_key, s, root, p);
    fill_defaults(s, p);
    if (!wrong)
        wrong = find_key(s, root, get, file_key, p);
    if (!wrong)
        wrong = check_texts(s, p);
    if (!wrong)
        wrong = check_paths(s, root, p);
    secrets[0] = s->openai_key;
    s->secrets = secrets;
    return wrong;
}
