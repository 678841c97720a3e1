/* SPDX-License-Identifier: Apache-2.0 */
#include "base/samples.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define PREFIX "storyimg_"
#define SUM (SIMG_METRIC_NUMBERS - 1)

void simg_samples_set(apr_array_header_t *samples, simg_metric metric, const char *const *labels, apr_int64_t number)
{
    simg_sample sample = { .metric = metric, .numbers = { number } };
    char key[SIMG_METRIC_KEY];

    if (!simg_metric_key(key, metric, labels))
        return;
    simg_metric_of_key(&sample.labels, key);
    sample.labels = apr_pstrdup(samples->pool, sample.labels);
    APR_ARRAY_PUSH(samples, simg_sample) = sample;
}

static apr_int64_t count_of(const simg_sample *s)
{
    const apr_int64_t *bounds = simg_metric_bounds(s->metric);
    apr_int64_t count = s->numbers[0];
    int i;

    for (i = 0; bounds && bounds[i]; i++)
        count += s->numbers[i + 1];
    return count;
}

/* Quotation marks within a value stand behind a backslash, so only a label is found, never a part of a value. */
apr_int64_t simg_samples_sum(const apr_array_header_t *samples, simg_metric metric, const char *label,
                             const char *value)
{
    const char *pair = label ? apr_pstrcat(samples->pool, label, "=\"", value, "\"", NULL) : "";
    apr_int64_t sum = 0;
    int i;

    for (i = 0; i < samples->nelts; i++) {
        const simg_sample *s = &APR_ARRAY_IDX(samples, i, simg_sample);

        if (s->metric == metric && strstr(s->labels, pair))
            sum += count_of(s);
    }
    return sum;
}

const char *simg_samples_decimal(apr_int64_t millionths, apr_pool_t *p)
{
    apr_int64_t whole = millionths / 1000000, part = millionths % 1000000;
    char *text;
    apr_size_t len;

    if (!part)
        return apr_psprintf(p, "%" APR_INT64_T_FMT, whole);
    text = apr_psprintf(p, "%s%" APR_INT64_T_FMT ".%06d", millionths < 0 && !whole ? "-" : "", whole, abs((int)part));
    for (len = strlen(text); text[len - 1] == '0'; len--)
        text[len - 1] = '\0';
    return text;
}

static const char *number(const simg_sample *s, apr_int64_t n, apr_pool_t *p)
{
    return simg_metric_kinds[s->metric].millionths ? simg_samples_decimal(n, p)
                                                   : apr_psprintf(p, "%" APR_INT64_T_FMT, n);
}

/** @param suffix  "_sum"; "": none @param more  one more label; "": none */
static void add_line(apr_array_header_t *text, const simg_sample *s, const char *suffix, const char *more,
                     const char *value)
{
    const char *comma = *s->labels && *more ? "," : "";
    const char *braces = *s->labels || *more ? apr_pstrcat(text->pool, "{", s->labels, comma, more, "}", NULL) : "";

    APR_ARRAY_PUSH(text, const char *) =
        apr_pstrcat(text->pool, PREFIX, simg_metric_kinds[s->metric].name, suffix, braces, " ", value, "\n", NULL);
}

/* The count is made of the buckets: so they agree, whatever is counted while we read. */
static void add_histogram(apr_array_header_t *text, const simg_sample *s)
{
    const apr_int64_t *bounds = simg_metric_bounds(s->metric);
    apr_pool_t *p = text->pool;
    apr_int64_t count = 0;
    int i;

    for (i = 0; i == 0 || bounds[i - 1]; i++) {
        const char *bound = bounds[i] ? simg_samples_decimal(bounds[i], p) : "+Inf";

        count += s->numbers[i];
        add_line(text, s, "_bucket", apr_pstrcat(p, "le=\"", bound, "\"", NULL),
                 apr_psprintf(p, "%" APR_INT64_T_FMT, count));
    }
    add_line(text, s, "_sum", "", number(s, s->numbers[SUM], p));
    add_line(text, s, "_count", "", apr_psprintf(p, "%" APR_INT64_T_FMT, count));
}

static void add_family(apr_array_header_t *text, const simg_sample *samples, int n, simg_metric metric)
{
    static const char *const types[] = { "counter", "gauge", "histogram" };
    const simg_metric_kind *kind = &simg_metric_kinds[metric];
    const simg_sample zero = { .metric = metric, .labels = "" };
    int i;

    if (!n && kind->type == SIMG_METRIC_COUNTER && !*kind->labels) {
        samples = &zero;
        n = 1;
    }
    if (n)
        APR_ARRAY_PUSH(text, const char *) =
            apr_pstrcat(text->pool, "# HELP " PREFIX, kind->name, " ", kind->help, "\n# TYPE " PREFIX, kind->name, " ",
                        types[kind->type], "\n", NULL);
    for (i = 0; i < n; i++)
        if (kind->type == SIMG_METRIC_HISTOGRAM)
            add_histogram(text, &samples[i]);
        else
            add_line(text, &samples[i], "", "", number(&samples[i], samples[i].numbers[0], text->pool));
}

static int by_name(const void *a, const void *b)
{
    const simg_sample *x = a, *y = b;

    return x->metric != y->metric ? (int)x->metric - (int)y->metric : strcmp(x->labels, y->labels);
}

const char *simg_samples_text(apr_array_header_t *samples, apr_pool_t *p)
{
    apr_array_header_t *text = apr_array_make(p, 256, sizeof(const char *));
    const simg_sample *all = (const simg_sample *)samples->elts;
    int metric, from = 0, to;

    qsort(samples->elts, (size_t)samples->nelts, sizeof(simg_sample), by_name);
    for (metric = 0; metric < SIMG_METRIC_COUNT; metric++, from = to) {
        for (to = from; to < samples->nelts && (int)all[to].metric == metric; to++)
            continue;
        add_family(text, all + from, to - from, (simg_metric)metric);
    }
    return apr_array_pstrcat(p, text, '\0');
}
