/* SPDX-License-Identifier: Apache-2.0 */
/** The options of one site, read once, checked as a whole, and constant from then on. */
#ifndef SIMG_BASE_SETTINGS_H
#define SIMG_BASE_SETTINGS_H

#include <apr_file_info.h>
#include <apr_tables.h>
#include <apr_time.h>

#include "base/options.h"

#define SIMG_MEMBER_FLAG(name) int name;
#define SIMG_MEMBER_NUMBER(name) apr_int64_t name;
#define SIMG_MEMBER_SIZE(name) apr_int64_t name; /* bytes */
#define SIMG_MEMBER_TIME(name) apr_interval_time_t name;
#define SIMG_MEMBER_TEXT(name) const char *name; /* never NULL after simg_settings_finish; "": not set */
#define SIMG_MEMBER_LINE(name) const char *name;
#define SIMG_MEMBER(type, name, directive, variable, dflt, low, high, where, meaning) SIMG_MEMBER_##type(name)
#define SIMG_ENUM(type, name, directive, variable, dflt, low, high, where, meaning) SIMG_OPTION_##name,

enum { SIMG_OPTIONS(SIMG_ENUM) SIMG_OPTION_COUNT };

/** Where a value came from; a later one in this list wins. */
typedef enum simg_origin { SIMG_UNSET, SIMG_DEFAULT, SIMG_FROM_FILE, SIMG_FROM_ENV, SIMG_FROM_DIRECTIVE } simg_origin;

typedef struct simg_settings {
    SIMG_OPTIONS(SIMG_MEMBER)
    unsigned char origin[SIMG_OPTION_COUNT]; /* simg_origin of each option */
    const char *openai_key, *azure_key;      /* NULL: none. Never printed. */
    const char *const
        *secrets; /* every secret, ended by NULL, for tests that look for leaks; never NULL after finish */
} simg_settings;

typedef enum simg_option_type { SIMG_FLAG, SIMG_NUMBER, SIMG_SIZE, SIMG_TIME, SIMG_TEXT, SIMG_LINE } simg_option_type;
typedef enum simg_option_where { SIMG_SITE, SIMG_ANY } simg_option_where;

typedef struct simg_option {
    simg_option_type type;
    const char *name;     /* the directive */
    const char *variable; /* "": none */
    const char *dflt;
    apr_int64_t low, high;
    simg_option_where where;
    const char *meaning;
    apr_size_t offset; /* of the member */
} simg_option;

/** The table, SIMG_OPTION_COUNT rows, in the order of the enum. */
extern const simg_option simg_options[];

/** All unset. */
simg_settings *simg_settings_make(apr_pool_t *p);

/** Give an option a value, unless one of a stronger origin is there. @return NULL, or a sentence that names the
 * directive, the value and what is allowed. */
const char *simg_settings_set(simg_settings *s, int option, const char *value, simg_origin origin, apr_pool_t *p);

/** over where it is set, else base; a new record. */
simg_settings *simg_settings_merge(const simg_settings *base, const simg_settings *over, apr_pool_t *p);

/** What directives left open: environment (get, such as getenv), then the env file, then defaults; then folders made
 * absolute below root, key files read, and the whole checked. @return NULL, or a sentence that names the directive or
 * variable. */
const char *simg_settings_finish(simg_settings *s, const char *root, const char *(*get)(const char *name),
                                 apr_pool_t *p);

/** 1 if it may name a deployment of Azure's, which stands in the path of a URL: letters, digits, . _ and -, the first a
 * letter or a digit, at most 64. */
int simg_settings_is_deployment(const char *name);
/** What such a name must be, for a sentence. */
#define SIMG_SETTINGS_DEPLOYMENT "must be letters, digits, . _ or -, the first a letter or a digit, at most 64"

#endif
