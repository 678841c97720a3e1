/* SPDX-License-Identifier: Apache-2.0 */
/* fill WHERE N: N rows of images, without files, in the index at WHERE (sqlite3:PATH). */
#include <stdlib.h>

#include <apr_general.h>

#include "rows.h"

int main(int argc, char **argv)
{
    simg_problem err = { 0 };
    simg_index *index;
    apr_pool_t *pool;
    apr_status_t rv;

    if (argc != 3)
        return 2;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    rv = simg_index_open(&index, argv[1], pool, &err);
    if (rv == APR_SUCCESS)
        rv = rows_insert(index, (int)strtol(argv[2], NULL, 10), &err);
    if (rv != APR_SUCCESS)
        fprintf(stderr, "%s: %s\n", err.code, err.cause ? err.cause : err.detail);
    apr_pool_destroy(pool);
    apr_terminate();
    return rv != APR_SUCCESS;
}
