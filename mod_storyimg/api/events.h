/* SPDX-License-Identifier: Apache-2.0 */
/** Event streams: what a job does, as it does it. */
#ifndef SIMG_API_EVENTS_H
#define SIMG_API_EVENTS_H

#include "api/api.h"

/** Send one event. Takes the reference to data. @param id  0: none. APR_ECONNABORTED (or another): the client is gone.
 */
apr_status_t simg_events_send(const simg_request *in, apr_int64_t id, const char *name, json_t *data, apr_pool_t *p);

/** Send the events of a job after number `after`, and each further one as it happens, until the job is over and all is
 * told, or the client is gone. @param resumable  1: the stream may also end when this process is to end; 0: only if
 * nobody draws the job then, as after a stop of the server. */
void simg_events_follow(const simg_request *in, const simg_site *site, const char *job_id, apr_int64_t after,
                        int resumable);

/** @return 1 if the client wants an event stream: it says so, and does not like JSON better. */
int simg_events_wanted(const simg_request *in);

#endif
