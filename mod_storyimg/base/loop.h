/* SPDX-License-Identifier: Apache-2.0 */
/** Many slow things at once in one thread: HTTP transfers and the pipes of helper programs, over one libcurl multi
 * handle (curl_multi_poll watches the pipes beside the sockets). Not thread-safe, except simg_loop_wake. */
#ifndef SIMG_BASE_LOOP_H
#define SIMG_BASE_LOOP_H

#include "base/log.h"
#include "base/problem.h"

typedef struct simg_loop simg_loop;

/** Make a loop; everything still running in it is aborted when p is cleared. */
apr_status_t simg_loop_create(simg_loop **out, const simg_log *log, apr_pool_t *p, simg_problem *err);

/** Turn until nothing is left to wait for (everything started has had its callback). Callbacks may start more. Each
 * thing started has a time limit of its own, so this returns. */
apr_status_t simg_loop_run(simg_loop *loop, simg_problem *err);

/** One turn: wait at most `wait` for something to happen, and handle it, also if nothing is under way (then only a wake
 * ends it early). *left becomes the number of things under way. */
apr_status_t simg_loop_turn(simg_loop *loop, apr_interval_time_t wait, int *left, simg_problem *err);

/** Make a turn that waits return now. From any thread. */
void simg_loop_wake(simg_loop *loop);

/** A readable descriptor. fn is called when it can be read or has hung up, or with timed_out = 1 once `deadline`
 * (absolute, by the real clock; 0: none) has passed. It stays watched until simg_loop_unwatch, which may be called in
 * fn. */
typedef struct simg_watch simg_watch;
typedef void simg_watch_fn(void *baton, int timed_out);
simg_watch *simg_loop_watch(simg_loop *loop, int fd, apr_time_t deadline, simg_watch_fn *fn, void *baton,
                            apr_pool_t *p);
void simg_loop_unwatch(simg_watch *watch);
/** Give a watch another deadline; 0: none. It is told of each deadline once. With fd -1 a watch is only a timer. */
void simg_loop_rearm(simg_watch *watch, apr_time_t deadline);

/** Where messages about what runs in this loop go; may be NULL. */
const simg_log *simg_loop_log(const simg_loop *loop);

/** The multi handle, for base/http.c. done is called once when the transfer ended, with curl's code, after the easy
 * handle has left the multi handle. CURLOPT_PRIVATE is the loop's. */
typedef void simg_transfer_fn(void *baton, int curl_code);
apr_status_t simg_loop_transfer(simg_loop *loop, void *easy, simg_transfer_fn *done, void *baton, simg_problem *err);
/** Take a transfer out again without its callback. */
void simg_loop_abandon(simg_loop *loop, void *easy);

#endif
