/* SPDX-License-Identifier: Apache-2.0 */
#include "base/netrule.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* The first bits of an address. */
typedef struct block {
    unsigned char bytes[12];
    unsigned int bits;
} block;

static const block closed4[] = {
    { { 0 }, 8 },             /* this network */
    { { 10 }, 8 },            /* private */
    { { 100, 64 }, 10 },      /* carrier-grade NAT */
    { { 127 }, 8 },           /* loopback */
    { { 169, 254 }, 16 },     /* link-local, cloud metadata */
    { { 172, 16 }, 12 },      /* private */
    { { 192, 0, 0 }, 24 },    /* protocol assignments */
    { { 192, 0, 2 }, 24 },    /* documentation */
    { { 192, 88, 99 }, 24 },  /* 6to4 relays, withdrawn */
    { { 192, 168 }, 16 },     /* private */
    { { 198, 18 }, 15 },      /* benchmarking */
    { { 198, 51, 100 }, 24 }, /* documentation */
    { { 203, 0, 113 }, 24 },  /* documentation */
    { { 224 }, 4 },           /* multicast */
    { { 240 }, 4 },           /* reserved, broadcast */
};

/* Only 2000::/3 is given out for global use; these parts of it are not. */
static const block open6 = { { 0x20 }, 3 };
static const block closed6[] = {
    { { 0x20, 0x01, 0x00 }, 23 },       /* protocol assignments: Teredo, ORCHID, benchmarking */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

/* IPv6 addresses that lead to the IPv4 address inside them. */
static const struct {
    block block;
    unsigned int at;
} carriers[] = {
    { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }, 96 }, 12 }, /* mapped */
    { { { 0 }, 96 }, 12 },                                        /* compatible; :: and ::1 too */
    { { { 0x20, 0x02 }, 16 }, 2 },                                /* 6to4 */
    { { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12 },                   /* NAT64 */
};

static int block_holds(const block *b, const unsigned char *address)
{
    unsigned int whole = b->bits / 8, rest = b->bits % 8;

    if (memcmp(b->bytes, address, whole))
        return 0;
    return !rest || !((b->bytes[whole] ^ address[whole]) >> (8 - rest));
}

static int any_holds(const block *table, size_t n, const unsigned char *address)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (block_holds(&table[i], address))
            return 1;
    return 0;
}

static int is_private6(const unsigned char *address)
{
    size_t i;

    for (i = 0; i < COUNT(carriers); i++)
        if (block_holds(&carriers[i].block, address))
            return any_holds(closed4, COUNT(closed4), address + carriers[i].at);
    return !block_holds(&open6, address) || any_holds(closed6, COUNT(closed6), address);
}

int simg_netrule_is_private(const struct sockaddr *addr)
{
    unsigned char bytes[16];

    if (addr && addr->sa_family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)addr)->sin_addr, 4);
        return any_holds(closed4, COUNT(closed4), bytes);
    }
    if (addr && addr->sa_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)addr)->sin6_addr, 16);
        return is_private6(bytes);
    }
    return 1;
}

/* A host as a rule or a URL names it. */
typedef struct target {
    const char *name; /* not ended by NUL; NULL: it is an IPv6 address */
    size_t len;
    unsigned char six[16];
} target;

typedef struct rule {
    target target;
    int wildcard; /* any labels before the name */
    int port;     /* 0: every port */
} rule;

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_label_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* 1 if s is one label of a domain name. */
static int is_label(const char *s, size_t len)
{
    size_t i;

    if (len < 1 || len > 63 || s[0] == '-' || s[len - 1] == '-')
        return 0;
    for (i = 0; i < len; i++)
        if (!is_label_char(s[i]))
            return 0;
    return 1;
}

static int is_ipv4(const char *s, size_t len)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;

    if (len >= sizeof(text))
        return 0;
    memcpy(text, s, len);
    text[len] = '\0';
    return inet_pton(AF_INET, text, &address) == 1;
}

/* A domain name, or an IPv4 address: what ends in a number must be a whole address, so that no resolver has to guess
 * what 127.1 is. */
static int is_name(const char *s, size_t len)
{
    size_t at = 0, size, i;

    if (len > 253)
        return 0;
    for (;; at += size + 1) {
        for (size = 0; at + size < len && s[at + size] != '.'; size++)
            continue;
        if (!is_label(s + at, size))
            return 0;
        if (at + size == len)
            break;
    }
    for (i = at; i < len && is_digit(s[i]); i++)
        continue;
    return i < len || is_ipv4(s, len);
}

static int six_read(unsigned char *six, const char *s, size_t len)
{
    char text[INET6_ADDRSTRLEN];

    if (len >= sizeof(text))
        return 0;
    memcpy(text, s, len);
    text[len] = '\0';
    return inet_pton(AF_INET6, text, six) == 1;
}

/* Host at the start of s: [v6] or a name. @return the bytes it takes, or 0. */
static size_t host_read(target *out, const char *s, size_t len)
{
    const char *end;

    memset(out, 0, sizeof(*out));
    if (len && *s == '[') {
        end = memchr(s, ']', len);
        return end && six_read(out->six, s + 1, (size_t)(end - s) - 1) ? (size_t)(end - s) + 1 : 0;
    }
    end = memchr(s, ':', len);
    out->name = s;
    out->len = end ? (size_t)(end - s) : len;
    return is_name(s, out->len) ? out->len : 0;
}

/* ":" and a number, or nothing. */
static int port_read(int *port, const char *s, size_t len)
{
    size_t i;

    *port = 0;
    if (!len)
        return 1;
    if (*s != ':' || len < 2 || len > 6)
        return 0;
    for (i = 1; i < len; i++) {
        if (!is_digit(s[i]))
            return 0;
        *port = *port * 10 + (s[i] - '0');
    }
    return *port >= 1 && *port <= 65535;
}

static int rule_read(rule *r, const char *word, size_t len)
{
    size_t taken;

    r->wildcard = len >= 2 && word[0] == '*' && word[1] == '.';
    if (r->wildcard) {
        word += 2;
        len -= 2;
    }
    taken = host_read(&r->target, word, len);
    if (!taken || !port_read(&r->port, word + taken, len - taken))
        return 0;
    return !r->wildcard || (r->target.name && !is_ipv4(r->target.name, r->target.len));
}

static int rule_names(const rule *r, const target *h, int port)
{
    size_t more;

    if ((r->port && r->port != port) || !r->target.name != !h->name)
        return 0;
    if (!h->name)
        return !memcmp(r->target.six, h->six, sizeof(h->six));
    if (h->len < r->target.len || strncasecmp(h->name + h->len - r->target.len, r->target.name, r->target.len))
        return 0;
    more = h->len - r->target.len;
    return r->wildcard ? more && h->name[more - 1] == '.' : !more;
}

/* The next word at *at and its length; *at moves behind it. NULL if there is none. */
static const char *word_next(const char **at, size_t *len)
{
    static const char blanks[] = " \t\r\n\v\f";
    const char *word;

    if (!*at)
        return NULL;
    word = *at + strspn(*at, blanks);
    *len = strcspn(word, blanks);
    *at = word + *len;
    return *len ? word : NULL;
}

/* The host of a URL, whose brackets a caller may have taken off already. */
static int url_host_read(target *out, const char *s)
{
    size_t len = s ? strlen(s) : 0;

    if (!len)
        return 0;
    memset(out, 0, sizeof(*out));
    return six_read(out->six, s, len) || host_read(out, s, len) == len;
}

int simg_netrule_host_allowed(const char *allow, const char *host, int port)
{
    target asked;
    const char *word;
    size_t len;
    rule r;

    if (!url_host_read(&asked, host))
        return 0;
    while ((word = word_next(&allow, &len)) != NULL)
        if (rule_read(&r, word, len) && rule_names(&r, &asked, port))
            return 1;
    return 0;
}

const char *simg_netrule_check(const char *allow)
{
    const char *word;
    size_t len;
    rule r;

    while ((word = word_next(&allow, &len)) != NULL)
        if (!rule_read(&r, word, len))
            return word;
    return NULL;
}
