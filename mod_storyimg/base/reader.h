/* SPDX-License-Identifier: Apache-2.0 */
/** A JSON object from a client, read into a struct by a table of its members. No member of the wrong type, length
 * or range, no unknown member and no missing one gets past it; what is wrong is named by its path ("character.name").
 */
#ifndef SIMG_BASE_READER_H
#define SIMG_BASE_READER_H

#include <apr_tables.h>
#include <jansson.h>

#include "base/problem.h"

typedef enum simg_member_kind {
    SIMG_MEMBER_TEXT,    /* const char *; low..high code points; any text, not blank */
    SIMG_MEMBER_NAME,    /* the same, but a person's name (base/utf8.h), with a letter or digit in it */
    SIMG_MEMBER_TOKEN,   /* the same, of A-Z a-z 0-9 and - . _ ~ : @ + = , */
    SIMG_MEMBER_INTEGER, /* int; low..high */
    SIMG_MEMBER_BOOLEAN, /* int */
    SIMG_MEMBER_TEXTS,   /* apr_array_header_t * of const char *; at most 20, each 1..high code points */
    SIMG_MEMBER_OBJECT,  /* a struct in place */
    SIMG_MEMBER_OBJECTS  /* apr_array_header_t * of structs; at most high */
} simg_member_kind;

typedef struct simg_member {
    const char *name; /* NULL ends a table */
    simg_member_kind kind;
    int required;
    int low, high;
    apr_size_t offset;                 /* of the struct's member */
    const struct simg_member *members; /* of OBJECT and OBJECTS */
    apr_size_t size;                   /* of one struct of OBJECTS */
} simg_member;

/** Read object into the zeroed struct at out. Absent members: NULL, an empty array, or left as they are (INTEGER,
 * BOOLEAN: so set defaults before). null counts as absent, and so does a blank text where none is required. Problem
 * "invalid-body". */
apr_status_t simg_reader_object(void *out, const json_t *object, const simg_member *members, const char *path,
                                apr_pool_t *p, simg_problem *err);

/** NULL if the text is made of what a SIMG_MEMBER_TOKEN is made of; else a sentence without the member's name. */
const char *simg_reader_token(const char *s);

#endif
