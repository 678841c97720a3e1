/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudonyms: the function by its standard, and the key that processes agree upon. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <apr_thread_proc.h>

#include "base/file.h"
#include "base/pseudonym.h"
#include "provider/family.h"
#include "scratch.h"
#include "tap.h"
#include "work/pseudonym.h"
#include "work/runner.h"
#include "work/runner_row.h"

enum { PROCESSES = 8, ROUNDS = 20, THREADS = 8, HEX = 32 };

static apr_pool_t *pool;
static char said[1000]; /* the log */

static void print(const simg_log *log, int level, apr_status_t rv, const char *message)
{
    (void)log;
    (void)rv;
    apr_snprintf(said + strlen(said), sizeof(said) - strlen(said), "%d %s\n", level, message);
}

static const simg_log log_here = { .level = SIMG_DEBUG, .print = print };

static const char *repeat(int byte, int n)
{
    char *s = apr_palloc(pool, (apr_size_t)n + 1);

    memset(s, byte, (size_t)n);
    s[n] = '\0';
    return s;
}

/* RFC 4231, test cases 1 to 7; the fifth is the one that the RFC itself cuts at 128 bits. */
static void test_vectors(void)
{
    const struct {
        const char *key, *data, *want;
    } vectors[] = {
        { repeat(0x0b, 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b" },
        { "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7" },
        { repeat(0xaa, 20), repeat(0xdd, 50), "773ea91e36800e46854db8ebd09181a7" },
        { "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
          repeat(0xcd, 50), "82558a389a443c0ea4cc819899f2083a" },
        { repeat(0x0c, 20), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b" },
        { repeat(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First",
          "60e431591ee0b67f0d8a26aacbf5b77f" },
        { repeat(0xaa, 131),
          "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
          "hashed before being used by the HMAC algorithm.",
          "9b09ffa71b942fcb27635fbcd5b0e944" },
    };
    size_t i;

    for (i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
        is_str(
            simg_pseudonym_make(vectors[i].key, strlen(vectors[i].key), vectors[i].data, strlen(vectors[i].data), pool),
            vectors[i].want, apr_psprintf(pool, "RFC 4231, test case %d", (int)i + 1));
    ok(simg_pseudonym_make("k", 1, "a\0b", 3, pool) &&
           strcmp(simg_pseudonym_make("k", 1, "a\0b", 3, pool), simg_pseudonym_make("k", 1, "a\0c", 3, pool)) != 0,
       "bytes are bytes");
}

static simg_pseudonyms *keeper_of(const char *state)
{
    simg_pseudonyms *keeper = NULL;

    simg_pseudonyms_create(&keeper, state, &log_here, pool);
    return keeper;
}

static const char *folder(const char *name)
{
    return apr_pstrcat(pool, scratch, "/", name, NULL);
}

static const char *key_file(const char *state)
{
    return apr_pstrcat(pool, state, "/pseudonym.key", NULL);
}

static int exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static int names_in(const char *state)
{
    apr_finfo_t found;
    apr_dir_t *dir;
    int n = 0;

    if (apr_dir_open(&dir, state, pool) != APR_SUCCESS)
        return -1;
    while (apr_dir_read(&found, APR_FINFO_NAME, dir) == APR_SUCCESS)
        n += found.name[0] != '.';
    apr_dir_close(dir);
    return n;
}

static void test_whose(void)
{
    const char *state = folder("whose");
    simg_pseudonyms *keeper = keeper_of(state), *later;
    const char *kid = simg_pseudonym_of(keeper, "kid-1", NULL, pool);
    struct stat st;
    char *key;
    apr_size_t len = 0;

    ok(kid && strlen(kid) == HEX && strspn(kid, "0123456789abcdef") == HEX, "32 hex digits");
    is_str(simg_pseudonym_of(keeper, "kid-1", NULL, pool), kid, "always the same");
    is_str(simg_pseudonym_of(keeper, "kid-1", "ada", pool), kid, "of the subject, if both are known");
    ok(strcmp(simg_pseudonym_of(keeper, "kid-2", NULL, pool), kid) != 0, "another subject has another");
    ok(strcmp(simg_pseudonym_of(keeper, NULL, "kid-1", pool), kid) != 0, "and so has a user of that name");
    is_str(simg_pseudonym_of(keeper, NULL, NULL, pool), NULL, "nobody has none");
    is_str(simg_pseudonym_of(NULL, "kid-1", NULL, pool), NULL, "nobody is asked");
    ok(stat(key_file(state), &st) == 0 && (st.st_mode & 07777) == 0600, "the key is its owner's alone");
    ok(stat(state, &st) == 0 && (st.st_mode & 07777) == 0700, "as is a folder that was made for it");
    is_int(names_in(state), 1, "and nothing lies beside it");
    ok(simg_file_read(&key, &len, key_file(state), 100, pool) == APR_SUCCESS && len == SIMG_PSEUDONYM_KEY, "32 bytes");
    is_str(simg_pseudonym_make(key, len, "subject:kid-1", 13, pool), kid, "which are what it is made with");
    later = keeper_of(state);
    is_str(simg_pseudonym_of(later, "kid-1", NULL, pool), kid, "the next process says the same");
    unlink(key_file(state));
    is_str(simg_pseudonym_of(later, "kid-1", NULL, pool), kid, "a key that was read is kept");
    ok(!exists(key_file(state)), "nor is another made");
    ok(strcmp(simg_pseudonym_of(keeper_of(state), "kid-1", NULL, pool), kid) != 0,
       "without its key, nobody can say it");
    is_str(said, "", "nothing is said");
}

static void test_idle(void)
{
    const char *state = folder("idle");

    simg_pseudonym_of(keeper_of(state), NULL, NULL, pool);
    ok(!exists(state), "no key is made for nobody");
}

static void put(const char *path, const char *bytes, apr_size_t len)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return;
    fwrite(bytes, 1, len, file);
    fclose(file);
}

static void is_useless(const char *state, const char *what)
{
    simg_pseudonyms *keeper = keeper_of(state);

    said[0] = '\0';
    is_str(simg_pseudonym_of(keeper, "kid-1", "ada", pool), NULL, what);
    simg_pseudonym_of(keeper, "kid-1", "ada", pool);
    ok(strstr(said, "4 SI0531: ") == said && strchr(said, '\n') == said + strlen(said) - 1, "which is said once");
    ok(!strstr(said, "kid-1") && !strstr(said, "ada") && !strstr(said, scratch), "and of nobody");
}

static void test_useless(void)
{
    const char *state = folder("useless"), *path = key_file(state);
    simg_pseudonyms *keeper;

    put(folder("plain"), "", 0);
    is_useless(folder("plain"), "the folder is none");
    simg_dir_make(state, pool);
    put(path, "", 0);
    is_useless(state, "an empty key");
    put(path, repeat('x', 31), 31);
    is_useless(state, "a key that is cut off");
    put(path, repeat('x', 33), 33);
    is_useless(state, "a key that is too long");
    unlink(path);
    put(folder("elsewhere"), repeat('x', 32), 32);
    ok(symlink(folder("elsewhere"), path) == 0, "a symlink");
    is_useless(state, "is not followed");
    is_int(names_in(state), 1, "nothing was left of all these");
    unlink(path);
    keeper = keeper_of(state);
    put(path, "", 0);
    simg_pseudonym_of(keeper, "kid-1", NULL, pool);
    put(path, repeat('x', 32), 32);
    is_str(simg_pseudonym_of(keeper, "kid-1", NULL, pool),
           simg_pseudonym_make(repeat('x', 32), 32, "subject:kid-1", 13, pool), "once it is mended, it is used");
}

/* All at the same moment: when the pipe is closed. */
static void child(const char *state, int gate, int out)
{
    const char *mine;
    char byte;

    if (read(gate, &byte, 1) != 0)
        _exit(1);
    mine = simg_pseudonym_of(keeper_of(state), "kid-1", NULL, pool);
    _exit(!mine || write(out, mine, HEX) != HEX);
}

/** @return how many said the same as the first */
static int race(const char *state)
{
    char first[HEX], other[HEX];
    int gate[2], answers[2], i, agreed = 0;

    if (pipe(gate) != 0 || pipe(answers) != 0)
        return 0;
    fflush(stdout);
    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(gate[1]);
            child(state, gate[0], answers[1]);
        }
    close(gate[0]);
    close(gate[1]);
    close(answers[1]);
    for (i = 0; i < PROCESSES && read(answers[0], i ? other : first, HEX) == HEX; i++)
        agreed += !i || !memcmp(first, other, HEX);
    close(answers[0]);
    while (wait(NULL) > 0)
        ;
    return agreed;
}

static void test_race(void)
{
    int i, agreed = 0, alone = 0;

    for (i = 0; i < ROUNDS; i++) {
        const char *state = folder(apr_psprintf(pool, "race-%d", i));

        agreed += race(state);
        alone += names_in(state) == 1;
    }
    is_int(agreed, ROUNDS * PROCESSES, "eight processes agree upon a key, twenty times");
    is_int(alone, ROUNDS, "and leave nothing but that key");
}

typedef struct asker {
    simg_pseudonyms *keeper;
    char said[HEX + 1];
} asker;

static void *APR_THREAD_FUNC ask(apr_thread_t *thread, void *data)
{
    asker *a = data;
    const char *mine = simg_pseudonym_of(a->keeper, "kid-1", NULL, apr_thread_pool_get(thread));

    apr_cpystrn(a->said, mine ? mine : "", sizeof(a->said));
    return NULL;
}

static void test_threads(void)
{
    simg_pseudonyms *keeper = keeper_of(folder("threads"));
    apr_thread_t *threads[THREADS];
    asker askers[THREADS];
    int i, agreed = 0;
    apr_status_t rv;

    for (i = 0; i < THREADS; i++) {
        askers[i] = (asker){ .keeper = keeper };
        apr_thread_create(&threads[i], NULL, ask, &askers[i], pool);
    }
    for (i = 0; i < THREADS; i++) {
        apr_thread_join(&rv, threads[i]);
        agreed += strlen(askers[i].said) == HEX && !strcmp(askers[i].said, askers[0].said);
    }
    is_int(agreed, THREADS, "threads of one process agree, too");
}

static const char *sent_to(const char *model, const char *user)
{
    const simg_reference photo = { "/p.png", "image/png", "p.png" };
    const simg_brief words = { .prompt = "A boat", .user = user };
    const simg_brief edit = { .prompt = "A boat", .user = user, .reference = &photo };
    const char *form = apr_table_get(simg_family_fields(simg_family_of(model), model, &edit, pool), "user");
    const char *json = simg_family_request(simg_family_of(model), model, &words, pool);

    return apr_pstrcat(pool, form ? form : "-", strstr(json, "\"user\":\"0123\"") ? " json" : " -", NULL);
}

/* The real API takes it from these; a server that is not known may refuse it. */
static void test_families(void)
{
    static const char *const known[] = { "dall-e-2",      "dall-e-3",    "gpt-image-1-mini",     "gpt-image-1",
                                         "gpt-image-1.5", "gpt-image-2", "chatgpt-image-latest", NULL };
    int i;

    for (i = 0; known[i]; i++)
        is_str(sent_to(known[i], "0123"), "0123 json", known[i]);
    is_str(sent_to("sd-local", "0123"), "- -", "not to a model of no known family");
    is_str(sent_to("gpt-image-2", NULL), "- -", "nor if nobody is known");
}

/* A job is drawn by another process, perhaps after days. */
static void test_job(const char *user)
{
    const simg_order order = { .size = "auto", .subject = "kid-1", .user = user };
    const simg_settings settings = { .format = "png" };
    const simg_claim claim = {
        .brief = simg_runner_brief(&order, pool), .character = "{\"name\":\"Ada\"}", .scene = "A boat", .prompt = "Draw"
    };
    simg_problem err = { 0 };
    simg_character hero;
    simg_brief brief = { 0 };

    is_int(simg_runner_read(&brief, &hero, &claim, &settings, pool, &err), APR_SUCCESS, "a job");
    is_str(brief.user, user, "keeps the pseudonym");
    ok(!strstr(claim.brief, "kid-1"), "and nothing more of whom it is for");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    scratch_begin();
    test_vectors();
    test_idle();
    test_whose();
    test_useless();
    test_race();
    test_threads();
    test_families();
    test_job("0123456789abcdef0123456789abcdef");
    test_job(NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
