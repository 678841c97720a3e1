/* SPDX-License-Identifier: Apache-2.0 */
/** A file read whole and fast: its hash, and what picture it is. */
#ifndef SIMG_CTL_DIGEST_H
#define SIMG_CTL_DIGEST_H

#include <apr_file_info.h>

#include "base/sniff.h"

/** What one thread needs for it. */
typedef struct ctl_digest ctl_digest;

/** What was read. */
typedef struct ctl_seen {
    apr_int64_t size; /* bytes */
    char sha256[65];
    simg_sniff sniff; /* only if it was asked for */
    int links;        /* how many names it has */
} ctl_seen;

/** Ended with p. May be made in one thread and used in another. */
apr_status_t ctl_digest_create(ctl_digest **out, apr_pool_t *p);

/** Memory of one thread for one file; cleared by each ctl_digest_read. */
apr_pool_t *ctl_digest_pool(const ctl_digest *d);

/** Read a regular file; a symlink is not followed (APR_ENOENT).
 * @param sniff  1: also say what picture it is; one that can be none is not read to its end, and has no hash */
apr_status_t ctl_digest_read(ctl_seen *seen, ctl_digest *d, const char *path, int sniff);

#endif
