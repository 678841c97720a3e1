/* SPDX-License-Identifier: Apache-2.0 */
/* A dotenv file, read as people write it; what cannot be read is named by its line. */
#include "tap.h"

#include <stdlib.h>

#include "base/dotenv.h"

typedef struct result {
    char text[4096]; /* line:NAME=value; for each pair */
    int pairs, stop_after;
} result;

static int on_pair(void *baton, const char *name, const char *value, int line)
{
    result *r = baton;
    size_t len = strlen(r->text);

    snprintf(r->text + len, sizeof(r->text) - len, "%d:%s=%s;", line, name, value);
    return ++r->pairs == r->stop_after;
}

/* From a block of exactly that size, so that a byte read too far is seen. */
static int parse(result *r, const char *text, size_t len)
{
    char *exact = malloc(len ? len : 1);
    int status;

    memcpy(exact, text, len);
    r->text[0] = '\0';
    r->pairs = 0;
    status = simg_dotenv_parse(exact, len, on_pair, r);
    free(exact);
    return status;
}

static const struct {
    const char *text, *want;
} rows[] = {
    { "", "" },
    { "\n\n  \n\t\r\n", "" },
    { "# a comment\n  # another\n#", "" },
    { "A=1", "1:A=1;" },
    { "A=1\nB=2\n", "1:A=1;2:B=2;" },
    { "A=1\r\nB=2\r\n", "1:A=1;2:B=2;" },
    { "A=1\r", "1:A=1;" },
    { "\xef\xbb\xbf"
      "A=1",
      "1:A=1;" },
    { "A=1\nA=2", "1:A=1;2:A=2;" },
    { "A=", "1:A=;" },
    { "A=\nB=\r\nC= ", "1:A=;2:B=;3:C=;" },
    { "_a9_Z=x", "1:_a9_Z=x;" },
    { "  A = b  \n", "1:A=b;" },
    { "\tA\t=\tb c\t d\t\n", "1:A=b c\t d;" },
    { "export A=1\nexport\tB=2\nexport   C = 3", "1:A=1;2:B=2;3:C=3;" },
    { "export=1\nexport =2\nexported=3", "1:export=1;2:export=2;3:exported=3;" },
    { "A=b#c\nB=b #c\nC=b\t# c\nD=#c\nE= #c\nF=a # b # c", "1:A=b#c;2:B=b;3:C=b;4:D=#c;5:E=;6:F=a;" },
    { "A=$HOME ${B} `x` \\n it's \"q\"", "1:A=$HOME ${B} `x` \\n it's \"q\";" },
    { "A=b=c==", "1:A=b=c==;" },
    { "A='b c'\nB='#$x\\n\"' # comment\nC=''", "1:A=b c;2:B=#$x\\n\";3:C=;" },
    { "A=\"b c\"\nB=\"#$x'\" \t# comment\nC=\"\"", "1:A=b c;2:B=#$x';3:C=;" },
    { "A=\"\\n\\r\\t\\\"\\\\\\$\\x\\'\"", "1:A=\n\r\t\"\\$\\x\\';" },
    { "A=\"one\ntwo\"\nB='three\n\nfour' # c\nC=5", "1:A=one\ntwo;3:B=three\n\nfour;6:C=5;" },
    { "A='one\r\ntwo'\r\nB=2", "1:A=one\r\ntwo;3:B=2;" },
    { "A= \"b\"  \r\n", "1:A=b;" },
    { "A=\" b \"\nB=' c '", "1:A= b ;2:B= c ;" },
    { "A=\xc3\xa9\xf0\x9f\xa6\x84", "1:A=\xc3\xa9\xf0\x9f\xa6\x84;" },
};

static const struct {
    const char *text;
    int line;
    const char *want; /* what came before */
} unreadable[] = {
    { "A", 1, "" },          { "A=1\nB\nC=3", 2, "1:A=1;" },
    { "=1", 1, "" },         { "1A=1", 1, "" },
    { "A-B=1", 1, "" },      { "A B=1", 1, "" },
    { "\xc3\xa9=1", 1, "" }, { "export", 1, "" },
    { "export A", 1, "" },   { "export export A=1", 1, "" },
    { "A='b", 1, "" },       { "\nA=\"b\nC=d\n", 2, "" },
    { "A=\"b\\\"", 1, "" },  { "A=\"b\\", 1, "" },
    { "A='b'c", 1, "" },     { "A=\"b\"#c", 1, "" },
    { "A=\"b\" c", 1, "" },  { "X=1\nA='b\nc' 'd'", 2, "1:X=1;" },
    { "A=1\rB=2", 1, "" },   { "# a\rB=2", 1, "" },
    { "\rA=1", 1, "" },
};

static void check_rows(void)
{
    static result r;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        is_int(parse(&r, rows[i].text, strlen(rows[i].text)), 0, "readable");
        is_str(r.text, rows[i].want, "its pairs");
    }
    for (i = 0; i < sizeof(unreadable) / sizeof(unreadable[0]); i++) {
        is_int(parse(&r, unreadable[i].text, strlen(unreadable[i].text)), unreadable[i].line,
               "the first unreadable line");
        is_str(r.text, unreadable[i].want, "the pairs before it");
    }
}

/* A NUL byte in place of any byte of a file makes that line unreadable, or the value that spans it. */
static void check_nul(void)
{
    static const char text[] = "A=1 # c\nB='x\ny' # d\n# e\n\nexport C=\"z\\n\\$\"\n";
    static result r;
    char broken[sizeof(text)];
    size_t i;
    int line = 1, want, wrong = 0;

    for (i = 0; i < sizeof(text) - 1; i++) {
        memcpy(broken, text, sizeof(text));
        broken[i] = '\0';
        want = parse(&r, broken, sizeof(text) - 1);
        wrong += want != line && !(line == 3 && want == 2);
        line += text[i] == '\n';
    }
    is_int(wrong, 0, "a NUL anywhere is an unreadable line");
}

static void check_stop(void)
{
    static result r;

    r.stop_after = 2;
    is_int(parse(&r, "A=1\nB=2\nC=3", 11), -1, "the callback can stop");
    is_str(r.text, "1:A=1;2:B=2;", "and sees no more");
}

/* Cut anywhere, a file has no more lines than it has; memory checkers see a byte read beyond its end. */
static void check_cut(void)
{
    static result r;
    size_t i, n;
    int lines, status, wrong = 0;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (lines = 1, n = 0; n <= strlen(rows[i].text); n++) {
            status = parse(&r, rows[i].text, n);
            wrong += status < 0 || status > lines;
            lines += rows[i].text[n] == '\n';
        }
    }
    is_int(wrong, 0, "files cut anywhere name a line of theirs, or none");
}

int main(void)
{
    check_rows();
    check_nul();
    check_stop();
    check_cut();
    return done_testing();
}
