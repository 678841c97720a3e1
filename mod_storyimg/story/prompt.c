/* SPDX-License-Identifier: Apache-2.0 */
#include "story/prompt.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "base/utf8.h"

/* Most characters of each thing that a client may have typed, whatever the request reader lets through. */
#define NAME_MAX_CHARS 100
#define WORD_MAX_CHARS 200
#define LIST_MAX_CHARS 1000
#define NOTE_MAX_CHARS 1000
#define LOOKS_MAX_CHARS 2000
#define NATURE_MAX_CHARS 250
#define IDEA_MAX_CHARS 4000
#define SCENE_MAX_CHARS (SIMG_PROMPTS_SCENE_MAX - 1)
#define STYLE_MAX_CHARS SIMG_PROMPTS_STYLE_MAX
#define SISTERS_MAX 10

#define SAME_LOOKS "the same looks, hair and clothes on every page"

static const simg_prompts_value no_values[] = { { NULL, NULL } };

/* stable-diffusion.cpp takes options from between these tags in a prompt. */
#define TAG_OPEN "<sd_cpp_extra_args>"
#define TAG_CLOSE "</sd_cpp_extra_args>"

static int starts_with(const char *s, const char *start)
{
    return !strncasecmp(s, start, strlen(start));
}

/* Bytes of the tag at s, with what it encloses up to the closing one (which is taken out in its turn); 0 if
 * there is no tag. */
static apr_size_t tagged(const char *s, int *unclosed)
{
    const char *end = s;

    if (starts_with(s, TAG_CLOSE))
        return strlen(TAG_CLOSE);
    if (!starts_with(s, TAG_OPEN))
        return 0;
    while (!*unclosed && *end && !starts_with(end, TAG_CLOSE))
        end++;
    *unclosed |= !*end;
    return *end && end > s ? (apr_size_t)(end - s) : strlen(TAG_OPEN);
}

/* Characters that no reader sees and that smuggle words to a model: tags, zero-width spaces and the like. */
static int is_hidden(uint32_t c)
{
    return (c >= 0xe0000 && c <= 0xe0fff) || c == 0x200b || c == 0x2060 || c == 0xfeff || c == 0xad;
}

/* Line ends of any kind, and what steers our marks (<, >) or a drawing program (|). */
static int is_replaced(uint32_t c)
{
    return !simg_utf8_is_text(c) || (c < 0x80 && strchr("\n\r\t<>|", (int)c)) || c == 0x2028 || c == 0x2029;
}

/* What somebody typed, as one line of at most max characters; "" for NULL. Every blank may be the last. */
static const char *typed(const char *s, apr_size_t max, apr_pool_t *p)
{
    apr_size_t len = s ? strlen(s) : 0, n;
    char *out = apr_palloc(p, len + 1), *to = out;
    int unclosed = 0; /* no closing tag in the rest: looking for it again and again would take for ever */

    for (; len > 0; s += n, len -= n) {
        uint32_t c = simg_utf8_next(s, len, &n);
        apr_size_t skipped = c == '<' ? tagged(s, &unclosed) : 0;

        if (skipped > 0)
            n = skipped;
        else if (c == (uint32_t)-1 || is_hidden(c))
            continue;
        else if (c != ' ' && !is_replaced(c))
            to = (char *)memcpy(to, s, n) + n;
        else if (to > out && to[-1] != ' ')
            *to++ = ' ';
    }
    *to = '\0';
    to = out + simg_utf8_prefix(out, max);
    while (to > out && to[-1] == ' ')
        to--;
    *to = '\0';
    return out;
}

static const char *typed_list(const apr_array_header_t *list, apr_pool_t *p)
{
    apr_array_header_t *parts = apr_array_make(p, 8, sizeof(const char *));
    const char *word;
    int i;

    for (i = 0; list && i < list->nelts; i++) {
        word = typed(APR_ARRAY_IDX(list, i, const char *), WORD_MAX_CHARS, p);
        if (!*word)
            continue;
        if (parts->nelts)
            APR_ARRAY_PUSH(parts, const char *) = ", ";
        APR_ARRAY_PUSH(parts, const char *) = word;
    }
    return typed(apr_array_pstrcat(p, parts, 0), LIST_MAX_CHARS, p);
}

/* `label: value` on a line of its own, if there is a value. */
static void say(apr_array_header_t *lines, const char *label, const char *value)
{
    if (*value)
        APR_ARRAY_PUSH(lines, const char *) = apr_pstrcat(lines->pool, label, ": ", value, NULL);
}

static void say_sister(apr_array_header_t *lines, const simg_sister *sister, apr_pool_t *p)
{
    const char *traits = typed(sister->traits, NOTE_MAX_CHARS, p);
    const char *favorites = typed_list(sister->favorites, p);
    const char *name = typed(sister->name, NAME_MAX_CHARS, p);

    say(lines, "Sister",
        apr_pstrcat(p, name, *traits ? "; traits: " : "", traits, *favorites ? "; favourite things: " : "", favorites,
                    NULL));
}

static void say_hero(apr_array_header_t *lines, const simg_character *hero, apr_pool_t *p)
{
    int i;

    say(lines, "Hero", typed(hero->name, NAME_MAX_CHARS, p));
    if (hero->age >= 0)
        say(lines, "Age", apr_itoa(p, hero->age));
    say(lines, "Personality", typed_list(hero->personality, p));
    say(lines, "Interests", typed_list(hero->interests, p));
    for (i = 0; hero->sisters && i < hero->sisters->nelts && i < SISTERS_MAX; i++)
        say_sister(lines, &APR_ARRAY_IDX(hero->sisters, i, simg_sister), p);
    say(lines, "Personal message to weave in", typed(hero->message, NOTE_MAX_CHARS, p));
}

/* The order between marks. Since no typed text keeps a < or a >, none can end the order early. */
static const char *order_text(const simg_order *order, apr_pool_t *p)
{
    apr_array_header_t *lines = apr_array_make(p, 16, sizeof(const char *));

    APR_ARRAY_PUSH(lines, const char *) = "<order>";
    say_hero(lines, &order->character, p);
    say(lines, "Idea", typed(order->prompt, IDEA_MAX_CHARS, p));
    say(lines, "Themes", typed(order->themes, NOTE_MAX_CHARS, p));
    say(lines, "Setting", typed(order->setting, NOTE_MAX_CHARS, p));
    say(lines, "The hero's looks", typed(order->descriptor, LOOKS_MAX_CHARS, p));
    APR_ARRAY_PUSH(lines, const char *) = "</order>";
    return apr_array_pstrcat(p, lines, '\n');
}

static const char *fill_order(const simg_prompts *prompts, simg_prompts_file file, const simg_order *order,
                              apr_pool_t *p)
{
    const simg_prompts_value values[] = { { "order", order_text(order, p) }, { NULL, NULL } };

    return simg_prompts_fill(prompts, file, values, p);
}

static const char *fill_system(const simg_prompts *prompts, simg_prompts_file file, const simg_prompts_value *values,
                               apr_pool_t *p)
{
    return apr_pstrcat(p, simg_prompts_fill(prompts, file, values, p), "\n", NULL);
}

const char *simg_prompt_story_system(const simg_prompts *prompts, int pages, apr_pool_t *p)
{
    const simg_prompts_value values[] = { { "pages", apr_itoa(p, pages) },
                                          { "s", pages == 1 ? "" : "s" },
                                          { NULL, NULL } };

    return fill_system(prompts, SIMG_PROMPTS_STORY, values, p);
}

const char *simg_prompt_story_user(const simg_prompts *prompts, const simg_order *order, apr_pool_t *p)
{
    return fill_order(prompts, SIMG_PROMPTS_STORY_ORDER, order, p);
}

const char *simg_prompt_suggestions_system(const simg_prompts *prompts, apr_pool_t *p)
{
    return fill_system(prompts, SIMG_PROMPTS_SUGGESTIONS, no_values, p);
}

const char *simg_prompt_suggestions_user(const simg_prompts *prompts, const simg_order *order, apr_pool_t *p)
{
    return fill_order(prompts, SIMG_PROMPTS_SUGGESTIONS_ORDER, order, p);
}

const char *simg_prompt_vision_system(const simg_prompts *prompts, apr_pool_t *p)
{
    return fill_system(prompts, SIMG_PROMPTS_VISION, no_values, p);
}

const char *simg_prompt_vision_user(const simg_prompts *prompts, const char *traits, apr_pool_t *p)
{
    const char *words = typed(traits, NOTE_MAX_CHARS, p);
    const simg_prompts_value values[] = {
        { "traits", *words ? apr_pstrcat(p, "<traits>", words, "</traits>", NULL) : "" }, { NULL, NULL }
    };

    return simg_prompts_fill(prompts, SIMG_PROMPTS_VISION_ORDER, values, p);
}

/* What is drawn: typed texts that are bounded and clean. */
typedef struct drawing {
    const simg_prompts *prompts;
    simg_prompts_file file;
    const char *name, *style, *scene;
    int age;
    const char *descriptor; /* cut first if an administrator's longer text leaves too little room */
    const char *rest;       /* cut then: the title of the book, or the hero's nature */
    apr_pool_t *p;
} drawing;

/* Of what was given alone: looks we invent would not be the child's. */
static const char *hero_of(const drawing *d)
{
    const char *age = "";

    if (d->age >= 0)
        age = apr_psprintf(d->p, ", %d year%s old", d->age, d->age == 1 ? "" : "s");
    return apr_pstrcat(d->p, "The hero is ", *d->name ? d->name : "a child", age, *d->descriptor ? ": " : "",
                       d->descriptor, NULL);
}

/* The same words on every page. */
static const char *looks_of(const drawing *d)
{
    const char *hero = hero_of(d);

    if (d->file == SIMG_PROMPTS_PORTRAIT)
        return apr_pstrcat(d->p, hero, ".", NULL);
    return apr_pstrcat(d->p, hero, *d->descriptor ? "; " : ", with ", SAME_LOOKS, ".", NULL);
}

static const char *filled(const drawing *d, const char *scene)
{
    const simg_prompts_value values[] = {
        { "style", d->style },
        { "scene", scene },
        { "looks", looks_of(d) },
        { "book", *d->rest ? apr_pstrcat(d->p, "For the story \"", d->rest, "\".", NULL) : "" },
        { "nature", d->rest },
        { NULL, NULL }
    };

    return simg_prompts_fill(d->prompts, d->file, values, d->p);
}

/* Characters that are too many. Counted with the longest scene, not with this one: else the looks would be cut in
 * different places on different pages. */
static apr_size_t excess(const drawing *d)
{
    char scene[SIMG_PROMPTS_SCENE_MAX + 1];
    apr_size_t len;

    memset(scene, 'x', sizeof(scene) - 1);
    scene[sizeof(scene) - 1] = '\0';
    len = simg_utf8_length(filled(d, scene));
    return len > SIMG_PROMPTS_IMAGE_MAX ? len - SIMG_PROMPTS_IMAGE_MAX : 0;
}

static const char *shorter(const char *text, apr_size_t by, apr_pool_t *p)
{
    apr_size_t len = simg_utf8_length(text);

    return len > by ? typed(text, len - by, p) : "";
}

static const char *draw(drawing *d)
{
    apr_size_t over = excess(d);

    if (over > 0) {
        d->descriptor = shorter(d->descriptor, over, d->p);
        over = excess(d);
    }
    if (over > 0)
        d->rest = shorter(d->rest, over, d->p);
    return filled(d, d->scene);
}

/* What it has of the order, whatever is drawn. */
static drawing begin(const simg_prompts *prompts, simg_prompts_file file, const simg_order *order, apr_pool_t *p)
{
    const char *style = typed(order->style, STYLE_MAX_CHARS, p);
    drawing d = { prompts, file, .scene = "", .rest = "", .p = p };
    char *looks = apr_pstrdup(p, typed(order->descriptor, LOOKS_MAX_CHARS, p));
    apr_size_t len = strlen(looks);

    /* They are woven into a sentence. */
    if (len > 0 && looks[len - 1] == '.')
        looks[len - 1] = '\0';
    d.descriptor = looks;
    d.style = *style ? style : simg_prompts_fill(prompts, SIMG_PROMPTS_STYLE, no_values, p);
    d.name = typed(order->character.name, NAME_MAX_CHARS, p);
    d.age = order->character.age;
    return d;
}

static const char *draw_page(drawing d, const simg_page *page, const char *title)
{
    const char *scene = typed(page->scene, SCENE_MAX_CHARS, d.p);
    const char *stop = *scene && strchr(".!?", scene[strlen(scene) - 1]) ? "" : ".";

    d.scene = apr_pstrcat(d.p, scene, stop, NULL);
    d.rest = typed(title, WORD_MAX_CHARS, d.p);
    return draw(&d);
}

const char *simg_prompt_scene(const simg_prompts *prompts, const simg_order *order, const simg_page *page,
                              const char *title, apr_pool_t *p)
{
    return draw_page(begin(prompts, SIMG_PROMPTS_SCENE, order, p), page, title);
}

const char *simg_prompt_scene_edit(const simg_prompts *prompts, const simg_order *order, const simg_page *page,
                                   const char *title, apr_pool_t *p)
{
    return draw_page(begin(prompts, SIMG_PROMPTS_SCENE_EDIT, order, p), page, title);
}

const char *simg_prompt_portrait(const simg_prompts *prompts, const simg_order *order, apr_pool_t *p)
{
    drawing d = begin(prompts, SIMG_PROMPTS_PORTRAIT, order, p);
    const char *personality = typed(typed_list(order->character.personality, p), NATURE_MAX_CHARS, p);
    const char *likes = typed(typed_list(order->character.interests, p), NATURE_MAX_CHARS, p);

    d.rest = apr_pstrcat(p, *personality ? "Personality: " : "", personality, *personality ? ". " : "",
                         *likes ? "Likes: " : "", likes, *likes ? "." : "", NULL);
    return draw(&d);
}
