/* SPDX-License-Identifier: Apache-2.0 */
/* One kind of string is diverted from a JSON text, wherever the pieces are cut; all else is copied. */
#include "tap.h"

#include <stdlib.h>

#include "base/json_stream.h"

#define MEMBER "b64_json"
#define LOST "\xef\xbf\xbd" /* U+FFFD */

/* What came out; each diverted string stands in brackets. */
typedef struct result {
    char text[4096];
    size_t len;
    int nth, open, stop_at;
    char copy[4096];
    int status;
} result;

static int on_text(void *baton, int nth, const char *text, size_t len)
{
    result *r = baton;

    if (r->stop_at && (int)r->len >= r->stop_at)
        return 7;
    if (nth != r->nth || r->len + len + 2 > sizeof(r->text))
        return 99;
    if (!r->open)
        r->text[r->len++] = '[';
    r->open = len > 0;
    memcpy(r->text + r->len, text, len);
    r->len += len;
    if (!len) {
        r->text[r->len++] = ']';
        r->nth++;
    }
    return 0;
}

/* Feeds the text up to cut, and then the rest in pieces of n bytes. */
static void run(result *r, const char *json, size_t cut, size_t n)
{
    simg_json_stream *s = simg_json_stream_make(MEMBER, sizeof(r->copy) - 1, on_text, r);
    size_t len = strlen(json), at, size;
    const char *copy;

    r->len = 0;
    r->nth = r->open = 0;
    r->status = simg_json_stream_feed(s, json, cut);
    for (at = cut; at < len; at += size) {
        size = len - at < n ? len - at : n;
        r->status = simg_json_stream_feed(s, json + at, size);
    }
    r->text[r->len] = '\0';
    copy = simg_json_stream_copy(s, &size);
    memcpy(r->copy, copy, size);
    r->copy[size] = '\0';
    simg_json_stream_free(s);
}

static const struct {
    const char *name, *json, *text, *copy;
} rows[] = {
    { "an answer",
      "{\"created\":1,\"data\":[{\"b64_json\":\"QUJD\",\"revised_prompt\":\"a cat\"},{\"b64_json\":\"WA==\"}]}",
      "[QUJD][WA==]",
      "{\"created\":1,\"data\":[{\"b64_json\":\"\",\"revised_prompt\":\"a cat\"},{\"b64_json\":\"\"}]}" },
    { "white space", " {\r\n\t\"b64_json\" \n:\t \"QUJD\" , \"x\" : 1 } ", "[QUJD]",
      " {\r\n\t\"b64_json\" \n:\t \"\" , \"x\" : 1 } " },
    { "an empty string", "{\"b64_json\":\"\"}", "[]", "{\"b64_json\":\"\"}" },
    { "escapes in it", "{\"b64_json\":\"A\\/B\\\"\\\\\\b\\f\\n\\r\\t\\u0041\\u002f\\u007E\"}", "[A/B\"\\\b\f\n\r\tA/~]",
      "{\"b64_json\":\"\"}" },
    { "code points of every length", "{\"b64_json\":\"\\u007f\\u0080\\u07FF\\u0800\\uD7ff\\ue000\\uffff\"}",
      "[\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf]", "{\"b64_json\":\"\"}" },
    { "surrogate pairs", "{\"b64_json\":\"a\\ud83e\\udd84b\\uD800\\uDC00\\udbff\\udfff\"}",
      "[a\xf0\x9f\xa6\x84"
      "b\xf0\x90\x80\x80\xf4\x8f\xbf\xbf]",
      "{\"b64_json\":\"\"}" },
    { "first halves alone",
      "{\"b64_json\":\"\\ud83eA\\ud83e\\n\\ud83e\\u0041\\ud83e\\ud83e\\udd84\\udbff\xc3\xa9\\ud83e\"}",
      "[" LOST "A" LOST "\n" LOST "A" LOST "\xf0\x9f\xa6\x84" LOST "\xc3\xa9" LOST "]", "{\"b64_json\":\"\"}" },
    { "second halves alone", "{\"b64_json\":\"\\udd84\\udfffA\\ud83e\\udd84\\udc00\"}",
      "[" LOST LOST "A\xf0\x9f\xa6\x84" LOST "]", "{\"b64_json\":\"\"}" },
    { "half a pair in another string", "{\"a\":\"\\ud83e\",\"b64_json\":\"\\udd84\"}", "[" LOST "]",
      "{\"a\":\"\\ud83e\",\"b64_json\":\"\"}" },
    { "half a pair in a name", "{\"b64_json\\ud83e\":\"QQ\",\"b64_json\":\"\\udd84\"}", "[" LOST "]",
      "{\"b64_json\\ud83e\":\"QQ\",\"b64_json\":\"\"}" },
    { "bytes beyond ASCII in it", "{\"b64_json\":\"\xc3\xa9\"}", "[\xc3\xa9]", "{\"b64_json\":\"\"}" },
    { "null and other values", "{\"b64_json\":null,\"a\":{\"b64_json\":12.5},\"b\":[{\"b64_json\":true}]}", "",
      "{\"b64_json\":null,\"a\":{\"b64_json\":12.5},\"b\":[{\"b64_json\":true}]}" },
    { "null, then a string", "{\"b64_json\":null,\"a\":\"x\"}", "", "{\"b64_json\":null,\"a\":\"x\"}" },
    { "an array or object as its value", "{\"b64_json\":[\"a\",\"b\"],\"c\":{\"b64_json\":{\"d\":\"e\"}}}", "",
      "{\"b64_json\":[\"a\",\"b\"],\"c\":{\"b64_json\":{\"d\":\"e\"}}}" },
    { "the name as a value", "{\"a\":\"b64_json\",\"b\":\"x\",\"c\":[\"b64_json\",\"y\"]}", "",
      "{\"a\":\"b64_json\",\"b\":\"x\",\"c\":[\"b64_json\",\"y\"]}" },
    { "the name as an element before an object", "[\"b64_json\",{\"a\":\"x\"}]", "", "[\"b64_json\",{\"a\":\"x\"}]" },
    { "longer, shorter and other names",
      "{\"b64_jso\":\"a\",\"b64_jsonx\":\"b\",\"B64_json\":\"c\",\"\":\"d\",\"xb64_json\":\"e\"}", "",
      "{\"b64_jso\":\"a\",\"b64_jsonx\":\"b\",\"B64_json\":\"c\",\"\":\"d\",\"xb64_json\":\"e\"}" },
    { "an escaped name", "{\"b64\\u005Fj\\u0073on\":\"QQ\"}", "[QQ]", "{\"b64\\u005Fj\\u0073on\":\"\"}" },
    { "a name with an escape beyond ASCII", "{\"b64_json\\u00e9\":\"QQ\",\"\\u00e9b64_json\":\"RR\"}", "",
      "{\"b64_json\\u00e9\":\"QQ\",\"\\u00e9b64_json\":\"RR\"}" },
    { "the name after objects and arrays closed",
      "{\"a\":{\"b\":[]},\"b64_json\":\"QQ\",\"c\":[[{}],\"b64_json\"],\"d\":[{},{\"b64_json\":\"RR\"}]}", "[QQ][RR]",
      "{\"a\":{\"b\":[]},\"b64_json\":\"\",\"c\":[[{}],\"b64_json\"],\"d\":[{},{\"b64_json\":\"\"}]}" },
    { "syntax inside strings", "{\"a\":\"{[\\\",\\\\\",\"b64_json\":\"{\\\"b64_json\\\":\",\"c\":\"\\u22\\u0022:\"}",
      NULL, NULL },
    { "quotes and brackets inside strings",
      "{\"a\":\"}]{[\\\"b64_json\\\":\\\\\",\"b64_json\":\"}]\\\"b64_json\\\":\",\"c\":\"\\ud83e\\udd84\"}",
      "[}]\"b64_json\":]", "{\"a\":\"}]{[\\\"b64_json\\\":\\\\\",\"b64_json\":\"\",\"c\":\"\\ud83e\\udd84\"}" },
    { "the name twice", "{\"b64_json\":\"QQ\",\"b64_json\":\"RR\"}", "[QQ][RR]",
      "{\"b64_json\":\"\",\"b64_json\":\"\"}" },
    { "a text that is no object", "\"b64_json\"", "", "\"b64_json\"" },
    { "what is not JSON", "<html>b64_json: 1</html>", "", "<html>b64_json: 1</html>" },
    { "the name in an array with a colon", "[\"b64_json\":\"QQ\"]", "", "[\"b64_json\":\"QQ\"]" },
    { "the same after a comma", "[1,\"b64_json\":\"QQ\"]", "", "[1,\"b64_json\":\"QQ\"]" },
    { "two colons", "{\"b64_json\"::\"QQ\"}", "", "{\"b64_json\"::\"QQ\"}" },
    { "a comma in the place of the colon", "{\"b64_json\",\"QQ\"}", "", "{\"b64_json\",\"QQ\"}" },
    { "a text that ends inside", "{\"data\":[{\"b64_json\":\"QUJ", "[QUJ", "{\"data\":[{\"b64_json\":\"" },
};

/* Cut in two anywhere, and in equal pieces of any size. */
static int differing(const char *json, const char *text, const char *copy)
{
    size_t len = strlen(json), i;
    int wrong = 0;
    static result r;

    for (i = 0; i <= len; i++) {
        run(&r, json, i, len + 1);
        wrong += r.status != 0 || strcmp(r.text, text) || strcmp(r.copy, copy);
        run(&r, json, 0, i + 1);
        wrong += r.status != 0 || strcmp(r.text, text) || strcmp(r.copy, copy);
    }
    return wrong;
}

static void check_rows(void)
{
    static result r;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run(&r, rows[i].json, 0, 4096);
        if (!rows[i].text) {
            is_int(r.status, SIMG_JSON_STREAM_BROKEN, rows[i].name);
            continue;
        }
        is_int(r.status, 0, rows[i].name);
        is_str(r.text, rows[i].text, "what was diverted");
        is_str(r.copy, rows[i].copy, "what was copied");
        is_int(differing(rows[i].json, rows[i].text, rows[i].copy), 0, "the same in all pieces");
    }
}

static int ignore(void *baton, int nth, const char *text, size_t len)
{
    (void)nth;
    (void)text;
    *(size_t *)baton += len;
    return 0;
}

/* A name beyond ASCII is found however it is written. */
static void check_wide_name(void)
{
    static const char json[] =
        "{\"s\\u00fc\\ud83e\\udd84\":\"A\",\"s\xc3\xbc\xf0\x9f\xa6\x84\":\"BC\",\"su\":\"DEFG\"}";
    size_t seen, len = strlen(json), i;
    int wrong = 0;

    for (i = 0; i <= len; i++) {
        simg_json_stream *s = simg_json_stream_make("s\xc3\xbc\xf0\x9f\xa6\x84", 1000, ignore, &seen);

        seen = 0;
        wrong += simg_json_stream_feed(s, json, i) || simg_json_stream_feed(s, json + i, len - i) || seen != 3;
        simg_json_stream_free(s);
    }
    is_int(wrong, 0, "a name beyond ASCII, escaped or not");
}

static void check_broken(void)
{
    static const char *const broken[] = {
        "{\"b64_json\":\"\\x41\"}",
        "{\"b64_json\":\"\\ud83e\\x\"}",
        "{\"b64_json\":\"\\ud83e\\udd8x\"}",
        "{\"b64_json\":\"\\ud83e\n\"}",
        "{\"b64_json\":\"\\u00g1\"}",
        "{\"b64_json\":\"a\nb\"}",
        "{\"a\":\"a\tb\"}",
        "{\"a\":\"\\q\"}",
        "{\"a\":\"\\u12\"}",
        "}",
        "]",
        "{]",
        "[}",
        "{\"a\":[}",
        "{}}",
    };
    static result r;
    size_t i, n;
    int wrong;

    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        for (wrong = 0, n = 1; n < 30; n++) {
            run(&r, broken[i], 0, n);
            wrong += r.status != SIMG_JSON_STREAM_BROKEN;
        }
        ok(!wrong, "broken: %s", broken[i]);
    }
}

static int feed_many(simg_json_stream *s, const char *piece, int times)
{
    int status = 0;

    while (!status && times-- > 0)
        status = simg_json_stream_feed(s, piece, strlen(piece));
    return status;
}

static void check_depth(void)
{
    size_t seen = 0, len;
    simg_json_stream *s = simg_json_stream_make(MEMBER, 1 << 20, ignore, &seen);

    is_int(feed_many(s, "[", 256), 0, "256 arrays");
    is_int(feed_many(s, "{\"a\":", 256), 0, "and 256 objects in each other");
    is_int(feed_many(s, "\"b64_json\"}", 256), 0, "can be closed");
    is_int(feed_many(s, ",\"b64_json\"", 3), 0, "and the arrays are still arrays");
    is_int((long long)seen, 0, "nothing in them is diverted");
    is_int(feed_many(s, "]", 256), 0, "to the end");
    is_int(feed_many(s, "[", 512), 0, "512 levels are the most");
    is_int(feed_many(s, "[", 1), SIMG_JSON_STREAM_BROKEN, "one more is broken");
    is_int(feed_many(s, "]", 1), SIMG_JSON_STREAM_BROKEN, "for good");
    simg_json_stream_copy(s, &len);
    is_int((long long)len, 256 + 256 * 5 + 256 * 11 + 33 + 256 + 512, "and nothing more is copied");
    simg_json_stream_free(s);
}

/* The diverted string has no limit, the copy has. */
static void check_limit(void)
{
    static char big[100000];
    size_t seen = 0, len;
    simg_json_stream *s = simg_json_stream_make(MEMBER, 40, ignore, &seen);
    const char *copy;

    copy = simg_json_stream_copy(s, &len);
    ok(copy && !len, "the copy is there before anything was fed");
    is_int(simg_json_stream_feed(s, NULL, 0), 0, "nothing can be fed");
    memset(big, 'A', sizeof(big) - 1);
    is_int(feed_many(s, "{\"b64_json\":\"", 1), 0, "the start");
    is_int(feed_many(s, big, 100), 0, "megabytes diverted");
    is_int((long long)seen, 100 * (long long)(sizeof(big) - 1), "arrive");
    is_int(feed_many(s, "\",\"0123456789012345678901", 1), 0, "up to the limit");
    simg_json_stream_copy(s, &len);
    is_int((long long)len, 38, "the copy has what is not diverted");
    is_int(feed_many(s, "234", 1), SIMG_JSON_STREAM_TOO_LONG, "more is too long");
    copy = simg_json_stream_copy(s, &len);
    is_int((long long)len, 40, "no byte more than the limit");
    ok(!memcmp(copy, "{\"b64_json\":\"\",\"0123456789", 26), "the copy is right");
    is_int(feed_many(s, "", 1), SIMG_JSON_STREAM_TOO_LONG, "for good");
    simg_json_stream_free(s);
    simg_json_stream_free(NULL);
}

static void check_stop(void)
{
    static result r;

    r.stop_at = 3;
    run(&r, "{\"b64_json\":\"QUJD\",\"b\":{\"b64_json\":\"WA==\"}}", 14, 1);
    is_int(r.status, 7, "what the callback returned comes back, and stays");
    is_str(r.text, "[QU", "and it is not called again");
    r.stop_at = 5;
    run(&r, "{\"b64_json\":\"QUJD\",\"b\":1}", 0, 100);
    is_int(r.status, 7, "also when a string ends");
}

int main(void)
{
    check_rows();
    check_wide_name();
    check_broken();
    check_depth();
    check_limit();
    check_stop();
    return done_testing();
}
