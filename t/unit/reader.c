/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include <apr_general.h>
#include <apr_strings.h>

#include "base/json.h"
#include "tap.h"

typedef struct pet {
    const char *name;
    int legs;
} pet;

typedef struct thing {
    const char *name, *text, *token;
    int number, flag;
    apr_array_header_t *texts, *pets;
    pet first;
} thing;

#define AT(type, member) APR_OFFSETOF(type, member)

static const simg_member pet_members[] = {
    { "name", SIMG_MEMBER_NAME, 1, 1, 10, AT(pet, name), NULL, 0 },
    { "legs", SIMG_MEMBER_INTEGER, 0, 0, 8, AT(pet, legs), NULL, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static const simg_member members[] = {
    { "name", SIMG_MEMBER_NAME, 1, 1, 10, AT(thing, name), NULL, 0 },
    { "text", SIMG_MEMBER_TEXT, 0, 1, 10, AT(thing, text), NULL, 0 },
    { "token", SIMG_MEMBER_TOKEN, 0, 1, 10, AT(thing, token), NULL, 0 },
    { "number", SIMG_MEMBER_INTEGER, 0, -1, 12, AT(thing, number), NULL, 0 },
    { "flag", SIMG_MEMBER_BOOLEAN, 0, 0, 1, AT(thing, flag), NULL, 0 },
    { "texts", SIMG_MEMBER_TEXTS, 0, 1, 5, AT(thing, texts), NULL, 0 },
    { "pets", SIMG_MEMBER_OBJECTS, 0, 0, 2, AT(thing, pets), pet_members, sizeof(pet) },
    { "first", SIMG_MEMBER_OBJECT, 0, 0, 0, AT(thing, first), pet_members, 0 },
    { NULL, 0, 0, 0, 0, 0, NULL, 0 },
};

static apr_pool_t *pool;

static apr_status_t read_thing(thing *t, const char *json, simg_problem *err)
{
    json_t *j = simg_json_parse(json, strlen(json), NULL, pool);

    *t = (thing){ .number = 7, .flag = 1 };
    *err = (simg_problem){ 0 };
    return simg_reader_object(t, j, members, "", pool, err);
}

static void refuses(const char *json, const char *detail)
{
    simg_problem err;
    thing t;
    apr_status_t rv = read_thing(&t, json, &err);

    ok(rv != APR_SUCCESS && err.status == 400 && !strcmp(err.code, "invalid-body"), "refused: %.60s", json);
    is_str(err.detail, detail, detail);
}

static void accepts(const char *json)
{
    simg_problem err;
    thing t;

    ok(read_thing(&t, json, &err) == APR_SUCCESS, "accepted: %s", json);
}

static void whole(void)
{
    simg_problem err;
    thing t;

    is_int(read_thing(&t,
                      "{\"name\": \"Zoë\", \"text\": \"a\\nb\", \"token\": \"a-1\", \"number\": 12, \"flag\": false, "
                      "\"texts\": [\"x\", \" \"],"
                      "\"pets\": [{\"name\": \"Rex\", \"legs\": 4}], \"first\": {\"name\": \"Io\"}}",
                      &err),
           APR_SUCCESS, "every member");
    is_str(t.name, "Zoë", "name");
    is_str(t.text, "a\nb", "text");
    is_str(t.token, "a-1", "token");
    is_int(t.number, 12, "number");
    is_int(t.flag, 0, "flag");
    is_int(t.texts->nelts, 1, "a blank item is left out");
    is_int(APR_ARRAY_IDX(t.pets, 0, pet).legs, 4, "object in an array");
    is_str(t.first.name, "Io", "object");
    read_thing(&t, "{\"name\": \"A\", \"text\": null, \"token\": \"\"}", &err);
    ok(!t.text && !t.token && t.number == 7 && t.flag == 1 && t.texts->nelts == 0,
       "what is left open keeps its default");
}

static void names(void)
{
    static const char *const good[] = { "O'Brien", "Jean-Luc", "Åsa", "محمد", "李小龙", "José M.", "D’Arcy", "Zoë 2" };
    static const char *const bad[] = { "../x",     "a\\\"b",      "a\\nb",       "a;b",           "a<b",
                                       "'quoted'", "Lila\\u202e", "Lila\\u200f", "\\ud83d\\ude80" };
    unsigned int i;

    for (i = 0; i < sizeof(good) / sizeof(*good); i++)
        accepts(apr_psprintf(pool, "{\"name\": \"%s\"}", good[i]));
    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        refuses(apr_psprintf(pool, "{\"name\": \"%s\"}", bad[i]), "name: holds a character that a name cannot have");
    refuses("{\"name\": \"- .\"}", "name: must hold a letter");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    whole();
    names();
    refuses("{}", "name: required");
    refuses("[]", "body: must be an object");
    refuses("{\"name\": null}", "name: required");
    refuses("{\"name\": 3}", "name: must be a string");
    refuses("{\"name\": \"\"}", "name: must not be empty");
    refuses("{\"name\": \"12345678901\"}", "name: must have at most 10 characters");
    refuses("{\"name\": \"A\", \"text\": \"12345678901\"}", "text: must have at most 10 characters");
    refuses("{\"name\": \"A\", \"text\": \"a\\u0007\"}", "text: holds a control character");
    refuses("{\"name\": \"A\", \"token\": \"a/b\"}", "token: must be made of A-Z a-z 0-9 and - . _ ~ : @ + = , only");
    refuses("{\"name\": \"A\", \"token\": \"..\"}", "token: must hold a letter or digit");
    refuses("{\"name\": \"A\", \"number\": 13}", "number: must be from -1 to 12");
    refuses("{\"name\": \"A\", \"number\": 99999999999999}", "number: must be from -1 to 12");
    refuses("{\"name\": \"A\", \"number\": 99999999999999999999}", "number: must be from -1 to 12");
    refuses("{\"name\": \"A\", \"number\": 1.5}", "number: must be a whole number");
    refuses("{\"name\": \"A\", \"number\": \"1\"}", "number: must be a whole number");
    refuses("{\"name\": \"A\", \"flag\": 1}", "flag: must be true or false");
    refuses("{\"name\": \"A\", \"texts\": \"x\"}", "texts: must be an array of strings");
    refuses("{\"name\": \"A\", \"texts\": [\"x\", 2]}", "texts[1]: must be a string");
    refuses("{\"name\": \"A\", \"texts\": [\"123456\"]}", "texts[0]: must have at most 5 characters");
    refuses("{\"name\": \"A\", \"pets\": [{\"name\": \"B\"}, {\"legs\": 2}]}", "pets[1].name: required");
    refuses("{\"name\": \"A\", \"pets\": [{\"name\": \"B\", \"wings\": 2}]}", "pets[0].wings: no such member");
    refuses("{\"name\": \"A\", \"pets\": [{}, {}, {}]}", "pets: must have at most 2 items");
    refuses("{\"name\": \"A\", \"surname\": 1}", "surname: no such member");
    refuses("{\"name\": \"A\", \"first\": []}", "first: must be an object");
    refuses("{\"name\": \"A\", \"b\\u202ead\": 1}", "?: no such member");
    apr_pool_destroy(pool);
    return done_testing();
}
