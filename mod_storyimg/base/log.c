/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>

#include <apr_strings.h>

void simg_log_write(const simg_log *log, int level, apr_status_t rv, const char *fmt, ...)
{
    char line[2000];
    va_list ap;
    char *c;

    if (!log || level > log->level)
        return;
    va_start(ap, fmt);
    apr_vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    for (c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    log->print(log, level, rv, line);
}
