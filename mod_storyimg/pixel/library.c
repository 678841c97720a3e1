/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/library.h"

#include <stdio.h>

#include <vips/vips.h>

/** Libraries below libvips chat on stderr, which belongs to our one line. */
static void log_nothing(const char *domain, GLogLevelFlags level, const char *text, void *baton)
{
    (void)domain;
    (void)level;
    (void)text;
    (void)baton;
}

int simg_library_init(const char *program, const char *const *loaders)
{
    g_log_set_default_handler(log_nothing, NULL);
    /* keeps libvips from loading its modules (ImageMagick, PDF, HEIF ...): 25 ms and much code that nobody needs */
    g_setenv("VIPSHOME", "/nonexistent", TRUE);
    if (VIPS_INIT(program) != 0)
        return -1;
    vips_concurrency_set(1);
    vips_cache_set_max(0);
#if VIPS_MAJOR_VERSION > 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION >= 13)
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (; *loaders; loaders++)
        vips_operation_block_set(*loaders, FALSE);
#else
    (void)loaders;
#endif
    return 0;
}

const char *simg_library_error(void)
{
    static char line[200];
    size_t i;

    snprintf(line, sizeof(line), "%s", vips_error_buffer());
    for (i = 0; line[i]; i++) {
        if (line[i] == '\n')
            line[i] = '\0';
        else if (line[i] < ' ' || line[i] > '~')
            line[i] = '?';
        if (!line[i])
            break;
    }
    return line[0] ? line : "cannot be drawn";
}

const char *simg_library_version(void)
{
    return vips_version_string();
}
