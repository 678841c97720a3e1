/* SPDX-License-Identifier: Apache-2.0 */
/* upstream LOG TEXT_SECONDS TEXT_FILE IMAGE_SECONDS IMAGE_FILE: an OpenAI-compatible server that costs next to nothing,
 * for measurements that t/upstream, being Perl, would disturb: a thread per connection, which sleeps, then sends a
 * file. It checks nothing. Prints its port; ends when its standard input does. A line of the log: text or image, when
 * the request had come, when all of the answer was written. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 65536, STACK = 256 * 1024, BACKLOG = 1024 };

typedef struct answer {
    const char *name, *path; /* what the path of the request contains */
    double seconds;
    const char *body;
    size_t len;
} answer;

static answer answers[] = { { .name = "text", .path = "/chat/" },
                            { .name = "image", .path = "/images/" },
                            { .name = "other", .path = "", .body = "{\"object\":\"list\",\"data\":[]}", .len = 27 } };
static int log_fd;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void rest(double seconds)
{
    struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

    nanosleep(&t, NULL);
}

/* The length of head and body, once the head is there; 0: it is not. */
static size_t length_of(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n"), *field = strcasestr(request, "\r\nContent-Length:");

    if (!end)
        return 0;
    return (size_t)(end + 4 - request) + (field && field < end ? strtoul(field + 17, NULL, 10) : 0);
}

/* 1 if a whole request has come; of a long one the beginning is kept. */
static int receive(int fd, char *request)
{
    size_t len = 0, kept = 0, want = 0;
    char rest_of_it[16384];
    ssize_t got;

    request[0] = '\0';
    while (want == 0 || len < want) {
        if (kept < REQUEST_MAX - 1)
            got = read(fd, request + kept, REQUEST_MAX - 1 - kept);
        else
            got = want ? read(fd, rest_of_it, sizeof(rest_of_it)) : 0;
        if (got <= 0)
            return 0;
        len += (size_t)got;
        kept += kept < REQUEST_MAX - 1 ? (size_t)got : 0;
        request[kept] = '\0';
        want = want ? want : length_of(request);
    }
    return 1;
}

static int send_all(int fd, const char *data, size_t len)
{
    ssize_t sent = 1;

    for (; len && sent > 0; data += sent, len -= (size_t)sent)
        sent = write(fd, data, len);
    return !len;
}

static const answer *choose(const char *request)
{
    const answer *a = answers;
    const char *end = strstr(request, "\r\n"), *found;

    for (;; a++) {
        found = strstr(request, a->path);
        if (found && found < end)
            return a;
    }
}

static void serve(int fd, char *request)
{
    const answer *a;
    double began;
    char head[200];

    if (!receive(fd, request))
        return;
    began = now();
    a = choose(request);
    rest(a->seconds);
    snprintf(head, sizeof(head),
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
             a->len);
    if (send_all(fd, head, strlen(head)) && send_all(fd, a->body, a->len))
        dprintf(log_fd, "%s %.6f %.6f\n", a->name, began, now());
}

static void *connection(void *data)
{
    int fd = (int)(intptr_t)data;
    char *request = malloc(REQUEST_MAX);

    if (request)
        serve(fd, request);
    free(request);
    close(fd);
    return NULL;
}

static void *end_with_input(void *data)
{
    char c;

    while (read(STDIN_FILENO, &c, 1) > 0)
        continue;
    _exit(0);
    return data;
}

static int load(answer *a, const char *seconds, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);

    a->seconds = strtod(seconds, NULL);
    if (fd < 0 || fstat(fd, &st) < 0)
        return 0;
    a->len = (size_t)st.st_size;
    a->body = mmap(NULL, a->len, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return a->body != MAP_FAILED;
}

static int listener(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, BACKLOG) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        return -1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    pthread_attr_t attr;
    pthread_t thread;
    int fd, peer;

    signal(SIGPIPE, SIG_IGN);
    if (argc != 6 || !load(&answers[0], argv[2], argv[3]) || !load(&answers[1], argv[4], argv[5]))
        return 2;
    log_fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0644);
    fd = log_fd < 0 ? -1 : listener();
    if (fd < 0)
        return 1;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, &attr, end_with_input, NULL);
    for (;;) {
        peer = accept(fd, NULL, NULL);
        if (peer >= 0 && pthread_create(&thread, &attr, connection, (void *)(intptr_t)peer))
            close(peer);
    }
}
