/* SPDX-License-Identifier: Apache-2.0 */
/** From where an image may be fetched: which URLs, which addresses. Pure; no pools, no look-ups.
 *
 * https to any public address; http, or a private address, only to hosts that StoryImgFetchAllow names. */
#ifndef SIMG_BASE_NETRULE_H
#define SIMG_BASE_NETRULE_H

#include <stddef.h>
#include <sys/socket.h>

/** @return 1 if the address is one that no stranger may make us talk to: loopback, private (RFC 1918, RFC 4193),
 * link-local, carrier-grade NAT, multicast, broadcast, unspecified, documentation, benchmarking, reserved; also such an
 * IPv4 address inside IPv6 (mapped, compatible, 6to4, NAT64), and every address family but AF_INET and AF_INET6. */
int simg_netrule_is_private(const struct sockaddr *addr);

/** @param allow  words like `*.example.com`, `cdn.example.com`, `127.0.0.1:9000`, `[::1]:9000`, separated by white
 * space; NULL: none. A word without a port matches every port; `*.` matches one or more labels, not the bare domain.
 * Case does not count.
 * @return 1 if one of them names this host and port. */
int simg_netrule_host_allowed(const char *allow, const char *host, int port);

/** NULL if every word of allow can be read, else a pointer to the first that cannot (`*` alone cannot). */
const char *simg_netrule_check(const char *allow);

#endif
