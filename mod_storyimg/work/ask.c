/* SPDX-License-Identifier: Apache-2.0 */
#include "work/ask.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "work/count.h"
#include "work/ledger.h"

static void attempt(simg_ask *a);

static void time_has_come(void *baton, int timed_out)
{
    simg_ask *a = baton;

    (void)timed_out;
    simg_loop_unwatch(a->timer);
    attempt(a);
}

static void again(simg_ask *a)
{
    const simg_call *c = a->call;

    simg_log_write(a->site->log, SIMG_WARNING, c->problem.rv, SIMGLOG(0101) "%s %s/%s: %s%s%s; %s", a->role,
                   c->model->provider->name, c->model->name, c->problem.code, c->problem.cause ? ": " : "",
                   c->problem.cause ? c->problem.cause : "", a->stands.tries ? "trying again" : "asking the next");
    if (a->stands.wait)
        a->timer = simg_loop_watch(a->loop, -1, apr_time_now() + a->stands.wait, time_has_come, a, a->p);
    else
        attempt(a);
}

void simg_ask_answered(simg_ask *a)
{
    apr_int64_t cost = a->call->outcome == SIMG_OUTCOME_MADE ? a->cost(a) : -1;

    simg_count_call(a->site, a->call, a->kind, simg_count_since(a->sent_at), cost);
    if (a->weigh)
        a->call->outcome = a->weigh(a, a->call->outcome);
    simg_ledger_close(a->site, a->call_id, a->call->outcome, cost);
    a->stands = simg_page_next(&a->stands, a->call->outcome, a->call->problem.retry_after, a->chain->nelts,
                               simg_clock_random());
    if (a->stands.state == SIMG_PAGE_PENDING)
        again(a);
    else if (a->ended)
        a->ended(a);
}

/** The settings of a call that has less time than others. */
static const simg_settings *settings_for(const simg_ask *a)
{
    simg_settings *s;

    if (!a->timeout)
        return a->site->settings;
    s = apr_pmemdup(a->p, a->site->settings, sizeof(*s));
    s->timeout = a->timeout;
    return s;
}

static void attempt(simg_ask *a)
{
    simg_call *c = a->call;

    a->stands = simg_page_sent(&a->stands);
    *c = (simg_call){ .model = &APR_ARRAY_IDX(a->chain, a->stands.link, simg_model),
                      .settings = settings_for(a),
                      .log = a->site->log,
                      .p = a->p,
                      .input_tokens = -1,
                      .output_tokens = -1 };
    if (simg_ledger_open(&a->call_id, a->site, a->request_id, a->kind, c->model, a->p, &c->problem) == APR_SUCCESS) {
        a->sent_at = simg_clock_now();
        a->send(a, a->loop);
    } else {
        a->stands.state = SIMG_PAGE_FAILED;
        if (a->ended)
            a->ended(a);
    }
}

void simg_ask_begin(simg_ask *a, simg_loop *loop, apr_pool_t *p)
{
    a->loop = loop;
    a->p = p;
    attempt(a);
}

apr_status_t simg_ask_run(simg_ask *a, apr_pool_t *p, simg_problem *err)
{
    simg_loop *loop;
    apr_status_t rv = simg_loop_create(&loop, a->site->log, p, err);

    if (rv != APR_SUCCESS)
        return rv;
    simg_ask_begin(a, loop, p);
    rv = simg_loop_run(loop, err);
    if (rv != APR_SUCCESS || a->stands.state == SIMG_PAGE_SAVED)
        return rv;
    *err = a->call->problem;
    return err->rv;
}
