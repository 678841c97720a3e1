/* SPDX-License-Identifier: Apache-2.0 */
/** A picture in the format that the site wants (StoryImgFormat), where its illustrator gave another one. */
#ifndef SIMG_WORK_CONVERT_H
#define SIMG_WORK_CONVERT_H

#include "base/loop.h"
#include "store/store.h"
#include "work/site.h"

typedef struct simg_convert {
    const simg_site *site;
    simg_store *store;
    simg_upload *upload; /* sealed */
    /** Called once, from a turn of the loop. The upload is sealed, as it was or converted. */
    void (*done)(void *baton);
    void *baton;
} simg_convert;

/** @return 1 if a format was asked for (by directive or variable, not by default), and this sealed one has another. */
int simg_convert_wanted(const simg_site *site, const simg_upload *u);

/** Make it, in place. Somebody has paid for the picture: whatever goes wrong here is logged, and it stays as it was. At most
 * four at once on a machine; who waits a minute for a turn does without. What is lives as long as p. */
void simg_convert_start(simg_loop *loop, const simg_convert *what, apr_pool_t *p);

#endif
