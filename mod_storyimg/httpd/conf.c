/* SPDX-License-Identifier: Apache-2.0 */
/* Directives, made from the table of options; and what they become once all of them are read. */
#include "httpd/server.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>

APLOG_USE_MODULE(storyimg);

/** Directives of the option table: server-wide ones are not allowed in sections, the others go anywhere. */
#define ALLOWED_SITE RSRC_CONF
#define ALLOWED_ANY (RSRC_CONF | ACCESS_CONF | OR_FILEINFO)
#define TAKES_FLAG AP_INIT_TAKE1
#define TAKES_NUMBER AP_INIT_TAKE1
#define TAKES_SIZE AP_INIT_TAKE1
#define TAKES_TIME AP_INIT_TAKE1
#define TAKES_TEXT AP_INIT_TAKE1
#define TAKES_LINE AP_INIT_RAW_ARGS

static const char *set_option(cmd_parms *cmd, void *dir, const char *value);

#define DIRECTIVE(type, member, directive, variable, dflt, low, high, where, meaning)                                  \
    TAKES_##type(directive, set_option, (void *)&simg_options[SIMG_OPTION_##member], ALLOWED_##where, meaning),

const command_rec storyimg_directives[] = { SIMG_OPTIONS(DIRECTIVE){ .name = NULL } };

/** A line's value without the quotation marks that an administrator may put around it or its words. */
static const char *line_value(cmd_parms *cmd, const char *rest)
{
    const char *value = "";

    while (*rest) {
        const char *word = ap_getword_conf(cmd->pool, &rest);

        if (*word)
            value = *value ? apr_pstrcat(cmd->pool, value, " ", word, NULL) : word;
    }
    return value;
}

static const char *set_option(cmd_parms *cmd, void *dir, const char *value)
{
    const simg_option *option = cmd->info;
    storyimg_server *server = ap_get_module_config(cmd->server->module_config, &storyimg_module);
    simg_settings *target = cmd->path ? dir : server->given;
    const char *wrong;

    if (option->type == SIMG_LINE)
        value = line_value(cmd, value);
    if (!*value)
        return apr_psprintf(cmd->pool, "%s: needs a value", option->name);
    wrong = simg_settings_set(target, (int)(option - simg_options), value, SIMG_FROM_DIRECTIVE, cmd->pool);
    /* a .htaccess is read while threads serve requests: the server's record is constant by then */
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_RUN_MPM)
        return wrong;
    server->tells = 1;
    if (cmd->path && target->save)
        server->saves_somewhere = 1;
    return wrong;
}

void *storyimg_server_create(apr_pool_t *p, server_rec *s)
{
    storyimg_server *server = apr_pcalloc(p, sizeof(*server));

    (void)s;
    server->given = simg_settings_make(p);
    return server;
}

void *storyimg_server_merge(apr_pool_t *p, void *base, void *over)
{
    storyimg_server *b = base, *o = over;
    storyimg_server *server = apr_pcalloc(p, sizeof(*server));

    server->given = simg_settings_merge(b->given, o->given, p);
    server->tells = b->tells || o->tells;
    server->saves_somewhere = b->saves_somewhere || o->saves_somewhere;
    return server;
}

void *storyimg_dir_create(apr_pool_t *p, char *dir)
{
    (void)dir;
    return simg_settings_make(p);
}

void *storyimg_dir_merge(apr_pool_t *p, void *base, void *over)
{
    return simg_settings_merge(base, over, p);
}

/** @return 1 if `SetHandler storyimg` stands somewhere in the configuration. */
static int has_handler(const ap_directive_t *d)
{
    for (; d; d = d->next)
        if ((!strcasecmp(d->directive, "SetHandler") && !strcmp(d->args, "storyimg")) || has_handler(d->first_child))
            return 1;
    return 0;
}

static const char *variable(const char *name)
{
    return getenv(name);
}

/** A virtual host without a directive of ours shares the main server's record, until it gets its own here: it
 * has a log of its own. */
static void own_record(server_rec *s, const server_rec *main_server, apr_pool_t *p)
{
    storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);
    const storyimg_server *shared = ap_get_module_config(main_server->module_config, &storyimg_module);

    if (s == main_server || server != shared)
        return;
    server = apr_pmemdup(p, shared, sizeof(*shared));
    server->given = apr_pmemdup(p, shared->given, sizeof(*shared->given));
    ap_set_module_config(s->module_config, &storyimg_module, server);
}

static const char *finish(storyimg_server *server, server_rec *s, apr_pool_t *p)
{
    const char *wrong = simg_settings_finish(server->given, ap_server_root, variable, p);

    return wrong ? wrong : simg_site_make(&server->site, server->given, storyimg_log_make(s, p), p);
}

int storyimg_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    const server_rec *main_server = s;
    int mounted = has_handler(ap_conftree);
    server_rec *each;

    (void)plog;
    (void)ptemp;
    for (each = s; each; each = each->next)
        own_record(each, main_server, pconf);
    for (each = s; each; each = each->next) {
        storyimg_server *server = ap_get_module_config(each->module_config, &storyimg_module);
        const char *wrong = finish(server, each, pconf);

        server->tells |= mounted;
        if (wrong) {
            ap_log_error(APLOG_MARK, APLOG_EMERG, 0, each, SIMGLOG(0001) "%s", wrong);
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    return OK;
}
