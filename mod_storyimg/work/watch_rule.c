/* SPDX-License-Identifier: Apache-2.0 */
#include "work/watch_rule.h"

#include <string.h>

#include "provider/price.h"

static const simg_model_info *find(const apr_array_header_t *list, const char *name)
{
    int i;

    for (i = 0; i < list->nelts; i++) {
        const simg_model_info *m = &APR_ARRAY_IDX(list, i, simg_model_info);

        if (!strcmp(m->name, name))
            return m;
    }
    return NULL;
}

/* Some servers list a model only by its full name, with a date or a tag, and take the short one too. */
static int has_variant(const apr_array_header_t *list, const char *name)
{
    apr_size_t len = strlen(name);
    int i;

    for (i = 0; i < list->nelts; i++) {
        const char *listed = APR_ARRAY_IDX(list, i, simg_model_info).name;

        if (simg_price_is_dated(listed, name) || (!strncmp(listed, name, len) && listed[len] == ':'))
            return 1;
    }
    return 0;
}

static int is_proof(const apr_array_header_t *models, const simg_provider *provider, const apr_array_header_t *list)
{
    int i;

    for (i = 0; i < models->nelts; i++) {
        const simg_model *m = &APR_ARRAY_IDX(models, i, simg_model);

        if (m->provider == provider && find(list, m->name))
            return 1;
    }
    return 0;
}

/* Does the model with this number stand before it as well? */
static int is_repeated(const apr_array_header_t *models, int n)
{
    const simg_model *m = &APR_ARRAY_IDX(models, n, simg_model);
    int i;

    for (i = 0; i < n; i++) {
        const simg_model *other = &APR_ARRAY_IDX(models, i, simg_model);

        if (other->provider == m->provider && !strcmp(other->name, m->name))
            return 1;
    }
    return 0;
}

static void add(apr_array_header_t *rows, const char *name, int gone, apr_time_t shutdown)
{
    *(simg_watch_row *)apr_array_push(rows) = (simg_watch_row){ name, gone, shutdown };
}

apr_array_header_t *simg_watch_rule(const apr_array_header_t *models, const simg_provider *provider,
                                    const apr_array_header_t *list, apr_time_t now, apr_pool_t *p)
{
    apr_array_header_t *rows = apr_array_make(p, 2, sizeof(simg_watch_row));
    int proof = is_proof(models, provider, list), i;

    for (i = 0; i < models->nelts; i++) {
        const simg_model *m = &APR_ARRAY_IDX(models, i, simg_model);
        const simg_model_info *told = find(list, m->name);

        if (m->provider != provider || is_repeated(models, i))
            continue;
        if (told && told->shutdown && told->shutdown - now <= SIMG_WATCH_AHEAD)
            add(rows, m->name, told->shutdown <= now, told->shutdown);
        if (!told && proof && !has_variant(list, m->name))
            add(rows, m->name, 1, 0);
    }
    return rows;
}
