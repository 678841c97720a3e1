/* SPDX-License-Identifier: Apache-2.0 */
/** story/prompts: the files that an administrator may replace, and what is refused of them at start. */
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "scratch.h"
#include "story/prompt.h"
#include "story/prompts.h"

static apr_pool_t *pool;
static const char *base, *folder;

static void write_bytes(const char *in, const char *name, const char *text, apr_size_t len)
{
    FILE *f = fopen(apr_pstrcat(pool, in, "/", name, NULL), "wb");

    if (!f || fwrite(text, 1, len, f) != len || fclose(f) != 0) {
        printf("Bail out! %s/%s cannot be written\n", in, name);
        exit(1);
    }
}

static void write_text(const char *in, const char *name, const char *text)
{
    write_bytes(in, name, text, strlen(text));
}

static void forget(const char *name)
{
    unlink(apr_pstrcat(pool, folder, "/", name, NULL));
}

static char *times(char c, apr_size_t n)
{
    char *s = apr_palloc(pool, n + 1);

    memset(s, c, n);
    s[n] = '\0';
    return s;
}

/* What is wrong with the file of this text, without its folder; NULL: nothing. */
static const char *wrong_bytes(const char *name, const char *text, apr_size_t len)
{
    const simg_prompts *prompts = (const simg_prompts *)"not touched";
    const char *start = apr_pstrcat(pool, "StoryImgPrompts ", folder, "/", name, ": ", NULL), *wrong;

    write_bytes(folder, name, text, len);
    wrong = simg_prompts_read(&prompts, folder, base, pool);
    forget(name);
    if (!wrong != !!prompts)
        return "either a set or a sentence";
    return wrong && !strncmp(wrong, start, strlen(start)) ? wrong + strlen(start) : wrong;
}

static const char *wrong(const char *name, const char *text)
{
    return wrong_bytes(name, text, strlen(text));
}

static void test_shipped(void)
{
    const simg_prompts *prompts;

    is_str(simg_prompts_read(&prompts, NULL, base, pool), NULL, "what is shipped, no folder");
    is_str(simg_prompts_read(&prompts, "", base, pool), NULL, "an empty name is no folder");
    is_str(simg_prompts_read(&prompts, folder, base, pool), NULL, "an empty folder");
    is_str(simg_prompts_read(&prompts, base, "/nonexistent", pool), NULL, "a folder that holds all of them");
}

/* Those that are part of the module are the files of conf/prompts, each in its place. */
static void test_builtin(void)
{
    static const simg_prompts_value values[] = {
        { "pages", "<pages>" },   { "s", "<s>" },       { "order", "<order>" }, { "scene", "<scene>" },
        { "style", "<style>" },   { "book", "<book>" }, { "looks", "<looks>" }, { "nature", "<nature>" },
        { "traits", "<traits>" }, { NULL, NULL },
    };
    const simg_prompts *prompts, *shipped;
    int i;

    simg_prompts_read(&shipped, NULL, base, pool);
    is_str(simg_prompts_read(&prompts, folder, NULL, pool), NULL, "no folder that was installed");
    for (i = 0; prompts && i < SIMG_PROMPTS_COUNT; i++)
        is_str(simg_prompts_fill(prompts, (simg_prompts_file)i, values, pool),
               simg_prompts_fill(shipped, (simg_prompts_file)i, values, pool), apr_psprintf(pool, "text %d", i));
}

/* One file is replaced; the others are those that were installed. */
static void test_replaced(void)
{
    const simg_prompts *prompts, *shipped;
    simg_order o = { .character = { .name = "Lila", .age = 7 }, .descriptor = "red hair", .style = "{looks}" };
    simg_page page = { 1, "text", "Lila says {scene}}" };
    struct stat st;

    write_text(
        folder, "scene.txt",
        "\xef\xbb\xbf# {nonsense} { in a comment\r\n#\r\n\r\n# Paint:\t{scene}\r\n {{{style}}}  {book}\n{scene}\n\n");
    write_text(folder, "vision.txt", "#c\r\n\n\n  a\r\n\n b {{}}\n \n");
    write_text(folder, "notes.md", "{");
    is_str(simg_prompts_read(&prompts, folder, base, pool), NULL, "two files of one's own");
    simg_prompts_read(&shipped, NULL, base, pool);
    forget("scene.txt");
    forget("vision.txt");
    forget("notes.md");
    ok(stat(folder, &st) == 0, "the folder is there still");
    is_str(simg_prompt_scene(prompts, &o, &page, NULL, pool),
           "# Paint: Lila says {scene}}. {{looks}} Lila says {scene}}.",
           "comments, braces, twice the same; what was typed is no placeholder; read once");
    is_str(simg_prompt_vision_system(prompts, pool), "a\n\n b {}\n", "lines stay in what is no picture");
    is_str(simg_prompt_story_system(prompts, 3, pool), simg_prompt_story_system(shipped, 3, pool), "the others");
}

/* The default style is a file as well. */
static void test_style(void)
{
    const simg_prompts *prompts;
    simg_order o = { .character = { .name = "Lila", .age = -1 } };

    write_text(folder, "style.txt", "woodcut,\nin {{black}}\n");
    is_str(simg_prompts_read(&prompts, folder, base, pool), NULL, "a style");
    forget("style.txt");
    ok(strstr(simg_prompt_portrait(prompts, &o, pool), "illustration, woodcut, in {black}. P") != NULL, "is taken");
    o.style = "collage";
    ok(strstr(simg_prompt_portrait(prompts, &o, pool), "illustration, collage. P") != NULL, "if none is asked for");
}

static void test_refused(void)
{
    static const struct {
        const char *file, *text, *want;
    } rows[] = {
        { "scene.txt", "# c\n\nDraw {scene}\nfor {sceen}",
          "line 4: {sceen} is no placeholder of this file; those are: "
          "{scene}, {style}, {book}, {looks}" },
        { "vision.txt", "Look at {scene}", "line 1: {scene} is no placeholder of this file; those are: none" },
        { "story.txt", "{pages} {Pages}", "line 1: {Pages} is no placeholder of this file; those are: {pages}, {s}" },
        { "story.txt", "{pages}\r\nas\r\n{\"title\"}", "line 3: a single {: write it twice if a brace is meant" },
        { "story.txt", "{pages} {", "line 1: a single {: write it twice if a brace is meant" },
        { "story.txt", "{pages", "line 1: a single {: write it twice if a brace is meant" },
        { "story.txt", "{pages} {}", "line 1: a single {: write it twice if a brace is meant" },
        { "story.txt", "{pages}\n}", "line 2: a single }: write it twice if a brace is meant" },
        { "story.txt", "}pages} {pages}", "line 1: a single }: write it twice if a brace is meant" },
        { "story.txt", "{{pages}}", "{pages} must be in it, and is not" },
        { "story.txt", "# {pages}\nWrite", "{pages} must be in it, and is not" },
        { "scene.txt", "{looks}", "{scene} must be in it, and is not" },
        { "scene-edit.txt", "{looks}", "{scene} must be in it, and is not" },
        { "portrait.txt", "{style}", "{looks} must be in it, and is not" },
        { "story-order.txt", "x", "{order} must be in it, and is not" },
        { "suggestions-order.txt", "x", "{order} must be in it, and is not" },
        { "vision.txt", "", "holds no text" },
        { "vision.txt", "# only\n# comments", "holds no text" },
        { "style.txt", "# a\n \r\n\t\n", "holds no text" },
        { "vision.txt", "caf\xe9", "is not UTF-8" },
        { "vision-order.txt", "{traits} and {traits}", NULL },
        { "vision-order.txt", "no traits wanted", NULL },
        { "suggestions.txt", "{{}}", NULL },
    };
    apr_size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        is_str(wrong(rows[i].file, rows[i].text), rows[i].want,
               apr_psprintf(pool, "%s: %s", rows[i].file, rows[i].want ? rows[i].want : "accepted"));
    is_str(wrong_bytes("vision.txt", "a\0b", 3), "holds a NUL", "a NUL");
    is_str(wrong("vision.txt", times('x', 32768)), NULL, "32 KB");
    is_str(wrong("vision.txt", times('x', 32769)), "must be at most 32K", "a byte more");
    is_str(wrong("vision.txt", apr_pstrcat(pool, "{", times('y', 300), "}", NULL)),
           apr_psprintf(pool, "line 1: {%s} is no placeholder of this file; those are: none", times('y', 40)),
           "a long name is not told in full");
}

static void test_files(void)
{
    const simg_prompts *prompts;
    const char *path = apr_pstrcat(pool, folder, "/scene.txt", NULL);

    is_str(simg_prompts_read(&prompts, NULL, folder, pool),
           apr_psprintf(pool, "prompt file %s/story.txt: cannot be read: No such file or directory", folder),
           "none is installed");
    is_str(simg_prompts_read(&prompts, "/nonexistent", base, pool),
           "StoryImgPrompts /nonexistent: cannot be read: No such file or directory", "no such folder");
    write_text(folder, "file", "x");
    is_str(simg_prompts_read(&prompts, apr_pstrcat(pool, folder, "/file", NULL), base, pool),
           apr_psprintf(pool, "StoryImgPrompts %s/file: is no folder", folder), "a file for a folder");
    forget("file");
    mkfifo(path, 0600);
    is_str(simg_prompts_read(&prompts, folder, base, pool), apr_psprintf(pool, "StoryImgPrompts %s: is no file", path),
           "a pipe does not hold us up");
    unlink(path);
    ok(symlink("nowhere", path) == 0 && simg_prompts_read(&prompts, folder, base, pool) && !prompts,
       "a link to nowhere is not passed over");
    unlink(path);
    ok(symlink(apr_pstrcat(pool, base, "/scene.txt", NULL), path) == 0 &&
           !simg_prompts_read(&prompts, folder, base, pool),
       "a link to a file is followed");
    unlink(path);
}

/* A text that leaves just as much room as must be; with `more` characters beside that. */
static const char *tight(int more)
{
    return apr_pstrcat(pool, times('x', (apr_size_t)(3999 - 1001 - 200 - 200 - 3 + more)),
                       " {scene} {looks} {style}{book}", NULL);
}

static void test_room(void)
{
    const simg_prompts *prompts;
    simg_order o = { .character = { .age = 120 } };
    simg_page page = { 1, "text", times('s', 1000) };
    const char *s;

    is_str(wrong("scene.txt", tight(0)), NULL, "a long text");
    is_str(wrong("scene.txt", tight(2)),
           "too long by 2 characters, beside the most that may stand for its placeholders", "too long a text");
    is_str(wrong("scene.txt", apr_pstrcat(pool, times('x', 2000), "{scene}{scene}", NULL)),
           "too long by 3 characters, beside the most that may stand for its placeholders", "twice the scene");
    is_str(wrong("style.txt", times('x', 201)), "too long by 1 characters", "a long style");
    is_str(wrong("style.txt", times('x', 200)), NULL, "one that is just right");
    write_text(folder, "scene.txt", tight(0));
    is_str(simg_prompts_read(&prompts, folder, base, pool), NULL, "read");
    forget("scene.txt");
    o.character.name = o.style = o.descriptor = times('n', 5000);
    s = simg_prompt_scene(prompts, &o, &page, times('t', 500), pool);
    ok(strlen(s) <= 3999 && strstr(s, page.scene), "the scene is whole, all else gives way");
    ok(!strstr(s, "ttt") && strstr(s, "120 years old, with the same looks"), "looks and title are gone");
}

/* The text of one's own has `room` characters for the descriptor of 2,000 and the title of 200. */
static const char *squeezed(int room, const char *scene)
{
    const simg_prompts *prompts;
    simg_order o = { .character = { .name = times('n', 100), .age = -1 },
                     .style = times('s', 200),
                     .descriptor = times('d', 3000) };
    simg_page page = { 1, "text", scene };
    int frame = 1 + 1001 + 200 + 100 +
                (int)strlen("For the story \"\". The hero is : ; the same looks, hair and clothes "
                            "on every page.");
    const char *text =
        apr_pstrcat(pool, times('x', (apr_size_t)(3999 - frame - room)), " {scene}{style}{book} {looks}", NULL);

    write_text(folder, "scene.txt", text);
    if (simg_prompts_read(&prompts, folder, base, pool))
        return "(refused)";
    forget("scene.txt");
    return simg_prompt_scene(prompts, &o, &page, times('t', 200), pool);
}

static void test_cut(void)
{
    const char *looks = "; the same looks, hair and clothes on every page.";
    const char *s = squeezed(2200, times('S', 1000)), *b;

    ok(strstr(s, times('d', 2000)) && strstr(s, times('t', 200)), "nothing is cut while there is room");
    is_int((long long)strlen(s), 3999, "to the last character");
    s = squeezed(2190, times('S', 1000));
    ok(strstr(s, apr_pstrcat(pool, ": ", times('d', 1990), looks, NULL)) && strstr(s, times('t', 200)),
       "the looks are cut first");
    ok(strstr(s, times('S', 1000)) != NULL, "not the scene");
    b = squeezed(2190, "S.");
    is_str(strstr(b, "For the"), strstr(s, "For the"), "alike on a page with a short scene");
    s = squeezed(150, times('S', 1000));
    ok(!strstr(s, "ddd") && strstr(s, "nnn, with the same looks"), "then they are gone");
    ok(strstr(s, times('t', 140)) && !strstr(s, times('t', 160)), "and the title is cut");
    ok(strlen(s) < 4000 && strstr(s, times('S', 1000)), "the scene is whole");
}

int main(void)
{
    const char *root = getenv("STORYIMG_SRCDIR");

    apr_initialize();
    apr_pool_create(&pool, NULL);
    base = realpath(apr_pstrcat(pool, root ? root : ".", "/conf/prompts", NULL), NULL);
    if (!base)
        return 1;
    folder = scratch_begin();
    test_shipped();
    test_builtin();
    test_replaced();
    test_style();
    test_refused();
    test_files();
    test_room();
    test_cut();
    scratch_end();
    apr_terminate();
    return done_testing();
}
