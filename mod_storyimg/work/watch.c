/* SPDX-License-Identifier: Apache-2.0 */
#include "work/watch.h"
simg_model_watch *simg_model_watch_create(const simg_site *site, simg_loop *loop, apr_pool_t *p)
{
    (void)site;
    (void)loop;
    return apr_palloc(p, 1);
}
void simg_model_watch_tick(simg_model_watch *watch)
{
    (void)watch;
}
json_t *simg_watch_found(const simg_site *site, apr_pool_t *p)
{
    (void)site;
    (void)p;
    return json_array();
}
