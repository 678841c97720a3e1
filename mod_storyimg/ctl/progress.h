/* SPDX-License-Identifier: Apache-2.0 */
/** A line on standard error that says how far long work is: only where that is a terminal. One at a time; for the main
 * thread alone. */
#ifndef SIMG_CTL_PROGRESS_H
#define SIMG_CTL_PROGRESS_H

#include "ctl/ctl.h"

/** Begin. @param what  a word for what is done; a literal. @param total  0: not known */
void ctl_progress_start(const ctl *c, const char *what, apr_int64_t total);

/** So much more is done. Drawn five times a second at most. */
void ctl_progress_step(apr_int64_t items, apr_int64_t bytes);

/** Make room for a line of output; the next step draws it again. */
void ctl_progress_hide(void);

/** The end; it disappears. */
void ctl_progress_end(void);

#endif
