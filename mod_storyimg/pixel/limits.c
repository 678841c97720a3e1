/* SPDX-License-Identifier: Apache-2.0 */
/* A picture that explodes in memory or time ends this process, and nothing else. */
#include "pixel/limits.h"

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>

#define MEGA (1024UL * 1024UL)

/* AddressSanitizer reserves terabytes of addresses that it never uses. */
#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SPACE RLIM_INFINITY
#else
#define ADDRESS_SPACE (2048UL * MEGA)
#endif

static const struct {
    int what;
    rlim_t most;
} limits[] = {
    { RLIMIT_CPU, 20 },
    { RLIMIT_AS, ADDRESS_SPACE },
    { RLIMIT_FSIZE, 256 * MEGA },
    { RLIMIT_CORE, 0 },
};

/** Only ever lower: a limit inherited from the parent may be tighter than ours. */
static int limit_lower(int what, rlim_t most)
{
    struct rlimit l;

    if (getrlimit(what, &l) != 0)
        return -1;
    if (l.rlim_max == RLIM_INFINITY || l.rlim_max > most)
        l.rlim_max = most;
    if (l.rlim_cur == RLIM_INFINITY || l.rlim_cur > l.rlim_max)
        l.rlim_cur = l.rlim_max;
    return setrlimit(what, &l);
}

int simg_limits_set(void)
{
    size_t i;

    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (limit_lower((int)limits[i].what, limits[i].most) != 0)
            return -1;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return 0;
}
