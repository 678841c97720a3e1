/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses are nobody else's business, and which hosts an administrator named. */
#include "tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "base/netrule.h"

static int is_private(const char *text)
{
    struct sockaddr_storage any = { 0 };
    struct sockaddr_in *four = (struct sockaddr_in *)&any;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&any;

    any.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(any.ss_family, text, any.ss_family == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr) !=
        1)
        return -1;
    return simg_netrule_is_private((const struct sockaddr *)&any);
}

static const char *const private_addresses[] = {
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:192.168.1.1",
    "::ffff:169.254.169.254",
    "::ffff:0:8.8.8.8",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:4136:e378::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:c0a8:101::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "3fff:fff::1",
    "fc00::1",
    "fdff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
    "5f00::1",
    "1fff::1",
};

static const char *const public_addresses[] = {
    "1.1.1.1",        "8.8.8.8",         "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
    "100.128.0.0",    "126.255.255.255", "128.0.0.0",       "169.253.255.255",  "169.255.0.0",
    "172.15.255.255", "172.32.0.0",      "192.0.1.1",       "192.0.3.1",        "192.167.255.255",
    "192.169.0.0",    "198.17.255.255",  "198.20.0.0",      "198.51.101.1",     "203.0.112.1",
    "203.0.114.1",    "223.255.255.255", "2000::1",         "2001:200::1",      "2001:4860:4860::8888",
    "2001:db7::1",    "2001:db9::1",     "2606:4700::1111", "2a00:1450::1",     "3ffe::1",
    "3fff:1000::1",   "::ffff:8.8.8.8",  "::8.8.8.8",       "64:ff9b::8.8.8.8", "2002:808:808::1",
    "2003::1",
};

static void check_addresses(void)
{
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    size_t i;

    for (i = 0; i < sizeof(private_addresses) / sizeof(private_addresses[0]); i++)
        ok(is_private(private_addresses[i]) == 1, "private: %s", private_addresses[i]);
    for (i = 0; i < sizeof(public_addresses) / sizeof(public_addresses[0]); i++)
        ok(is_private(public_addresses[i]) == 0, "public: %s", public_addresses[i]);
    ok(simg_netrule_is_private((const struct sockaddr *)&local), "a socket in the file system is private");
    ok(simg_netrule_is_private(&none) && simg_netrule_is_private(NULL), "and so is what is unknown");
}

static const char allow[] =
    " *.example.com\tcdn.example.org:8443\n127.0.0.1:9000 [::1]:9000 [2001:db8::7] LocalHost my_host 10.0.0.9  ";

static const struct {
    const char *host;
    int port, want;
} hosts[] = {
    { "a.example.com", 443, 1 },
    { "a.b.example.com", 80, 1 },
    { "A.Example.COM", 1, 1 },
    { "example.com", 443, 0 },
    { ".example.com", 443, 0 },
    { "a..example.com", 443, 0 },
    { "aexample.com", 443, 0 },
    { "badexample.com", 443, 0 },
    { "a.example.com.evil.net", 443, 0 },
    { "example.com.evil.net", 443, 0 },
    { "evil.net/a.example.com", 443, 0 },
    { "evil.net#.example.com", 443, 0 },
    { "*.example.com", 443, 0 },
    { "cdn.example.org", 8443, 1 },
    { "cdn.example.org", 443, 0 },
    { "x.cdn.example.org", 8443, 0 },
    { "127.0.0.1", 9000, 1 },
    { "127.0.0.1", 9001, 0 },
    { "127.0.0.2", 9000, 0 },
    { "127.1", 9000, 0 },
    { "2130706433", 9000, 0 },
    { "::1", 9000, 1 },
    { "[::1]", 9000, 1 },
    { "0:0:0:0:0:0:0:1", 9000, 1 },
    { "[::1]", 80, 0 },
    { "[::1", 9000, 0 },
    { "[::1]x", 9000, 0 },
    { "::2", 9000, 0 },
    { "[2001:DB8:0::7]", 1234, 1 },
    { "localhost", 80, 1 },
    { "xlocalhost", 80, 0 },
    { "x.localhost", 80, 0 },
    { "my_host", 80, 1 },
    { "10.0.0.9", 80, 1 },
    { "1.10.0.0.9", 80, 0 },
    { "localhost:80", 80, 0 },
    { "", 80, 0 },
    { NULL, 80, 0 },
};

static void check_hosts(void)
{
    size_t i;

    for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        ok(simg_netrule_host_allowed(allow, hosts[i].host, hosts[i].port) == hosts[i].want, "%s: %s port %d",
           hosts[i].want ? "allowed" : "not allowed", hosts[i].host ? hosts[i].host : "(null)", hosts[i].port);
    ok(!simg_netrule_host_allowed(NULL, "localhost", 80) && !simg_netrule_host_allowed("", "localhost", 80),
       "no list allows nothing");
    ok(!simg_netrule_host_allowed("*", "localhost", 80) && !simg_netrule_host_allowed("* *. .", "a.b", 80),
       "an unreadable word allows nothing");
    ok(simg_netrule_host_allowed("http://x/ localhost", "localhost", 80), "and does not hide the next");
}

static const char *const unreadable[] = {
    "*",
    "*.",
    "*.*",
    "**.example.com",
    "*example.com",
    "a.*.com",
    "*.10.0.0.1",
    "*.[::1]",
    "*.1",
    "http://example.com",
    "example.com/",
    "example.com:",
    "example.com:0",
    "example.com:65536",
    "example.com:99999999999999",
    "example.com:80x",
    "example.com:-1",
    "example.com:80:80",
    ".example.com",
    "example.com.",
    "a..b",
    "-a.com",
    "a-.com",

    "::1",
    "[::1",
    "::1]",
    "[]",
    "[::1]9000",
    "[::1]:",
    "[fe80::1%eth0]",
    "[1.2.3.4]",
    "127.0.0",
    "127.1",
    "1.2.3.256",
    "2130706433",
    "ex\xc3\xa4mple.com",
    "user@host",
    ":80",
    "0123456789012345678901234567890123456789012345678901234567890123.com",
};

static void check_words(void)
{
    char words[200];
    const char *found;
    size_t i;

    ok(!simg_netrule_check(allow), "a good list is readable");
    ok(!simg_netrule_check(NULL) && !simg_netrule_check("") && !simg_netrule_check(" \t "), "and so is none");
    ok(!simg_netrule_check("a.b:1 a.b:65535 *.com 1.2.3.4 a.1b x--1.y"), "and so are these");
    for (i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++) {
        snprintf(words, sizeof(words), "good.example %s", unreadable[i]);
        found = simg_netrule_check(words);
        ok(found == words + 13, "unreadable: %s", unreadable[i]);
    }
}

int main(void)
{
    check_addresses();
    check_hosts();
    check_words();
    return done_testing();
}
