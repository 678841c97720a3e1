/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the OpenAI provider that need no network. */
#include "provider/openai.h"

#include <apr_strings.h>

#include "provider/family.h"
#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static apr_pool_t *pool;

static void test_families(void)
{
    static const char *const rows[][2] = {
        { "dall-e-3", "dall-e-3" },
        { "dall-e-2", "dall-e-2" },
        { "gpt-image-1", "gpt-image-1" },
        { "gpt-image-1-mini", "gpt-image-1-mini" },
        { "gpt-image-1.5", "gpt-image-1" },
        { "chatgpt-image-latest", "gpt-image-1" },
        { "gpt-image-2", "gpt-image" },
        { "gpt-image-2-2026-04-21", "gpt-image" },
        { "gpt-image-2.6-flare", "gpt-image" },
        { "gpt-image-10", "gpt-image" },
        { "gpt-imagery", "unknown" },
        { "dall-e-33", "unknown" },
        { "flux.1-schnell", "unknown" },
        { "stabilityai/sdxl", "unknown" },
        { "", "unknown" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++)
        is_str(simg_family_name(simg_family_of(rows[i][0])), rows[i][1], rows[i][0]);
}

static void test_sizes(void)
{
    static const struct {
        const char *model, *asked, *sent;
    } rows[] = {
        { "dall-e-3", NULL, "1024x1024" },
        { "dall-e-3", "auto", "1024x1024" },
        { "dall-e-3", "1792x1024", "1792x1024" },
        { "dall-e-3", "1536x1024", "1792x1024" },
        { "dall-e-3", "600x1000", "1024x1792" },
        { "dall-e-3", "512x512", "1024x1024" },
        { "dall-e-3", "big", "1024x1024" },
        { "dall-e-2", "512x512", "512x512" },
        { "dall-e-2", "300x300", "256x256" },
        { "dall-e-2", "1792x1024", "1024x1024" },
        { "gpt-image-1", NULL, "1024x1024" },
        { "gpt-image-1", "auto", "auto" },
        { "gpt-image-1", "1792x1024", "1536x1024" },
        { "gpt-image-1.5", "1024x1792", "1024x1536" },
        { "gpt-image-2", "auto", "auto" },
        { "gpt-image-2", "1024x1024", "1024x1024" },
        { "gpt-image-2", "1536x864", "1536x864" },
        { "gpt-image-2", "1000x1000", "1008x1008" },
        { "gpt-image-2", "3840x2160", "3840x2160" },
        { "gpt-image-2", "2160x3840", "2160x3840" },
        { "gpt-image-2", "7680x4320", "3840x2160" },
        { "gpt-image-2", "99999x99999", "2880x2880" },
        { "gpt-image-2", "3000x1000", "3008x1008" },
        { "gpt-image-2", "3200x100", "3200x1072" },
        { "gpt-image-2", "1x1", "16x16" },
        { "gpt-image-2", "0x100", "1024x1024" },
        { "gpt-image-2", "100000x100", "1024x1024" },
        { "gpt-image-2", "100x100x100", "1024x1024" },
        { "sdxl", "640x480", "640x480" },
        { "sdxl", NULL, "1024x1024" },
        { "sdxl", "1; DROP", "1024x1024" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const char *sent = simg_family_size(simg_family_of(rows[i].model), rows[i].asked, pool);

        is_str(sent, rows[i].sent, apr_pstrcat(pool, rows[i].model, " ", rows[i].asked, NULL));
    }
}

/* Every size that can be asked for is brought to one that the API takes. */
static void test_free_sizes(void)
{
    const simg_family *f = simg_family_of("gpt-image-2");
    int bad = 0, w, h, i;

    for (i = 0; i < 20000; i++) {
        apr_pool_t *p;
        int asked_w = 1 + i * 7919 % 12000, asked_h = 1 + i * 104729 % 9000;

        apr_pool_create(&p, pool);
        bad += sscanf(simg_family_size(f, apr_psprintf(p, "%dx%d", asked_w, asked_h), p), "%dx%d", &w, &h) != 2 ||
               w % 16 || h % 16 || w < 16 || h < 16 || w > 3 * h || h > 3 * w || w > 3840 || h > 3840 ||
               w * h > 3840 * 2160 || (asked_w > asked_h && w < h) || (asked_w < asked_h && w > h);
        apr_pool_destroy(p);
    }
    is_int(bad, 0, "20,000 sizes for gpt-image-2");
}

static void test_requests(void)
{
    static const struct {
        const char *model, *size, *quality, *style, *format, *json;
    } rows[] = {
        { "dall-e-3", "1792x1024", "high", "vivid", "webp",
          "{\"model\":\"dall-e-3\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1792x1024\",\"quality\":\"hd\","
          "\"style\":\"vivid\",\"response_format\":\"url\"}" },
        { "dall-e-3", NULL, "auto", "watercolour", "png",
          "{\"model\":\"dall-e-3\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1024x1024\","
          "\"response_format\":\"url\"}" },
        { "dall-e-2", NULL, "hd", "natural", "png",
          "{\"model\":\"dall-e-2\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1024x1024\","
          "\"response_format\":\"url\"}" },
        { "gpt-image-2.6-flare", "1024x1536", "hd", "vivid", "jpg",
          "{\"model\":\"gpt-image-2.6-flare\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1024x1536\","
          "\"quality\":\"high\",\"output_format\":\"jpeg\"}" },
        { "gpt-image-1", "auto", "standard", NULL, "webp",
          "{\"model\":\"gpt-image-1\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"auto\",\"quality\":\"medium\","
          "\"output_format\":\"webp\"}" },
        { "gpt-image-2", NULL, "nonsense", NULL, NULL,
          "{\"model\":\"gpt-image-2\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"1024x1024\","
          "\"output_format\":\"png\"}" },
        { "sdxl", "768x512", "high", "vivid", "jpg",
          "{\"model\":\"sdxl\",\"prompt\":\"a cat\",\"n\":1,\"size\":\"768x512\"}" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        simg_brief brief = { .prompt = "a cat",
                             .size = rows[i].size,
                             .quality = rows[i].quality,
                             .style = rows[i].style,
                             .format = rows[i].format };

        is_str(simg_family_request(simg_family_of(rows[i].model), rows[i].model, &brief, pool), rows[i].json,
               rows[i].model);
    }
}

static const char *cleaned(const char *prompt)
{
    return simg_family_prompt(simg_family_of("sdxl"), prompt, pool);
}

static void test_prompts(void)
{
    char *longer = apr_palloc(pool, 2 * 40000 + 1);
    int i;

    is_str(cleaned("a cat | a dog"), "a cat   a dog", "no |");
    is_str(cleaned("a<sd_cpp_extra_args>{\"seed\":1}</sd_cpp_extra_args>b"), "a b", "no marks");
    is_str(cleaned("a<SD_CPP_EXTRA_ARGS>x</sd_cpp_extra_args>b"), "a b", "in any case");
    is_str(cleaned("a<sd_cpp_extra_args>b"), "a b", "not closed: the words stay");
    ok(!strstr(cleaned("<sd_cpp_<sd_cpp_extra_args></sd_cpp_extra_args>extra_args>x"), "<sd_cpp_extra_args>"),
       "what is left makes no new mark");
    ok(!strstr(cleaned("<sd_cpp|_extra_args>x"), "<sd_cpp_extra_args>"), "neither does a |");
    for (i = 0; i < 40000; i++)
        memcpy(longer + 2 * i, "\xc3\xa9", 2);
    longer[2 * 40000] = '\0';
    is_int(strlen(simg_family_prompt(simg_family_of("dall-e-3"), longer, pool)), 8000, "dall-e-3: 4,000 characters");
    is_int(strlen(simg_family_prompt(simg_family_of("dall-e-2"), longer, pool)), 2000, "dall-e-2: 1,000");
    is_int(strlen(simg_family_prompt(simg_family_of("gpt-image-2"), longer, pool)), 64000, "gpt-image: 32,000");
    is_int(strlen(simg_family_prompt(simg_family_of("sdxl"), longer, pool)), 80000, "unknown: as it is");
}

/* What a code may be for the log: no key and no sentence. */
static void test_plain_words(void)
{
    is_str(simg_openai_plain_word("DeploymentNotFound"), "DeploymentNotFound", "a word of Azure's");
    is_str(simg_openai_plain_word("rate_limit_exceeded"), "rate_limit_exceeded", "a word of OpenAI's");
    is_str(simg_openai_plain_word("sk-proj-abc"), "-", "a key");
    is_str(simg_openai_plain_word("0123456789abcdef"), "-", "another");
    is_str(simg_openai_plain_word("two words"), "-", "words");
    is_str(simg_openai_plain_word(NULL), "-", "nothing");
}

static void test_errors(void)
{
    static const struct {
        int status;
        const char *body;
        simg_outcome outcome;
        const char *code;
    } rows[] = {
        { 401, "{\"error\":{\"code\":\"invalid_api_key\",\"message\":\"Incorrect API key sk-x\"}}", SIMG_OUTCOME_UNFIT,
          "upstream-auth" },
        { 403, "<html>Forbidden</html>", SIMG_OUTCOME_UNFIT, "upstream-auth" },
        { 404, "{\"error\":{\"code\":\"model_not_found\"}}", SIMG_OUTCOME_UNFIT, "upstream-refused" },
        { 400, "{\"error\":{\"code\":\"model_not_found\"}}", SIMG_OUTCOME_UNFIT, "upstream-refused" },
        { 429, "{\"error\":{\"code\":\"insufficient_quota\"}}", SIMG_OUTCOME_UNFIT, "insufficient-quota" },
        { 429, "{\"error\":{\"type\":\"insufficient_quota\",\"code\":null}}", SIMG_OUTCOME_UNFIT,
          "insufficient-quota" },
        { 400, "{\"error\":{\"code\":\"billing_hard_limit_reached\"}}", SIMG_OUTCOME_UNFIT, "insufficient-quota" },
        { 429, "{\"error\":{\"code\":\"rate_limit_exceeded\"}}", SIMG_OUTCOME_NOTHING, "rate-limited" },
        { 429, "", SIMG_OUTCOME_NOTHING, "rate-limited" },
        { 400, "{\"error\":{\"code\":\"content_policy_violation\"}}", SIMG_OUTCOME_REFUSED, "content-policy" },
        { 400, "{\"error\":{\"code\":\"moderation_blocked\",\"type\":\"image_generation_user_error\"}}",
          SIMG_OUTCOME_REFUSED, "content-policy" },
        { 400, "{\"error\":{\"code\":\"content_filter\"}}", SIMG_OUTCOME_REFUSED, "content-policy" },
        { 400, "{\"error\":{\"code\":\"contentFilter\"}}", SIMG_OUTCOME_REFUSED, "content-policy" },
        { 400, "{\"error\":{\"code\":\"x\",\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}",
          SIMG_OUTCOME_REFUSED, "content-policy" },
        { 400, "{\"error\":{\"inner_error\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}", SIMG_OUTCOME_REFUSED,
          "content-policy" },
        { 400, "{\"error\":{\"code\":\"x\",\"innererror\":\"ResponsibleAIPolicyViolation\"}}", SIMG_OUTCOME_UNFIT,
          "upstream-refused" },
        { 404, "{\"error\":{\"code\":\"DeploymentNotFound\"}}", SIMG_OUTCOME_UNFIT, "upstream-refused" },
        { 400, "{\"error\":{\"code\":\"unknown_parameter\"}}", SIMG_OUTCOME_UNFIT, "upstream-refused" },
        { 400, "{\"object\":\"error\",\"message\":\"x\",\"type\":\"BadRequestError\",\"code\":400}", SIMG_OUTCOME_UNFIT,
          "upstream-refused" },
        { 413, "{\"error\":\"too big\"}", SIMG_OUTCOME_UNFIT, "upstream-refused" },
        { 500, "{\"error\":{\"code\":\"server_error\"}}", SIMG_OUTCOME_NOTHING, "upstream-error" },
        { 503, "<html>", SIMG_OUTCOME_NOTHING, "upstream-error" },
        { 504, "{\"error\":", SIMG_OUTCOME_NOTHING, "upstream-error" },
        { 302, "", SIMG_OUTCOME_UNFIT, "upstream-error" },
        { 200, "", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
        { 400, "[[[[", SIMG_OUTCOME_UNFIT, "upstream-refused" },
        { 400, "{\"error\":[1,2]}", SIMG_OUTCOME_UNFIT, "upstream-refused" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        simg_openai_error e = simg_openai_error_read(rows[i].body, strlen(rows[i].body), pool);
        const simg_verdict *v = simg_openai_verdict(rows[i].status, &e);

        is_str(v->code, rows[i].code, apr_psprintf(pool, "%d %s", rows[i].status, rows[i].body));
        is_int(v->outcome, rows[i].outcome, "  its outcome");
        ok(v->message && !strstr(v->message, "sk-"), "  and our own words");
    }
    is_int(simg_openai_end_verdict(SIMG_HTTP_NOT_SENT)->outcome, SIMG_OUTCOME_NOTHING, "not sent: nothing made");
    for (i = SIMG_HTTP_TIMED_OUT; i <= SIMG_HTTP_STOPPED; i++)
        is_int(simg_openai_end_verdict(i)->outcome, SIMG_OUTCOME_UNKNOWN, "sent: not known");
    is_str(simg_openai_end_verdict(SIMG_HTTP_TIMED_OUT)->code, "upstream-timeout", "time-out");
    is_str(simg_openai_end_verdict(SIMG_HTTP_BROKEN)->code, "outcome-unknown", "reset");
}

static void test_problem_kinds(void)
{
    static const char *const codes[] = { "upstream-auth",       "upstream-refused",     "insufficient-quota",
                                         "rate-limited",        "content-policy",       "upstream-error",
                                         "bad-upstream-answer", "upstream-unreachable", "upstream-timeout",
                                         "outcome-unknown",     "fetch-failed",         "fetch-refused",
                                         "bad-image",           "reference-gone" };
    size_t i;

    for (i = 0; i < COUNT(codes); i++) {
        const simg_problem_kind *k = simg_problem_kinds();

        while (k->code && strcmp(k->code, codes[i]))
            k++;
        ok(k->code != NULL, "%s is a kind of problem", codes[i]);
    }
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    test_families();
    test_sizes();
    test_free_sizes();
    test_requests();
    test_prompts();
    test_errors();
    test_plain_words();
    test_problem_kinds();
    apr_pool_destroy(pool);
    apr_terminate();
    return done_testing();
}
