/* SPDX-License-Identifier: Apache-2.0 */
/** What a server may answer to the OpenAI provider, and what each call must come to. */
#ifndef OPENAI_SCRIPTS_H
#define OPENAI_SCRIPTS_H

#include "story/outcome.h"

#define KEY "sk-test-0123456789"
#define SECRET_WORDS "raw-words-of-the-upstream"

#define JSON "Content-Type: application/json\r\n"
#define ERROR(code) "{\"error\":{\"code\":\"" code "\",\"message\":\"" SECRET_WORDS " " KEY "\"}}"
#define PICTURE                                                                                                        \
    "{\"created\":1,\"data\":[{\"b64_json\":\"aGVsbG8gcGljdHVyZQ==\"}],\"usage\":{\"input_tokens\":3,"                 \
    "\"output_tokens\":5}}"
#define URL(rest) "{\"data\":[{\"url\":\"http://127.0.0.1:PORT/" rest "\"}]}"
#define WORDS(message)                                                                                                 \
    "{\"model\":\"gpt-x-2026\",\"choices\":[{\"message\":" message ",\"finish_reason\":\"stop\"}],"                    \
    "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":9}}"

typedef struct script {
    const char *word;
    int status;
    const char *headers, *body;
    /* what the call must come to */
    simg_outcome outcome;
    const char *code;
} script;

static const script images[] = {
    { "b64", 200, JSON, PICTURE, SIMG_OUTCOME_MADE, NULL },
    { "url", 200, JSON, URL("file.png?sig=1"), SIMG_OUTCOME_MADE, NULL },
    { "url-moved", 200, JSON, URL("moved.png"), SIMG_OUTCOME_MADE, NULL },
    { "data-url", 200, JSON, "{\"data\":[{\"url\":\"data:image/png;base64,aGVsbG8gcGljdHVyZQ==\"}]}", SIMG_OUTCOME_MADE,
      NULL },
    { "url-first", 200, JSON, "{\"data\":[{\"url\":\"http://127.0.0.1:PORT/file.png\"},{\"b64_json\":\"b3RoZXI=\"}]}",
      SIMG_OUTCOME_MADE, NULL },
    { "null-url", 200, JSON, "{\"data\":[{\"url\":null,\"b64_json\":\"aGVsbG8gcGljdHVyZQ==\"}]}", SIMG_OUTCOME_MADE,
      NULL },
    { "two", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVsbG8gcGljdHVyZQ\"},{\"b64_json\":\"b3RoZXI=\"}]}",
      SIMG_OUTCOME_MADE, NULL },
    { "tail-lost", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVsbG8gcGljdHVyZQ==\"", SIMG_OUTCOME_MADE, NULL },
    { "url-404", 200, JSON, URL("none.png"), SIMG_OUTCOME_UNKNOWN, "fetch-failed" },
    { "url-empty", 200, JSON, URL("empty.png"), SIMG_OUTCOME_UNKNOWN, "fetch-failed" },
    { "url-cut", 200, JSON, URL("cut.png"), SIMG_OUTCOME_UNKNOWN, "fetch-failed" },
    { "url-private", 200, JSON, "{\"data\":[{\"url\":\"https://127.0.0.2/x.png\"}]}", SIMG_OUTCOME_UNKNOWN,
      "fetch-refused" },
    { "url-away", 200, JSON, URL("away.png"), SIMG_OUTCOME_UNKNOWN, "fetch-refused" },
    { "url-file", 200, JSON, "{\"data\":[{\"url\":\"file:///etc/passwd\"}]}", SIMG_OUTCOME_UNKNOWN, "fetch-refused" },
    { "url-crlf", 200, JSON, "{\"data\":[{\"url\":\"https://a\\r\\nb/\"}]}", SIMG_OUTCOME_UNKNOWN, "fetch-refused" },
    { "data-svg", 200, JSON, "{\"data\":[{\"url\":\"data:image/svg+xml,<svg/>\"}]}", SIMG_OUTCOME_UNKNOWN,
      "fetch-refused" },
    { "data-bad", 200, JSON, "{\"data\":[{\"url\":\"data:image/png;base64,!!\"}]}", SIMG_OUTCOME_UNKNOWN, "bad-image" },
    { "broken", 200, JSON, "{\"data\":[{\"b64_json\":\"aGV%bG8=\"}]}", SIMG_OUTCOME_UNKNOWN, "bad-image" },
    { "escaped", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVsbG8gcGljdHVyZQ\\u003d\\u003D\"}]}", SIMG_OUTCOME_MADE,
      NULL },
    { "wide", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVs\\ud83e\\udd84\"}]}", SIMG_OUTCOME_UNKNOWN, "bad-image" },
    { "half-wide", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVs\\ud83e\"}]}", SIMG_OUTCOME_UNKNOWN, "bad-image" },
    { "odd", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVsb\"}]}", SIMG_OUTCOME_UNKNOWN, "bad-image" },
    { "half", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVsbG8gcGljdHVyZQ==", SIMG_OUTCOME_UNKNOWN,
      "bad-upstream-answer" },
    { "half-b64", 200, JSON, "{\"data\":[{\"b64_json\":\"aGVsbG8g", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "none", 200, JSON, "{\"data\":[]}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "neither", 200, JSON, "{\"data\":[{}]}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "blank", 200, JSON, "{\"data\":[{\"b64_json\":\"\"}]}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "types", 200, JSON, "{\"data\":[{\"b64_json\":7,\"url\":[]}]}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "html", 200, "", "<html>" SECRET_WORDS "</html>", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "204", 204, "", "", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "401", 401, JSON, ERROR("invalid_api_key"), SIMG_OUTCOME_UNFIT, "upstream-auth" },
    { "404", 404, JSON, ERROR("model_not_found"), SIMG_OUTCOME_UNFIT, "upstream-refused" },
    { "429", 429, "Retry-After: 20\r\n", ERROR("rate_limit_exceeded"), SIMG_OUTCOME_NOTHING, "rate-limited" },
    { "quota", 429, JSON, ERROR("insufficient_quota"), SIMG_OUTCOME_UNFIT, "insufficient-quota" },
    { "policy", 400, JSON, ERROR("moderation_blocked"), SIMG_OUTCOME_REFUSED, "content-policy" },
    { "400", 400, JSON, ERROR("unknown_parameter"), SIMG_OUTCOME_UNFIT, "upstream-refused" },
    { "500", 500, "", "<html>" SECRET_WORDS "</html>", SIMG_OUTCOME_NOTHING, "upstream-error" },
    { "302", 302, "Location: http://127.0.0.1:PORT/file.png\r\n", "", SIMG_OUTCOME_UNFIT, "upstream-error" },
    { "reset", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "outcome-unknown" },
    { "slow", 0, NULL, NULL, SIMG_OUTCOME_UNKNOWN, "upstream-timeout" },
};

static const script texts[] = {
    { "words", 200, JSON, WORDS("{\"content\":\"Once upon\"}"), SIMG_OUTCOME_MADE, NULL },
    { "parts", 200, JSON,
      WORDS("{\"content\":[{\"type\":\"text\",\"text\":\"Once "
            "\"},{\"type\":\"x\"},{\"type\":\"text\",\"text\":\"upon\"}]}"),
      SIMG_OUTCOME_MADE, NULL },
    { "refusal", 200, JSON, WORDS("{\"content\":null,\"refusal\":\"No.\"}"), SIMG_OUTCOME_REFUSED, "content-policy" },
    { "filter", 200, JSON, "{\"choices\":[{\"message\":{\"content\":\"On\"},\"finish_reason\":\"content_filter\"}]}",
      SIMG_OUTCOME_REFUSED, "content-policy" },
    { "policy", 400, JSON, ERROR("content_policy_violation"), SIMG_OUTCOME_REFUSED, "content-policy" },
    { "silent", 200, JSON, WORDS("{\"content\":\"\"}"), SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "no-choice", 200, JSON, "{\"choices\":[]}", SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "html", 200, "", "<html>" SECRET_WORDS, SIMG_OUTCOME_UNKNOWN, "bad-upstream-answer" },
    { "503", 503, "Retry-After: 3\r\n", "", SIMG_OUTCOME_NOTHING, "upstream-error" },
    { "400", 400, JSON, ERROR("context_length_exceeded"), SIMG_OUTCOME_UNFIT, "upstream-refused" },
};

#endif
