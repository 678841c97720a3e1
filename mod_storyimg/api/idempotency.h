/* SPDX-License-Identifier: Apache-2.0 */
/** Requests that cost money: each has an id in the ledger; with an Idempotency-Key the first answer is given again for
 * 24 hours, also while the first is still being made, and never a second bill. */
#ifndef SIMG_API_IDEMPOTENCY_H
#define SIMG_API_IDEMPOTENCY_H

#include "api/api.h"

/** Run a handler under these rules. Problems beside the handler's own: "bad-idempotency-key", "idempotency-key-reused",
 * and those of reading the body. */
apr_status_t simg_idempotent(simg_response *out, simg_request *in, const simg_site *site, simg_api_fn *handler,
                             simg_problem *err);

#endif
