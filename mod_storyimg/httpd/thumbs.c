/* SPDX-License-Identifier: Apache-2.0 */
/* Thumbnails: a request for one that is not there makes it; the rest is httpd's own, as for any file. */
#include "httpd/server.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include "base/file_draft.h"
#include "base/sniff.h"
#include "store/thumbs.h"
#include "work/thumbs.h"

APLOG_USE_MODULE(storyimg);

#define FOLDER "/" SIMG_THUMBS_FOLDER
#define AGAIN "storyimg-again" /* a handler of ours, for one request */
#define RETRY_AFTER apr_time_from_sec(10)

/** Where a folder of thumbnails ends in a path, without what comes behind it; NULL: it is none. */
static const char *folder_end(const char *path, const char *end)
{
    const apr_size_t len = strlen(FOLDER);

    return (apr_size_t)(end - path) >= len && !strncmp(end - len, FOLDER, len) ? end : NULL;
}

/** What a request for a thumbnail that is not there asks for. httpd has looked for it folder by folder, as far as there
 * was one.
 * @param folder  receives the path of the folder of thumbnails
 * @return the thumbnail's name, NULL: something else is asked for */
static const char *name_asked(const char **folder, request_rec *r)
{
    const char *path = r->filename, *rest = r->path_info ? r->path_info : "";
    const char *slash = path && path[0] == '/' ? strrchr(path, '/') : NULL;
    const char *end, *name;

    if (!slash)
        return NULL;
    end = folder_end(path, *rest ? path + strlen(path) : slash);
    name = *rest ? rest + 1 : slash + 1;
    if (!end || !simg_thumb_is_name(name))
        return NULL;
    *folder = apr_pstrmemdup(r->pool, path, (apr_size_t)(end - path));
    return name;
}

/** Aliases may lead to a folder by another path than the one that the directive says. */
static int same_folder(const char *a, const char *b, apr_pool_t *p)
{
    apr_finfo_t x, y;

    if (!strcmp(a, b))
        return 1;
    return apr_stat(&x, a, APR_FINFO_IDENT, p) == APR_SUCCESS && apr_stat(&y, b, APR_FINFO_IDENT, p) == APR_SUCCESS &&
           x.device == y.device && x.inode == y.inode;
}

static int saves(const storyimg_server *server, request_rec *r)
{
    const simg_settings *here = ap_get_module_config(r->per_dir_config, &storyimg_module);

    if (server->site->settings->save || server->saves_somewhere)
        return 1;
    return here && simg_settings_merge(server->site->settings, here, r->pool)->save;
}

/** Is it the one among the pictures of this virtual host? */
static int is_ours(request_rec *r, const char *folder)
{
    const storyimg_server *server = ap_get_module_config(r->server->module_config, &storyimg_module);
    const char *pictures = apr_pstrmemdup(r->pool, folder, strlen(folder) - strlen(FOLDER));

    return server->tells && saves(server, r) && same_folder(pictures, server->site->settings->generated_dir, r->pool);
}

void storyimg_thumbs_prepare(const storyimg_server *server, apr_pool_t *p)
{
    if (server->tells && (server->given->save || server->saves_somewhere))
        simg_dir_make_plain(apr_pstrcat(p, server->given->generated_dir, FOLDER, NULL));
}

/** Whoever waits for the program is one of those who wait: other sites of this server need their threads too. */
static apr_status_t make(const simg_site *site, const char *name, apr_pool_t *p, simg_problem *err)
{
    apr_status_t rv;

    if (!simg_slots_enter(site->slots, site->waiting_max)) {
        simg_problem_set(err, p, "too-many-waiting", APR_EGENERAL, "too many requests are waiting; try again soon");
        err->retry_after = RETRY_AFTER;
        return simg_problem_cause(err, p, "StoryImgMaxWaiting %d", site->waiting_max);
    }
    rv = simg_thumbs_make(site, name, p, err);
    simg_slots_leave(site->slots);
    return rv;
}

static int refuse(request_rec *r, const simg_problem *err)
{
    if (err->status == HTTP_NOT_FOUND)
        return DECLINED;
    storyimg_log_problem(r, err);
    storyimg_retry_after(r->err_headers_out, err, r->pool);
    return err->status;
}

/** What httpd would know by now, had the file always been there. */
static void make_known(request_rec *r)
{
    apr_status_t rv = apr_stat(&r->finfo, r->filename, APR_FINFO_MIN | APR_FINFO_LINK, r->pool);

    if ((rv != APR_SUCCESS && rv != APR_INCOMPLETE) || r->finfo.filetype != APR_REG)
        r->finfo.filetype = APR_NOFILE;
    else if (!r->content_type)
        ap_set_content_type(r, simg_image_media_type(SIMG_IMAGE_WEBP));
}

/** May whoever asks have the picture itself? Rules may name it by what it is called. @return OK, or a status */
static int check_original(request_rec *r, const char *name)
{
    static const simg_image_type types[] = { SIMG_IMAGE_PNG, SIMG_IMAGE_JPEG, SIMG_IMAGE_WEBP };
    const char *stem = apr_pstrmemdup(r->pool, name, strcspn(name, "."));
    int i, state = OK;

    for (i = 0; i < 3 && state == OK; i++) {
        const char *uri = apr_pstrcat(r->pool, "../", stem, ".", simg_image_extension(types[i]), NULL);
        request_rec *sub = ap_sub_req_lookup_uri(uri, r, NULL);

        if (sub->finfo.filetype == APR_REG && sub->status != HTTP_OK)
            state = sub->status;
        ap_destroy_sub_req(sub);
    }
    return state;
}

static int is_plain(const request_rec *r)
{
    return !r->main && r->method_number == M_GET && (!r->handler || !strcmp(r->handler, "default-handler"));
}

/** The folder has gone. Its sections and its .htaccess were not applied to this request, so it begins anew. */
static int begin_anew(request_rec *r, const char *folder)
{
    apr_status_t rv = simg_dir_make_plain(folder);

    if (rv == APR_SUCCESS)
        r->handler = AGAIN;
    else
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, rv, r,
                      SIMGLOG(0720) "the folder " SIMG_THUMBS_FOLDER " in StoryImgGeneratedDir cannot be made");
    return DECLINED;
}

int storyimg_thumbs_again(request_rec *r)
{
    if (!r->handler || strcmp(r->handler, AGAIN))
        return DECLINED;
    ap_internal_redirect(r->unparsed_uri, r);
    return OK;
}

int storyimg_thumbs_fixup(request_rec *r)
{
    const storyimg_server *server;
    simg_problem err = { 0 };
    const char *name, *folder;
    int state;

    if (r->finfo.filetype != APR_NOFILE || !is_plain(r))
        return DECLINED;
    name = name_asked(&folder, r);
    if (!name || !is_ours(r, folder))
        return DECLINED;
    if (r->path_info && *r->path_info)
        return begin_anew(r, folder);
    state = check_original(r, name);
    if (state != OK)
        return state;
    server = ap_get_module_config(r->server->module_config, &storyimg_module);
    if (make(server->site, name, r->pool, &err) != APR_SUCCESS)
        return refuse(r, &err);
    make_known(r);
    return DECLINED;
}
