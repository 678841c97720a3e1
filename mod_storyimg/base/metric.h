/* SPDX-License-Identifier: Apache-2.0 */
/** What is measured: one row each, in the order of their names. Told by GET /metrics with the prefix storyimg_; what they
 * mean to an administrator stands in docs/metrics.md. */
#ifndef SIMG_BASE_METRIC_H
#define SIMG_BASE_METRIC_H

#include <apr.h>

/** id, name, type, in millionths (1: of seconds or dollars; 0: whole numbers), labels, help. Values of labels come from
 * small sets: patterns of routes, names of configured models, words of ours. Never what a client sent, never an id. */
#define SIMG_METRICS(M)                                                                                                \
    M(build_info, "build_info", GAUGE, 0, "version", "The version of mod_storyimg, as a label.")                       \
    M(disk_free, "disk_free_bytes", GAUGE, 0, "", "What may still be written to the disk of the pictures.")            \
    M(images, "images", GAUGE, 0, "", "Pictures kept.")                                                                \
    M(images_bytes, "images_bytes", GAUGE, 0, "", "What they take on disk, shared storage counted once.")              \
    M(deduplicated, "images_deduplicated_total", COUNTER, 0, "",                                                       \
      "Pictures saved that were there already, byte for byte.")                                                        \
    M(removed, "images_removed_total", COUNTER, 0, "reason", "Pictures removed.")                                      \
    M(reused, "images_reused_total", COUNTER, 0, "", "Pictures that were not drawn: an earlier one was taken.")        \
    M(saved, "images_saved_total", COUNTER, 0, "kind", "Pictures saved.")                                              \
    M(index_up, "index_up", GAUGE, 0, "", "1 if the index answers, else 0.")                                           \
    M(jobs_open, "jobs_open", GAUGE, 0, "", "Jobs with pages that have no outcome yet.")                               \
    M(lost, "metrics_lost_total", COUNTER, 0, "", "What there was no room to count, in the whole server.")             \
    M(pages, "pages", GAUGE, 0, "state", "Pages to be drawn, and pages being drawn.")                                  \
    M(queue_oldest, "queue_oldest_seconds", GAUGE, 1, "", "For how long the oldest page has been due.")                \
    M(request_seconds, "request_duration_seconds", HISTOGRAM, 1, "route", "How long requests took.")                   \
    M(requests, "requests_total", COUNTER, 0, "route method status", "Requests answered.")                             \
    M(waiting, "requests_waiting", GAUGE, 0, "", "Requests of the whole server that wait or stream now.")              \
    M(stories, "stories", GAUGE, 0, "", "Stories in the index.")                                                       \
    M(thumbnails, "thumbnails_made_total", COUNTER, 0, "", "Thumbnails made.")                                         \
    M(call_seconds, "upstream_call_duration_seconds", HISTOGRAM, 1, "provider operation",                              \
      "How long calls to models took.")                                                                                \
    M(calls, "upstream_calls_total", COUNTER, 0, "provider model operation outcome", "Calls to models that ended.")    \
    M(cost, "upstream_cost_dollars_total", COUNTER, 1, "provider model", "What calls cost, as far as it is known.")    \
    M(cost_unknown, "upstream_cost_unknown_total", COUNTER, 0, "provider model",                                       \
      "Calls that may have cost money, nobody knows how much.")

#define SIMG_METRIC_ID(id, name, type, millionths, labels, help) SIMG_METRIC_##id,
typedef enum simg_metric { SIMG_METRICS(SIMG_METRIC_ID) SIMG_METRIC_COUNT } simg_metric;
#undef SIMG_METRIC_ID

typedef enum simg_metric_type { SIMG_METRIC_COUNTER, SIMG_METRIC_GAUGE, SIMG_METRIC_HISTOGRAM } simg_metric_type;

typedef struct simg_metric_kind {
    const char *name;
    simg_metric_type type;
    int millionths;
    const char *labels; /* their names, in order, separated by spaces; "": none */
    const char *help;
} simg_metric_kind;

extern const simg_metric_kind simg_metric_kinds[SIMG_METRIC_COUNT];

/** The upper bounds of a histogram's buckets, in millionths, ended by 0; a last bucket without a bound follows them. NULL
 * where it is none. At most SIMG_METRIC_NUMBERS - 2. */
const apr_int64_t *simg_metric_bounds(simg_metric metric);

/** Numbers of one series. A counter or gauge has the first only; a histogram its buckets, each counting what is not in
 * the one before it, and in the last place the sum. */
#define SIMG_METRIC_NUMBERS 16

/** Values of labels, in the order of the table: SIMG_LABELS("openai", "gpt-image-2"). */
#define SIMG_LABELS(...) ((const char *const[]){ __VA_ARGS__ })

/** Longest key of a series, with its NUL. */
#define SIMG_METRIC_KEY 200

/** A series as text, `requests_total{route="/health",…`, without the closing brace; values escaped.
 * @param labels  NULL if the metric has none
 * @return 1; 0 if it is too long */
int simg_metric_key(char key[SIMG_METRIC_KEY], simg_metric metric, const char *const *labels);

/** The reverse: which metric, and *labels points to what stands behind the brace ("" if there is none). -1: none of ours. */
int simg_metric_of_key(const char **labels, const char *key);

#endif
