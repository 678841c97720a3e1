/* SPDX-License-Identifier: Apache-2.0 */
/** What a program asks that goes through all pictures. On a borrowed connection. */
#ifndef SIMG_INDEX_AUDIT_H
#define SIMG_INDEX_AUDIT_H

#include <apr_tables.h>

#include "index/index.h"

/** What a file should be. */
typedef struct simg_audit_record {
    const char *filename;
    apr_int64_t size;
    const char *sha256; /* NULL: not known */
    const char *site;
} simg_audit_record;

/** The records after this name, in order: of simg_audit_record, at most 500. "": from the first on. */
apr_status_t simg_audit_after(apr_array_header_t **records, simg_db *db, const char *filename, apr_pool_t *p,
                              simg_problem *err);

/** One by its name. APR_ENOENT if there is none. */
apr_status_t simg_audit_get(simg_audit_record *out, simg_db *db, const char *filename, apr_pool_t *p,
                            simg_problem *err);

/** How many there are, of all sites. */
apr_status_t simg_audit_total(apr_int64_t *out, simg_db *db, simg_problem *err);

/** The sites that have pictures or stories: of const char *, in order; "" (of no site) is not among them. */
apr_status_t simg_audit_sites(apr_array_header_t **names, simg_db *db, apr_pool_t *p, simg_problem *err);

/** As simg_audit_after, but only pictures that are a subject's, by themselves or through their stories. */
apr_status_t simg_audit_subject(apr_array_header_t **records, simg_db *db, const char *subject, const char *filename,
                                apr_pool_t *p, simg_problem *err);

/** Other pictures of the same site with the same bytes, one for each file that the index knows of: of simg_twin
 * (index/twins.h), the oldest first; of many only the first 500 are looked at. */
apr_status_t simg_audit_twins(apr_array_header_t **twins, simg_db *db, const char *filename, apr_pool_t *p,
                              simg_problem *err);

/** The names of the file that this picture lies in, without its own: of const char *, at most 100. */
apr_status_t simg_audit_sharers(apr_array_header_t **names, simg_db *db, const char *filename, apr_pool_t *p,
                                simg_problem *err);

/** Pictures of no site are this site's from now on, at most 500 of them; one transaction of its own. *changed: how many
 * they were. */
apr_status_t simg_audit_claim(apr_int64_t *changed, simg_db *db, const char *site, simg_problem *err);

#endif
