/* SPDX-License-Identifier: Apache-2.0 */
/* The background thread of a child. */
#include "httpd/server.h"

#include <signal.h>

#include <apr_thread_proc.h>
#include <http_log.h>
#include <mpm_common.h>

#include "work/worker.h"

APLOG_USE_MODULE(storyimg);

typedef struct background {
    simg_worker *worker;
    apr_thread_t *thread;
} background;

/** A pool for another thread than the one of its parent: nothing of its memory is shared. */
static apr_status_t make_pool(apr_pool_t **out, apr_pool_t *parent)
{
    apr_allocator_t *allocator;
    apr_status_t rv = apr_allocator_create(&allocator);

    if (rv != APR_SUCCESS)
        return rv;
    apr_allocator_max_free_set(allocator, ap_max_mem_free);
    rv = apr_pool_create_ex(out, parent, NULL, allocator);
    if (rv != APR_SUCCESS) {
        apr_allocator_destroy(allocator);
        return rv;
    }
    apr_allocator_owner_set(allocator, *out);
    apr_pool_tag(*out, "storyimg_worker");
    return APR_SUCCESS;
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *baton)
{
    const background *b = baton;

    (void)thread;
    simg_worker_run(b->worker);
    return NULL;
}

/** httpd's signals are meant for its own threads; not every version of every MPM has blocked them by now. */
static apr_status_t start_thread(background *b, apr_pool_t *p)
{
    sigset_t before;
    apr_status_t rv;

    pthread_sigmask(SIG_SETMASK, NULL, &before);
    rv = apr_setup_signal_thread();
    if (rv == APR_SUCCESS)
        rv = apr_thread_create(&b->thread, NULL, run, b, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rv;
}

/* One per process; NULL before it is started and after it has ended. */
static background *running;

void storyimg_child_stopping(apr_pool_t *pchild, int graceful)
{
    (void)pchild;
    (void)graceful;
    if (running)
        simg_worker_ease(running->worker);
}

static apr_status_t stop(void *baton)
{
    background *b = baton;
    apr_status_t ended;

    running = NULL;
    simg_worker_stop(b->worker);
    return apr_thread_join(&ended, b->thread);
}

static apr_array_header_t *tellers(server_rec *s, apr_pool_t *p)
{
    apr_array_header_t *sites = apr_array_make(p, 4, sizeof(simg_site *));

    for (; s; s = s->next) {
        const storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);

        if (server->tells)
            APR_ARRAY_PUSH(sites, simg_site *) = server->site;
    }
    return sites;
}

static apr_status_t start(const apr_array_header_t *sites, apr_pool_t *pchild, simg_problem *err)
{
    background *b = apr_pcalloc(pchild, sizeof(*b));
    apr_pool_t *p;
    apr_status_t rv = make_pool(&p, pchild);

    if (rv != APR_SUCCESS)
        return simg_problem_set(err, pchild, "internal", rv, "no memory");
    rv = simg_worker_create(&b->worker, sites, p, err);
    if (rv == APR_SUCCESS) {
        rv = start_thread(b, pchild);
        if (rv != APR_SUCCESS) {
            simg_bell_attach(APR_ARRAY_IDX(sites, 0, const simg_site *)->bell, NULL);
            simg_problem_set(err, pchild, "internal", rv, "no thread");
        }
    }
    if (rv != APR_SUCCESS) {
        apr_pool_destroy(p);
        return rv;
    }
    running = b;
    /* before the pools of pchild are cleared, that one among them: the thread still works with it */
    apr_pool_pre_cleanup_register(pchild, b, stop);
    return APR_SUCCESS;
}

void storyimg_worker_start(apr_pool_t *pchild, server_rec *s)
{
    const apr_array_header_t *sites = tellers(s, pchild);
    simg_problem err = { 0 };

    if (sites->nelts && start(sites, pchild, &err) != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, err.rv, s, SIMGLOG(0006) "background work cannot begin in this process: %s",
                     err.cause ? err.cause : err.detail);
}
