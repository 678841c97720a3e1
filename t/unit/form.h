/* SPDX-License-Identifier: Apache-2.0 */
/** For tests of uploads: files to send, and a look at what the scripted server was sent, however large. */
#ifndef FORM_H
#define FORM_H

#include <fcntl.h>

#include "scratch.h"
#include "upstream.h"

/* Longer than any head of a request here. */
#define FORM_ROOM (sizeof(((upstream *)0)->last) - 1)

/** A file of `size` bytes that all differ from their neighbours; its path, to be freed. */
static inline char *form_file(const char *name, size_t size)
{
    char *path = malloc(200), piece[4093];
    size_t at, i;
    FILE *f;

    snprintf(path, 200, "%s/%s", scratch, name);
    f = fopen(path, "w");
    for (at = 0; at < size; at += sizeof(piece)) {
        for (i = 0; i < sizeof(piece); i++)
            piece[i] = (char)((at + i) * 167 >> 3 ^ (at + i));
        fwrite(piece, 1, size - at < sizeof(piece) ? size - at : sizeof(piece), f);
    }
    fclose(f);
    return path;
}

/** A whole file; to be freed. */
static inline char *form_slurp(const char *path, size_t *len)
{
    char *data = NULL;
    FILE *f = fopen(path, "r");

    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    data = calloc(1, *len + 1);
    if (fread(data, 1, *len, f) != *len)
        *len = 0;
    fclose(f);
    return data;
}

/** In a server's thread: the body of the request, of which upstream.h has read what it has room for, goes into the file
 * "body". @return how much of it came */
static inline size_t form_keep(upstream *u, int fd)
{
    char path[200], piece[16384], *body = strstr(u->last, "\r\n\r\n") + 4;
    char *length = strcasestr(u->last, "\r\nContent-Length:");
    size_t want = length && length < body ? strtoul(length + 17, NULL, 10) : 0;
    size_t have = FORM_ROOM - (size_t)(body - u->last);
    ssize_t n = 1;
    FILE *f;

    snprintf(path, sizeof(path), "%s/body", scratch);
    f = fopen(path, "w");
    have = have < want ? have : want;
    fwrite(body, 1, have, f);
    while (have < want && n > 0) {
        n = recv(fd, piece, want - have < sizeof(piece) ? want - have : sizeof(piece), 0);
        if (n > 0)
            have += fwrite(piece, 1, (size_t)n, f);
    }
    fclose(f);
    return have;
}

/** What form_keep has kept; to be freed. */
static inline char *form_kept(size_t *len)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/body", scratch);
    return form_slurp(path, len);
}

/** How often this process has the file at `path` open. */
static inline int form_is_open(const char *path)
{
    char link[40], target[300];
    int n = 0, fd;

    for (fd = 0; fd < 1024; fd++) {
        ssize_t len;

        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        len = readlink(link, target, sizeof(target) - 1);
        target[len > 0 ? len : 0] = '\0';
        n += !strcmp(target, path);
    }
    return n;
}

/** Memory of this process that is in use, in KB. */
static inline long form_resident_kb(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (!f || fscanf(f, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

#endif
