/* SPDX-License-Identifier: Apache-2.0 */
/** One call to tell a story, on its way: what api/generate.c and api/tell.c share. */
#ifndef SIMG_API_TELL_H
#define SIMG_API_TELL_H

#include "api/api.h"
#include "index/stories.h"
#include "work/illustrate.h"
#include "work/write.h"

typedef struct simg_telling {
    const simg_request *in;
    const simg_site *site;
    simg_order order;
    json_t *character; /* as the client sent it */
    int streaming;     /* 1: events are wanted */
    int spoken;        /* 1: some were sent */
    simg_manuscript text;
    apr_array_header_t *pictures; /* of simg_picture: the pages that are to be drawn */
    simg_story_row row;
    const char *job_id; /* NULL: nothing is drawn in a job */
} simg_telling;

/** The text is there: choose the pages to draw, and make the story's row. */
void simg_tell_choose(simg_telling *t);

/** Answer with what is known of the story and its pictures at this moment. */
void simg_tell_answer(simg_response *out, const simg_telling *t);

/** A story that is not kept: drawn in memory, answered or streamed. */
apr_status_t simg_tell_unsaved(simg_response *out, simg_telling *t, simg_problem *err);

/** Words of the story, as an event; on_piece of simg_writing with the telling as its baton. */
void simg_tell_piece(void *baton, const char *words, apr_size_t len);

/** The story, then what its job does until it is over. */
void simg_tell_stream(simg_response *out, simg_telling *t);

/** A stream that has begun ends with a problem. */
void simg_tell_failed(simg_response *out, simg_telling *t, const simg_problem *err);

#endif
