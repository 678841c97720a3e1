/* SPDX-License-Identifier: Apache-2.0 */
/** Is it fit for a child? Asked of a provider (StoryImgModeration): the order, the story, its scenes, and each picture
 * before it gets its name. With `on`, what cannot be judged passes, and the log says so; with `required` it does not. */
#ifndef SIMG_WORK_MODERATE_H
#define SIMG_WORK_MODERATE_H

#include "store/store.h"
#include "work/site.h"

/** 1 if anything is judged on this site. */
int simg_moderate_wanted(const simg_site *site);

/** Judge texts (of const char *). Waits. flagged[i] is 1 if text i is not fit; without moderation none is.
 * Problem "moderation-unavailable" (503). The log gets categories, never a text. */
apr_status_t simg_moderate_texts(int *flagged, const simg_site *site, const apr_array_header_t *texts, apr_pool_t *p,
                                 simg_problem *err);

/** One text that must be fit. Problems: "content-policy" (422), "moderation-unavailable". */
apr_status_t simg_moderate_text(const simg_site *site, const char *text, apr_pool_t *p, simg_problem *err);

typedef enum simg_judgement {
    SIMG_FIT,
    SIMG_UNFIT,   /* why: "content-policy" */
    SIMG_UNJUDGED /* with `required` only; why: "moderation-unavailable" */
} simg_judgement;

/** A sealed picture that is to be judged. */
typedef struct simg_judging {
    const simg_site *site;
    simg_upload *upload;
    /** Told once, from a turn of the loop or before simg_moderate_picture returns. */
    void (*done)(void *baton, simg_judgement judgement, const simg_problem *why);
    void *baton;
} simg_judging;

void simg_moderate_picture(simg_loop *loop, const simg_judging *judging, apr_pool_t *p);

/** The same, waiting: one try, and none for a while after one that brought no verdict, so that whoever recovers pictures
 * is not held up by it. */
simg_judgement simg_moderate_picture_now(const simg_site *site, simg_upload *upload, apr_pool_t *p, simg_problem *why);

#endif
