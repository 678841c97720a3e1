/* SPDX-License-Identifier: Apache-2.0 */
/* What happens before the first request: as root, folders; in each child, connections. */
#include "httpd/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <unixd.h>

#include "base/file.h"
#include "base/http.h"

APLOG_USE_MODULE(storyimg);

/** @return 1 if the user that serves requests may make files in a folder with these permissions. */
static int may_write(const struct stat *st, uid_t user, gid_t group)
{
    mode_t bits = user == 0             ? 7
                  : st->st_uid == user  ? st->st_mode >> 6
                  : st->st_gid == group ? st->st_mode >> 3
                                        : st->st_mode;

    return S_ISDIR(st->st_mode) && (bits & 3) == 3;
}

/** The folder, there and writable for the user that serves requests. Whatever is wrong is said, and Apache starts. */
static void prepare_folder(int option, const char *path, server_rec *s, apr_pool_t *p)
{
    const char *directive = simg_options[option].name;
    int root = geteuid() == 0;
    uid_t user = root ? ap_unixd_config.user_id : geteuid();
    gid_t group = root ? ap_unixd_config.group_id : getegid();
    struct stat st;
    apr_status_t rv = APR_SUCCESS;

    if (stat(path, &st) != 0) {
        rv = option == SIMG_OPTION_state_dir ? simg_dir_make_private(path, p) : simg_dir_make(path, p);
        if (rv == APR_SUCCESS && root && lchown(path, user, group) != 0)
            rv = APR_FROM_OS_ERROR(errno);
        if (rv == APR_SUCCESS && stat(path, &st) != 0)
            rv = APR_FROM_OS_ERROR(errno);
    }
    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s,
                     SIMGLOG(0002) "%s %s: cannot be made; no picture can be saved until it is there", directive, path);
    else if (!may_write(&st, user, group))
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                     SIMGLOG(0003) "%s %s: user %s (uid %d) may not write there; no picture can be saved until it may",
                     directive, path, ap_unixd_config.user_name ? ap_unixd_config.user_name : "of this server",
                     (int)user);
}

/** Who writes and draws, in one line, so that an administrator sees what will cost money. */
static void announce(const storyimg_server *server, server_rec *s)
{
    const simg_model *writer = &APR_ARRAY_IDX(server->site->writers, 0, simg_model);
    const simg_model *artist = &APR_ARRAY_IDX(server->site->illustrators, 0, simg_model);

    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, s, SIMGLOG(0004) "stories by %s/%s, pictures by %s/%s, saving %s",
                 writer->provider->name, writer->name, artist->provider->name, artist->name,
                 server->given->save ? "on" : "off");
}

int storyimg_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    if (simg_http_init(pconf) != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    for (; s; s = s->next) {
        storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);

        if (!server->tells)
            continue;
        announce(server, s);
        if (!server->given->save && !server->saves_somewhere)
            continue;
        prepare_folder(SIMG_OPTION_generated_dir, server->given->generated_dir, s, ptemp);
        prepare_folder(SIMG_OPTION_state_dir, server->given->state_dir, s, ptemp);
    }
    return OK;
}

void storyimg_child_init(apr_pool_t *pchild, server_rec *s)
{
    for (; s; s = s->next) {
        storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);
        simg_problem err = { 0 };

        if (simg_site_open(server->site, pchild, &err) != APR_SUCCESS)
            ap_log_error(APLOG_MARK, APLOG_ERR, err.rv, s, SIMGLOG(0005) "%s: %s", err.code,
                         err.cause ? err.cause : err.detail);
    }
}
