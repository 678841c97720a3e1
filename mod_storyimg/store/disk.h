/* SPDX-License-Identifier: Apache-2.0 */
/** Objects are files of StoryImgGeneratedDir, served by the web server itself. */
#ifndef SIMG_STORE_DISK_H
#define SIMG_STORE_DISK_H

#include <apr_file_io.h>

#include "store/backend.h"

extern const simg_store_backend simg_store_disk;
extern const simg_store_backend simg_store_disk_uploads;

/* For disk.c and disk_recovery.c alone. */

typedef struct simg_disk {
    const char *folder;   /* of whole objects */
    const char *state;    /* of everything else */
    const char *incoming; /* of those under way; same file system as folder */
    const char *option;   /* the directive that names the folder */
    apr_int64_t min_free; /* bytes */
} simg_disk;

/** What an upload of this store is. */
typedef struct simg_disk_part {
    const simg_disk *d;
    const char *path;
    apr_file_t *file; /* NULL: closed */
    apr_pool_t *p;
} simg_disk_part;

extern const simg_store_recovery simg_disk_recovery;
extern const simg_store_thumbs simg_disk_thumbs;

/** "storage-full" or "storage-unwritable", whatever rv says. */
apr_status_t simg_disk_failed(simg_problem *err, apr_pool_t *p, apr_status_t rv, const char *doing);

const char *simg_disk_part_path(const simg_disk *d, const char *name, apr_pool_t *p);

#endif
