/* SPDX-License-Identifier: Apache-2.0 */
/* The watch over models that go: who asks, how often, and what is said, against a scripted server and a real index. */
#include "work/watch.h"

#include <signal.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/http.h"
#include "queue/claims.h"
#include "queue/tasks.h"
#include "scratch.h"
#include "tap.h"
#include "upstream.h"

#define T0 (APR_INT64_C(1738355170000) * 1000) /* 2025-01-31 */
#define HOURS(n) apr_time_from_sec((n)*3600)

static apr_pool_t *pool;
static simg_problem err;
static simg_index *index_here;
static simg_db *db; /* borrowed from it from the start to the end */
static upstream *server;
static const char *warned, *told; /* lines of the log: warnings; all others */

typedef struct script {
    const char *word; /* in the base URL, and the name of the site */
    const char *writers, *illustrators;
    int status;
    const char *body;
    /* what must come of it */
    const char *warned, *found, *note;
} script;

#define GOING(name, day, where) "model openai/" name " is shut down on " day "; name another in " where
#define GONE(name, where) "model openai/" name " is gone; name another in " where
#define PAIR "openai/draw openai/paint"

static const script scripts[] = {
    { "fine", "openai/tell", PAIR, 200,
      "{\"data\":[{\"id\":\"tell\"},{\"id\":\"draw\",\"shutdown_date\":\"2025-04-01\"},{\"id\":\"paint\"}]}", "", "",
      "[]" },
    { "writer-goes", "openai/tell", PAIR, 200,
      "{\"data\":[{\"id\":\"tell\",\"shutdown_date\":\"2025-03-16\"},{\"id\":\"draw\"},{\"id\":\"paint\"}]}",
      "SI0511: " GOING("tell", "2025-03-16", "StoryImgWriters") "\n",
      "model model-going " GOING("tell", "2025-03-16", "StoryImgWriters") "\n",
      "[{\"provider\":\"openai\",\"name\":\"tell\",\"gone\":false,\"shutdown\":\"2025-03-16T00:00:00.000Z\"}]" },
    { "illustrator-gone", "openai/tell", PAIR, 200, "{\"data\":[{\"id\":\"tell\"},{\"id\":\"paint\"}]}",
      "SI0511: " GONE("draw", "StoryImgIllustrators") "\n",
      "model model-gone " GONE("draw", "StoryImgIllustrators") "\n",
      "[{\"provider\":\"openai\",\"name\":\"draw\",\"gone\":true,\"shutdown\":null}]" },
    { "went-yesterday", "openai/tell", PAIR, 200,
      "{\"data\":[{\"id\":\"tell\"},{\"id\":\"paint\",\"shutdown_date\":\"2025-01-30\"},{\"id\":\"draw\"}]}",
      "SI0511: " GONE("paint", "StoryImgIllustrators") "\n",
      "model model-gone " GONE("paint", "StoryImgIllustrators") "\n",
      "[{\"provider\":\"openai\",\"name\":\"paint\",\"gone\":true,\"shutdown\":\"2025-01-30T00:00:00.000Z\"}]" },
    { "both", "offline openai/tell", "openai/draw offline", 200,
      "{\"data\":[{\"id\":\"draw\",\"shutdown_date\":\"2025-02-01\"}]}",
      "SI0511: " GONE("tell", "StoryImgWriters") "\nSI0511: " GOING("draw", "2025-02-01", "StoryImgIllustrators") "\n",
      "model model-gone " GONE("tell", "StoryImgWriters") "\nmodel model-going " GOING("draw", "2025-02-01",
                                                                                       "StoryImgIllustrators") "\n",
      "[{\"provider\":\"openai\",\"name\":\"tell\",\"gone\":true,\"shutdown\":null},"
      "{\"provider\":\"openai\",\"name\":\"draw\",\"gone\":false,\"shutdown\":\"2025-02-01T00:00:00.000Z\"}]" },
    { "of-others", "openai/tell", PAIR, 200, "{\"data\":[{\"id\":\"mine\"}]}", "", "", "[]" },
    { "404", "openai/tell", PAIR, 404, "no such page", "", "", NULL },
};

#define COUNT (sizeof(scripts) / sizeof(scripts[0]))

static int serve(upstream *u, int fd, const char *path)
{
    char word[100] = "", rest[100] = "";
    size_t i;

    (void)u;
    sscanf(path, "/%99[^/]/v1/%99s", word, rest);
    if (!strcmp(word, "slow"))
        usleep(2000000);
    for (i = 0; i < COUNT; i++)
        if (!strcmp(scripts[i].word, word) && !strcmp(rest, "models"))
            up_answer(fd, scripts[i].status, "", scripts[i].body);
    return UP_CLOSE;
}

static void take_line(const simg_log *log, int level, apr_status_t rv, const char *line)
{
    const char **to = level <= SIMG_WARNING ? &warned : &told;

    (void)log;
    (void)rv;
    *to = apr_pstrcat(pool, *to, line, "\n", NULL);
}

static const simg_log catcher = { .level = SIMG_DEBUG, .print = take_line };

/** A process: a site of that name with its watch, whose server does what `word` says. */
typedef struct process {
    simg_site site;
    simg_settings settings;
    simg_loop *loop;
    simg_model_watch *watch;
    apr_pool_t *p;
} process;

static apr_array_header_t *chain(const char *words, int writers, const process *x)
{
    apr_array_header_t *models;

    simg_chain_parse(&models, words, 0, writers, &x->settings, pool);
    return models;
}

static process *begin(const char *name, const script *s, const char *owner, const char *run)
{
    process *x = apr_pcalloc(pool, sizeof(*x));

    apr_pool_create(&x->p, pool);
    x->settings.openai_key = "sk-test-0123456789";
    x->settings.openai_base_url = apr_psprintf(pool, "http://127.0.0.1:%d/%s/v1", server->port, s->word);
    x->settings.timeout = apr_time_from_sec(20);
    x->site = (simg_site){ .name = name,
                           .run = run,
                           .settings = &x->settings,
                           .log = &catcher,
                           .writers = chain(s->writers, 1, x),
                           .illustrators = chain(s->illustrators, 0, x),
                           .index = index_here,
                           .owner = owner };
    simg_loop_create(&x->loop, NULL, x->p, &err);
    x->watch = simg_model_watch_create(&x->site, x->loop, x->p);
    return x;
}

static const script *named(const char *word)
{
    const script *s = scripts;

    while (strcmp(s->word, word))
        s++;
    return s;
}

/** Wait for what is under way. @return how often the server was asked since the last time */
static int settle(process *x)
{
    simg_loop_run(x->loop, &err);
    return up_requests(server);
}

/** Turn until the server is asked, n times at most. @return how often it was */
static int turn(process *x, int n)
{
    int asked = 0, left;

    while (n-- > 0 && !asked) {
        simg_loop_turn(x->loop, apr_time_from_msec(10), &left, &err);
        asked = up_requests(server);
    }
    return asked;
}

static int tick(process *x)
{
    simg_model_watch_tick(x->watch);
    return settle(x);
}

static int tick_at(process *x, apr_time_t now)
{
    simg_clock_set(now);
    return tick(x);
}

/** "part code detail" of all that is found, a line each. */
static const char *found_by(const process *x)
{
    json_t *found = simg_watch_found(&x->site, pool), *entry;
    const char *all = json_is_array(found) ? "" : "no array";
    size_t i;

    json_array_foreach(found, i, entry)
    {
        all = apr_pstrcat(pool, all, json_string_value(json_object_get(entry, "part")), " ",
                          json_string_value(json_object_get(entry, "code")), " ",
                          json_string_value(json_object_get(entry, "detail")),
                          json_object_size(entry) == 3 ? "\n" : " and more\n", NULL);
    }
    json_decref(found);
    return all;
}

static const char *note_of(const char *site)
{
    const char *note = "?";

    simg_tasks_note(&note, db, apr_pstrcat(pool, "models ", site, NULL), pool, &err);
    return note;
}

static void keep(const char *site, const char *note)
{
    const char *name = apr_pstrcat(pool, "models ", site, NULL);
    const simg_task task = { .name = name, .owner = "x", .run = note, .now = simg_clock_now() };
    int taken;

    simg_tasks_take(&taken, db, &task, &err);
    simg_tasks_done(db, &task, note, &err);
    is_str(note_of(site), note, apr_pstrcat(pool, "a note: ", note, NULL));
}

static void test_scripts(void)
{
    size_t i;

    for (i = 0; i < COUNT; i++) {
        const script *s = &scripts[i];
        process *x = begin(s->word, s, "me", "run-1");

        warned = told = "";
        is_str(found_by(x), "", apr_psprintf(pool, "%s: nothing is known yet", s->word));
        is_int(tick_at(x, T0), 1, "  it asks");
        is_str(warned, s->warned, "  what the log says");
        is_str(found_by(x), s->found, "  what is found");
        is_str(note_of(s->word), s->note, "  what is kept");
        ok(!strstr(told, "SI0512: ") == (s->note != NULL), "  a failure is for us alone: %.60s", told);
        apr_pool_destroy(x->p);
    }
}

/* Who asks, and when: one for all, once a start and once a day. */
static void test_turns(void)
{
    const script *s = named("writer-goes");
    process *a = begin("turns", s, "a", "run-1"), *b = begin("turns", s, "b", "run-1");
    process *next = begin("turns", s, "c", "run-2"), *other = begin("other", s, "b", "run-1");

    warned = "";
    simg_clock_set(T0);
    simg_model_watch_tick(a->watch);
    simg_model_watch_tick(a->watch);
    simg_model_watch_tick(b->watch);
    is_int(settle(b), 0, "another process leaves it to the one that asks");
    is_int(tick(a), 1, "ticked three times, it asks once");
    is_str(warned, s->warned, "  and says it once");
    is_int(tick_at(a, T0 + HOURS(23)) + tick(b), 0, "nobody asks again within a day");
    is_str(found_by(b), s->found, "all know what one found");
    is_int(tick(other), 1, "each site asks for itself");
    is_int(tick_at(next, T0 + HOURS(1)), 1, "the next start asks again");
    is_int(tick_at(next, T0 + HOURS(24)), 0, "a day is counted from there");
    warned = "";
    is_int(tick_at(next, T0 + HOURS(26)), 1, "then it asks");
    is_str(warned, s->warned, "  and says it again");
}

static void test_failure(void)
{
    process *a = begin("failing", named("404"), "a", "run-1"), *b = begin("failing", named("fine"), "b", "run-1");

    is_int(tick_at(a, T0), 1, "a server without a list is asked");
    is_int(tick(a) + tick_at(a, T0 + 2 * SIMG_LEASE), 0, "not again at once, nor when its lease has ended");
    is_int(tick_at(b, T0 + SIMG_LEASE / 2), 0, "nobody asks while the lease runs");
    is_int(tick_at(b, T0 + 2 * SIMG_LEASE), 1, "another process tries after that");
    is_str(note_of("failing"), "[]", "and may be luckier");
}

static void test_time_limit(void)
{
    script slow = *named("fine");
    process *x, *y;
    apr_time_t began = apr_time_now();

    slow.word = "slow";
    x = begin("slow", &slow, "a", "run-1");
    x->settings.timeout = apr_time_from_msec(300);
    told = warned = "";
    is_int(tick_at(x, T0), 1, "a slow server");
    ok(apr_time_now() - began < apr_time_from_msec(1500), "is waited for as long as StoryImgTimeout says");
    ok(strstr(told, "SI0512: ") && !*warned, "and only we hear of it: %.60s", told);
    y = begin("slow-2", &slow, "a", "run-1");
    simg_model_watch_tick(y->watch);
    is_int(turn(y, 500), 1, "while it asks");
    simg_model_watch_tick(y->watch);
    is_int(turn(y, 20), 0, "it does not begin anew");
    apr_pool_destroy(y->p);
    ok(1, "and the process may end");
    usleep(2000000); /* the server's threads end before the test does */
    up_requests(server);
}

/* What was found is seen through the configuration and the clock of now. */
static void test_found_later(void)
{
    script s = *named("both");
    process *x = begin("later", &s, "a", "run-1"), *y;

    tick_at(x, T0);
    s.writers = "openai/new offline";
    y = begin("later", &s, "b", "run-2");
    is_str(found_by(y), "model model-going " GOING("draw", "2025-02-01", "StoryImgIllustrators") "\n",
           "a model that is not configured any more is not told");
    s.illustrators = "openai/new offline/draw offline";
    is_str(found_by(begin("later", &s, "b", "run-2")), "", "nor is one of the same name elsewhere");
    simg_clock_set(T0 + HOURS(48));
    is_str(found_by(y), "model model-gone " GONE("draw", "StoryImgIllustrators") "\n",
           "one whose day has come is gone");
    y = begin("later", named("404"), "b", "run-2");
    y->site.writers = x->site.writers;
    is_int(tick(y), 1, "a start that gets no answer");
    ok(strstr(found_by(y), "model-gone") != NULL, "  goes by the one before");
    y = begin("later", named("fine"), "c", "run-3");
    is_int(tick_at(y, T0 + HOURS(49)), 1, "a start where all is well");
    is_str(found_by(x), "", "  forgets it");
    s.writers = s.illustrators = "offline";
    x = begin("offline", &s, "a", "run-1");
    is_int(tick(x), 0, "who asks no provider with a list has nothing to ask");
    keep("offline", "[{\"provider\":\"offline\",\"name\":\"offline\",\"gone\":true}]");
    is_str(found_by(x), "", "  and finds nothing");
}

/* A file of somebody else's. */
static void test_odd_notes(void)
{
    static const char *const notes[] = { "",
                                         "{}",
                                         "[",
                                         "[[], 7, null, \"openai/draw\", {}]",
                                         "[{\"provider\":[],\"name\":{},\"gone\":7,\"shutdown\":7}]",
                                         "[{\"provider\":\"openai\",\"name\":\"draw\\n\",\"gone\":true}]" };
    process *x = begin("odd-notes", named("fine"), "a", "run-1");
    size_t i;

    for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        keep("odd-notes", notes[i]);
        is_str(found_by(x), "", "  has nothing to tell");
    }
    keep("odd-notes", "[{\"provider\":\"openai\",\"name\":\"draw\",\"gone\":true,\"shutdown\":\"soon\"}]");
    ok(strstr(found_by(x), "model-gone") != NULL, "a bad date makes nothing of what is gone undone");
}

/* The folder of the index goes and comes back. */
static void test_no_index(void)
{
    const char *folder = apr_psprintf(pool, "%s/state", scratch), *away = apr_psprintf(pool, "%s/away", scratch);
    const script *s = named("illustrator-gone");
    simg_index *whole = index_here;
    process *x, *y;

    mkdir(folder, 0700);
    simg_index_open(&index_here, apr_psprintf(pool, "sqlite3:%s/i.db", folder), pool, &err);
    x = begin("no-index", s, "a", "run-1");
    y = begin("no-index", s, "b", "run-1");
    rename(folder, away);
    fclose(fopen(folder, "w"));
    warned = told = "";
    is_int(tick_at(x, T0), 0, "without an index nobody asks");
    is_str(found_by(x), "", "  and nothing is known");
    remove(folder);
    rename(away, folder);
    simg_model_watch_tick(x->watch);
    rename(folder, away);
    fclose(fopen(folder, "w"));
    is_int(settle(x), 1, "it asks as soon as the index is back");
    is_str(found_by(x), "", "  but it is gone again when the answer comes");
    remove(folder);
    rename(away, folder);
    is_str(found_by(x), "", "  so nothing is kept");
    is_int(tick_at(y, T0 + 2 * SIMG_LEASE), 1, "  and another one asks");
    is_str(found_by(x), s->found, "  for all");
    index_here = whole;
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    simg_http_init(pool);
    server = up_start(serve);
    simg_index_open(&index_here, apr_psprintf(pool, "sqlite3:%s/i.db", scratch_begin()), pool, &err);
    if (simg_index_borrow(&db, index_here, &err) != APR_SUCCESS) {
        printf("Bail out! no index: %s\n", err.cause);
        return 1;
    }
    warned = told = "";
    test_scripts();
    test_turns();
    test_failure();
    test_time_limit();
    test_found_later();
    test_odd_notes();
    test_no_index();
    simg_index_return(index_here, db);
    apr_pool_destroy(pool);
    apr_terminate();
    scratch_end();
    return done_testing();
}
