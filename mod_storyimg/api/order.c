/* SPDX-License-Identifier: Apache-2.0 */
#include "api/order.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/reader.h"
#include "base/json.h"
#include "story/character.h"

#define AT(type, member) APR_OFFSETOF(type, member)
#define PAGES_DEFAULT 3
#define SIDE_MIN 64
#define SIDE_MAX 4096

static const simg_member story_members[] = {
    { "character", SIMG_MEMBER_OBJECT, 1, 0, 0, AT(simg_order, character), simg_character_members, 0 },
    { "prompt", SIMG_MEMBER_TEXT, 1, 1, 4000, AT(simg_order, prompt), NULL, 0 },
    { "themes", SIMG_MEMBER_TEXT, 0, 1, 1000, AT(simg_order, themes), NULL, 0 },
    { "setting", SIMG_MEMBER_TEXT, 0, 1, 1000, AT(simg_order, setting), NULL, 0 },
    { "characterDescriptor", SIMG_MEMBER_TEXT, 0, 1, 2000, AT(simg_order, descriptor), NULL, 0 },
    { "generateIllustrations", SIMG_MEMBER_BOOLEAN, 0, 0, 1, AT(simg_order, illustrate), NULL, 0 },
    { "pages", SIMG_MEMBER_INTEGER, 0, 1, 12, AT(simg_order, pages), NULL, 0 },
    { "size", SIMG_MEMBER_TOKEN, 0, 1, 20, AT(simg_order, size), NULL, 0 },
    { "quality", SIMG_MEMBER_TOKEN, 0, 1, 20, AT(simg_order, quality), NULL, 0 },
    { "style", SIMG_MEMBER_TEXT, 0, 1, 200, AT(simg_order, style), NULL, 0 },
    { "async", SIMG_MEMBER_BOOLEAN, 0, 0, 1, AT(simg_order, async), NULL, 0 },
    { "storyId", SIMG_MEMBER_TOKEN, 0, 1, 128, AT(simg_order, story_id), NULL, 0 },
    { "subject", SIMG_MEMBER_TOKEN, 0, 1, 128, AT(simg_order, subject), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static const simg_member suggestion_members[] = {
    { "character", SIMG_MEMBER_OBJECT, 1, 0, 0, AT(simg_order, character), simg_character_members, 0 },
    { "prompt", SIMG_MEMBER_TEXT, 0, 1, 4000, AT(simg_order, prompt), NULL, 0 },
    { "themes", SIMG_MEMBER_TEXT, 0, 1, 1000, AT(simg_order, themes), NULL, 0 },
    { "setting", SIMG_MEMBER_TEXT, 0, 1, 1000, AT(simg_order, setting), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static apr_status_t wrong(simg_problem *err, apr_pool_t *p, const char *what)
{
    return simg_problem_set(err, p, "invalid-body", APR_EINVAL, "%s", what);
}

/** application/json, or a type built on it. Anything that a page of another site may post without asking, such as a
 * form or a body without a type, is refused: it would spend money where access goes by address. */
static int is_json(const char *type)
{
    apr_size_t len = type ? strcspn(type, "; \t") : 0;

    return (len == 16 && !strncasecmp(type, "application/json", 16)) ||
           (len > 5 && !strncasecmp(type + len - 5, "+json", 5));
}

static apr_status_t read_json(json_t **out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    const char *why = "not JSON";
    apr_size_t len = 0;
    char *data = NULL;
    apr_status_t rv;

    if (!is_json(in->content_type))
        return simg_problem_set(err, in->p, "unsupported-media-type", APR_EINVAL, "the body must be application/json");
    rv = in->read_body(in, &data, &len, (apr_size_t)site->settings->max_body, err);
    if (rv != APR_SUCCESS)
        return rv;
    *out = simg_json_parse(data, len, &why, in->p);
    return *out ? APR_SUCCESS : simg_problem_set(err, in->p, "invalid-body", APR_EINVAL, "body: %s", why);
}

static int is_side(const char *s, char **end)
{
    long n = s[0] >= '1' && s[0] <= '9' ? strtol(s, end, 10) : 0;

    return n >= SIDE_MIN && n <= SIDE_MAX;
}

static int is_size(const char *s)
{
    char *end = NULL;

    return !strcmp(s, "auto") || (is_side(s, &end) && *end == 'x' && is_side(end + 1, &end) && *end == '\0');
}

static int is_quality(const char *s)
{
    static const char *const known[] = { "auto", "low", "medium", "high", "standard", "hd", NULL };
    int i;

    for (i = 0; known[i] && strcmp(known[i], s); i++)
        ;
    return known[i] != NULL;
}

/** What a table cannot say. */
static apr_status_t check(const simg_order *o, apr_pool_t *p, simg_problem *err)
{
    if (o->character.image_url)
        return wrong(err, p, "character.imageUrl: must be one of this site's own uploads");
    if (o->size && !is_size(o->size))
        return wrong(err, p, "size: must be WIDTHxHEIGHT, each from 64 to 4096, or auto");
    if (o->quality && !is_quality(o->quality))
        return wrong(err, p, "quality: must be auto, low, medium, high, standard or hd");
    return APR_SUCCESS;
}

static apr_status_t read_order(simg_order *out, json_t **body, const simg_member *members, const simg_request *in,
                               const simg_site *site, simg_problem *err)
{
    apr_status_t rv = read_json(body, in, site, err);

    *out = (simg_order){ .async = -1, .pages = PAGES_DEFAULT, .character = { .age = -1 } };
    if (rv == APR_SUCCESS)
        rv = simg_reader_object(out, *body, members, "", in->p, err);
    return rv == APR_SUCCESS ? check(out, in->p, err) : rv;
}

apr_status_t simg_order_read(simg_order *out, json_t **character, const simg_request *in, const simg_site *site,
                             simg_problem *err)
{
    json_t *body = NULL;
    apr_status_t rv = read_order(out, &body, story_members, in, site, err);

    if (rv != APR_SUCCESS)
        return rv;
    if (out->pages > site->settings->max_pages)
        out->pages = (int)site->settings->max_pages;
    *character = json_object_get(body, "character");
    return APR_SUCCESS;
}

apr_status_t simg_order_read_suggestions(simg_order *out, const simg_request *in, const simg_site *site,
                                         simg_problem *err)
{
    json_t *body = NULL;

    return read_order(out, &body, suggestion_members, in, site, err);
}
