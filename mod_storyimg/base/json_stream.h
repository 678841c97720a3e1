/* SPDX-License-Identifier: Apache-2.0 */
/** A JSON text read piece by piece, with one kind of huge string diverted while it passes.
 *
 * An image answer is a small document around megabytes of base64. This filter copies the document to a small
 * buffer, except that the string values of members named `member` are handed to `on_text` as they arrive and stand
 * as "" in the copy. The copy is then for a real parser (jansson), which also tells whether the text was whole.
 * Escapes inside a diverted string are decoded, \uXXXX to UTF-8 (half a surrogate pair to U+FFFD); what else is in it
 * passes as it is. A null or a number in that place is copied like anything else. Pure; memory by malloc; no pools. */
#ifndef SIMG_BASE_JSON_STREAM_H
#define SIMG_BASE_JSON_STREAM_H

#include <stddef.h>

typedef struct simg_json_stream simg_json_stream;

/** A piece of the nth diverted string (from 0). Called with len 0 once, when that string has ended.
 * @return 0 to go on, anything else to stop: simg_json_stream_feed then returns it. */
typedef int simg_json_stream_fn(void *baton, int nth, const char *text, size_t len);

/** Make a filter. @param limit  most bytes that the copy may have. NULL if memory is out. */
simg_json_stream *simg_json_stream_make(const char *member, size_t limit, simg_json_stream_fn *on_text, void *baton);

enum { SIMG_JSON_STREAM_TOO_LONG = -1, SIMG_JSON_STREAM_BROKEN = -2, SIMG_JSON_STREAM_MEMORY = -3 };

/** Take the next len bytes. @return 0, one of the values above, or what on_text returned; sticky. */
int simg_json_stream_feed(simg_json_stream *s, const char *data, size_t len);

/** The copy so far: *len bytes, not ended by NUL, valid until the next call. Never NULL. */
const char *simg_json_stream_copy(const simg_json_stream *s, size_t *len);

void simg_json_stream_free(simg_json_stream *s);

#endif
