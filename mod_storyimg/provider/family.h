/* SPDX-License-Identifier: Apache-2.0 */
/** The families of image models: which parameters each really takes. Pure.
 *
 * The real API answers 400 to a parameter of another family, so what a client asked for is brought to the
 * nearest thing that the family knows, or left out. A model of no known family gets prompt, size and n. */
#ifndef SIMG_PROVIDER_FAMILY_H
#define SIMG_PROVIDER_FAMILY_H

#include <apr_pools.h>

#include "provider/provider.h"

typedef struct simg_family simg_family;

/** The family of a model's name; never NULL. */
const simg_family *simg_family_of(const char *model);

/** "dall-e-3", "dall-e-2", "gpt-image-1-mini", "gpt-image-1", "gpt-image" (2 and later), "unknown". */
const char *simg_family_name(const simg_family *family);

/** 1 if nothing is known of it. */
int simg_family_is_unknown(const simg_family *family);

/** 1 if its models draw from a reference as well. */
int simg_family_takes_reference(const simg_family *family);

/** The size to send. @param asked  "WIDTHxHEIGHT", "auto", NULL or anything */
const char *simg_family_size(const simg_family *family, const char *asked, apr_pool_t *p);

/** The quality to send; NULL: none. */
const char *simg_family_quality(const simg_family *family, const char *asked);

/** The style to send; NULL: none. */
const char *simg_family_style(const simg_family *family, const char *asked);

/** The prompt to send: without what servers would take as instructions (`<sd_cpp_extra_args>`, `|`), cut at
 * the family's limit at a whole character. */
const char *simg_family_prompt(const simg_family *family, const char *prompt, apr_pool_t *p);

/** The fields of a request and their values, in their order; the reference itself is none of them. */
const apr_table_t *simg_family_fields(const simg_family *family, const char *model, const simg_brief *brief,
                                      apr_pool_t *p);

/** The whole body of a request to images/generations, as JSON. */
const char *simg_family_request(const simg_family *family, const char *model, const simg_brief *brief, apr_pool_t *p);

#endif
