/* SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"

static heard fetch(const char *address)
{
    simg_http_request q = asking(address);

    q.guarded = 1;
    q.allow = apr_psprintf(pool, "127.0.0.1:%d", server->port);
    return ask(&q);
}

static void test_guarded(void)
{
    static const char *const addresses[] = {
        "https://127.0.0.1:PORT/",
        "https://localhost:PORT/",
        "https://[::1]:PORT/",
        "https://0x7f000001:PORT/",
        "https://2130706433:PORT/",
        "https://[::ffff:127.0.0.1]:PORT/",
        "https://0.0.0.0:PORT/",
        "http://127.0.0.1:PORT/",
        "https://u@example.com:PORT/",
        "file:///etc/passwd",
        "/images/1.png",
        "127.0.0.1:PORT/x",
        "gopher://127.0.0.1:PORT/",
        "https://a\r\nb:PORT/",
        "",
    };
    static const char *const redirects[] = { "/to-private", "/to-private-https", "/to-user", "/to-file", "/hop/4" };
    heard h = fetch(url(server->port, "/x"));
    size_t i;

    is_str(h.body, "hello", "an allowed host, over http");
    h = fetch(url(server->port, "/hop/3"));
    is_str(h.body, "arrived", "three redirects, without their bodies");
    is_int(h.r.status, 200, "the last status");
    up_connections(other);
    for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        const char *port = strstr(addresses[i], "PORT");
        apr_size_t before = port ? (apr_size_t)(port - addresses[i]) : strlen(addresses[i]);

        h = fetch(apr_psprintf(pool, "%.*s%s%s", (int)before, addresses[i], port ? apr_itoa(pool, other->port) : "",
                               port ? port + 4 : ""));
        is_int(h.r.end, SIMG_HTTP_FORBIDDEN, port ? "refused address" : addresses[i]);
        is_int(h.calls, 1, "  told once");
    }
    for (i = 0; i < sizeof(redirects) / sizeof(redirects[0]); i++)
        is_int(fetch(url(server->port, redirects[i])).r.end, SIMG_HTTP_FORBIDDEN, redirects[i]);
    is_int(up_connections(other), 0, "nobody knocked at the private server");
    setenv("http_proxy", url(other->port, ""), 1);
    is_str(fetch(url(server->port, "/x")).body, "hello", "no proxy for what is guarded");
    unsetenv("http_proxy");
    is_int(up_connections(other), 0, "the proxy was not asked");
}

int main(void)
{
    asking_begin();
    test_guarded();
    return asking_end();
}
