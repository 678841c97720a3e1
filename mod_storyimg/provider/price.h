/* SPDX-License-Identifier: Apache-2.0 */
/** What a call costs, from a table that an administrator may replace (StoryImgPrices). */
#ifndef SIMG_PROVIDER_PRICE_H
#define SIMG_PROVIDER_PRICE_H

#include "provider/provider.h"

typedef struct simg_prices simg_prices;

/** Read a table: {"models": {"NAME": {...}}}; its form is described in conf/prices.json and docs/jobs.md. The file is
 * read and checked as a whole. @return NULL and *out, or a sentence (without the directive's name) that says what is
 * wrong and where. */
const char *simg_prices_read(simg_prices **out, const char *path, apr_pool_t *p);

/** Micro-dollars of a text that was made: from its tokens. -1: not known (no such model, no usage told). "offline" is
 * 0. prices may be NULL: nothing is known but offline. */
apr_int64_t simg_price_text(const simg_prices *prices, const simg_call *call);

/** Micro-dollars of a picture that was made: from its tokens where the model is priced so and they were told, else from
 * its size and quality. */
apr_int64_t simg_price_image(const simg_prices *prices, const simg_image_call *call);

/** @return 1 if name is base with a date behind it: `gpt-4o-2024-08-06` or `gpt-4o-20240806` of `gpt-4o`. */
int simg_price_is_dated(const char *name, const char *base);

#endif
