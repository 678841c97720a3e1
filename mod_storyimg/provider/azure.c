/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/azure.h"

#include <apr_strings.h>

#include "provider/openai.h"

static int configured(const simg_settings *s)
{
    return s->azure_key && s->azure_endpoint[0];
}

static const char *url_of(const simg_call *c, const char *path)
{
    const simg_settings *s = c->settings;

    return apr_pstrcat(c->p, simg_openai_base(s->azure_endpoint, c->p), "/openai/deployments/", c->model->name, path,
                       "?api-version=", s->azure_api_version, NULL);
}

static const char *key_of(const simg_settings *s)
{
    return s->azure_key;
}

/* What a deployment is called is up to the administrator; what draws there today is of this family. */
static const simg_endpoint endpoint = {
    .url = url_of,
    .key_header = "api-key",
    .key_prefix = "",
    .key = key_of,
    .usual = "gpt-image-2",
};

/* Letters that need no encoding where the name goes: into the path of a URL. */
static const char *check(const char *model)
{
    return simg_settings_is_deployment(model) ? NULL : SIMG_SETTINGS_DEPLOYMENT;
}

static const char *deployment(const simg_settings *s)
{
    return s->azure_deployment;
}

static int takes_reference(const char *model)
{
    return simg_family_takes_reference(simg_openai_family(&endpoint, model));
}

const simg_provider simg_azure = {
    .name = "azure",
    .configured = configured,
    .needs = "StoryImgAzureEndpoint, and StoryImgAzureKeyFile or AZURE_OPENAI_API_KEY",
    .named_illustrator = deployment,
    .check = check,
    .endpoint = &endpoint,
    .write = simg_openai_write,
    .draw = simg_openai_draw,
    .takes_reference = takes_reference,
    .describe = simg_openai_describe,
};
