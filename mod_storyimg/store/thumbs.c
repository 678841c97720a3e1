/* SPDX-License-Identifier: Apache-2.0 */
/* What thumbnails of all stores have in common; see also disk_thumbs.c. */
#include "store/thumbs.h"

#include <string.h>

#include <apr_strings.h>

#include "store/backend.h"
#include "store/name.h"

#define SIZE_LIMIT ((apr_off_t)2 * 1024 * 1024)
#define NAME_LIMIT 128
#define ENDING ".webp"

typedef struct thumb {
    simg_thumb t; /* first: callers hold this */
    const simg_store_thumbs *backend;
    apr_pool_t *p;
} thumb;

int simg_thumb_is_name(const char *name)
{
    apr_size_t len = strlen(name), tail = strlen(ENDING);

    return len > tail && len <= NAME_LIMIT && !strcmp(name + len - tail, ENDING) && simg_name_is_picture(name);
}

const char *simg_thumb_name(const char *filename, apr_pool_t *p)
{
    return apr_pstrcat(p, apr_pstrmemdup(p, filename, strcspn(filename, ".")), ENDING, NULL);
}

static apr_status_t unfit(thumb *t, simg_problem *err)
{
    simg_problem_set(err, t->p, "thumbnail-unavailable", APR_EINVAL, "there is no thumbnail of this picture");
    return simg_problem_cause(err, t->p, "StoryImgPixelProgram: what it made is not one whole WebP");
}

static apr_status_t take(simg_sink *sink, const void *data, apr_size_t len, simg_problem *err)
{
    thumb *t = (thumb *)sink;

    if (len > (apr_size_t)(SIZE_LIMIT - t->t.size) || !simg_sniff_feed(&t->t.sniff, data, len))
        return unfit(t, err);
    t->t.size += (apr_off_t)len;
    return t->backend->write(&t->t, data, len, err);
}

apr_status_t simg_thumb_begin(simg_thumb **out, simg_store *store, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_store_thumbs *backend = store->backend->thumbs;
    thumb *t;
    apr_status_t rv;

    if (!backend || !simg_thumb_is_name(name))
        return APR_ENOENT;
    t = apr_pcalloc(p, sizeof(*t));
    t->t.sink.write = take;
    t->backend = backend;
    t->p = p;
    simg_sniff_init(&t->t.sniff);
    rv = backend->begin(&t->t, store, name, p, err);
    if (rv == APR_SUCCESS)
        *out = &t->t;
    return rv;
}

apr_status_t simg_thumb_commit(simg_thumb *made, apr_pool_t *p, simg_problem *err)
{
    thumb *t = (thumb *)made;

    if (!simg_sniff_end(&made->sniff) || made->sniff.type != SIMG_IMAGE_WEBP)
        return unfit(t, err);
    return t->backend->publish(made, p, err);
}

apr_status_t simg_thumb_remove(simg_store *store, const char *filename, apr_pool_t *p, simg_problem *err)
{
    const simg_store_thumbs *backend = store->backend->thumbs;

    if (!backend || !simg_name_is_picture(filename))
        return APR_SUCCESS;
    return backend->remove(store, simg_thumb_name(filename, p), p, err);
}
