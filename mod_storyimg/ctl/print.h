/* SPDX-License-Identifier: Apache-2.0 */
/** What goes to standard output: lines of text, or one JSON document, written as it comes. Nothing that was read from a
 * disk or an index can move a cursor or pass for a line of its own. */
#ifndef SIMG_CTL_PRINT_H
#define SIMG_CTL_PRINT_H

#include <jansson.h>

#include "ctl/ctl.h"

/** s for a line of text: control characters, direction marks and backslashes escaped as in C, bytes that are not UTF-8 as
 * \xNN. NULL becomes "-". */
const char *ctl_print_safe(const char *s, apr_pool_t *p);

/** s as a JSON string, null for NULL; what is not UTF-8 as ctl_print_safe has it. New reference. */
json_t *ctl_print_string(const char *s, apr_pool_t *p);

/** A line of text; nothing with --json. Texts from outside pass through ctl_print_safe first. */
void ctl_print_line(const ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** The same, but not with --quiet either. */
void ctl_print_note(const ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Begin the one document: an object whose first member is a list of that name. Nothing without --json; so below. */
void ctl_print_list(ctl *c, const char *name);

/** One more of the list. Steals item. */
void ctl_print_item(ctl *c, json_t *item);

/** End the document: the members of an object come last; or they are all of it, if no list was begun. Steals members. */
void ctl_print_end(ctl *c, json_t *members);

/** Say why it could not be done: on standard error, and with --json also as the member "error" of the document.
 * @return CTL_FAILED */
int ctl_print_problem(ctl *c, const simg_problem *err);
int ctl_print_failure(ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Is all of it written? The exit state, or CTL_FAILED if standard output did not take it. */
int ctl_print_flush(const ctl *c, int state);

/** Bytes for people: 1.4 MB. */
const char *ctl_print_bytes(apr_int64_t bytes, apr_pool_t *p);

#endif
