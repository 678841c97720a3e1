/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bell.h"

#include <pthread.h>
#include <time.h>

/* pthread and not APR: APR waits by the wall clock, and an hour put back would make a wait an hour longer. */
struct simg_bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    apr_uint32_t count;
    simg_loop *loop; /* NULL: none */
};

static apr_status_t bell_end(void *data)
{
    simg_bell *bell = data;

    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->lock);
    return APR_SUCCESS;
}

static int cond_make(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    int rv = pthread_condattr_init(&attr);

    if (rv)
        return rv;
    rv = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    if (!rv)
        rv = pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
    return rv;
}

apr_status_t simg_bell_create(simg_bell **out, apr_pool_t *p)
{
    simg_bell *bell = apr_pcalloc(p, sizeof(*bell));
    int rv = pthread_mutex_init(&bell->lock, NULL);

    if (rv)
        return rv;
    rv = cond_make(&bell->rung);
    if (rv) {
        pthread_mutex_destroy(&bell->lock);
        return rv;
    }
    apr_pool_cleanup_register(p, bell, bell_end, apr_pool_cleanup_null);
    *out = bell;
    return APR_SUCCESS;
}

/* The loop is woken under the lock: so it cannot be taken away meanwhile. Waking does not block. */
void simg_bell_ring(simg_bell *bell)
{
    if (!bell)
        return;
    pthread_mutex_lock(&bell->lock);
    bell->count++;
    pthread_cond_broadcast(&bell->rung);
    if (bell->loop)
        simg_loop_wake(bell->loop);
    pthread_mutex_unlock(&bell->lock);
}

apr_uint32_t simg_bell_count(simg_bell *bell)
{
    apr_uint32_t count;

    pthread_mutex_lock(&bell->lock);
    count = bell->count;
    pthread_mutex_unlock(&bell->lock);
    return count;
}

static struct timespec after(apr_interval_time_t timeout)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += (time_t)apr_time_sec(timeout);
    t.tv_nsec += (long)apr_time_usec(timeout) * 1000;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000L;
    }
    return t;
}

apr_uint32_t simg_bell_wait(simg_bell *bell, apr_uint32_t seen, apr_interval_time_t timeout)
{
    struct timespec until = after(timeout > 0 ? timeout : 0);
    apr_uint32_t count;
    int rv = 0;

    pthread_mutex_lock(&bell->lock);
    while (bell->count == seen && rv == 0)
        rv = pthread_cond_timedwait(&bell->rung, &bell->lock, &until);
    count = bell->count;
    pthread_mutex_unlock(&bell->lock);
    return count;
}

void simg_bell_attach(simg_bell *bell, simg_loop *loop)
{
    pthread_mutex_lock(&bell->lock);
    bell->loop = loop;
    pthread_mutex_unlock(&bell->lock);
}
