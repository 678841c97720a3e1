/* SPDX-License-Identifier: Apache-2.0 */
#include "work/watch.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "queue/claims.h"
#include "queue/tasks.h"
#include "work/watch_rule.h"

#define EVERY apr_time_from_sec(24 * 3600)
/* A call that outlived its lease would be made by others, too. */
#define LIMIT (SIMG_LEASE - apr_time_from_sec(10))
#define AFTER_FAILURE apr_time_from_sec(3600)

struct simg_model_watch {
    const simg_site *site;
    simg_loop *loop;
    simg_models_call call;  /* the one under way */
    simg_settings settings; /* its own: with a time limit below the lease */
    int asking;
    apr_time_t failed; /* when the last one did; 0: it did not */
    simg_task task;
    apr_pool_t *p; /* of a call; cleared after it */
};

simg_model_watch *simg_model_watch_create(const simg_site *site, simg_loop *loop, apr_pool_t *p)
{
    simg_model_watch *w = apr_pcalloc(p, sizeof(*w));

    w->site = site;
    w->loop = loop;
    w->task = (simg_task){ .owner = site->owner, .run = site->run, .every = EVERY };
    w->task.name = apr_pstrcat(p, "models ", site->name, NULL);
    apr_pool_create(&w->p, p);
    return w;
}

/** A model of these chains whose provider can be asked; NULL: none. */
static const simg_model *askable(const simg_site *site)
{
    const apr_array_header_t *chains[] = { site->writers, site->illustrators };
    int i, k;

    for (k = 0; k < 2; k++)
        for (i = 0; i < chains[k]->nelts; i++)
            if (APR_ARRAY_IDX(chains[k], i, simg_model).provider->list)
                return &APR_ARRAY_IDX(chains[k], i, simg_model);
    return NULL;
}

static int stands_in(const apr_array_header_t *chain, const char *provider, const char *name)
{
    int i;

    for (i = 0; i < chain->nelts; i++) {
        const simg_model *model = &APR_ARRAY_IDX(chain, i, simg_model);

        if (!strcmp(model->provider->name, provider) && !strcmp(model->name, name))
            return 1;
    }
    return 0;
}

static const char *day_of(apr_time_t t, apr_pool_t *p)
{
    return apr_pstrndup(p, simg_clock_iso(t, p), 10);
}

/** What is to be said of a model, in the log and in /health alike. */
static const char *sentence(const simg_site *site, const char *provider, const simg_watch_row *row, apr_pool_t *p)
{
    int draws = stands_in(site->illustrators, provider, row->name);
    const char *what = row->gone ? "is gone" : apr_psprintf(p, "is shut down on %s", day_of(row->shutdown, p));

    return apr_psprintf(p, "model %s/%s %s; name another in %s", provider, row->name, what,
                        draws ? simg_options[SIMG_OPTION_illustrators].name : simg_options[SIMG_OPTION_writers].name);
}

static json_t *note_of(const char *provider, const apr_array_header_t *rows, apr_pool_t *p)
{
    json_t *note = simg_json_own(p, json_array());
    int i;

    for (i = 0; i < rows->nelts; i++) {
        const simg_watch_row *row = &APR_ARRAY_IDX(rows, i, simg_watch_row);

        json_array_append_new(
            note, json_pack("{s:s, s:s, s:b, s:o}", "provider", provider, "name", row->name, "gone", row->gone,
                            "shutdown", simg_json_string(row->shutdown ? simg_clock_iso(row->shutdown, p) : NULL)));
    }
    return note;
}

static apr_status_t write_note(simg_model_watch *w, const char *note, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, w->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    w->task.now = simg_clock_now();
    rv = simg_tasks_done(db, &w->task, note, err);
    simg_index_return(w->site->index, db);
    return rv;
}

static void tell(const simg_model_watch *w, const char *provider, const apr_array_header_t *rows)
{
    int i;

    for (i = 0; i < rows->nelts; i++)
        simg_log_write(w->site->log, SIMG_WARNING, APR_SUCCESS, SIMGLOG(0511) "%s",
                       sentence(w->site, provider, &APR_ARRAY_IDX(rows, i, simg_watch_row), w->p));
}

static void hear(simg_models_call *call)
{
    simg_model_watch *w = call->baton;
    const simg_provider *provider = call->call.model->provider;
    apr_array_header_t *models, *rows;
    simg_problem err = { 0 };

    w->asking = 0;
    if (call->call.outcome != SIMG_OUTCOME_MADE) {
        w->failed = apr_time_now();
        simg_log_write(w->site->log, SIMG_DEBUG, call->call.problem.rv, SIMGLOG(0512) "list of models: %s: %s",
                       call->call.problem.code, call->call.problem.cause ? call->call.problem.cause : "-");
        return;
    }
    models = apr_array_append(w->p, w->site->writers, w->site->illustrators);
    rows = simg_watch_rule(models, provider, call->models, simg_clock_now(), w->p);
    tell(w, provider->name, rows);
    if (write_note(w, simg_json_text(note_of(provider->name, rows, w->p), w->p), &err) != APR_SUCCESS)
        w->failed = apr_time_now();
}

/** An answer may have megabytes, and the next one is a day away. */
static void answered(simg_models_call *call)
{
    simg_model_watch *w = call->baton;

    hear(call);
    apr_pool_clear(w->p);
}

static int take(simg_model_watch *w)
{
    simg_problem ignored = { 0 };
    int taken = 0;
    simg_db *db;

    if (simg_index_borrow(&db, w->site->index, &ignored) != APR_SUCCESS)
        return 0;
    w->task.now = simg_clock_now();
    if (simg_tasks_take(&taken, db, &w->task, &ignored) != APR_SUCCESS)
        taken = 0;
    simg_index_return(w->site->index, db);
    return taken;
}

void simg_model_watch_tick(simg_model_watch *w)
{
    const simg_model *model = askable(w->site);

    if (!model || w->asking || (w->failed && apr_time_now() - w->failed < AFTER_FAILURE) || !take(w))
        return;
    w->asking = 1;
    w->failed = 0;
    w->settings = *w->site->settings;
    if (w->settings.timeout > LIMIT)
        w->settings.timeout = LIMIT;
    w->call = (simg_models_call){ .done = answered, .baton = w };
    w->call.call = (simg_call){ .model = model, .settings = &w->settings, .log = w->site->log, .p = w->p };
    model->provider->list(w->loop, &w->call);
}

static json_t *read_note(const simg_site *site, apr_pool_t *p)
{
    const char *name = apr_pstrcat(p, "models ", site->name, NULL), *note = NULL;
    simg_problem ignored = { 0 };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, &ignored);

    if (rv != APR_SUCCESS)
        return NULL;
    rv = simg_tasks_note(&note, db, name, p, &ignored);
    simg_index_return(site->index, db);
    return rv == APR_SUCCESS && note ? simg_json_parse(note, strlen(note), NULL, p) : NULL;
}

json_t *simg_watch_found(const simg_site *site, apr_pool_t *p)
{
    const json_t *note = askable(site) ? read_note(site, p) : NULL, *entry;
    json_t *found = json_array();
    apr_size_t i;

    json_array_foreach(note, i, entry)
    {
        const char *provider = json_string_value(json_object_get(entry, "provider"));
        const char *shutdown = json_string_value(json_object_get(entry, "shutdown"));
        simg_watch_row row = { .name = json_string_value(json_object_get(entry, "name")) };

        if (!provider || !row.name ||
            !(stands_in(site->writers, provider, row.name) || stands_in(site->illustrators, provider, row.name)))
            continue;
        row.gone = json_is_true(json_object_get(entry, "gone"));
        if (shutdown && simg_clock_parse(&row.shutdown, shutdown) && row.shutdown <= simg_clock_now())
            row.gone = 1;
        if (!row.gone && !row.shutdown)
            continue;
        json_array_append_new(found, json_pack("{s:s, s:s, s:s}", "part", "model", "code",
                                               row.gone ? "model-gone" : "model-going", "detail",
                                               sentence(site, provider, &row, p)));
    }
    return found;
}
