/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/offline.h"

#include "base/json.h"
#include "provider/offline/tell.h"

#define IDEAS 5

static unsigned bit_of(const simg_tell_shape *shape)
{
    unsigned i = 0;

    while (simg_tell_shapes[i] != shape)
        i++;
    return 1u << i;
}

const char *simg_offline_suggest(const simg_order *order, apr_uint64_t seed, apr_pool_t *p)
{
    json_t *ideas = simg_json_own(p, json_array());
    unsigned told = 0;
    int i;

    for (i = 0; i < IDEAS; i++) {
        simg_tell *t = simg_tell_new(order, seed + (apr_uint64_t)i, 2, p);
        const simg_tell_shape *shape = simg_tell_shape_choose(t, order, told);
        const char *title = simg_tell_title(t, shape);

        told |= bit_of(shape);
        json_array_append_new(ideas,
                              json_pack("{s:s, s:s}", "title", title, "description", simg_tell_fill(t, shape->pitch)));
    }
    return simg_json_text(ideas, p);
}
