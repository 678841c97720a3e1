/* SPDX-License-Identifier: Apache-2.0 */
#include "story/upload_name.h"

#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "tap.h"

#define NAME "character-image-1738355170000-0123456789abcdef.jpg"

static const char *const hosts[] = { "kids.example.com", "localhost:8080", NULL };
static const simg_upload_place here = { "/uploads/", hosts };
static const simg_upload_place cdn = { "https://cdn.example.net/u/", hosts };

static void means(const simg_upload_place *place, const char *url)
{
    const char *name = simg_upload_name_of(url, place);

    is_str(name ? name : "nothing", NAME, url);
}

static void means_nothing(const simg_upload_place *place, const char *url)
{
    ok(!simg_upload_name_of(url, place), "no upload of ours: %s", url);
}

static void test_ours(void)
{
    means(&here, NAME);
    means(&here, "/uploads/" NAME);
    means(&here, "http://kids.example.com/uploads/" NAME);
    means(&here, "https://KIDS.example.com/uploads/" NAME);
    means(&here, "http://localhost:8080/uploads/" NAME);
    means(&cdn, "https://cdn.example.net/u/" NAME);
    means(&cdn, NAME);
}

static void test_others(void)
{
    static const char *const urls[] = { "",
                                        "/",
                                        "/uploads/",
                                        "/etc/passwd",
                                        "../uploads/" NAME,
                                        "/uploads/../uploads/" NAME,
                                        "/uploads//" NAME,
                                        "/uploads/./" NAME,
                                        "/uploads/x/" NAME,
                                        "/generated/" NAME,
                                        "/uploads/%63haracter-image-1738355170000-0123456789abcdef.jpg",
                                        "%2fuploads%2f" NAME,
                                        "/uploads/%252e%252e/" NAME,
                                        NAME "?x=1",
                                        NAME "#x",
                                        NAME "%00.png",
                                        NAME "\\",
                                        NAME "/",
                                        " " NAME,
                                        NAME " ",
                                        "file:///uploads/" NAME,
                                        "file:/uploads/" NAME,
                                        "data:image/png;base64,AAAA",
                                        "//kids.example.com/uploads/" NAME,
                                        "http://evil.example.com/uploads/" NAME,
                                        "http://kids.example.com.evil.org/uploads/" NAME,
                                        "http://kids.example.com@evil.org/uploads/" NAME,
                                        "http://user@kids.example.com/uploads/" NAME,
                                        "http://kids.example.com:81/uploads/" NAME,
                                        "http://kids.example.com" NAME,
                                        "http://kids.example.com/" NAME,
                                        "ftp://kids.example.com/uploads/" NAME,
                                        "http:///uploads/" NAME,
                                        "https://",
                                        "character-image-1738355170000-0123456789abcdef.svg",
                                        "character-image-1738355170000-0123456789abcdef.gif",
                                        "character-image-1738355170000-0123456789abcdef.jpg.png",
                                        "character-image-1738355170000-0123456789abcdef",
                                        "character-image-1738355170000-0123456789ABCDEF.jpg",
                                        "character-image-1738355170000-short.jpg",
                                        "character-image--0123456789abcdef.jpg",
                                        "character-image-12345678901234567890-0123456789abcdef.jpg",
                                        "story-1738355170000-p1.png" };
    size_t i;

    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
        means_nothing(&here, urls[i]);
    means_nothing(&cdn, "/uploads/" NAME);
    means_nothing(&cdn, "http://cdn.example.net/u/" NAME);
}

static void test_made(apr_pool_t *p)
{
    const char *name = simg_upload_name_make(APR_TIME_C(1738355170000999), "0123456789abcdef", "jpg", p);

    is_str(name, NAME, "a name is made of time, random and kind");
    ok(simg_upload_name_is(name), "and is one");
}

int main(void)
{
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    plan(7 + 43 + 2 + 2);
    test_ours();
    test_others();
    test_made(p);
    apr_pool_destroy(p);
    apr_terminate();
    return done_testing();
}
