/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/json.h"
#include "base/utf8.h"
#include "ctl/progress.h"

#define DUMP (JSON_COMPACT | JSON_ENSURE_ASCII)

/* How far the document is. */
enum { NOTHING, BEGUN, SOME, ENDED };

static int is_plain(uint32_t c)
{
    return c >= 0x20 && c != 0x7f && c != '\\' && simg_utf8_is_text(c);
}

/* The longest escape of a byte has four characters. */
const char *ctl_print_safe(const char *s, apr_pool_t *p)
{
    apr_size_t left = s ? strlen(s) : 0;
    char *out = apr_palloc(p, 4 * left + 2), *to = out;
    size_t n;

    if (!s)
        return "-";
    for (; left; s += n, left -= n) {
        uint32_t c = simg_utf8_next(s, left, &n);
        size_t i;

        if (c == '\\' || c == '\n')
            to += apr_snprintf(to, 5, "%s", c == '\n' ? "\\n" : "\\\\");
        else if (c != (uint32_t)-1 && is_plain(c)) {
            memcpy(to, s, n);
            to += n;
        } else
            for (i = 0; i < n; i++)
                to += apr_snprintf(to, 5, "\\x%02x", (unsigned char)s[i]);
    }
    *to = '\0';
    return out;
}

json_t *ctl_print_string(const char *s, apr_pool_t *p)
{
    if (!s)
        return json_null();
    return json_string(simg_utf8_valid(s, strlen(s)) && !strchr(s, 0x7f) ? s : ctl_print_safe(s, p));
}

static void write_line(const char *fmt, va_list ap)
{
    ctl_progress_hide();
    vprintf(fmt, ap);
    putchar('\n');
}

void ctl_print_line(const ctl *c, const char *fmt, ...)
{
    va_list ap;

    if (c->json)
        return;
    va_start(ap, fmt);
    write_line(fmt, ap);
    va_end(ap);
}

void ctl_print_note(const ctl *c, const char *fmt, ...)
{
    va_list ap;

    if (c->json || c->quiet)
        return;
    va_start(ap, fmt);
    write_line(fmt, ap);
    va_end(ap);
}

static void write_json(const json_t *j)
{
    char *text = json_dumps(j, DUMP | JSON_ENCODE_ANY);

    if (text)
        fputs(text, stdout);
    free(text);
}

void ctl_print_list(ctl *c, const char *name)
{
    if (!c->json)
        return;
    printf("{\"%s\":[", name);
    c->printed = BEGUN;
}

void ctl_print_item(ctl *c, json_t *item)
{
    if (c->json) {
        ctl_progress_hide();
        fputs(c->printed == SOME ? ",\n" : "\n", stdout);
        c->printed = SOME;
        write_json(item);
    }
    json_decref(item);
}

/* A document without a list is its members alone. */
void ctl_print_end(ctl *c, json_t *members)
{
    const char *key;
    json_t *value;

    if (c->json && c->printed == NOTHING) {
        write_json(members);
        putchar('\n');
    } else if (c->json && c->printed != ENDED) {
        fputs(c->printed == SOME ? "\n]" : "]", stdout);
        json_object_foreach(members, key, value) {
            printf(",\"%s\":", key);
            write_json(value);
        }
        fputs("}\n", stdout);
    }
    c->printed = ENDED;
    json_decref(members);
}

static int fail(ctl *c, const char *sentence)
{
    const char *safe = ctl_print_safe(sentence, c->pool);

    ctl_progress_hide();
    fflush(stdout);
    fprintf(stderr, "storyimgctl: %s\n", safe);
    if (c->json)
        ctl_print_end(c, json_pack("{s:s}", "error", safe));
    return CTL_FAILED;
}

/* The cause says more than the detail, which is for clients; some causes say nothing without it. */
int ctl_print_problem(ctl *c, const simg_problem *err)
{
    char buf[120];

    return fail(c, apr_psprintf(c->pool, "%s%s%s (%s)", err->detail, err->cause ? ": " : "", err->cause ? err->cause : "",
                                apr_strerror(err->rv, buf, sizeof(buf))));
}

int ctl_print_failure(ctl *c, const char *fmt, ...)
{
    const char *sentence;
    va_list ap;

    va_start(ap, fmt);
    sentence = apr_pvsprintf(c->pool, fmt, ap);
    va_end(ap);
    return fail(c, sentence);
}

int ctl_print_flush(const ctl *c, int state)
{
    (void)c;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return state;
    fprintf(stderr, "storyimgctl: standard output could not be written\n");
    return CTL_FAILED;
}

const char *ctl_print_bytes(apr_int64_t bytes, apr_pool_t *p)
{
    static const char *const units[] = { "bytes", "KB", "MB", "GB", "TB" };
    double n = (double)bytes;
    int i = 0;

    for (; n >= 1024 && i < 4; i++)
        n /= 1024;
    return apr_psprintf(p, i ? "%.1f %s" : "%.0f %s", n, units[i]);
}
