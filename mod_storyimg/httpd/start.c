/* SPDX-License-Identifier: Apache-2.0 */
/* What happens before the first request: as root, folders; in each child, connections. */
#include "httpd/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <apr_hash.h>
#include <apr_shm.h>
#include <apr_strings.h>
#include <ap_mpm.h>
#include <http_core.h>
#include <http_log.h>
#include <unixd.h>

#include "base/clock.h"
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
    const char *loss = option == SIMG_OPTION_state_dir ? "nothing can be recorded" : "no picture can be saved";
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
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s, SIMGLOG(0002) "%s %s: cannot be made; %s until it is there",
                     directive, path, loss);
    else if (!may_write(&st, user, group))
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, s,
                     SIMGLOG(0003) "%s %s: user %s (uid %d) may not write there; %s until it may", directive, path,
                     ap_unixd_config.user_name ? ap_unixd_config.user_name : "of this server", (int)user, loss);
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

/** What jobs know a site by, from one start to the next: ServerName, with its port if it has one. A second site of the
 * same name is NAME:2. */
static const char *site_name(apr_hash_t *taken, const server_rec *s, apr_pool_t *p)
{
    char *name = apr_pstrdup(p, s->server_hostname ? s->server_hostname : "default");
    const char *unique;
    int n = 1;

    ap_str_tolower(name);
    if (s->port)
        name = apr_psprintf(p, "%s:%d", name, (int)s->port);
    for (unique = name; apr_hash_get(taken, unique, APR_HASH_KEY_STRING); n++)
        unique = apr_psprintf(p, "%s:%d", name, n + 1);
    apr_hash_set(taken, unique, APR_HASH_KEY_STRING, unique);
    return unique;
}

/** The main server, then the virtual hosts as they stand in the configuration: httpd lists them the other way round,
 * and one that is added at the end must not take another's name. */
static void name_sites(server_rec *s, apr_pool_t *pconf)
{
    apr_hash_t *taken = apr_hash_make(pconf);
    apr_array_header_t *hosts = apr_array_make(pconf, 8, sizeof(server_rec *));
    const char *run = simg_clock_id(pconf);
    server_rec *host;

    for (host = s->next; host; host = host->next)
        APR_ARRAY_PUSH(hosts, server_rec *) = host;
    for (host = s; host; host = hosts->nelts ? *(server_rec **)apr_array_pop(hosts) : NULL) {
        storyimg_server *server = ap_get_module_config(host->module_config, &storyimg_module);

        server->site->run = run;
        server->site->name = site_name(taken, host, pconf);
    }
}

static int is_among(const apr_array_header_t *words, const char *word)
{
    int i;

    for (i = 0; i < words->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(words, i, const char *), word))
            return 1;
    return 0;
}

/** Which folders the pictures of an index lie in. */
static const char *const *folders_of(const char *index, server_rec *s, apr_pool_t *p)
{
    apr_array_header_t *folders = apr_array_make(p, 4, sizeof(const char *));

    for (; s; s = s->next) {
        const storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);

        if (!strcmp(server->given->index, index) && !is_among(folders, server->given->generated_dir))
            APR_ARRAY_PUSH(folders, const char *) = server->given->generated_dir;
    }
    APR_ARRAY_PUSH(folders, const char *) = NULL;
    return (const char *const *)folders->elts;
}

static void share_folders(server_rec *main_server, apr_pool_t *pconf)
{
    server_rec *s;

    for (s = main_server; s; s = s->next) {
        storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);

        server->site->folders = folders_of(server->given->index, main_server, pconf);
    }
}

/** Memory that all children share, those of this generation. */
static apr_status_t share_memory(server_rec *main_server, apr_pool_t *pconf)
{
    storyimg_server *server = ap_get_module_config(main_server->module_config, &storyimg_module);
    apr_shm_t *shm;
    int children = 1;
    apr_status_t rv;

    ap_mpm_query(AP_MPMQ_HARD_LIMIT_DAEMONS, &children);
    rv = apr_shm_create(&shm, simg_slots_size(children), NULL, pconf);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, rv, main_server, SIMGLOG(0007) "no shared memory for %d processes",
                     children);
        return rv;
    }
    server->waiting = apr_shm_baseaddr_get(shm);
    simg_slots_init(server->waiting, children);
    return APR_SUCCESS;
}

#define METRICS_KEY "storyimg metrics " SIMG_METRICS_LAYOUT
#define SERIES 2048     /* at least, */
#define SERIES_EACH 256 /* or for each site: some thirty routes with their answers, and the models */

static int series_for(const server_rec *s)
{
    int n = 0;

    for (; s; s = s->next)
        n += SERIES_EACH;
    return n > SERIES ? n : SERIES;
}

/** Counters never go back: their memory is made once, and lives as long as the parent process. After a graceful restart
 * old children still count there while new ones do. */
static void share_metrics(server_rec *main_server)
{
    storyimg_server *server = ap_get_module_config(main_server->module_config, &storyimg_module);
    apr_pool_t *forever = main_server->process->pool;
    int series = series_for(main_server);
    void *found = NULL;
    apr_shm_t *shm;
    apr_status_t rv;

    apr_pool_userdata_get(&found, METRICS_KEY, forever);
    server->metrics = found;
    if (found)
        return;
    rv = apr_shm_create(&shm, simg_metrics_size(series), NULL, forever);
    if (rv != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, rv, main_server,
                     SIMGLOG(0730) "no shared memory for metrics: nothing is counted");
        return;
    }
    server->metrics = simg_metrics_init(apr_shm_baseaddr_get(shm), series);
    /* copies the key: ours is gone when the module is loaded anew */
    apr_pool_userdata_set(server->metrics, METRICS_KEY, NULL, forever);
}

/** The ledger and uploads are kept also where pictures are not. */
static void prepare(server_rec *s, apr_pool_t *ptemp)
{
    const storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);

    if (!server->tells)
        return;
    announce(server, s);
    prepare_folder(SIMG_OPTION_upload_dir, server->given->upload_dir, s, ptemp);
    if (server->given->save || server->saves_somewhere)
        prepare_folder(SIMG_OPTION_generated_dir, server->given->generated_dir, s, ptemp);
    prepare_folder(SIMG_OPTION_state_dir, server->given->state_dir, s, ptemp);
}

int storyimg_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    if (simg_http_init(pconf) != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    if (share_memory(s, pconf) != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    share_metrics(s);
    name_sites(s, pconf);
    share_folders(s, pconf);
    for (; s; s = s->next)
        prepare(s, ptemp);
    return OK;
}

/** How many requests of the whole server may wait: what the administrator says, or half of MaxRequestWorkers. */
static int waiting_max(const simg_settings *settings)
{
    int daemons = 1, threads = 1, half;

    if (settings->max_waiting)
        return (int)settings->max_waiting;
    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &daemons);
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    half = daemons * (threads > 1 ? threads : 1) / 2;
    return half > 1 ? half : 1;
}

/** @param bell, slots, metrics  of the whole process */
static void open_site(server_rec *s, simg_bell *bell, simg_slots *slots, simg_metrics *metrics, apr_pool_t *pchild)
{
    storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);
    simg_problem err = { 0 };

    if (simg_site_open(server->site, pchild, &err) != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_ERR, err.rv, s, SIMGLOG(0005) "%s: %s", err.code,
                     err.cause ? err.cause : err.detail);
    server->site->bell = bell;
    server->site->slots = slots;
    server->site->metrics = metrics;
    server->site->waiting_max = waiting_max(server->given);
    storyimg_thumbs_prepare(server, pchild);
}

void storyimg_child_init(apr_pool_t *pchild, server_rec *s)
{
    const storyimg_server *server = ap_get_module_config(s->module_config, &storyimg_module);
    simg_slots *slots = simg_slots_open(server->waiting, pchild);
    simg_bell *bell = NULL;
    apr_status_t rv = simg_bell_create(&bell, pchild);
    server_rec *each;

    for (each = s; each; each = each->next)
        open_site(each, bell, slots, server->metrics, pchild);
    if (rv == APR_SUCCESS)
        storyimg_worker_start(pchild, s);
    else
        ap_log_error(APLOG_MARK, APLOG_ERR, rv, s, SIMGLOG(0008) "background work cannot begin in this process");
}
