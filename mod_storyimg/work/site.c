/* SPDX-License-Identifier: Apache-2.0 */
#include "work/site.h"

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
    return apr_psprintf(
        p,
        "%s %s: %s has no key: set StoryImgOpenAIKeyFile or OPENAI_API_KEY, or StoryImgOpenAIBaseURL for "
        "a server that needs none",
        name, words, model->provider->name);
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
        site->drawers = names_of(site->illustrators, p);
        wrong = read_prices(site, p);
    }
    *out = site;
    return wrong;
}

apr_status_t simg_site_open(simg_site *site, apr_pool_t *p, simg_problem *err)
{
    site->owner = simg_clock_id(p);
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
