/* SPDX-License-Identifier: Apache-2.0 */
/** What may go: decided. Pure; time and numbers come as arguments, nothing is read or removed here.
 *
 * Pictures are judged one after another, the oldest first. One that a person keeps is never asked about and does not
 * count. One of a running job stays, and counts. However large it is, the newest is not removed for its size: somebody
 * has just paid for it. */
#ifndef SIMG_INDEX_RETENTION_H
#define SIMG_INDEX_RETENTION_H

#include <apr_time.h>

/** The limits; 0: none. */
typedef struct simg_retention {
    apr_interval_time_t max_age;
    apr_int64_t max_files, max_bytes;
} simg_retention;

/** What there is: pictures that nobody keeps, and the bytes that they take, shared ones counted once. Lowered by each that
 * goes. */
typedef struct simg_retention_state {
    apr_int64_t files, bytes;
    apr_time_t now;
} simg_retention_state;

typedef struct simg_retention_picture {
    apr_time_t created_at;
    apr_int64_t frees; /* bytes that go with it; 0: others share them */
    int busy;          /* 1: its job still runs */
    int newest;        /* 1: none is newer */
} simg_retention_picture;

typedef enum simg_retention_verdict {
    SIMG_RETENTION_STAYS, /* and so do all that are newer */
    SIMG_RETENTION_BUSY,  /* stays for now; ask about the next */
    SIMG_RETENTION_AGE,   /* goes, for this reason */
    SIMG_RETENTION_COUNT,
    SIMG_RETENTION_SIZE
} simg_retention_verdict;

/** @return 1 if there is any limit at all. */
int simg_retention_limited(const simg_retention *limits);

/** The next picture, not older than any that was asked about before. */
simg_retention_verdict simg_retention_judge(simg_retention_state *state, const simg_retention *limits,
                                            const simg_retention_picture *picture);

/** The reason as a word: "age", "count", "size". */
const char *simg_retention_reason(simg_retention_verdict verdict);

#endif
