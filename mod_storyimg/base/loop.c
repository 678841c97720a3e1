/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loop.h"

#include <limits.h>
#include <stdlib.h>

#include <apr_time.h>
#include <curl/curl.h>

/* Waits are measured with the real clock, not with base/clock: a test that has stopped time still wants its
 * time-outs. */

typedef struct transfer transfer;
struct transfer {
    transfer *next, **link;
    simg_loop *loop;
    CURL *easy;
    simg_transfer_fn *done;
    void *baton;
};

struct simg_watch {
    simg_watch *next, **link;
    simg_loop *loop; /* NULL: not watched any more */
    apr_pool_t *p;
    int fd; /* -1: only a timer */
    int ready;
    apr_time_t deadline; /* 0: none */
    simg_watch_fn *fn;
    void *baton;
};

struct simg_loop {
    apr_pool_t *p;
    const simg_log *log;
    CURLM *multi;
    transfer *transfers;
    simg_watch *watches;
    int under_way;           /* transfers and watches */
    struct curl_waitfd *fds; /* room for the descriptors of one poll */
    int room;
};

static void drop_transfer(transfer *t)
{
    curl_multi_remove_handle(t->loop->multi, t->easy);
    /* The mark by which simg_loop_abandon sees, also after the loop has gone, that there is nothing to do. */
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, NULL);
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->loop->under_way--;
    free(t);
}

static apr_status_t drop_watch(void *data)
{
    simg_watch *w = data;

    if (!w->loop)
        return APR_SUCCESS;
    *w->link = w->next;
    if (w->next)
        w->next->link = w->link;
    w->loop->under_way--;
    w->loop = NULL;
    return APR_SUCCESS;
}

static apr_status_t loop_end(void *data)
{
    simg_loop *loop = data;

    while (loop->transfers)
        drop_transfer(loop->transfers);
    while (loop->watches)
        drop_watch(loop->watches);
    curl_multi_cleanup(loop->multi);
    return APR_SUCCESS;
}

apr_status_t simg_loop_create(simg_loop **out, const simg_log *log, apr_pool_t *p, simg_problem *err)
{
    simg_loop *loop = apr_pcalloc(p, sizeof(*loop));

    *out = NULL;
    loop->p = p;
    loop->log = log;
    loop->multi = curl_multi_init();
    if (!loop->multi)
        return simg_problem_set(err, p, "internal", APR_ENOMEM, "no room for outgoing calls");
    apr_pool_cleanup_register(p, loop, loop_end, apr_pool_cleanup_null);
    *out = loop;
    return APR_SUCCESS;
}

const simg_log *simg_loop_log(const simg_loop *loop)
{
    return loop->log;
}

static apr_status_t multi_problem(simg_loop *loop, CURLMcode code, simg_problem *err)
{
    simg_problem_set(err, loop->p, "internal", APR_EGENERAL, "outgoing calls do not work");
    return simg_problem_cause(err, loop->p, "libcurl: %s", curl_multi_strerror(code));
}

/* Let curl work and report what has ended. *handled counts the reports. */
static apr_status_t perform(simg_loop *loop, int *handled, simg_problem *err)
{
    int running, queued;
    CURLMsg *msg;
    CURLMcode code = curl_multi_perform(loop->multi, &running);

    if (code != CURLM_OK)
        return multi_problem(loop, code, err);
    while ((msg = curl_multi_info_read(loop->multi, &queued)) != NULL) {
        /* Copied first: the message dies with the removal, and the callback may free all the rest. */
        CURLcode result = msg->data.result;
        char *private = NULL;
        simg_transfer_fn *done;
        void *baton;

        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &private);
        done = ((transfer *)private)->done;
        baton = ((transfer *)private)->baton;
        drop_transfer((transfer *)private);
        done(baton, result);
        ++*handled;
    }
    return APR_SUCCESS;
}

/* Fill loop->fds, in the order of the watches. Returns how many. */
static int list_watched(simg_loop *loop)
{
    simg_watch *w;
    int n = 0;

    if (loop->room < loop->under_way) {
        loop->room = 2 * loop->under_way;
        loop->fds = apr_palloc(loop->p, loop->room * sizeof(*loop->fds));
    }
    for (w = loop->watches; w; w = w->next)
        if (w->fd >= 0)
            loop->fds[n++] = (struct curl_waitfd){ .fd = w->fd, .events = CURL_WAIT_POLLIN };
    return n;
}

/* How long to sleep, in ms: at most until the next deadline. */
static int sleep_ms(const simg_loop *loop, apr_interval_time_t wait)
{
    apr_time_t now = apr_time_now();
    const simg_watch *w;

    for (w = loop->watches; w; w = w->next)
        if (w->deadline && w->deadline - now < wait)
            wait = w->deadline - now;
    if (wait <= 0)
        return 0;
    return wait / 1000 >= INT_MAX ? INT_MAX : (int)((wait + 999) / 1000);
}

static apr_status_t wait_for(simg_loop *loop, apr_interval_time_t wait, simg_problem *err)
{
    int n = list_watched(loop);
    CURLMcode code = curl_multi_poll(loop->multi, loop->fds, n, sleep_ms(loop, wait), NULL);
    simg_watch *w;
    int i = 0;

    if (code != CURLM_OK)
        return multi_problem(loop, code, err);
    for (w = loop->watches; w; w = w->next)
        if (w->fd >= 0)
            w->ready = loop->fds[i++].revents != 0;
    return APR_SUCCESS;
}

/* One watch that has something to say. A passed deadline comes first: a chatty pipe cannot talk it away. */
static simg_watch *next_due(simg_loop *loop, apr_time_t now, int *timed_out)
{
    simg_watch *w;

    for (w = loop->watches; w; w = w->next) {
        *timed_out = w->deadline && w->deadline <= now;
        if (*timed_out || w->ready)
            return w;
    }
    return NULL;
}

static void run_watches(simg_loop *loop)
{
    apr_time_t now = apr_time_now();
    simg_watch *w;
    int timed_out;

    /* From the front each time: a callback may add and remove watches as it likes. */
    while ((w = next_due(loop, now, &timed_out)) != NULL) {
        w->ready = 0;
        if (timed_out)
            w->deadline = 0;
        w->fn(w->baton, timed_out);
    }
}

apr_status_t simg_loop_turn(simg_loop *loop, apr_interval_time_t wait, int *left, simg_problem *err)
{
    int handled = 0;
    apr_status_t rv = perform(loop, &handled, err);

    if (rv == APR_SUCCESS)
        rv = wait_for(loop, handled ? 0 : wait, err);
    if (rv == APR_SUCCESS) {
        run_watches(loop);
        rv = perform(loop, &handled, err);
    }
    *left = loop->under_way;
    return rv;
}

apr_status_t simg_loop_run(simg_loop *loop, simg_problem *err)
{
    apr_status_t rv = APR_SUCCESS;
    int left = loop->under_way;

    while (rv == APR_SUCCESS && left)
        rv = simg_loop_turn(loop, apr_time_from_sec(60), &left, err);
    return rv;
}

void simg_loop_wake(simg_loop *loop)
{
    curl_multi_wakeup(loop->multi);
}

simg_watch *simg_loop_watch(simg_loop *loop, int fd, apr_time_t deadline, simg_watch_fn *fn, void *baton, apr_pool_t *p)
{
    simg_watch *w = apr_pcalloc(p, sizeof(*w));

    w->loop = loop;
    w->p = p;
    w->fd = fd;
    w->deadline = deadline;
    w->fn = fn;
    w->baton = baton;
    w->next = loop->watches;
    w->link = &loop->watches;
    if (w->next)
        w->next->link = &w->next;
    loop->watches = w;
    loop->under_way++;
    apr_pool_cleanup_register(p, w, drop_watch, apr_pool_cleanup_null);
    return w;
}

void simg_loop_rearm(simg_watch *watch, apr_time_t deadline)
{
    watch->deadline = deadline;
}

void simg_loop_unwatch(simg_watch *watch)
{
    apr_pool_cleanup_run(watch->p, watch, drop_watch);
}

apr_status_t simg_loop_transfer(simg_loop *loop, void *easy, simg_transfer_fn *done, void *baton, simg_problem *err)
{
    transfer *t = calloc(1, sizeof(*t));
    CURLMcode code;

    if (!t)
        return multi_problem(loop, CURLM_OUT_OF_MEMORY, err);
    code = curl_multi_add_handle(loop->multi, easy);
    if (code != CURLM_OK) {
        free(t);
        return multi_problem(loop, code, err);
    }
    *t = (transfer){ loop->transfers, &loop->transfers, loop, easy, done, baton };
    if (t->next)
        t->next->link = &t->next;
    loop->transfers = t;
    loop->under_way++;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    return APR_SUCCESS;
}

void simg_loop_abandon(simg_loop *loop, void *easy)
{
    char *private = NULL;

    (void)loop;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    if (private)
        drop_transfer((transfer *)private);
}
