/* SPDX-License-Identifier: Apache-2.0 */
/** The commands, for the table in ctl/main.c: each is a file cmd_*.c. All return an exit state. */
#ifndef SIMG_CTL_COMMANDS_H
#define SIMG_CTL_COMMANDS_H

#include "ctl/ctl.h"

int ctl_list(ctl *c);
int ctl_show(ctl *c);
int ctl_stats(ctl *c);
int ctl_prune(ctl *c);
int ctl_verify(ctl *c);
int ctl_reindex(ctl *c);
int ctl_forget(ctl *c);
int ctl_jobs(ctl *c);
int ctl_check(ctl *c);

extern const ctl_option ctl_list_options[];
extern const ctl_option ctl_prune_options[];
extern const ctl_option ctl_verify_options[];
extern const ctl_option ctl_jobs_options[];

#endif
