/* SPDX-License-Identifier: Apache-2.0 */
/** A folder of a test's own, gone at its end. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static char scratch[] = "/tmp/simg-unit-XXXXXX";

static int scratch_remove(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void scratch_end(void)
{
    nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/** Call once, first of all. */
static inline const char *scratch_begin(void)
{
    if (!mkdtemp(scratch)) {
        printf("Bail out! no scratch folder\n");
        exit(1);
    }
    return scratch;
}

#endif
