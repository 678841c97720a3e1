/* SPDX-License-Identifier: Apache-2.0 */
#include "work/turn.h"

#include <apr_strings.h>

#include "base/file.h"

#define MAKERS 4
#define LOOK apr_time_from_msec(20)

apr_status_t simg_turn_take(apr_file_t **turn, const char *state_dir, const char *name, const int range[2],
                            apr_pool_t *p)
{
    apr_status_t rv = APR_EAGAIN;
    apr_pool_t *look;
    int i;

    for (i = range[0]; i < range[0] + range[1]; i++) {
        apr_pool_create(&look, p);
        rv = apr_file_open(turn, apr_psprintf(look, "%s/%s-%d.lock", state_dir, name, i),
                           APR_FOPEN_READ | APR_FOPEN_WRITE | APR_FOPEN_CREATE, APR_FPROT_UREAD | APR_FPROT_UWRITE,
                           look);
        if (rv == APR_SUCCESS)
            rv = simg_file_lock(*turn);
        if (rv == APR_SUCCESS)
            return rv;
        apr_pool_destroy(look);
    }
    return rv;
}

apr_status_t simg_turn_make(apr_file_t **turn, const char *state_dir, apr_interval_time_t patience, apr_pool_t *p)
{
    static const int all[2] = { 0, MAKERS };
    apr_time_t until = apr_time_now() + patience;
    apr_status_t rv;

    while ((rv = simg_turn_take(turn, state_dir, "making", all, p)) != APR_SUCCESS && apr_time_now() < until)
        apr_sleep(LOOK);
    return rv;
}
