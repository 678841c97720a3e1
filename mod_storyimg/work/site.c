/* SPDX-License-Identifier: Apache-2.0 */
#include "work/site.h"

#include <apr_strings.h>

#include "store/store.h"

/** The first of a chain that lacks what it needs, or NULL. */
static const simg_model *unfit(const apr_array_header_t *models, const simg_settings *s)
{
    int i;

    for (i = 0; i < models->nelts; i++)
        if (!APR_ARRAY_IDX(models, i, simg_model).provider->configured(s))
            return &APR_ARRAY_IDX(models, i, simg_model);
    return NULL;
}

static const char *chain(apr_array_header_t **out, int option, const char *words, int writers, const simg_settings *s,
                         apr_pool_t *p)
{
    int origin = s->origin[option];
    int lenient = origin == SIMG_FROM_ENV || origin == SIMG_FROM_FILE;
    const char *name = lenient ? simg_options[option].variable : simg_options[option].name;
    const char *wrong = simg_chain_parse(out, words[0] ? words : NULL, lenient, writers, s, p);
    const simg_model *model;

    if (wrong)
        return apr_psprintf(p, "%s %s: %s", name, words, wrong);
    model = unfit(*out, s);
    if (!model)
        return NULL;
    return apr_psprintf(
        p,
        "%s %s: %s has no key: set StoryImgOpenAIKeyFile or OPENAI_API_KEY, or StoryImgOpenAIBaseURL for "
        "a server that needs none",
        name, words, model->provider->name);
}

const char *simg_site_make(simg_site **out, const simg_settings *settings, const simg_log *log, apr_pool_t *p)
{
    simg_site *site = apr_pcalloc(p, sizeof(*site));
    const char *wrong;

    site->settings = settings;
    site->log = log;
    wrong = chain(&site->writers, SIMG_OPTION_writers, settings->writers, 1, settings, p);
    if (!wrong)
        wrong = chain(&site->illustrators, SIMG_OPTION_illustrators, settings->illustrators, 0, settings, p);
    *out = site;
    return wrong;
}

apr_status_t simg_site_open(simg_site *site, apr_pool_t *p, simg_problem *err)
{
    return simg_index_open(&site->index, site->settings->index, p, err);
}

apr_status_t simg_site_ready(const simg_site *site, int images, apr_pool_t *p, simg_problem *err)
{
    simg_store *store;
    apr_status_t rv;

    if (!site->settings->save)
        return APR_SUCCESS;
    rv = simg_store_open(&store, site->settings, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_store_ready(store, images, p, err);
    return rv == APR_SUCCESS ? simg_index_ready(site->index, err) : rv;
}
