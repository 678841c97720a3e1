/* SPDX-License-Identifier: Apache-2.0 */
/** The OpenAI API and every server that speaks it: the row of the registry, and what its parts share. */
#ifndef SIMG_PROVIDER_OPENAI_H
#define SIMG_PROVIDER_OPENAI_H

#include "base/http.h"
#include "base/json.h"
#include "provider/family.h"
#include "provider/provider.h"

extern const simg_provider simg_openai;

/** How requests are made. All else is the same for everybody who speaks this API. */
typedef struct simg_endpoint {
    /** The whole URL of a path such as "/images/edits", in c->p. */
    const char *(*url)(const simg_call *c, const char *path);
    /** The header that holds the key: its name, and what stands before the key in it. */
    const char *key_header, *key_prefix;
    const char *(*key)(const simg_settings *s); /* NULL: none is sent */
    /** A model whose family is that of names that say nothing; NULL: they are of the unknown family. */
    const char *usual;
} simg_endpoint;

/** A URL without the slashes at its end. */
const char *simg_openai_base(const char *url, apr_pool_t *p);

/** The family of the model that is called. */
const simg_family *simg_openai_family(const simg_endpoint *e, const char *model);

/** What an answer that is no picture and no story means. */
typedef struct simg_verdict {
    simg_outcome outcome;
    const char *code;    /* of the problem */
    const char *message; /* for the client: our words, never the upstream's */
} simg_verdict;

/** What an error answer says about itself; members are NULL where it does not. */
typedef struct simg_openai_error {
    const char *code, *type, *message;
    const char *inner; /* the code of Azure's inner error */
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

/** POST json, which lives in c->p, to the provider's path with the key. If it cannot be started, *err is filled. */
apr_status_t simg_openai_post(simg_loop *loop, const simg_call *c, const char *path, const char *json,
                              apr_off_t max_body, const simg_http_handlers *handlers, simg_problem *err);

/** The same for an answer that may come as a stream of events. */
apr_status_t simg_openai_post_stream(simg_loop *loop, const simg_call *c, const char *path, const char *json,
                                     apr_off_t max_body, const simg_http_handlers *handlers, simg_problem *err);

/** POST a form (of simg_http_part, in c->p) in the same way. APR_ENOENT: a file of it is not there. */
apr_status_t simg_openai_post_form(simg_loop *loop, const simg_call *c, const char *path,
                                   const apr_array_header_t *parts, apr_off_t max_body,
                                   const simg_http_handlers *handlers, simg_problem *err);

/** GET the provider's path with the key. If it cannot be started, *err is filled. */
apr_status_t simg_openai_get(simg_loop *loop, const simg_call *c, const char *path, apr_off_t max_body,
                             const simg_http_handlers *handlers, simg_problem *err);

/** 1 if the server has answered, with a status of success and to the end. */
int simg_openai_succeeded(const simg_http_result *r);

/** The upstream's name for an error, for the log: only a plain word, that no key or prompt travels in it; else "-". */
const char *simg_openai_plain_word(const char *s);

/** Fill outcome and problem of a call that did not succeed, from its result and what its error body said.
 * @param body  NULL: the status was of success */
void simg_openai_fail(simg_call *c, const simg_http_result *r, const simg_openai_body *body);

/** Take model and usage from a good answer; c->model_used and the tokens are filled, whatever is in it. */
void simg_openai_take_usage(simg_call *c, const json_t *answer, const char *input, const char *output);

/** Most bytes of a text. */
#define SIMG_OPENAI_TEXT_MAX (1024 * 1024)

/** The words of a message or a piece of one: a string, or the text parts of a list, joined. NULL if there are none. */
const char *simg_openai_words(const json_t *message, apr_pool_t *p);
/** 1 if the model declined: a refusal in the message, or a filter ended the choice. */
int simg_openai_refuses(const json_t *choice, const json_t *message);
/** Fill outcome and problem of a text call whose model declined. */
void simg_openai_refuse(simg_call *c);

/** A text that comes as server-sent events, handed to c->on_piece meanwhile. Once a word has been handed over, the
 * outcome is one after which nobody is asked again. */
typedef struct simg_openai_stream simg_openai_stream;

/** NULL if memory is out. Belongs to the call's pool. */
simg_openai_stream *simg_openai_stream_make(simg_text_call *c);
/** Take the next bytes of the body. @return 0, or else it wants no more: all has come, or the answer is no good. */
int simg_openai_stream_feed(simg_openai_stream *s, const char *data, apr_size_t len);
/** The transfer, whose status was of success, has ended: fill in all of the call's answer. A broken end is forgiven if
 * the model had finished. */
void simg_openai_stream_end(simg_openai_stream *s, const simg_http_result *r);

void simg_openai_write(simg_loop *loop, simg_text_call *c);
void simg_openai_draw(simg_loop *loop, simg_image_call *c);
/** Ask for a picture drawn after c->brief->reference; the answer is like that to any other picture. If it cannot be
 * started, *err is filled: "reference-gone" if its file is not there. */
apr_status_t simg_openai_edit(simg_loop *loop, const simg_image_call *c, apr_off_t max_body,
                              const simg_http_handlers *handlers, simg_problem *err);
void simg_openai_list(simg_loop *loop, simg_models_call *c);
void simg_openai_describe(simg_loop *loop, simg_vision_call *c);
void simg_openai_moderate(simg_loop *loop, simg_moderation_call *c);

/** A picture inside of a URL (RFC 2397), in p. */
const char *simg_openai_data_url(const char *type, const void *bytes, apr_size_t len, apr_pool_t *p);

#endif
