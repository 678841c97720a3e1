/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metrics.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include <apr_strings.h>

#define WORDS (SIMG_METRIC_KEY / 8)
#define SUM (SIMG_METRIC_NUMBERS - 1)

/* Everything that more than one process touches is atomic, the text too: two may write the same one at once. */
typedef _Atomic uint64_t word;

/* Whose text is there can be told; but counting does not wait for that. */
typedef struct series {
    word site;
    word text[WORDS];
    _Atomic uint32_t told;
    _Atomic int64_t numbers[SIMG_METRIC_NUMBERS];
} series;

/* Places are found by the hash of their key, which is also what takes them: in one step, so nobody can die in the middle
 * of it. Whoever finds a place taken, but its text not there (its taker is about to write it, or is dead), writes it
 * himself: it is the same. */
struct simg_metrics {
    uint32_t n; /* a power of two */
    _Atomic int64_t lost;
    word taken[]; /* n: the hash of who has the place; 0: nobody. Behind them n series */
};

typedef struct key {
    uint64_t hash, site;
    union {
        char text[SIMG_METRIC_KEY];
        uint64_t words[WORDS];
    } as;
} key;

static uint32_t places(int n)
{
    uint32_t size = 16;

    while (size < (uint32_t)n && size < 1u << 20)
        size *= 2;
    return size;
}

static series *series_of(const simg_metrics *m)
{
    return (series *)(uintptr_t)&m->taken[m->n];
}

apr_size_t simg_metrics_size(int n)
{
    return sizeof(simg_metrics) + places(n) * (sizeof(word) + sizeof(series));
}

simg_metrics *simg_metrics_init(void *memory, int n)
{
    simg_metrics *m = memory;

    memset(memory, 0, simg_metrics_size(n));
    m->n = places(n);
    return m;
}

/* FNV-1a, then stirred: its low bits decide about the place. */
static uint64_t hash_of(uint64_t hash, const char *s)
{
    for (; *s; s++)
        hash = (hash ^ (unsigned char)*s) * UINT64_C(1099511628211);
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 29;
    return hash ? hash : 1;
}

static uint64_t site_of(const char *site)
{
    return hash_of(UINT64_C(14695981039346656037), site);
}

static int make_key(key *k, const char *site, simg_metric metric, const char *const *labels)
{
    if (!simg_metric_key(k->as.text, metric, labels))
        return 0;
    k->site = site_of(site);
    k->hash = hash_of(k->site, k->as.text);
    return 1;
}

static void fill(series *s, const key *k)
{
    int i;

    atomic_store_explicit(&s->site, k->site, memory_order_relaxed);
    for (i = 0; i < WORDS; i++)
        atomic_store_explicit(&s->text[i], k->as.words[i], memory_order_relaxed);
    atomic_store_explicit(&s->told, 1, memory_order_release);
}

/** NULL: there is no room. */
static series *find(simg_metrics *m, const key *k)
{
    uint32_t i, at;

    for (i = 0, at = (uint32_t)k->hash; i < m->n; i++, at++) {
        word *place = &m->taken[at & (m->n - 1)];
        series *s = &series_of(m)[at & (m->n - 1)];
        uint64_t owner = atomic_load_explicit(place, memory_order_relaxed);

        if (!owner && atomic_compare_exchange_strong(place, &owner, k->hash))
            owner = k->hash;
        if (owner != k->hash)
            continue;
        if (!atomic_load_explicit(&s->told, memory_order_acquire))
            fill(s, k);
        return s;
    }
    return NULL;
}

static series *find_labelled(simg_metrics *m, const char *site, simg_metric metric, const char *const *labels)
{
    key k;
    series *s = make_key(&k, site, metric, labels) ? find(m, &k) : NULL;

    if (!s)
        atomic_fetch_add(&m->lost, 1);
    return s;
}

void simg_metrics_add(simg_metrics *m, const char *site, simg_metric metric, const char *const *labels, apr_int64_t n)
{
    series *s = m && n >= 0 ? find_labelled(m, site, metric, labels) : NULL;

    if (s)
        atomic_fetch_add(&s->numbers[0], n);
}

void simg_metrics_observe(simg_metrics *m, const char *site, simg_metric metric, const char *const *labels,
                          apr_interval_time_t took)
{
    const apr_int64_t *bounds = simg_metric_bounds(metric);
    series *s = m && bounds ? find_labelled(m, site, metric, labels) : NULL;
    int i = 0;

    if (!s)
        return;
    /* a clock that was set back */
    if (took < 0)
        took = 0;
    while (bounds[i] && took > bounds[i])
        i++;
    atomic_fetch_add(&s->numbers[i], 1);
    atomic_fetch_add(&s->numbers[SUM], took);
}

static void read_series(apr_array_header_t *samples, series *s, apr_pool_t *p)
{
    simg_sample sample = { 0 };
    key k;
    int i, metric;

    for (i = 0; i < WORDS; i++)
        k.as.words[i] = atomic_load_explicit(&s->text[i], memory_order_relaxed);
    k.as.text[SIMG_METRIC_KEY - 1] = '\0';
    metric = simg_metric_of_key(&sample.labels, k.as.text);
    if (metric < 0)
        return;
    sample.metric = (simg_metric)metric;
    sample.labels = apr_pstrdup(p, sample.labels);
    for (i = 0; i < SIMG_METRIC_NUMBERS; i++)
        sample.numbers[i] = atomic_load_explicit(&s->numbers[i], memory_order_relaxed);
    APR_ARRAY_PUSH(samples, simg_sample) = sample;
}

apr_array_header_t *simg_metrics_read(const simg_metrics *m, const char *site, apr_pool_t *p)
{
    apr_array_header_t *samples = apr_array_make(p, 64, sizeof(simg_sample));
    uint64_t wanted = site_of(site);
    uint32_t i;

    for (i = 0; m && i < m->n; i++) {
        series *s = &series_of(m)[i];

        if (atomic_load_explicit(&s->told, memory_order_acquire) &&
            atomic_load_explicit(&s->site, memory_order_relaxed) == wanted)
            read_series(samples, s, p);
    }
    if (m)
        simg_samples_set(samples, SIMG_METRIC_lost, NULL, atomic_load(&((simg_metrics *)(uintptr_t)m)->lost));
    return samples;
}
