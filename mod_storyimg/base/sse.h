/* SPDX-License-Identifier: Apache-2.0 */
/** Server-Sent Events (WHATWG HTML, 9.2): read from an upstream, written to a client. Pure. */
#ifndef SIMG_BASE_SSE_H
#define SIMG_BASE_SSE_H

#include <stddef.h>

#include <apr_pools.h>

/** Reads a stream piece by piece. LF, CRLF and CR end lines; a BOM, comments, ids and retry are let through unused.
 * Memory by malloc; no pools. */
typedef struct simg_sse simg_sse;

/** One event: its name ("message" if it has none) and data, lines joined by LF; both end with NUL, data may hold any
 * byte. Valid during the call. @return 0 to go on, else simg_sse_feed stops and returns it. */
typedef int simg_sse_fn(void *baton, const char *name, const char *data, size_t len);

enum { SIMG_SSE_TOO_LONG = -1, SIMG_SSE_MEMORY = -2 };

/** @param limit  most bytes of one event. NULL if memory is out. */
simg_sse *simg_sse_make(size_t limit, simg_sse_fn *on_event, void *baton);
/** @return 0, one of the values above, or what on_event returned; sticky. */
int simg_sse_feed(simg_sse *s, const char *data, size_t len);
void simg_sse_free(simg_sse *s);

/** An event as it is sent: `id:` (unless id is 0), `event:` and `data:` lines, an empty line.
 * @param data  one line (JSON as compact text) */
const char *simg_sse_text(apr_uint64_t id, const char *name, const char *data, apr_pool_t *p);

/** A comment that keeps a connection alive. */
#define SIMG_SSE_HEARTBEAT ": keep-alive\n\n"

#endif
