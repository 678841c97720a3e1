/* SPDX-License-Identifier: Apache-2.0 */
/* The library's messages in httpd's error log. Levels are the same numbers. */
#include "httpd/server.h"

#include <http_log.h>

APLOG_USE_MODULE(storyimg);

static void print(const simg_log *log, int level, apr_status_t rv, const char *message)
{
    /* APR_EGENERAL stands for "no system error": httpd would print its number and nothing else */
    ap_log_error(APLOG_MARK, level, rv == APR_EGENERAL ? 0 : rv, (server_rec *)log->sink, "%s", message);
}

simg_log *storyimg_log_make(server_rec *s, apr_pool_t *p)
{
    simg_log *log = apr_pcalloc(p, sizeof(*log));

    log->level = ap_get_server_module_loglevel(s, APLOG_MODULE_INDEX);
    log->print = print;
    log->sink = s;
    return log;
}

void storyimg_log_problem(request_rec *r, const simg_problem *err)
{
    /* a client's mistake is news to nobody but the client; an upstream's is ours to cope with */
    int level = err->status < 500 ? APLOG_INFO : err->status == 500 || err->status == 507 ? APLOG_ERR : APLOG_WARNING;

    apr_status_t rv = err->status < 500 || err->rv == APR_EGENERAL ? 0 : err->rv;

    ap_log_rerror(APLOG_MARK, level, rv, r, SIMGLOG(0010) "%d %s: %s%s%s", err->status, err->code, err->detail,
                  err->cause ? ": " : "", err->cause ? err->cause : "");
}
