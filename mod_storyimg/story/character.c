/* SPDX-License-Identifier: Apache-2.0 */
#include "story/character.h"

#define AT(type, member) APR_OFFSETOF(type, member)

static const simg_member sister_members[] = {
    { "name", SIMG_MEMBER_NAME, 1, 1, 100, AT(simg_sister, name), NULL, 0 },
    { "traits", SIMG_MEMBER_TEXT, 0, 1, 500, AT(simg_sister, traits), NULL, 0 },
    { "favoriteThings", SIMG_MEMBER_TEXTS, 0, 1, 200, AT(simg_sister, favorites), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

const simg_member simg_character_members[] = {
    { "name", SIMG_MEMBER_NAME, 1, 1, 100, AT(simg_character, name), NULL, 0 },
    { "age", SIMG_MEMBER_INTEGER, 0, 0, 120, AT(simg_character, age), NULL, 0 },
    { "personality", SIMG_MEMBER_TEXTS, 0, 1, 200, AT(simg_character, personality), NULL, 0 },
    { "interests", SIMG_MEMBER_TEXTS, 0, 1, 200, AT(simg_character, interests), NULL, 0 },
    { "sisters", SIMG_MEMBER_OBJECTS, 0, 0, 8, AT(simg_character, sisters), sister_members, sizeof(simg_sister) },
    { "personalMessage", SIMG_MEMBER_TEXT, 0, 1, 1000, AT(simg_character, message), NULL, 0 },
    { "imageUrl", SIMG_MEMBER_TEXT, 0, 1, 2000, AT(simg_character, image_url), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

apr_status_t simg_character_read(simg_character *out, const json_t *object, apr_pool_t *p, simg_problem *err)
{
    *out = (simg_character){ .age = -1 };
    return simg_reader_object(out, object, simg_character_members, "character", p, err);
}
