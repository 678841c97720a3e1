/* SPDX-License-Identifier: Apache-2.0 */
/** What the files of this folder share: the module's records and the steps of its life. */
#ifndef SIMG_HTTPD_SERVER_H
#define SIMG_HTTPD_SERVER_H

#include <httpd.h>
#include <http_config.h>

#include "api/api.h"
#include "work/site.h"

extern module AP_MODULE_DECLARE_DATA storyimg_module;

/** Of a server or virtual host. */
typedef struct storyimg_server {
    simg_settings *given; /* what its directives said */
    int tells;            /* 1: it has a directive of ours, or the configuration has our handler */
    int saves_somewhere;  /* 1: a section of it has StoryImgSave on */
    simg_site *site;      /* made from given when the whole configuration is known */
    void *waiting;        /* of the main server: shared memory of all children (base/slots.h) */
    simg_metrics *metrics; /* of the main server: what all children, of all generations, count; NULL: nothing is */
} storyimg_server;

/** A request under way: the transport of its simg_request. */
typedef struct storyimg_exchange {
    request_rec *r;
    int drained;   /* 1: its body was read to the end */
    int streaming; /* 1: the header of an event stream stands */
} storyimg_exchange;

/* conf.c */
extern const command_rec storyimg_directives[];
void *storyimg_server_create(apr_pool_t *p, server_rec *s);
void *storyimg_server_merge(apr_pool_t *p, void *base, void *over);
void *storyimg_dir_create(apr_pool_t *p, char *dir);
void *storyimg_dir_merge(apr_pool_t *p, void *base, void *over);
/** Whole-configuration check, also for `httpd -t`. */
int storyimg_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);

/* start.c */
int storyimg_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);
void storyimg_child_init(apr_pool_t *pchild, server_rec *s);

/* mount.c */
/** Split the request's path into mount point and rest ("/" at least). */
void storyimg_mount_split(const char **mount, const char **rest, request_rec *r);

/* handler.c */
int storyimg_handler(request_rec *r);
/** What was not read of a body is not waited for: the connection ends with the answer. Before its header is sent. */
void storyimg_leave_body(const storyimg_exchange *exchange);

/** Retry-After, where it is known. */
void storyimg_retry_after(apr_table_t *headers, const simg_problem *err, apr_pool_t *p);

/* thumbs.c */
/** The folder of thumbnails, made by the user that serves requests. */
void storyimg_thumbs_prepare(const storyimg_server *server, apr_pool_t *p);
/** Behind access control: make the thumbnail that is asked for and not there. */
int storyimg_thumbs_fixup(request_rec *r);
/** A handler: the request once more, now that the folder is there. */
int storyimg_thumbs_again(request_rec *r);

/* stream.c */
/** The header of an event stream; sent with the first piece. Done once. */
void storyimg_stream_begin(storyimg_exchange *exchange);
/** The functions of a simg_request. */
apr_status_t storyimg_stream_send(const simg_request *in, const char *data, apr_size_t len);
int storyimg_is_gone(const simg_request *in);
int storyimg_is_stopping(const simg_request *in);

/* worker.c */
/** The background thread of a child, for all sites that tell stories. It is told to stop, and waited for, before pchild
 * is cleared. */
void storyimg_worker_start(apr_pool_t *pchild, server_rec *s);
/** This process is to end: its background thread begins nothing new. */
void storyimg_child_stopping(apr_pool_t *pchild, int graceful);

/* status.c */
/** Our part of the page of mod_status, if that is loaded. */
void storyimg_status_register(apr_pool_t *p);

/* log.c */
/** A sink into this server's error log. */
simg_log *storyimg_log_make(server_rec *s, apr_pool_t *p);
/** One line for a failed request. */
void storyimg_log_problem(request_rec *r, const simg_problem *err);

#endif
