/* SPDX-License-Identifier: Apache-2.0 */
/** From words to a site that is open. */
#ifndef SIMG_CTL_SETUP_H
#define SIMG_CTL_SETUP_H

#include "ctl/ctl.h"

/** The configuration as a whole, and who draws: c->settings and c->site. What is wrong is said.
 * @return CTL_FINE or CTL_FAILED; so below */
int ctl_setup_configure(ctl *c);

/** Root becomes whoever the state folder belongs to (else the folder of pictures), for good: what is made from now on is
 * the web server's. With CTL_MAKE the state folder is made if it is missing. */
int ctl_setup_become_owner(ctl *c);

/** What the command needs is there, and open. Nothing is made but the index, with CTL_MAKE. */
int ctl_setup_open(ctl *c);

/** The sites that the index knows: of const char *. */
apr_status_t ctl_setup_sites(apr_array_header_t **names, const ctl *c, simg_problem *err);

#endif
