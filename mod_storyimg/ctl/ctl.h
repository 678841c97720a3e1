/* SPDX-License-Identifier: Apache-2.0 */
/** storyimgctl: what a command is, and what it works with. */
#ifndef SIMG_CTL_CTL_H
#define SIMG_CTL_CTL_H

#include <apr_tables.h>

#include "work/site.h"

/** Exit states. */
enum { CTL_FINE, CTL_FOUND, CTL_FAILED };

/** What must be there before a command is run. */
enum {
    CTL_INDEX = 1,  /* the index; nothing makes one but CTL_MAKE */
    CTL_FOLDER = 2, /* StoryImgGeneratedDir */
    CTL_SITE = 4,   /* which site: named, or the only one */
    CTL_MAKE = 8    /* the index is made if it is missing */
};

typedef struct ctl ctl;

/** An option of one command; ended by a row without a name. */
typedef struct ctl_option {
    const char *name;    /* without the dashes */
    const char *value;   /* what its value is, for the help; NULL: it has none */
    const char *meaning;
} ctl_option;

typedef struct ctl_command {
    const char *name;
    const char *operand; /* its one operand, for the help; NULL: it takes none */
    int needs;
    const ctl_option *options;
    int (*run)(ctl *c); /* @return an exit state */
    const char *meaning;
} ctl_command;

struct ctl {
    apr_pool_t *pool;
    const ctl_command *command;
    simg_settings *settings;
    simg_site *site; /* name: the one that --site names, or the only one; "": any, or none is known */
    const char *root;         /* absolute */
    const char *site_name;    /* --site; NULL: not given */
    const char *operand;      /* NULL: none */
    apr_table_t *given;       /* of the command's options: name -> value ("" if it takes none) */
    const apr_array_header_t *folders; /* --also-dir, of const char *: where pictures of other sites lie */
    int json, quiet, no_progress;
    int printed; /* of ctl/print.c: how far its document is */
};

/** The table of commands, ended by a row without a name. */
extern const ctl_command ctl_commands[];

/** The value of one of the command's options; NULL: it was not given. */
const char *ctl_given(const ctl *c, const char *name);

#endif
