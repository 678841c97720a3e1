/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metric.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define KIND(id, name, type, millionths, labels, help) { name, SIMG_METRIC_##type, millionths, labels, help },
const simg_metric_kind simg_metric_kinds[SIMG_METRIC_COUNT] = { SIMG_METRICS(KIND) };

#define MS(n) ((n)*INT64_C(1000))
#define S(n) ((n)*INT64_C(1000000))

static const apr_int64_t request_bounds[] = { MS(5), MS(25), MS(100), MS(250), MS(500), S(1),   MS(2500),
                                              S(5),  S(10),  S(30),   S(60),   S(120),  S(300), 0 };
static const apr_int64_t call_bounds[] = { MS(100), MS(250), MS(500), S(1),  S(2),   S(5),   S(10),
                                           S(20),   S(30),   S(60),   S(90), S(120), S(180), 0 };

const apr_int64_t *simg_metric_bounds(simg_metric metric)
{
    if (simg_metric_kinds[metric].type != SIMG_METRIC_HISTOGRAM)
        return NULL;
    return metric == SIMG_METRIC_request_seconds ? request_bounds : call_bounds;
}

/** A key as it is written; full once something did not fit. */
typedef struct writer {
    char *to;
    size_t len;
    int full;
} writer;

static void put(writer *w, const char *s, size_t len)
{
    if (w->full || len >= SIMG_METRIC_KEY - w->len) {
        w->full = 1;
        return;
    }
    memcpy(w->to + w->len, s, len);
    w->len += len;
}

/** One byte of a value. A document that is not UTF-8 would not be read at all. */
static void put_byte(writer *w, char c, int valid)
{
    if (c == '\n')
        put(w, "\\n", 2);
    else if ((unsigned char)c < ' ' || c == 0x7f || ((unsigned char)c >= 0x80 && !valid))
        put(w, "?", 1);
    else {
        if (c == '"' || c == '\\')
            put(w, "\\", 1);
        put(w, &c, 1);
    }
}

static void put_value(writer *w, const char *value)
{
    int valid = simg_utf8_valid(value, strlen(value));

    put(w, "=\"", 2);
    for (; *value; value++)
        put_byte(w, *value, valid);
    put(w, "\"", 1);
}

int simg_metric_key(char key[SIMG_METRIC_KEY], simg_metric metric, const char *const *labels)
{
    const simg_metric_kind *kind = &simg_metric_kinds[metric];
    const char *name = kind->labels;
    writer w = { key, 0, 0 };
    int i;

    memset(key, 0, SIMG_METRIC_KEY);
    put(&w, kind->name, strlen(kind->name));
    for (i = 0; *name && labels; i++) {
        size_t len = strcspn(name, " ");

        put(&w, i ? "," : "{", 1);
        put(&w, name, len);
        put_value(&w, labels[i]);
        name += len;
        name += *name == ' ';
    }
    return !w.full;
}

int simg_metric_of_key(const char **labels, const char *key)
{
    size_t len = strcspn(key, "{");
    int i;

    *labels = key[len] ? key + len + 1 : "";
    for (i = 0; i < SIMG_METRIC_COUNT; i++)
        if (!strncmp(simg_metric_kinds[i].name, key, len) && !simg_metric_kinds[i].name[len])
            return i;
    return -1;
}
