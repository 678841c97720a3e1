/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>

/* Letters of other scripts count as letters: no English word begins in the middle of theirs. */
static int is_letter(char c)
{
    return apr_isalnum(c) || (unsigned char)c >= 0x80;
}

/* One word in lower or upper case, in singular or plural. */
static int is_word(const char *word, apr_size_t len, const char *key, apr_size_t key_len)
{
    if (len < key_len || strncasecmp(word, key, key_len - 1))
        return 0;
    if (key[key_len - 1] == 'y' && len == key_len + 2 && !strncasecmp(word + key_len - 1, "ies", 3))
        return 1;
    if (strncasecmp(word, key, key_len))
        return 0;
    return len == key_len || (len == key_len + 1 && strchr("sS", word[key_len])) ||
           (len == key_len + 2 && !strncasecmp(word + key_len, "es", 2));
}

static int is_key(const char *word, apr_size_t len, const char *keys, int hints)
{
    apr_size_t key_len;
    int hint;

    for (; *keys; keys += key_len + strspn(keys + key_len, " ")) {
        hint = *keys == '~';
        keys += hint;
        key_len = strcspn(keys, " ");
        if (hint == hints && is_word(word, len, keys, key_len))
            return 1;
    }
    return 0;
}

apr_size_t simg_tell_find(const char *text, const char *keys, int hints, apr_size_t *len)
{
    const char *word = text;

    for (; word && *word; word += *len) {
        while (*word && !is_letter(*word))
            word++;
        for (*len = 0; is_letter(word[*len]); (*len)++)
            ;
        if (*len && is_key(word, *len, keys, hints))
            return (apr_size_t)(word - text) + 1;
    }
    return 0;
}
