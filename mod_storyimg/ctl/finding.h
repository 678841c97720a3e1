/* SPDX-License-Identifier: Apache-2.0 */
/** What verify finds. Whatever looks wrong is kept for two seconds and then looked at again, before it is told: a server
 * may be saving, sharing or removing that very picture. However much is wrong, no more than 10,000 findings are kept. */
#ifndef SIMG_CTL_FINDING_H
#define SIMG_CTL_FINDING_H

#include "ctl/crew.h"
#include "ctl/ctl.h"
#include "index/audit.h"

typedef enum ctl_kind {
    CTL_FINE_FILE,
    /* of records */
    CTL_MISSING,    /* no file */
    CTL_TRUNCATED,  /* smaller than it was */
    CTL_ALTERED,    /* other bytes than it had */
    CTL_UNREADABLE,
    CTL_LINK,       /* a symlink in its place */
    /* of files */
    CTL_FOREIGN,    /* no record */
    CTL_FOREIGN_LINK,
    CTL_ORPHAN,     /* a thumbnail without its original */
    CTL_KINDS
} ctl_kind;

typedef struct ctl_findings {
    ctl *c;
    ctl_crew *crew;
    int fast; /* sizes only */
    apr_int64_t told[CTL_KINDS], all;
    /* its own */
    apr_array_header_t *held; /* of those that wait */
    apr_pool_t *pool, *scratch;
    apr_time_t last; /* when the last of them was found */
} ctl_findings;

/** What was seen of a record. */
typedef struct ctl_judged {
    ctl_kind kind;
    apr_int64_t bytes; /* that were read, or would have been */
    int elsewhere;     /* 1: of another site, whose folder nobody named; not looked at */
} ctl_judged;

/** Ended with the pool of c. */
apr_status_t ctl_findings_create(ctl_findings **out, ctl *c, int fast);

/** Is the file of each record what the record says? One of another site whose file is nowhere here is not ours to judge.
 * @param records  of simg_audit_record @param judged  of as many */
void ctl_findings_judge(ctl_findings *f, const apr_array_header_t *records, ctl_judged *judged);

/** Something looks wrong. @param name  below the folder of pictures; copied */
apr_status_t ctl_findings_hold(ctl_findings *f, ctl_kind kind, const char *name, simg_problem *err);

/** Look at all again that is held, and tell what is still wrong. */
apr_status_t ctl_findings_settle(ctl_findings *f, simg_problem *err);

/** The word for it. */
const char *ctl_findings_word(ctl_kind kind);

/** Is there the original of this thumbnail, `thumbs/STEM.webp`? 1 or 0. */
int ctl_findings_has_original(const ctl *c, const char *thumbnail);

#endif
