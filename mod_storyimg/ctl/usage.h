/* SPDX-License-Identifier: Apache-2.0 */
/** The words of a command line, and the help about them. */
#ifndef SIMG_CTL_USAGE_H
#define SIMG_CTL_USAGE_H

#include "ctl/ctl.h"

/** Read the words into *c, which has a pool and empty settings. What is wrong is said.
 * @param done  receives 1 if that was all: help or version were asked for
 * @return CTL_FINE or CTL_FAILED */
int ctl_usage_read(ctl *c, int *done, int argc, const char *const *argv);

/** What an option of base/options.h is called here: its member with dashes. */
const char *ctl_usage_name(int option, apr_pool_t *p);

#endif
