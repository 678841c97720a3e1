/* SPDX-License-Identifier: Apache-2.0 */
#include "base/db_lower.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/utf8.h"

static size_t encode(char *out, uint32_t c)
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    size_t i;

    for (i = n; i > 1; i--, c >>= 6)
        out[i - 1] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(n == 1 ? c : (0xf00 >> n & 0xff) | c);
    return n;
}

static uint32_t lower_of(uint32_t c, locale_t locale)
{
    if (c < 0x80)
        return c - 'A' < 26 ? c + 32 : c;
    return locale ? (uint32_t)towlower_l((wint_t)c, locale) : c;
}

/* @return the number of bytes written; never more than 4 for each of in's */
static size_t lower(char *out, const char *in, size_t len, locale_t locale)
{
    size_t i, n = 0, used;

    for (i = 0; i < len; i += used) {
        uint32_t c = simg_utf8_next(in + i, len - i, &used);

        if (c == (uint32_t)-1)
            out[n++] = in[i];
        else
            n += encode(out + n, lower_of(c, locale));
    }
    return n;
}

static void sql_lower(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    const char *in = (const char *)sqlite3_value_text(argv[0]);
    size_t len = (size_t)sqlite3_value_bytes(argv[0]);
    char *out;

    (void)argc;
    if (!in)
        return;
    out = sqlite3_malloc64(4 * (sqlite3_uint64)len + 1);
    if (!out) {
        sqlite3_result_error_nomem(context);
        return;
    }
    len = lower(out, in, len, sqlite3_user_data(context));
    sqlite3_result_text64(context, out, len, sqlite3_free, SQLITE_UTF8);
}

static void drop_locale(void *data)
{
    if (data)
        freelocale(data);
}

int simg_db_lower_add(sqlite3 *db)
{
    /* The process's own locale is the server's business; without this one, A to Z are still lowered. */
    locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    return sqlite3_create_function_v2(db, "lower", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, locale, sql_lower, NULL, NULL,
                                      drop_locale);
}
