/* SPDX-License-Identifier: Apache-2.0 */
#include "work/found.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#define EPOCH_LAST APR_INT64_C(253402300799999) /* of the year 9999 */
#define PAGE_LAST 1000000

/* KIND-EPOCH-pNUMBER.EXT */
int simg_found_read(simg_image *image, const char *name, apr_pool_t *p)
{
    const char *dash = strchr(name, '-');
    char *end = NULL;
    apr_int64_t epoch = strtoll(dash + 1, &end, 10), page = strtoll(end + 2, NULL, 10);

    if (epoch > EPOCH_LAST || page > PAGE_LAST)
        return 0;
    image->filename = name;
    image->kind = apr_pstrmemdup(p, name, (apr_size_t)(dash - name));
    image->created_at = apr_time_from_msec(epoch);
    image->page_number = (int)page;
    return 1;
}
