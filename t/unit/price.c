/* SPDX-License-Identifier: Apache-2.0 */
/* What calls cost, by tables of the test's own and by the one that is shipped. */
#include "provider/price.h"

#include <stdlib.h>

#include <apr_strings.h>

#include "scratch.h"
#include "tap.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static apr_pool_t *pool;
static const simg_provider openai = { .name = "openai" }, offline = { .name = "offline" };

static const char *write_file(const char *text, size_t len)
{
    const char *path = apr_pstrcat(pool, scratch, "/prices.json", NULL);
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(text, 1, len, f) != len || fclose(f)) {
        printf("Bail out! cannot write\n");
        exit(1);
    }
    return path;
}

static const char *read_wrong(simg_prices **out, const char *text)
{
    *out = (simg_prices *)"untouched";
    return simg_prices_read(out, write_file(text, strlen(text)), pool);
}

/* A table of these models. */
static const simg_prices *table(const char *models)
{
    simg_prices *prices;

    is_str(read_wrong(&prices, apr_pstrcat(pool, "{\"models\":{", models, "}}", NULL)), NULL, "a table is read");
    return prices;
}

static apr_int64_t text(const simg_prices *prices, const char *model, const char *used, apr_int64_t in, apr_int64_t out)
{
    simg_model m = { &openai, model };
    simg_call call = { .model = &m, .p = pool, .model_used = used, .input_tokens = in, .output_tokens = out };

    return simg_price_text(prices, &call);
}

static apr_int64_t image(const simg_prices *prices, const char *model, const char *size, const char *quality,
                         apr_int64_t in, apr_int64_t out)
{
    simg_model m = { &openai, model };
    simg_brief brief = { .prompt = "a cat", .size = size, .quality = quality };
    simg_image_call c = {
        .call = { .model = &m, .p = pool, .model_used = model, .input_tokens = in, .output_tokens = out },
        .brief = &brief
    };

    return simg_price_image(prices, &c);
}

static void test_refused(void)
{
    static const struct {
        const char *json, *wrong;
    } rows[] = {
        { "", "not JSON (line 1, column 0)" },
        { "{\"models\":{}", "not JSON (line 1, column 12)" },
        { "[]", "models: must be an object" },
        { "{}", "models: must be an object" },
        { "{\"models\":[]}", "models: must be an object" },
        { "{\"models\":{},\"models\":{}}", "a member occurs twice" },
        { "{\"currency\":\"EUR\",\"models\":{}}", "currency: must be \"USD\"" },
        { "{\"models\":{\"m\":0.04}}", "models.m: must be an object" },
        { "{\"models\":{\"m\":null}}", "models.m: must be an object" },
        { "{\"models\":{\"m\":{\"image\":\"0.04\"}}}", "models.m.image: must be a number from 0 to 1000" },
        { "{\"models\":{\"dall-e-3\":{\"image\":{\"1024x1024\":true}}}}",
          "models.dall-e-3.image.1024x1024: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"image\":{\"1x1\":{\"hd\":-0.01}}}}}",
          "models.m.image.1x1.hd: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"image\":{\"1x1\":{\"hd\":1000.01}}}}}",
          "models.m.image.1x1.hd: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"image\":{\"1x1\":{\"hd\":[1]}}}}}",
          "models.m.image.1x1.hd: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"image\":{\"1x1\":null}}}}", "models.m.image.1x1: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"image\":99999999999999999999}}}", "models.m.image: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"image\":1e999}}}", "a number is out of range" },
        { "{\"models\":{\"m\":{\"image\":NaN}}}", "not JSON (line 1, column 27)" },
        { "{\"models\":{\"m\":{\"per_million_tokens\":5}}}",
          "models.m.per_million_tokens: must be an object with input and output" },
        { "{\"models\":{\"m\":{\"per_million_tokens\":{\"input\":5}}}}",
          "models.m.per_million_tokens.output: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"per_million_tokens\":{\"output\":5}}}}",
          "models.m.per_million_tokens.input: must be a number from 0 to 1000" },
        { "{\"models\":{\"m\":{\"per_million_tokens\":{\"input\":-1,\"output\":5}}}}",
          "models.m.per_million_tokens.input: must be a number from 0 to 1000" },
    };
    simg_prices *prices;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        is_str(read_wrong(&prices, rows[i].json), rows[i].wrong, rows[i].json);
        ok(!prices, "  and there is no table");
    }
}

/* A table of n models. */
static char *many(int n)
{
    char *all = malloc((size_t)n * 20 + 100), *end = all + sprintf(all, "{\"models\":{");
    int i;

    for (i = 0; i < n; i++)
        end += sprintf(end, "%s\"m%d\":{}", i ? "," : "", i);
    strcpy(end, "}}");
    return all;
}

static void test_bounds(void)
{
    size_t size = 1024 * 1024;
    char *spaces = malloc(size + 2), *models;
    simg_prices *prices;

    memset(spaces, ' ', size + 1);
    memcpy(spaces, "{\"models\":{}}", 13);
    spaces[size] = '\0';
    is_str(read_wrong(&prices, spaces), NULL, "a file of 1 MB");
    spaces[size] = ' ';
    spaces[size + 1] = '\0';
    is_str(read_wrong(&prices, spaces), "must be at most 1M", "a larger one");
    is_str(read_wrong(&prices, models = many(1000)), NULL, "1000 models");
    free(models);
    is_str(read_wrong(&prices, models = many(1001)), "models: must be at most 1000", "more");
    free(models);
    free(spaces);
    is_str(simg_prices_read(&prices, "/nonexistent/prices.json", pool), "cannot be read: No such file or directory",
           "no file");
    ok(!prices, "  and there is no table");
    is_str(simg_prices_read(&prices, scratch, pool), "cannot be read: Is a directory", "a folder");
}

static void test_nothing_known(void)
{
    simg_model m = { &offline, "offline" };
    simg_brief brief = { .prompt = "a cat" };
    simg_image_call c = { .call = { .model = &m, .p = pool, .model_used = "offline" }, .brief = &brief };
    const simg_prices *prices = table("\"offline\":{\"image\":5,\"per_million_tokens\":{\"input\":1,\"output\":1}},"
                                      "\"empty\":{\"since\":[2024],\"note\":null}");

    is_int(simg_price_text(NULL, &c.call), 0, "offline text costs nothing, without a table");
    is_int(simg_price_image(NULL, &c), 0, "offline pictures too");
    is_int(simg_price_text(prices, &c.call), 0, "and whatever a table says");
    is_int(simg_price_image(prices, &c), 0, "  of pictures too");
    is_int(text(NULL, "gpt-4o", "gpt-4o", 10, 10), -1, "without a table nothing else is known");
    is_int(image(NULL, "dall-e-3", NULL, NULL, -1, -1), -1, "  of pictures neither");
    is_int(text(prices, "gpt-4o", "gpt-4o", 10, 10), -1, "a model that is not in it");
    is_int(text(prices, "empty", "empty", 10, 10), -1, "a row without prices; what it holds else is ignored");
    is_int(image(prices, "empty", NULL, NULL, 10, 10), -1, "  for pictures too");
}

static void test_tokens(void)
{
    const simg_prices *prices = table("\"m\":{\"per_million_tokens\":{\"input\":2.5,\"output\":10}},"
                                      "\"half\":{\"per_million_tokens\":{\"input\":0.5,\"output\":0.25}},"
                                      "\"dear\":{\"per_million_tokens\":{\"input\":1000,\"output\":1000}},"
                                      "\"free\":{\"per_million_tokens\":{\"input\":0,\"output\":0}}");

    is_int(text(prices, "m", "m", 1000000, 1000000), 12500000, "a million of each");
    is_int(text(prices, "m", "m", 1000, 200), 4500, "a story");
    is_int(text(prices, "half", "half", 1, 0 + 1), 1, "0.75 micro-dollars are rounded up");
    is_int(text(prices, "half", "half", 0, 1), 0, "0.25 down");
    is_int(text(prices, "half", "half", 0, 2), 1, "0.5 up: half up");
    is_int(text(prices, "half", "half", 1, 2), 1, "the sum is rounded, not its parts");
    is_int(text(prices, "half", "half", 1, 4), 2, "1.5 up");
    is_int(text(prices, "free", "free", 5, 5), 0, "a price of 0 is known");
    is_int(text(prices, "m", "m", -1, 200), -1, "no input told");
    is_int(text(prices, "m", "m", 100, -1), -1, "no output told");
    is_int(text(prices, "m", "m", 0, 0), -1, "a server that does not count");
    is_int(text(prices, "dear", "dear", 1000000000, 1000000000), APR_INT64_C(2000000000000), "the dearest");
    is_int(text(prices, "dear", "dear", APR_INT64_MAX, 1), -1, "a count beyond all sense");
    is_int(text(prices, "dear", "dear", 1, APR_INT64_MAX), -1, "  of output too");
}

static void test_names(void)
{
    const simg_prices *prices = table("\"gpt-4o\":{\"per_million_tokens\":{\"input\":2,\"output\":2}},"
                                      "\"gpt-4o-2024-05-13\":{\"per_million_tokens\":{\"input\":5,\"output\":5}},"
                                      "\"gpt-image-2\":{\"per_million_tokens\":{\"input\":7,\"output\":7}},"
                                      "\"dall-e-3\":{\"image\":0.04}");
    static const struct {
        const char *name;
        int price; /* of one token each */
    } rows[] = {
        { "gpt-4o", 4 },
        { "gpt-4o-2024-08-06", 4 },
        { "gpt-4o-20240806", 4 },
        { "gpt-4o-2024-05-13", 10 },
        { "gpt-4o-mini", -1 },
        { "gpt-4o-mini-2024-07-18", -1 },
        { "gpt-4o-2024-08", -1 },
        { "gpt-4o-2024-08-06-preview", -1 },
        { "gpt-4o-2024-13-06", -1 },
        { "gpt-4o-2024-08-0x", -1 },
        { "gpt-4o-2024_08_06", -1 },
        { "gpt-4o-0806", -1 },
        { "gpt-4o-202408061", -1 },
        { "gpt-4o-2024-05-13-20240806", 10 },
        { "gpt-4o-2024-08-06-2024-08-06", -1 },
        { "gpt-4", -1 },
        { "GPT-4o", -1 },
        { "openai/gpt-4o", -1 },
        { "gpt-image-2-2026-04-21", 14 },
        { "gpt-image-2.6-flare", -1 },
        { "gpt-image-2.6", -1 },
        { "gpt-image-20", -1 },
        { "", -1 },
        { "-2024-08-06", -1 },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        is_int(text(prices, rows[i].name, rows[i].name, 1, 1), rows[i].price, rows[i].name);
    is_int(image(prices, "dall-e-3", NULL, NULL, -1, -1), 40000, "dall-e-3");
    is_int(image(prices, "dall-e-30", NULL, NULL, -1, -1), -1, "dall-e-30 is another");
    is_int(text(prices, "alias", "gpt-4o-2024-08-06", 1, 1), 4, "the model that really did it");
    is_int(text(prices, "gpt-4o", "gpt-4o-2024-05-13", 1, 1), 10, "  comes before the one that was asked");
    is_int(text(prices, "gpt-4o", "llama-x", 1, 1), 4, "  which counts if that has no row");
    is_int(text(prices, "gpt-4o", NULL, 1, 1), 4, "  or was not told");
    ok(simg_price_is_dated("gpt-4o-2024-08-06", "gpt-4o") && simg_price_is_dated("gpt-4o-20240806", "gpt-4o"), "dated");
    ok(!simg_price_is_dated("gpt-4o", "gpt-4o") && !simg_price_is_dated("gpt-4o-mini", "gpt-4o") &&
           !simg_price_is_dated("gpt-4o-2024-08-06", "gpt-4") && !simg_price_is_dated("gpt-4o-2024-08-06", "gpt-4x"),
       "not dated");
}

#define DALLE3                                                                                                         \
    "\"dall-e-3\":{\"image\":{\"1024x1024\":{\"standard\":0.04,\"hd\":0.08},\"1792x1024\":{\"standard\":0.081,"        \
    "\"hd\":0.12}}}"
#define GPT1                                                                                                           \
    "\"gpt-image-1\":{\"per_million_tokens\":{\"input\":5,\"output\":40},\"image\":{\"1024x1024\":{\"low\":0.011,"     \
    "\"high\":0.167},\"1536x1024\":{\"low\":0.016}}}"
#define OTHERS                                                                                                         \
    "\"dall-e-2\":{\"image\":{\"256x256\":0.016,\"1024x1024\":0.02}},\"sdxl\":{\"image\":{\"768x512\":0.0015,"         \
    "\"1024x1024\":{\"high\":1}}},\"flat\":{\"image\":0.07},\"gpt-image-flat\":{\"image\":0.07},"                      \
    "\"tiny\":{\"image\":0.0000015},\"last\":{\"image\":1000}"

static void test_pictures(void)
{
    const simg_prices *prices = table(DALLE3 "," GPT1 "," OTHERS);
    static const struct {
        const char *model, *size, *quality;
        int price;
    } rows[] = {
        { "dall-e-3", "1024x1024", "standard", 40000 },
        { "dall-e-3", "1024x1024", "hd", 80000 },
        { "dall-e-3", "1792x1024", "hd", 120000 },
        { "dall-e-3", "1792X1024", "HD", 120000 },
        { "dall-e-3", NULL, NULL, 40000 },
        { "dall-e-3", "auto", "auto", 40000 },
        { "dall-e-3", "1024x1024", "high", 80000 },   /* sent as hd */
        { "dall-e-3", "1024x1024", "medium", 40000 }, /* not sent */
        { "dall-e-3", "1536x1024", "low", 81000 },    /* sent as 1792x1024 */
        { "dall-e-3", "1024x1792", "hd", -1 },        /* no such row */
        { "dall-e-2", "256x256", "hd", 16000 },       /* the same in any quality */
        { "dall-e-2", "4096x4096", NULL, 20000 },     /* sent as 1024x1024 */
        { "gpt-image-1", "1024x1024", "low", 11000 },
        { "gpt-image-1", "1024x1024", "hd", 167000 }, /* sent as high */
        { "gpt-image-1", "1792x1024", "low", 16000 }, /* sent as 1536x1024 */
        { "gpt-image-1", NULL, "low", 11000 },        /* sent as 1024x1024 */
        { "gpt-image-1", "auto", "low", -1 },         /* sent so: any size may come */
        { "gpt-image-1", "1024x1024", NULL, -1 },     /* any quality may come */
        { "gpt-image-1", "1024x1024", "auto", -1 },
        { "gpt-image-1", "1024x1024", "medium", -1 }, /* no such row */
        { "gpt-image-flat", "auto", "auto", 70000 },
        { "sdxl", "768x512", NULL, 1500 },
        { "sdxl", "768x512", "high", 1500 },
        { "sdxl", "1024x1024", "high", -1 }, /* its quality is not sent */
        { "sdxl", "1x1", NULL, -1 },
        { "flat", "auto", "high", 70000 },
        { "tiny", NULL, NULL, 2 }, /* half up */
        { "last", NULL, NULL, 1000000000 },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        is_int(image(prices, rows[i].model, rows[i].size, rows[i].quality, -1, -1), rows[i].price,
               apr_psprintf(pool, "%s %s %s", rows[i].model, rows[i].size ? rows[i].size : "-",
                            rows[i].quality ? rows[i].quality : "-"));
    is_int(image(prices, "gpt-image-1", "1024x1024", "low", 20, 1056), 42340, "tokens come before the table");
    is_int(image(prices, "gpt-image-1", "auto", "auto", 20, 1056), 42340, "  and need no size");
    is_int(image(prices, "gpt-image-1", "1024x1024", "low", -1, 1056), 11000, "no input told: the table");
    is_int(image(prices, "gpt-image-1", "1024x1024", "low", 20, -1), 11000, "no output told: the table");
    is_int(image(prices, "gpt-image-1", "1024x1024", "low", 0, 0), 11000, "a server that does not count: the table");
    is_int(image(prices, "dall-e-3", NULL, NULL, 20, 1056), 40000, "tokens without a price");
}

/* What is sent depends on the model that was asked; the row is that of the one that answered. */
static void test_answered_by_another(void)
{
    simg_model m = { &openai, "dall-e-3" };
    simg_brief brief = { .prompt = "a cat", .size = "1792x1024", .quality = "high" };
    simg_image_call c = { .call = { .model = &m, .p = pool, .input_tokens = -1, .output_tokens = -1 },
                          .brief = &brief };

    c.call.model_used = "other";
    is_int(simg_price_image(table("\"other\":{\"image\":{\"1792x1024\":{\"hd\":0.5,\"high\":0.6}}}," DALLE3), &c),
           500000, "another model's row, by what was sent");
    is_int(simg_price_image(table(DALLE3), &c), 120000, "it has none: that of the model asked");
    is_int(simg_price_image(table("\"other\":{}," DALLE3), &c), -1, "it has one that says nothing: not known");
}

static void test_shipped(void)
{
    const char *root = getenv("STORYIMG_SRCDIR");
    simg_prices *prices;

    is_str(simg_prices_read(&prices, apr_pstrcat(pool, root ? root : ".", "/conf/prices.json", NULL), pool), NULL,
           "the table that is shipped");
    if (!prices)
        return;
    is_int(image(prices, "dall-e-3", "1024x1792", "hd", -1, -1), 120000, "dall-e-3");
    is_int(image(prices, "dall-e-2", "512x512", NULL, -1, -1), 18000, "dall-e-2");
    is_int(image(prices, "gpt-image-1", "1024x1536", "high", -1, -1), 250000, "gpt-image-1, no usage told");
    is_int(image(prices, "gpt-image-1.5", NULL, NULL, 10, 1000), 32050, "gpt-image-1.5");
    is_int(image(prices, "gpt-image-2.6-flare", "auto", NULL, 100, 1000), 30500, "the default illustrator");
    is_int(text(prices, "gpt-6-luna", "gpt-6-luna-2026-08-01", 1000, 2000), 1100, "the default writer, dated");
    is_int(text(prices, "gpt-4o", "gpt-4o-2024-08-06", 1000, 1000), 12500, "gpt-4o, dated");
    is_int(text(prices, "gpt-7", "gpt-7", 1000, 1000), -1, "a model of tomorrow");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    test_refused();
    test_bounds();
    test_nothing_known();
    test_tokens();
    test_names();
    test_pictures();
    test_answered_by_another();
    test_shipped();
    scratch_end();
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}
