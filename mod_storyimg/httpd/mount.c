/* SPDX-License-Identifier: Apache-2.0 */
/* Where the API is mounted. httpd tells a handler the whole path; the part of it that belongs to the section with
 * `SetHandler storyimg` is found in that section: a <Location>, a <LocationMatch>, or a folder (<Directory>,
 * .htaccess). */
#include "httpd/server.h"

#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

/** How many characters of path a section of our handler takes; -1: it is not for this path, or not ours. */
static int taken_by(const core_dir_config *section, request_rec *r)
{
    ap_regmatch_t match[1];
    int len = section->d ? (int)strlen(section->d) : 0;

    if (section->r) {
        len = ap_regexec(section->r, r->uri, 1, match, 0) == 0 ? (int)match[0].rm_eo : -1;
    } else {
        while (len && section->d[len - 1] == '/')
            len--;
        if (section->d_is_fnmatch || strncmp(r->uri, section->d, (size_t)len))
            len = -1;
    }
    return len >= 0 && (r->uri[len] == '/' || !r->uri[len]) ? len : -1;
}

static int is_ours(const core_dir_config *section, request_rec *r)
{
    const char *why = NULL;
    const char *handler = section->expr_handler ? ap_expr_str_exec(r, section->expr_handler, &why) : section->handler;

    return handler && !why && !strcmp(handler, "storyimg");
}

/** The longest of the server's <Location>s with our handler; -1: none. */
static int taken_by_location(request_rec *r)
{
    core_server_config *core = ap_get_core_module_config(r->server->module_config);
    int longest = -1, i;

    for (i = 0; core->sec_url && i < core->sec_url->nelts; i++) {
        core_dir_config *section = ap_get_core_module_config(APR_ARRAY_IDX(core->sec_url, i, ap_conf_vector_t *));
        int len = taken_by(section, r);

        if (len > longest && is_ours(section, r))
            longest = len;
    }
    return longest;
}

/** What httpd found on disk is the folder; the first name that is not there, and all behind it, are for us. */
static int taken_by_folder(request_rec *r)
{
    const char *name = r->filename && r->finfo.filetype != APR_DIR ? strrchr(r->filename, '/') : NULL;
    int behind = (int)((name ? strlen(name) : 0) + (r->path_info ? strlen(r->path_info) : 0));
    int len = (int)strlen(r->uri);

    return behind && behind <= len ? len - behind : 0;
}

void storyimg_mount_split(const char **mount, const char **rest, request_rec *r)
{
    int len = taken_by_location(r);

    if (len < 0)
        len = taken_by_folder(r);
    *mount = apr_pstrmemdup(r->pool, r->uri, (apr_size_t)len);
    *rest = r->uri[len] ? r->uri + len : "/";
}
