/* SPDX-License-Identifier: Apache-2.0 */
/** Where the bytes of one image go, piece by piece, as they arrive: a file of a store, or memory. */
#ifndef SIMG_BASE_SINK_H
#define SIMG_BASE_SINK_H

#include "base/problem.h"

typedef struct simg_sink simg_sink;
struct simg_sink {
    /** Take len bytes. Called in order, from one thread. After a failure it is not called again. */
    apr_status_t (*write)(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err);
    /** Forget what was taken so far: another attempt begins. */
    apr_status_t (*rewind)(simg_sink *sink, simg_problem *err);
};

#endif
