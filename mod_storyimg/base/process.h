/* SPDX-License-Identifier: Apache-2.0 */
/** A helper program as a task of a loop: input from memory, output read from a pipe, ended by a time limit. */
#ifndef SIMG_BASE_PROCESS_H
#define SIMG_BASE_PROCESS_H

#include <apr_file_io.h>

#include "base/loop.h"

typedef struct simg_process_handlers {
    /** A piece of its standard output. @return 0 to go on, else the program is killed. */
    int (*on_output)(void *baton, const char *data, apr_size_t len);
    /** Called exactly once, after it is gone. exit_code 0..255, or -1 if it was killed, stopped or timed out. said: at
     * most 500 bytes of its standard error, never NULL. */
    void (*on_exit)(void *baton, int exit_code, const char *said);
    void *baton;
} simg_process_handlers;

/** Start argv[0] (an absolute path; argv ends with NULL) with an empty environment but for LANG=C.UTF-8, no inherited
 * descriptors, signals at their defaults. Clearing p kills and reaps it.
 * @param input  given as its standard input, whole (through an unlinked temporary file or memfd: never blocks)
 * Problem "internal" if it cannot be started. */
apr_status_t simg_process_start(simg_loop *loop, const char *const *argv, const char *input, apr_size_t input_len,
                                apr_interval_time_t timeout, const simg_process_handlers *handlers, apr_pool_t *p,
                                simg_problem *err);

/** The same with an open file for input, read from its beginning. It is duplicated, not taken over; its place moves. */
apr_status_t simg_process_start_file(simg_loop *loop, const char *const *argv, apr_file_t *input,
                                     apr_interval_time_t timeout, const simg_process_handlers *handlers, apr_pool_t *p,
                                     simg_problem *err);

#endif
