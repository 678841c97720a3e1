/* SPDX-License-Identifier: Apache-2.0 */
#include "api/order.h"

#include <stdlib.h>
#include <string.h>

#include "api/body.h"
#include "api/reference.h"
#include "base/reader.h"
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

/** An order, and what one picture has beside it. */
typedef struct single {
    simg_order order; /* first: the rows of this table are those of an order, too */
    const char *scene, *title;
    int page;
} single;

#define LOOKS                                                                                                          \
    { "character", SIMG_MEMBER_OBJECT, 1, 0, 0, AT(simg_order, character), simg_character_members, 0 },                \
        { "characterDescriptor", SIMG_MEMBER_TEXT, 0, 1, 2000, AT(simg_order, descriptor), NULL, 0 },                  \
        { "size", SIMG_MEMBER_TOKEN, 0, 1, 20, AT(simg_order, size), NULL, 0 },                                        \
        { "quality", SIMG_MEMBER_TOKEN, 0, 1, 20, AT(simg_order, quality), NULL, 0 },                                  \
        { "style", SIMG_MEMBER_TEXT, 0, 1, 200, AT(simg_order, style), NULL, 0 },                                      \
    {                                                                                                                  \
        "subject", SIMG_MEMBER_TOKEN, 0, 1, 128, AT(simg_order, subject), NULL, 0                                      \
    }

static const simg_member single_members[] = {
    LOOKS,
    { "sceneDescription", SIMG_MEMBER_TEXT, 1, 1, 1000, AT(single, scene), NULL, 0 },
    { "pageNumber", SIMG_MEMBER_INTEGER, 0, 1, 1000, AT(single, page), NULL, 0 },
    { "storyTitle", SIMG_MEMBER_TEXT, 0, 1, 200, AT(single, title), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static const simg_member portrait_members[] = {
    LOOKS,
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static apr_status_t wrong(simg_problem *err, apr_pool_t *p, const char *what)
{
    return simg_problem_set(err, p, "invalid-body", APR_EINVAL, "%s", what);
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
    if (o->size && !is_size(o->size))
        return wrong(err, p, "size: must be WIDTHxHEIGHT, each from 64 to 4096, or auto");
    if (o->quality && !is_quality(o->quality))
        return wrong(err, p, "quality: must be auto, low, medium, high, standard or hd");
    return APR_SUCCESS;
}

/** Found before money is spent: a picture that is gone is no reason to draw another child. */
static apr_status_t find_reference(simg_order *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    simg_upload_row upload;
    apr_status_t rv = simg_reference_find(&upload, out->character.image_url, "character.imageUrl", in, site, err);

    if (rv == APR_SUCCESS)
        out->reference = upload.filename;
    return rv;
}

/** @param into  the record that members describe; its beginning is the order */
static apr_status_t read_members(simg_order *out, void *into, json_t **body, const simg_member *members,
                                 const simg_request *in, const simg_site *site, simg_problem *err)
{
    apr_status_t rv = simg_body_read(body, in, site, err);

    *out = (simg_order){ .async = -1, .pages = PAGES_DEFAULT, .character = { .age = -1 } };
    if (rv == APR_SUCCESS)
        rv = simg_reader_object(into, *body, members, "", in->p, err);
    if (rv == APR_SUCCESS)
        rv = check(out, in->p, err);
    return rv == APR_SUCCESS && out->character.image_url ? find_reference(out, in, site, err) : rv;
}

static apr_status_t read_order(simg_order *out, json_t **body, const simg_member *members, const simg_request *in,
                               const simg_site *site, simg_problem *err)
{
    return read_members(out, out, body, members, in, site, err);
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

apr_status_t simg_order_read_single(simg_order *out, json_t **character, simg_page *page, const char **title,
                                    int portrait, const simg_request *in, const simg_site *site, simg_problem *err)
{
    single one = { .page = page->number };
    json_t *body = NULL;
    apr_status_t rv = read_members(&one.order, &one, &body, portrait ? portrait_members : single_members, in, site, err);

    if (rv != APR_SUCCESS)
        return rv;
    *out = one.order;
    out->illustrate = 1;
    out->pages = 1;
    page->number = one.page;
    page->scene = one.scene;
    *title = one.title;
    *character = json_object_get(body, "character");
    return APR_SUCCESS;
}
