/* SPDX-License-Identifier: Apache-2.0 */
#include "base/db_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include "base/file.h"

static const char *folder_of(const char *path, apr_pool_t *p)
{
    apr_size_t len = (apr_size_t)(strrchr(path, '/') - path);

    return len ? apr_pstrmemdup(p, path, len) : "/";
}

int simg_db_file_writable(const char *path)
{
    apr_pool_t *p;
    int yes;

    if (apr_pool_create(&p, NULL) != APR_SUCCESS)
        return 0;
    yes = faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 &&
          faccessat(AT_FDCWD, folder_of(path, p), W_OK | X_OK, AT_EACCESS) == 0;
    apr_pool_destroy(p);
    return yes;
}

/* SQLite would make the file readable for all. Made under another name, then linked, it has mode 0600 from the first
 * moment. It must not be opened here under its own name: closing it would drop the locks of every connection that
 * this process has to it. */
static void publish_empty(const char *path, apr_pool_t *p)
{
    char *name = apr_pstrcat(p, path, ".XXXXXX", NULL);
    apr_file_t *file;

    if (apr_file_mktemp(&file, name, APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_WRITE, p) != APR_SUCCESS)
        return;
    apr_file_close(file);
    if (simg_file_publish(name, path) != APR_SUCCESS)
        apr_file_remove(name, p);
}

/* If the file was removed while connections to it were in use, those share memory (-shm) that is found by name: with
 * it beside a new file, the two would be mixed up. So it goes first, under a lock, or a process that came a moment
 * later would take away that of the new file. (An old log, -wal, is removed by SQLite when it opens an empty file.) */
void simg_db_file_make(const char *path)
{
    apr_pool_t *p;
    int folder;

    if (access(path, F_OK) == 0 || apr_pool_create(&p, NULL) != APR_SUCCESS)
        return;
    folder = open(folder_of(path, p), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0 && flock(folder, LOCK_EX) == 0 && access(path, F_OK) != 0) {
        apr_file_remove(apr_pstrcat(p, path, "-shm", NULL), p);
        publish_empty(path, p);
    }
    if (folder >= 0)
        close(folder);
    apr_pool_destroy(p);
}
