/* SPDX-License-Identifier: Apache-2.0 */
#include "work/site.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "queue/jobs.h"
#include "queue/requests.h"
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
    return apr_psprintf(p, "%s %s: %s has no key: set %s", name, words, model->provider->name, model->provider->needs);
}

/** "provider/model" of a chain, as the ledger names them. */
static const char *const *names_of(const apr_array_header_t *models, apr_pool_t *p)
{
    const char **names = apr_pcalloc(p, (apr_size_t)(models->nelts + 1) * sizeof(*names));
    int i;

    for (i = 0; i < models->nelts; i++) {
        const simg_model *model = &APR_ARRAY_IDX(models, i, simg_model);

        names[i] = apr_pstrcat(p, model->provider->name, "/", model->name, NULL);
    }
    return names;
}

static void push(apr_array_header_t *models, const simg_model *model)
{
    APR_ARRAY_PUSH(models, simg_model) = *model;
}

/** Who draws from a picture; OpenAI before the others, if it is wanted so. */
static apr_array_header_t *editors_of(const apr_array_header_t *illustrators, const simg_settings *s, apr_pool_t *p)
{
    apr_array_header_t *first = apr_array_make(p, 4, sizeof(simg_model));
    apr_array_header_t *then = apr_array_make(p, 4, sizeof(simg_model));
    int i;

    for (i = 0; i < illustrators->nelts; i++) {
        const simg_model *model = &APR_ARRAY_IDX(illustrators, i, simg_model);
        int native = s->native_edits && !strcmp(model->provider->name, "openai");

        if (model->provider->takes_reference && model->provider->takes_reference(model->name))
            push(native ? first : then, model);
    }
    return apr_array_append(p, first, then);
}

/** Who looks at pictures: whom the administrator names, else the writers that can. NULL, or a sentence. */
static const char *find_seers(simg_site *site, apr_pool_t *p)
{
    const simg_settings *s = site->settings;
    const apr_array_header_t *from = site->writers;
    apr_array_header_t *named;
    const char *wrong = NULL;
    int i;

    site->seers = apr_array_make(p, 2, sizeof(simg_model));
    if (s->vision_model[0])
        wrong = chain(&named, SIMG_OPTION_vision_model, s->vision_model, 1, s, p);
    if (wrong)
        return wrong;
    if (s->vision_model[0])
        from = named;
    for (i = 0; i < from->nelts; i++)
        if (APR_ARRAY_IDX(from, i, simg_model).provider->describe)
            push(site->seers, &APR_ARRAY_IDX(from, i, simg_model));
    if (s->vision_model[0] && !site->seers->nelts)
        return apr_psprintf(p, "StoryImgVisionModel %s: this provider cannot look at pictures", s->vision_model);
    return NULL;
}

#define JUDGE "omni-moderation-latest"

/** Who judges, if it is wanted: whoever of our providers can. NULL, or a sentence. */
static const char *find_judges(simg_site *site, apr_pool_t *p)
{
    static const char *const names[] = { "openai", NULL };
    int i;

    site->judges = apr_array_make(p, 1, sizeof(simg_model));
    if (!strcmp(site->settings->moderation, "off"))
        return NULL;
    for (i = 0; names[i]; i++) {
        simg_model model = { simg_provider_find(names[i], strlen(names[i])), JUDGE };

        if (model.provider && model.provider->moderate && model.provider->configured(site->settings))
            push(site->judges, &model);
    }
    if (site->judges->nelts)
        return NULL;
    return apr_psprintf(p, "StoryImgModeration %s: nobody here can judge: set %s", site->settings->moderation,
                        simg_provider_find("openai", 6)->needs);
}

/** The table that came with the module may be missing, as in a build that was not installed: then no price is known.
 * One that an administrator named may not. */
static const char *read_prices(simg_site *site, apr_pool_t *p)
{
    const simg_settings *s = site->settings;
    simg_prices *prices = NULL;
    const char *wrong = simg_prices_read(&prices, s->prices, p);

    site->prices = wrong ? NULL : prices;
    if (!wrong)
        return NULL;
    return s->origin[SIMG_OPTION_prices] > SIMG_DEFAULT ? apr_psprintf(p, "StoryImgPrices %s: %s", s->prices, wrong)
                                                        : NULL;
}

const char *simg_site_make(simg_site **out, const simg_settings *settings, const simg_log *log, apr_pool_t *p)
{
    simg_site *site = apr_pcalloc(p, sizeof(*site));
    const char *wrong;

    site->name = "";
    site->run = "";
    site->settings = settings;
    site->log = log;
    wrong = chain(&site->writers, SIMG_OPTION_writers, settings->writers, 1, settings, p);
    if (!wrong)
        wrong = chain(&site->illustrators, SIMG_OPTION_illustrators, settings->illustrators, 0, settings, p);
    if (!wrong) {
        site->editors = editors_of(site->illustrators, settings, p);
        site->drawers = names_of(site->illustrators, p);
        site->redrawers = names_of(site->editors, p);
        wrong = read_prices(site, p);
    }
    if (!wrong)
        wrong = find_seers(site, p);
    if (!wrong)
        wrong = find_judges(site, p);
    if (!wrong)
        wrong = simg_prompts_read(&site->prompts, settings->prompts, NULL, p);
    *out = site;
    return wrong;
}

const simg_model *simg_site_illustrator(const simg_site *site, const char *provider, const char *model)
{
    int i;

    for (i = 0; i < site->illustrators->nelts; i++) {
        const simg_model *m = &APR_ARRAY_IDX(site->illustrators, i, simg_model);

        if (!strcmp(m->provider->name, provider) && !strcmp(m->name, model))
            return m;
    }
    return NULL;
}

static const char *media_type(const char *filename)
{
    const char *dot = strrchr(filename, '.');

    if (dot && !strcmp(dot, ".jpg"))
        return "image/jpeg";
    return dot && !strcmp(dot, ".webp") ? "image/webp" : "image/png";
}

const simg_reference *simg_site_reference(const simg_site *site, const char *filename, apr_pool_t *p)
{
    simg_reference *r;

    if (!filename)
        return NULL;
    r = apr_palloc(p, sizeof(*r));
    *r = (simg_reference){ .path = apr_pstrcat(p, site->settings->upload_dir, "/", filename, NULL),
                           .type = media_type(filename),
                           .name = filename };
    return r;
}

apr_status_t simg_site_open(simg_site *site, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv = simg_pseudonyms_create(&site->pseudonyms, site->settings->state_dir, site->log, p);

    site->owner = simg_clock_id(p);
    if (rv != APR_SUCCESS)
        return simg_problem_set(err, p, "internal", rv, "internal error");
    return simg_index_open(&site->index, site->settings->index, p, err);
}

static apr_status_t room_for(const simg_site *site, int images, apr_pool_t *p, simg_problem *err)
{
    simg_store *store;
    apr_status_t rv = simg_store_open(&store, site->settings, p, err);

    return rv == APR_SUCCESS ? simg_store_ready(store, images, p, err) : rv;
}

/** Pictures that were promised room, and do not have it yet. */
static apr_status_t promised(int *images, simg_db *db, simg_problem *err)
{
    int asked = 0;
    apr_status_t rv = simg_jobs_outstanding(images, db, err);

    if (rv == APR_SUCCESS)
        rv = simg_requests_promised(&asked, db, err);
    *images += asked;
    return rv;
}

apr_status_t simg_site_ready(const simg_site *site, int images, apr_pool_t *p, simg_problem *err)
{
    simg_db *db;
    int others = 0;
    apr_status_t rv;

    if (!site->settings->save)
        return APR_SUCCESS;
    rv = room_for(site, images, p, err);
    if (rv == APR_SUCCESS)
        rv = simg_index_ready(site->index, err);
    if (rv == APR_SUCCESS)
        rv = simg_index_borrow(&db, site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = promised(&others, db, err);
    simg_index_return(site->index, db);
    return rv == APR_SUCCESS && others ? room_for(site, images + others, p, err) : rv;
}

/** Promise first, then look whether there is room for all that was promised: two requests cannot both take the last
 * room, and no lock is held while the disk is asked. */
static apr_status_t promise(int *all, const simg_site *site, const char *request_id, int images, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_requests_reserve(db, request_id, site->owner, images, simg_clock_now(), err);
    if (rv == APR_SUCCESS)
        rv = promised(all, db, err);
    simg_index_return(site->index, db);
    return rv;
}

static void take_back(const simg_site *site, const char *request_id)
{
    simg_problem ignored = { 0 };
    simg_db *db;

    if (simg_index_borrow(&db, site->index, &ignored) != APR_SUCCESS)
        return;
    simg_requests_reserve(db, request_id, site->owner, 0, simg_clock_now(), &ignored);
    simg_index_return(site->index, db);
}

apr_status_t simg_site_reserve(const simg_site *site, const char *request_id, int images, apr_pool_t *p,
                               simg_problem *err)
{
    int all = images;
    apr_status_t rv;

    if (!site->settings->save)
        return APR_SUCCESS;
    rv = room_for(site, images, p, err);
    if (rv == APR_SUCCESS)
        rv = promise(&all, site, request_id, images, err);
    if (rv == APR_SUCCESS && all > images) {
        rv = room_for(site, all, p, err);
        if (rv != APR_SUCCESS)
            take_back(site, request_id);
    }
    return rv;
}
