/* SPDX-License-Identifier: Apache-2.0 */
/** The first answer to an Idempotency-Key, given again. */
#ifndef SIMG_API_REPLAY_H
#define SIMG_API_REPLAY_H

#include "api/api.h"
#include "queue/requests.h"

/** Answer as row was answered. If it told a story and a stream is wanted, or was given, the story is told from the
 * index: streamed, or waited for and answered. */
apr_status_t simg_replay(simg_response *out, const simg_request *in, const simg_site *site, const simg_request_row *row,
                         simg_problem *err);

#endif
