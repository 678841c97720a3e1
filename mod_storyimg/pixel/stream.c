/* SPDX-License-Identifier: Apache-2.0 */
#include "pixel/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_SIZE (64 * 1024)

/** The parent may hand over non-blocking descriptors. @return 1 if it is worth trying again. */
static int wait_again(int fd, short events)
{
    struct pollfd p = { fd, events, 0 };

    if (errno == EINTR)
        return 1;
    if (errno != EAGAIN)
        return 0;
    return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

static int grow(char **buf, size_t *size, size_t max)
{
    size_t want = *size ? *size * 2 : FIRST_SIZE;
    char *more;

    if (want > max)
        want = max;
    more = realloc(*buf, want);
    if (!more)
        return -1;
    *buf = more;
    *size = want;
    return 0;
}

int simg_stream_read(char **out, size_t *len, int fd, size_t max)
{
    char *buf = NULL;
    size_t have = 0, size = 0;
    ssize_t n = 1;

    while (n != 0) {
        /* one byte above the limit tells "full" from "too much" */
        if (have == size && grow(&buf, &size, max + 1) != 0)
            break;
        n = read(fd, buf + have, size - have);
        if (n < 0 && !wait_again(fd, POLLIN))
            break;
        have += n > 0 ? (size_t)n : 0;
        if (have > max) {
            errno = EFBIG;
            n = -1;
            break;
        }
    }
    *out = n == 0 ? buf : NULL;
    *len = have;
    if (n != 0)
        free(buf);
    return n == 0 ? 0 : -1;
}

int simg_stream_write(int fd, const void *data, size_t len)
{
    const char *at = data;
    ssize_t n;

    while (len > 0) {
        n = write(fd, at, len);
        if (n < 0 && !wait_again(fd, POLLOUT))
            return -1;
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return 0;
}
