/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/crew.h"

#include <unistd.h>

#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include <apr_thread_proc.h>

#define MOST 8

struct ctl_crew {
    apr_thread_mutex_t *mutex; /* over all that follows */
    apr_thread_cond_t *wanted, *done;
    ctl_crew_fn *fn;
    void *baton;
    int next, n; /* items: the first that nobody has, and how many there are */
    int busy;    /* threads with an item in hand */
    int ending;
    /* set before the threads begin */
    int threads;
    apr_thread_t *thread[MOST];
    ctl_digest *worker[MOST]; /* the first is the caller's */
};

typedef struct member {
    ctl_crew *crew;
    ctl_digest *worker;
} member;

/** With the mutex held: items until there are no more. */
static void work(ctl_crew *crew, ctl_digest *worker)
{
    while (crew->next < crew->n) {
        int item = crew->next++;

        crew->busy++;
        apr_thread_mutex_unlock(crew->mutex);
        crew->fn(crew->baton, item, worker);
        apr_thread_mutex_lock(crew->mutex);
        crew->busy--;
    }
    if (!crew->busy)
        apr_thread_cond_broadcast(crew->done);
}

static void *APR_THREAD_FUNC member_run(apr_thread_t *thread, void *data)
{
    const member *m = data;
    ctl_crew *crew = m->crew;

    apr_thread_mutex_lock(crew->mutex);
    while (!crew->ending) {
        work(crew, m->worker);
        if (!crew->ending)
            apr_thread_cond_wait(crew->wanted, crew->mutex);
    }
    apr_thread_mutex_unlock(crew->mutex);
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

static apr_status_t dismiss(void *data)
{
    ctl_crew *crew = data;
    apr_status_t ignored;
    int i;

    apr_thread_mutex_lock(crew->mutex);
    crew->ending = 1;
    apr_thread_cond_broadcast(crew->wanted);
    apr_thread_mutex_unlock(crew->mutex);
    for (i = 1; i < crew->threads; i++)
        apr_thread_join(&ignored, crew->thread[i]);
    return APR_SUCCESS;
}

static apr_status_t hire(ctl_crew *crew, apr_pool_t *p)
{
    member *m = apr_palloc(p, sizeof(*m));
    apr_status_t rv = ctl_digest_create(&crew->worker[crew->threads], p);

    *m = (member){ crew, crew->worker[crew->threads] };
    if (rv == APR_SUCCESS)
        rv = apr_thread_create(&crew->thread[crew->threads], NULL, member_run, m, p);
    crew->threads += rv == APR_SUCCESS;
    return rv;
}

apr_status_t ctl_crew_create(ctl_crew **out, apr_pool_t *p)
{
    ctl_crew *crew = apr_pcalloc(p, sizeof(*crew));
    long wanted = sysconf(_SC_NPROCESSORS_ONLN);
    apr_status_t rv = apr_thread_mutex_create(&crew->mutex, APR_THREAD_MUTEX_DEFAULT, p);

    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&crew->wanted, p);
    if (rv == APR_SUCCESS)
        rv = apr_thread_cond_create(&crew->done, p);
    if (rv == APR_SUCCESS)
        rv = ctl_digest_create(&crew->worker[0], p);
    if (rv != APR_SUCCESS)
        return rv;
    crew->threads = 1;
    while (crew->threads < wanted && crew->threads < MOST && hire(crew, p) == APR_SUCCESS)
        ;
    apr_pool_pre_cleanup_register(p, crew, dismiss);
    *out = crew;
    return APR_SUCCESS;
}

void ctl_crew_run(ctl_crew *crew, int n, ctl_crew_fn *fn, void *baton)
{
    apr_thread_mutex_lock(crew->mutex);
    crew->fn = fn;
    crew->baton = baton;
    crew->next = 0;
    crew->n = n;
    apr_thread_cond_broadcast(crew->wanted);
    work(crew, crew->worker[0]);
    while (crew->busy)
        apr_thread_cond_wait(crew->done, crew->mutex);
    apr_thread_mutex_unlock(crew->mutex);
}
