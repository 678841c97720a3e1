/* SPDX-License-Identifier: Apache-2.0 */
#include "story/upload_name.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#define STEM "character-image-"
#define DIGITS "0123456789"
#define DIGITS_MAX 19
#define ID "0123456789abcdefghijklmnopqrstuvwxyz"
#define ID_LEAST 16
#define ID_MOST 64

const char *simg_upload_name_make(apr_time_t now, const char *id, const char *extension, apr_pool_t *p)
{
    return apr_psprintf(p, STEM "%" APR_TIME_T_FMT "-%s.%s", apr_time_as_msec(now), id, extension);
}

static int is_extension(const char *s)
{
    return !strcmp(s, ".png") || !strcmp(s, ".jpg") || !strcmp(s, ".webp");
}

int simg_upload_name_is(const char *name)
{
    size_t digits, id;

    if (strncmp(name, STEM, strlen(STEM)))
        return 0;
    name += strlen(STEM);
    digits = strspn(name, DIGITS);
    if (digits == 0 || digits > DIGITS_MAX || name[digits] != '-')
        return 0;
    name += digits + 1;
    id = strspn(name, ID);
    return id >= ID_LEAST && id <= ID_MOST && is_extension(name + id);
}

/** Behind start, in whatever case it is written; NULL: s begins otherwise. */
static const char *after(const char *s, const char *start)
{
    return strncasecmp(s, start, strlen(start)) ? NULL : s + strlen(start);
}

/** Behind `http(s)://host`, if it is one of this site's; else NULL. */
static const char *after_host(const char *url, const char *const *hosts)
{
    const char *host = after(url, "https://"), *rest = NULL;
    int i;

    if (!host)
        host = after(url, "http://");
    for (i = 0; host && hosts[i] && !rest; i++) {
        rest = hosts[i][0] ? after(host, hosts[i]) : NULL;
        if (rest && *rest != '/')
            rest = NULL;
    }
    return rest;
}

const char *simg_upload_name_of(const char *url, const simg_upload_place *place)
{
    const char *path = after_host(url, place->hosts);
    size_t len = strlen(place->prefix);

    if (!path)
        path = url;
    if (!strncmp(path, place->prefix, len))
        path += len;
    else if (path != url)
        return NULL;
    return simg_upload_name_is(path) ? path : NULL;
}
