/* SPDX-License-Identifier: Apache-2.0 */
/** Where the library's messages go: httpd's error log, a program's standard error, a test's memory.
 *
 * Levels are syslog's (3 error: an operator must act; 4 warning: we coped; 5 notice: once per start; 6 info: a
 * decision about a request; 7 debug: for us). No message at 6 or below carries a key, a photo, a prompt or a
 * child's name. Each message begins with a tag SIMGLOG(nnnn), used in one place only and never used again. */
#ifndef SIMG_BASE_LOG_H
#define SIMG_BASE_LOG_H

#include <apr_errno.h>

#define SIMGLOG(n) "SI" #n ": "

typedef struct simg_log simg_log;
struct simg_log {
    int level; /* messages above it are dropped before they are formatted */
    void (*print)(const simg_log *log, int level, apr_status_t rv, const char *message);
    void *sink; /* the printer's own */
};

enum { SIMG_ERROR = 3, SIMG_WARNING = 4, SIMG_NOTICE = 5, SIMG_INFO = 6, SIMG_DEBUG = 7 };

/** Format and print, cut at 2,000 bytes; control bytes become spaces. log may be NULL: nothing is printed. */
void simg_log_write(const simg_log *log, int level, apr_status_t rv, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
