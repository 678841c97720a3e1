/* SPDX-License-Identifier: Apache-2.0 */
/** A scripted HTTP server in a thread, on 127.0.0.1 and a port that the kernel picks. It answers what the test says and
 * keeps what was asked. */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UP_CLOSE, UP_KEEP, UP_RESET };

typedef struct upstream {
    int fd, port;
    /** Answer one request. @return what becomes of the connection */
    int (*serve)(struct upstream *u, int fd, const char *path);
    pthread_mutex_t lock;
    int connections, requests;
    char last[65536]; /* the last request, head and body */
} upstream;

typedef struct up_connection {
    upstream *u;
    int fd;
} up_connection;

static inline void up_write(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

        if (n <= 0)
            return;
        data += n;
        len -= (size_t)n;
    }
}

__attribute__((format(printf, 2, 3))) static inline void up_say(int fd, const char *fmt, ...)
{
    char text[65536];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    up_write(fd, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

/** A whole answer with its length. */
static inline void up_answer(int fd, int status, const char *headers, const char *body)
{
    up_say(fd, "HTTP/1.1 %d Word\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body), headers, body);
}

/* One request into text: its length, or 0 at the end. What begins with a TLS handshake ends it. */
static inline size_t up_read(int fd, char *text, size_t room)
{
    size_t len = 0, want = 0;

    while (len + 1 < room) {
        ssize_t n = recv(fd, text + len, room - 1 - len, 0);
        char *body, *length;

        if (n <= 0 || text[0] == 0x16)
            return 0;
        len += (size_t)n;
        text[len] = '\0';
        body = strstr(text, "\r\n\r\n");
        if (!body)
            continue;
        length = strcasestr(text, "\r\nContent-Length:");
        want = (size_t)(body + 4 - text) + (length && length < body ? strtoul(length + 17, NULL, 10) : 0);
        if (len >= want)
            return len;
    }
    return len;
}

static inline void *up_connection_run(void *data)
{
    up_connection *c = data;
    upstream *u = c->u;
    char *text = calloc(1, sizeof(u->last)), path[2048];
    struct linger now = { 1, 0 };
    int then = UP_KEEP;

    while (then == UP_KEEP && up_read(c->fd, text, sizeof(u->last))) {
        pthread_mutex_lock(&u->lock);
        u->requests++;
        memcpy(u->last, text, sizeof(u->last));
        pthread_mutex_unlock(&u->lock);
        if (sscanf(text, "%*s %2047s", path) != 1)
            path[0] = '\0';
        then = u->serve(u, c->fd, path);
    }
    if (then == UP_RESET)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(c->fd);
    free(text);
    free(c);
    return NULL;
}

static inline void *up_run(void *data)
{
    upstream *u = data;

    for (;;) {
        up_connection *c;
        pthread_t thread;
        int fd = accept(u->fd, NULL, NULL);

        if (fd < 0)
            return NULL;
        pthread_mutex_lock(&u->lock);
        u->connections++;
        pthread_mutex_unlock(&u->lock);
        c = malloc(sizeof(*c));
        *c = (up_connection){ u, fd };
        pthread_create(&thread, NULL, up_connection_run, c);
        pthread_detach(thread);
    }
}

static inline upstream *up_start(int (*serve)(upstream *u, int fd, const char *path))
{
    upstream *u = calloc(1, sizeof(*u));
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(at);
    pthread_t thread;

    pthread_mutex_init(&u->lock, NULL);
    u->serve = serve;
    u->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(u->fd, (struct sockaddr *)&at, sizeof(at)) || listen(u->fd, 128) ||
        getsockname(u->fd, (struct sockaddr *)&at, &len))
        abort();
    u->port = ntohs(at.sin_port);
    pthread_create(&thread, NULL, up_run, u);
    pthread_detach(thread);
    return u;
}

/** A copy of the last request, to be freed. */
static inline char *up_last(upstream *u)
{
    char *copy;

    pthread_mutex_lock(&u->lock);
    copy = strdup(u->last);
    pthread_mutex_unlock(&u->lock);
    return copy;
}

/** Requests since the last question. */
static inline int up_requests(upstream *u)
{
    int n;

    pthread_mutex_lock(&u->lock);
    n = u->requests;
    u->requests = 0;
    pthread_mutex_unlock(&u->lock);
    return n;
}

/** Connections since the last question. */
static inline int up_connections(upstream *u)
{
    int n;

    pthread_mutex_lock(&u->lock);
    n = u->connections;
    u->connections = 0;
    pthread_mutex_unlock(&u->lock);
    return n;
}

#endif
