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
    const char *kind;  /* stem of the files drawn from words; NULL: "consistent" or "story" */
    int single;        /* 1: no story is told, one picture is drawn */
    int streaming;     /* 1: events are wanted */
    int spoken;        /* 1: some were sent */
    apr_int64_t looks_cost; /* of having the hero's picture described: micro-dollars; -1: not known */
    simg_manuscript text;
    apr_array_header_t *pictures; /* of simg_picture: the pages that are to be drawn */
    simg_story_row row;
    const char *job_id; /* NULL: nothing is drawn in a job */
} simg_telling;

/** What the hero looks like, if a picture says it and nobody else does: fills order.descriptor. That it could not be
 * found out is no reason to tell no story. */
void simg_tell_look(simg_telling *t);

/** The order, before anything is spent, and, once the pages are chosen, what was written: StoryImgModeration. A scene
 * that is not fit is an illustration with an error. Problems: "content-policy", "moderation-unavailable". */
apr_status_t simg_tell_judge_order(simg_telling *t, simg_problem *err);
apr_status_t simg_tell_judge_story(simg_telling *t, simg_problem *err);

/** How many of the chosen pages are to be drawn. */
int simg_tell_drawable(const simg_telling *t);

/** A sum of costs is known only if both are. */
apr_int64_t simg_tell_sum(apr_int64_t a, apr_int64_t b);

/** The text is there: choose the pages to draw, and make the story's row. */
void simg_tell_choose(simg_telling *t);

/** Write down story, job (of t->job_id) and pages, and that the request has them: one transaction.
 * @param held  1: this thread draws the job */
apr_status_t simg_tell_write(simg_telling *t, int held, simg_problem *err);

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
