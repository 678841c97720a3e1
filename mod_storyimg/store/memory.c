/* SPDX-License-Identifier: Apache-2.0 */
#include "store/memory.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((apr_size_t)64 * 1024)

/** A buffer outside of pools, so that growing gives the old one back. */
typedef struct heap {
    char *bytes;
    apr_size_t room;
    apr_pool_t *p;
} heap;

static apr_status_t release(void *data)
{
    heap *h = data;

    free(h->bytes);
    h->bytes = NULL;
    return APR_SUCCESS;
}

static apr_status_t memory_open(simg_store *store, const simg_settings *s, simg_problem *err)
{
    (void)store;
    (void)s;
    (void)err;
    return APR_SUCCESS;
}

static apr_status_t memory_ready(simg_store *store, apr_int64_t bytes, apr_pool_t *p, simg_problem *err)
{
    (void)store;
    (void)bytes;
    (void)p;
    (void)err;
    return APR_SUCCESS;
}

static apr_status_t memory_begin(simg_upload *u, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    heap *h = apr_pcalloc(p, sizeof(*h));

    (void)store;
    (void)name;
    (void)err;
    h->p = p;
    apr_pool_cleanup_register(p, h, release, apr_pool_cleanup_null);
    u->impl = h;
    return APR_SUCCESS;
}

static apr_status_t memory_write(simg_upload *u, const void *data, apr_size_t len, simg_problem *err)
{
    heap *h = u->impl;
    apr_size_t size = (apr_size_t)u->size, room = h->room ? h->room : FIRST_ROOM;
    char *bytes = h->bytes;

    while (room < size + len)
        room *= 2;
    if (room != h->room)
        bytes = realloc(h->bytes, room);
    if (!bytes)
        return simg_problem_set(err, h->p, "internal", APR_ENOMEM, "out of memory");
    h->bytes = bytes;
    h->room = room;
    memcpy(bytes + size, data, len);
    return APR_SUCCESS;
}

static apr_status_t memory_rewind(simg_upload *u, simg_problem *err)
{
    (void)u; /* the next piece goes to the front: the size is zero again */
    (void)err;
    return APR_SUCCESS;
}

static apr_status_t memory_replace(simg_upload *u, simg_upload *with, apr_pool_t *p, simg_problem *err)
{
    heap *mine = u->impl, *other = with->impl;
    char *bytes = mine->bytes;
    apr_size_t room = mine->room;

    (void)p;
    (void)err;
    mine->bytes = other->bytes;
    mine->room = other->room;
    other->bytes = bytes;
    other->room = room;
    return APR_SUCCESS;
}

static apr_status_t memory_publish(simg_upload *u, const char *name, apr_pool_t *p, simg_problem *err)
{
    (void)u; /* nobody can look an object up here: its name is only told */
    (void)name;
    (void)p;
    (void)err;
    return APR_SUCCESS;
}

static apr_status_t memory_remove(simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    (void)store;
    (void)name;
    (void)p;
    (void)err;
    return APR_SUCCESS;
}

static apr_file_t *memory_file(const simg_upload *u)
{
    (void)u;
    return NULL;
}

const simg_store_backend simg_store_memory = {
    .name = "memory",
    .open = memory_open,
    .ready = memory_ready,
    .begin = memory_begin,
    .write = memory_write,
    .rewind = memory_rewind,
    .file = memory_file,
    .replace = memory_replace,
    .publish = memory_publish,
    .remove = memory_remove,
};

const char *simg_memory_bytes(const simg_upload *u)
{
    return ((const heap *)u->impl)->bytes;
}
