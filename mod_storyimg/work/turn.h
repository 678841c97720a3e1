/* SPDX-License-Identifier: Apache-2.0 */
/** Turns, among all processes of a machine: locks of files in the state folder, which the system lets go of whatever
 * becomes of their owner. */
#ifndef SIMG_WORK_TURN_H
#define SIMG_WORK_TURN_H

#include <apr_file_io.h>

/** Try to take one of the turns `name`-`from` to `name`-`from + n - 1`, without waiting.
 * @param turn  receives what is closed when the turn is over; it lies in p
 * @return APR_EAGAIN: all are taken */
apr_status_t simg_turn_take(apr_file_t **turn, const char *state_dir, const char *name, const int range[2],
                            apr_pool_t *p);

/** Wait for one of the few turns of this machine that pixels are made in: each maker may take more than 1 GB.
 * @return APR_EAGAIN: none has become free within `patience` */
apr_status_t simg_turn_make(apr_file_t **turn, const char *state_dir, apr_interval_time_t patience, apr_pool_t *p);

#endif
