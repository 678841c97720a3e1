/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/price.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "provider/family.h"

#define FILE_MAX (1024 * 1024)
#define MODELS_MAX 1000
#define DOLLARS_MAX 1000
#define TOKENS_MAX APR_INT64_C(1000000000) /* beyond it a count is no count; keeps the sums far below 64 bits */
#define MILLION APR_INT64_C(1000000)
#define UNKNOWN (-1)
#define DATE_SHORT "-20240806"
#define DATE_LONG "-2024-08-06"

/* One picture's price. */
typedef struct rate {
    const char *size, *quality; /* as sent; NULL: any */
    apr_int64_t micro;
} rate;

typedef struct model {
    int has_tokens;
    apr_int64_t input, output; /* micro-dollars per million tokens */
    apr_array_header_t *rates; /* of rate */
} model;

struct simg_prices {
    apr_hash_t *models; /* name -> model */
};

static const char *dollars_wrong(const char *place, apr_pool_t *p)
{
    return apr_psprintf(p, "%s: must be a number from 0 to %d", place, DOLLARS_MAX);
}

/* A decimal fraction is seldom exact in binary: the last term lets what was written as a half round up. */
static const char *dollars_read(apr_int64_t *micro, const json_t *j, const char *place, apr_pool_t *p)
{
    double dollars = json_is_number(j) ? json_number_value(j) : -1;

    if (!(dollars >= 0 && dollars <= DOLLARS_MAX))
        return dollars_wrong(place, p);
    *micro = (apr_int64_t)(dollars * 1e6 + 0.5 + 1e-6);
    return NULL;
}

static const char *tokens_read(model *m, const json_t *j, const char *place, apr_pool_t *p)
{
    const char *wrong;

    if (!json_is_object(j))
        return apr_psprintf(p, "%s: must be an object with input and output", place);
    m->has_tokens = 1;
    wrong = dollars_read(&m->input, json_object_get(j, "input"), apr_pstrcat(p, place, ".input", NULL), p);
    return wrong ? wrong
                 : dollars_read(&m->output, json_object_get(j, "output"), apr_pstrcat(p, place, ".output", NULL), p);
}

static const char *rate_read(model *m, const char *size, const char *quality, const json_t *j, const char *place)
{
    apr_pool_t *p = m->rates->pool;
    rate *r = apr_array_push(m->rates);

    r->size = size ? apr_pstrdup(p, size) : NULL;
    r->quality = quality ? apr_pstrdup(p, quality) : NULL;
    return dollars_read(&r->micro, j, place, p);
}

static const char *size_read(model *m, const char *size, json_t *j, const char *place, apr_pool_t *p)
{
    const char *quality, *wrong = NULL;
    json_t *price;

    if (!json_is_object(j))
        return rate_read(m, size, NULL, j, place);
    json_object_foreach(j, quality, price)
    {
        wrong = rate_read(m, size, quality, price, apr_pstrcat(p, place, ".", quality, NULL));
        if (wrong)
            break;
    }
    return wrong;
}

static const char *image_read(model *m, json_t *j, const char *place, apr_pool_t *p)
{
    const char *size, *wrong = NULL;
    json_t *prices;

    if (!json_is_object(j))
        return rate_read(m, NULL, NULL, j, place);
    json_object_foreach(j, size, prices)
    {
        wrong = size_read(m, size, prices, apr_pstrcat(p, place, ".", size, NULL), p);
        if (wrong)
            break;
    }
    return wrong;
}

/* Places are made in `scratch`, what stays in the table's own pool. */
static const char *model_read(simg_prices *prices, const char *name, const json_t *j, apr_pool_t *scratch)
{
    apr_pool_t *p = apr_hash_pool_get(prices->models);
    const char *place = apr_pstrcat(scratch, "models.", name, NULL), *wrong = NULL;
    json_t *tokens = json_object_get(j, "per_million_tokens"), *image = json_object_get(j, "image");
    model *m = apr_pcalloc(p, sizeof(*m));

    if (!json_is_object(j))
        return apr_psprintf(scratch, "%s: must be an object", place);
    m->rates = apr_array_make(p, 0, sizeof(rate));
    apr_hash_set(prices->models, apr_pstrdup(p, name), APR_HASH_KEY_STRING, m);
    if (tokens)
        wrong = tokens_read(m, tokens, apr_pstrcat(scratch, place, ".per_million_tokens", NULL), scratch);
    if (image && !wrong)
        wrong = image_read(m, image, apr_pstrcat(scratch, place, ".image", NULL), scratch);
    return wrong;
}

static const char *models_read(simg_prices *prices, const json_t *root, apr_pool_t *scratch)
{
    json_t *models = json_object_get(root, "models"), *currency = json_object_get(root, "currency"), *j;
    const char *name, *wrong = NULL;

    if (currency && (!json_is_string(currency) || strcmp(json_string_value(currency), "USD")))
        return "currency: must be \"USD\"";
    if (!json_is_object(models))
        return "models: must be an object";
    if (json_object_size(models) > MODELS_MAX)
        return apr_psprintf(scratch, "models: must be at most %d", MODELS_MAX);
    json_object_foreach(models, name, j)
    {
        wrong = model_read(prices, name, j, scratch);
        if (wrong)
            break;
    }
    return wrong;
}

static const char *file_read(simg_prices *prices, const char *path, apr_pool_t *scratch)
{
    const char *why = NULL;
    char *text, buf[120];
    apr_size_t len;
    apr_status_t rv = simg_file_read(&text, &len, path, FILE_MAX, scratch);
    json_t *root;

    if (rv == APR_ENOSPC)
        return "must be at most 1M";
    if (rv != APR_SUCCESS)
        return apr_psprintf(scratch, "cannot be read: %s", apr_strerror(rv, buf, sizeof(buf)));
    root = simg_json_parse(text, len, &why, scratch);
    return root ? models_read(prices, root, scratch) : why;
}

const char *simg_prices_read(simg_prices **out, const char *path, apr_pool_t *p)
{
    simg_prices *prices = apr_palloc(p, sizeof(*prices));
    apr_pool_t *scratch;
    const char *wrong;

    prices->models = apr_hash_make(p);
    apr_pool_create(&scratch, p);
    wrong = file_read(prices, path, scratch);
    wrong = wrong ? apr_pstrdup(p, wrong) : NULL;
    apr_pool_destroy(scratch);
    *out = wrong ? NULL : prices;
    return wrong;
}

/* Does s end in a date of this form, with something before it? */
static int ends_in(const char *s, apr_size_t len, const char *form)
{
    apr_size_t n = strlen(form), i;
    const char *end = s + len - n;
    char iso[] = "0000-00-00";
    apr_time_t day;
    int digits = 0;

    if (len <= n)
        return 0;
    for (i = 0; i < n; i++) {
        if (apr_isdigit(form[i]) ? !apr_isdigit(end[i]) : end[i] != form[i])
            return 0;
        if (apr_isdigit(end[i])) {
            iso[digits + (digits >= 4) + (digits >= 6)] = end[i];
            digits++;
        }
    }
    return simg_clock_parse(&day, iso);
}

/* The length of a name without its date; 0: there is none. */
static apr_size_t undated(const char *name)
{
    apr_size_t len = strlen(name);

    if (ends_in(name, len, DATE_LONG))
        return len - strlen(DATE_LONG);
    return ends_in(name, len, DATE_SHORT) ? len - strlen(DATE_SHORT) : 0;
}

int simg_price_is_dated(const char *name, const char *base)
{
    apr_size_t len = undated(name);

    return len && len == strlen(base) && !strncmp(name, base, len);
}

static const model *model_find(const simg_prices *prices, const char *name)
{
    const model *m = apr_hash_get(prices->models, name, APR_HASH_KEY_STRING);
    apr_size_t len = m ? 0 : undated(name);

    return len ? apr_hash_get(prices->models, name, (apr_ssize_t)len) : m;
}

static const model *model_of(const simg_prices *prices, const simg_call *call)
{
    const model *m = prices && call->model_used ? model_find(prices, call->model_used) : NULL;

    return m || !prices ? m : model_find(prices, call->model->name);
}

static int is_free(const simg_call *call)
{
    return !strcmp(call->model->provider->name, "offline");
}

/* What was made took some: servers that do not count say 0. */
static int is_told(const simg_call *call)
{
    return call->input_tokens >= 0 && call->input_tokens <= TOKENS_MAX && call->output_tokens > 0 &&
           call->output_tokens <= TOKENS_MAX;
}

static apr_int64_t by_tokens(const model *m, const simg_call *call)
{
    if (!m || !m->has_tokens || !is_told(call))
        return UNKNOWN;
    return (call->input_tokens * m->input + call->output_tokens * m->output + MILLION / 2) / MILLION;
}

/* The quality that was sent; NULL: none, the server chooses. The dall-e family has one that it always chooses. */
static const char *quality_of(const simg_family *f, const char *asked)
{
    const char *sent = simg_family_quality(f, asked);

    return sent || strncmp(simg_family_name(f), "dall-e", 6) ? sent : "standard";
}

/* What was sent depends on the model that was asked, whoever answered. */
static apr_int64_t by_picture(const model *m, const simg_image_call *c)
{
    const simg_family *f = simg_family_of(c->call.model->name);
    const char *size = simg_family_size(f, c->brief->size, c->call.p), *quality = quality_of(f, c->brief->quality);
    int i;

    for (i = 0; m && i < m->rates->nelts; i++) {
        const rate *r = &APR_ARRAY_IDX(m->rates, i, rate);

        if ((!r->size || !strcmp(r->size, size)) && (!r->quality || (quality && !strcmp(r->quality, quality))))
            return r->micro;
    }
    return UNKNOWN;
}

apr_int64_t simg_price_text(const simg_prices *prices, const simg_call *call)
{
    return is_free(call) ? 0 : by_tokens(model_of(prices, call), call);
}

apr_int64_t simg_price_image(const simg_prices *prices, const simg_image_call *call)
{
    const model *m = model_of(prices, &call->call);
    apr_int64_t micro = by_tokens(m, &call->call);

    if (is_free(&call->call))
        return 0;
    return micro != UNKNOWN ? micro : by_picture(m, call);
}
