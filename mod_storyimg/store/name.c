/* SPDX-License-Identifier: Apache-2.0 */
#include "store/name.h"

#include <string.h>

#include <apr_strings.h>

#define ID_LIMIT 64

static const char digits[] = "0123456789";
static const char id_letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static int is_extension(const char *rest)
{
    static const char *const extensions[] = { ".png", ".jpg", ".webp", NULL };
    int i;

    for (i = 0; extensions[i]; i++)
        if (!strcmp(rest, extensions[i]))
            return 1;
    return 0;
}

int simg_name_is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int simg_name_is_id(const char *id)
{
    apr_size_t len = strspn(id, id_letters);

    return len > 0 && len <= ID_LIMIT && !id[len];
}

const char *simg_name_of_part(const char *file, apr_pool_t *p)
{
    apr_size_t len = strspn(file, id_letters);

    if (len == 0 || len > ID_LIMIT || strcmp(file + len, ".part"))
        return NULL;
    return apr_pstrmemdup(p, file, len);
}

int simg_name_is_object(const char *name)
{
    apr_size_t stem = 0;

    while (simg_name_is_plain(name[stem]))
        stem++;
    return stem > 0 && is_extension(name + stem);
}

/* Behind the number that must follow; NULL: none does. */
static const char *after_number(const char *s)
{
    apr_size_t len = strspn(s, digits);

    return len ? s + len : NULL;
}

int simg_name_is_picture(const char *name)
{
    static const char *const stems[] = { "story-", "consistent-", "gptimg-", "portrait-", NULL };
    const char *rest = NULL;
    int i;

    for (i = 0; stems[i] && !rest; i++)
        if (!strncmp(name, stems[i], strlen(stems[i])))
            rest = after_number(name + strlen(stems[i]));
    if (!rest || strncmp(rest, "-p", 2))
        return 0;
    rest = after_number(rest + 2);
    return rest && is_extension(rest);
}
