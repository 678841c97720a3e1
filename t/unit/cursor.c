/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_general.h>
#include <apr_strings.h>

#include "base/cursor.h"
#include "tap.h"

static void test_round_trip(apr_pool_t *p)
{
    static const simg_cursor places[] = {
        { 0, 0 },
        { 1738355170123, 42 },
        { APR_INT64_MAX, APR_INT64_MAX },
        { APR_INT64_MIN, -1 },
    };
    simg_cursor back;
    size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *text = simg_cursor_write(&places[i], "images kind 5:story", p);

        ok(strlen(text) == 32 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == 32,
           "place %d: 32 letters of base64url", (int)i);
        ok(simg_cursor_read(&back, text, "images kind 5:story") && back.created_at == places[i].created_at &&
               back.seq == places[i].seq,
           "place %d: comes back", (int)i);
    }
}

static void test_refused(apr_pool_t *p)
{
    static const char *const wrong[] = {
        "",
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "../../../../../../../../../../../",
    };
    const simg_cursor at = { 1738355170123, 42 };
    const char *text = simg_cursor_write(&at, "images", p);
    simg_cursor back;
    size_t i;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ok(!simg_cursor_read(&back, wrong[i], "images"), "refused: '%s'", wrong[i]);
    ok(!simg_cursor_read(&back, text, "stories"), "refused: of another list");
    ok(!simg_cursor_read(&back, text, "images kind 5:story"), "refused: of another query");
    ok(!simg_cursor_read(&back, apr_pstrcat(p, text, "A", NULL), "images"), "refused: one letter more");
    ok(!simg_cursor_read(&back, apr_pstrndup(p, text, 31), "images"), "refused: one letter less");
}

/* Every letter matters, whatever it is changed to. */
static void test_tampered(apr_pool_t *p)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\x80\xff";
    const simg_cursor at = { 1738355170123, 42 };
    const char *text = simg_cursor_write(&at, "images", p);
    simg_cursor back;
    int accepted = 0;
    int i;
    size_t k;

    for (i = 0; i < 32; i++)
        for (k = 0; k < sizeof(letters) - 1; k++) {
            char *other = apr_pstrdup(p, text);

            other[i] = letters[k];
            accepted += other[i] != text[i] && simg_cursor_read(&back, other, "images");
        }
    is_int(accepted, 0, "no cursor with one letter changed is accepted");
}

int main(void)
{
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    plan(8 + 9 + 1 + 3);
    test_round_trip(p);
    test_refused(p);
    test_tampered(p);
    is_int(simg_cursor_limit(-5), 1, "a page has at least one row");
    is_int(simg_cursor_limit(100), 100, "a page has as many rows as asked");
    is_int(simg_cursor_limit(100000), 1000, "a page has at most 1,000 rows");
    apr_pool_destroy(p);
    apr_terminate();
    return done_testing();
}
