/* SPDX-License-Identifier: Apache-2.0 */
/** The OpenAI API and every server that speaks it: the row of the registry, and what its parts share. */
#ifndef SIMG_PROVIDER_OPENAI_H
#define SIMG_PROVIDER_OPENAI_H

#include "base/http.h"
#include "base/json.h"
#include "provider/provider.h"

extern const simg_provider simg_openai;

/** What an answer that is no picture and no story means. */
typedef struct simg_verdict {
    simg_outcome outcome;
    const char *code;    /* of the problem */
    const char *message; /* for the client: our words, never the upstream's */
} simg_verdict;

/** What an error answer says about itself; members are NULL where it does not. */
typedef struct simg_openai_error {
    const char *code, *type, *message;
} simg_openai_error;

/** Read an error body as far as it can be read: {"error": {...}}, {"error": "words"}, the members at the top;
 * HTML and garbage give nothing. Pure. */
simg_openai_error simg_openai_error_read(const char *body, apr_size_t len, apr_pool_t *p);

/** An error status and what came with it. Pure; never NULL. */
const simg_verdict *simg_openai_verdict(int status, const simg_openai_error *e);

/** The end of a transfer that brought no error status. Pure; never NULL. */
const simg_verdict *simg_openai_end_verdict(simg_http_end end);

/** A part of an answer kept in memory, at most `limit` bytes; grows as needed. */
typedef struct simg_openai_body {
    char *data;
    apr_size_t len, room, limit;
} simg_openai_body;

/** An empty one, freed with p. */
simg_openai_body *simg_openai_body_make(apr_size_t limit, apr_pool_t *p);
/** @return 0, or 1 if not all of it found room. */
int simg_openai_body_add(simg_openai_body *b, const char *data, apr_size_t len);

/** POST json, which lives in c->p, to {base}/path with the key. If it cannot be started, *err is filled. */
apr_status_t simg_openai_post(simg_loop *loop, const simg_call *c, const char *path, const char *json,
                              apr_off_t max_body, const simg_http_handlers *handlers, simg_problem *err);

/** 1 if the server has answered, with a status of success and to the end. */
int simg_openai_succeeded(const simg_http_result *r);

/** Fill outcome and problem of a call that did not succeed, from its result and what its error body said. */
void simg_openai_fail(simg_call *c, const simg_http_result *r, const simg_openai_body *body);

/** Take model and usage from a good answer; c->model_used and the tokens are filled, whatever is in it. */
void simg_openai_take_usage(simg_call *c, const json_t *answer, const char *input, const char *output);

void simg_openai_write(simg_loop *loop, simg_text_call *c);
void simg_openai_draw(simg_loop *loop, simg_image_call *c);

#endif
