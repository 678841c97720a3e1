/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#define PAUSE apr_time_from_msec(200)
#define WIDTH 24
#define MEGABYTE 1048576.0

static struct {
    int on, drawn;
    const char *what;
    apr_int64_t done, bytes, total;
    apr_time_t begun, last;
} line;

void ctl_progress_start(const ctl *c, const char *what, apr_int64_t total)
{
    const char *terminal = getenv("TERM");

    ctl_progress_end();
    memset(&line, 0, sizeof(line));
    line.on = !c->quiet && !c->no_progress && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb");
    line.what = what;
    line.total = total;
    line.begun = line.last = apr_time_now();
}

static void draw_bar(char *out)
{
    int full = line.total > 0 ? (int)(line.done * WIDTH / line.total) : 0;
    int i;

    for (i = 0; i < WIDTH; i++)
        out[i] = i < full ? '#' : '.';
    out[WIDTH] = '\0';
}

static void draw(apr_time_t now)
{
    double seconds = (double)(now - line.begun) / APR_USEC_PER_SEC;
    double rate = seconds > 0 ? (double)line.done / seconds : 0;
    apr_int64_t left = line.total > line.done && rate > 0 ? (apr_int64_t)((double)(line.total - line.done) / rate) : 0;
    char bar[WIDTH + 1];

    draw_bar(bar);
    fprintf(stderr, "\r%s [%s] %ld", line.what, bar, (long)line.done);
    if (line.total > 0)
        fprintf(stderr, "/%ld", (long)line.total);
    fprintf(stderr, "  %.0f/s", rate);
    if (line.bytes)
        fprintf(stderr, "  %.0f MB/s", (double)line.bytes / MEGABYTE / (seconds > 0 ? seconds : 1));
    if (line.total > 0)
        fprintf(stderr, "  %ld:%02ld left", (long)left / 60, (long)left % 60);
    fputs("\033[K", stderr);
    line.drawn = 1;
}

void ctl_progress_step(apr_int64_t items, apr_int64_t bytes)
{
    apr_time_t now;

    line.done += items;
    line.bytes += bytes;
    /* What was counted before may have grown since. */
    if (line.total && line.done > line.total)
        line.total = line.done;
    if (!line.on)
        return;
    now = apr_time_now();
    if (now - line.last < PAUSE)
        return;
    line.last = now;
    draw(now);
}

void ctl_progress_hide(void)
{
    if (!line.drawn)
        return;
    fputs("\r\033[K", stderr);
    line.drawn = 0;
}

void ctl_progress_end(void)
{
    ctl_progress_hide();
    line.on = 0;
}
