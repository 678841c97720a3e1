/* SPDX-License-Identifier: Apache-2.0 */
/* mod_storyimg: illustrated children's stories, told by a content handler. The module's record and hooks; everything
 * that the hooks do lies beside this file, everything that a story needs below ../api. */
#include "httpd/server.h"

#include <http_protocol.h>
#include <http_request.h>
#include <mpm_common.h>

static void register_hooks(apr_pool_t *p)
{
    ap_hook_check_config(storyimg_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(storyimg_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(storyimg_child_init, NULL, NULL, APR_HOOK_MIDDLE);
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 110)
    ap_hook_child_stopping(storyimg_child_stopping, NULL, NULL, APR_HOOK_MIDDLE);
#endif
    /* behind mod_rewrite, before mod_dir's FallbackResource */
    ap_hook_fixups(storyimg_thumbs_fixup, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(storyimg_thumbs_again, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(storyimg_handler, NULL, NULL, APR_HOOK_MIDDLE);
    storyimg_status_register(p);
}

AP_DECLARE_MODULE(storyimg) = {
    STANDARD20_MODULE_STUFF, storyimg_dir_create, storyimg_dir_merge, storyimg_server_create,
    storyimg_server_merge,   storyimg_directives, register_hooks,     AP_MODULE_FLAG_NONE,
};
