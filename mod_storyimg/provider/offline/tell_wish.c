/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_person.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "base/utf8.h"

/* How many characters are quoted, by tightness. */
static const struct limits {
    int gist, setting, themes, message;
} limits[SIMG_TELL_TIGHTEST + 1] = {
    { 160, 90, 110, 260 },
    { 120, 70, 80, 160 },
    { 90, 60, 50, 100 },
    { 40, 36, 24, 40 },
};

static int begins(const char *s, const char *const *with)
{
    apr_size_t n;

    for (; *with; with++) {
        n = strlen(*with);
        if (!strncasecmp(s, *with, n) && s[n] == ' ')
            return 1;
    }
    return 0;
}

/* A sentence of its own: with a stop at the end. */
static const char *sentence(const char *s, apr_pool_t *p)
{
    apr_size_t len = strlen(s);

    s = simg_tell_capital(s, p);
    if (strchr(".!?", s[len - 1]) || (len >= 3 && !strcmp(s + len - 3, "\xe2\x80\xa6")))
        return s;
    return apr_pstrcat(p, s, ".", NULL);
}

static const simg_tell_place *known_place(const char *s)
{
    const simg_tell_place *place;
    apr_size_t len;

    for (place = simg_tell_places; place->keys; place++)
        if (simg_tell_find(s, place->keys, 0, &len))
            return place;
    return NULL;
}

/* `in a magical forest`, `on the moon`, `in Istanbul`, `in a place called “misty highlands”` */
static const char *where(const char *setting, apr_pool_t *p)
{
    static const char *const prepositions[] = { "in",     "on",      "at",    "under", "inside",  "near",    "by",
                                                "behind", "beneath", "above", "among", "beside",  "between", "deep",
                                                "out",    "up",      "far",   "high",  "outside", "around",  NULL };
    static const char *const articles[] = { "a", "an", "the", "my", "our", "somewhere", NULL };
    const simg_tell_place *place = known_place(setting);
    int on = place && !strncmp(place->in, "on ", 3);
    int mass = place && !strstr(place->in, "the ");

    if (begins(setting, prepositions))
        return simg_tell_lower(setting, p);
    if (begins(setting, articles) || mass)
        return apr_pstrcat(p, on ? "on " : "in ", simg_tell_lower(setting, p), NULL);
    if (place && strlen(setting) < 40 && !strpbrk(setting, ",.") && *setting >= 'a' && *setting <= 'z')
        return apr_pstrcat(p, on ? "on " : "in ", simg_tell_a(setting, p), NULL);
    if (place && !strchr(setting, ' '))
        return apr_pstrcat(p, place->in, simg_tell_lower(setting, p), NULL);
    if (*setting >= 'A' && *setting <= 'Z' && !strpbrk(setting, ".!?"))
        return apr_pstrcat(p, "in ", setting, NULL);
    return apr_pstrcat(p, "in a place called “", setting, "”", NULL);
}

static void set_setting(simg_tell *t, const char *setting)
{
    setting = simg_tell_clean(setting, (apr_size_t)limits[t->tight].setting, t->p);
    simg_tell_set(t, "setting", "");
    if (!setting)
        return;
    simg_tell_set(t, "where", where(setting, t->p));
    simg_tell_set(t, "setting", simg_tell_fill(t, "[It happened {where}.|All of this took place {where}.]"));
}

/* A few words, or a whole thought? */
static int is_short(const apr_array_header_t *pieces)
{
    const char *s;
    int i, spaces;

    for (i = 0; i < pieces->nelts; i++) {
        for (s = APR_ARRAY_IDX(pieces, i, const char *), spaces = 0; *s; s++)
            spaces += *s == ' ';
        if (spaces > 2 || strpbrk(APR_ARRAY_IDX(pieces, i, const char *), "!?.") ||
            simg_utf8_length(APR_ARRAY_IDX(pieces, i, const char *)) > 30)
            return 0;
        APR_ARRAY_IDX(pieces, i, const char *) = simg_tell_lower(APR_ARRAY_IDX(pieces, i, const char *), pieces->pool);
    }
    return pieces->nelts > 0 && pieces->nelts <= 4;
}

static void set_themes(simg_tell *t, const char *given)
{
    const char *themes = simg_tell_quote(given, (apr_size_t)limits[t->tight].themes, t->p);
    apr_array_header_t *pieces = simg_tell_pieces(themes, 80, t->p);

    simg_tell_set(t, "themes", "");
    if (!themes)
        return;
    if (is_short(pieces)) {
        simg_tell_set(t, "theme", simg_tell_list(pieces, t->p));
        simg_tell_set(
            t, "themes",
            simg_tell_fill(t, "[It had been a day full of {theme}.|Some days are full of flour, and some are full of "
                              "rain. This one had been full of {theme}.|“What was in that day?” said {name}. “Mostly "
                              "{theme},” said the "
                              "day, if one listened closely.|There was {theme} in that day, as there is sugar in a "
                              "plum.]"));
    } else {
        simg_tell_set(t, "theme", sentence(themes, t->p));
        simg_tell_set(t, "themes",
                      simg_tell_fill(t, "And if you had asked {name} what the day had been about, the answer "
                                        "would have been: “{theme}”"));
    }
}

static void set_gist(simg_tell *t, const char *prompt)
{
    const char *gist = simg_tell_gist(prompt, (apr_size_t)limits[t->tight].gist, t->p);

    simg_tell_set(t, "gist", "");
    if (!gist)
        return;
    simg_tell_set(t, "wish", gist);
    simg_tell_set(t, "gist",
                  simg_tell_fill(t, t->band == SIMG_TELL_YOUNG
                                        ? "[{name} had a wish: “{wish}”|“{wish}” That was {name}'s wish.]"
                                        : "[It all began with a wish, and the wish went: “{wish}”|On the first page of "
                                          "{name}'s notebook it said, in very large letters: "
                                          "“{wish}”|“{wish}” That was what {name} had whispered to the pillow the "
                                          "night before.|On the back of an old envelope somebody "
                                          "had written: “{wish}” And {name} took things like that seriously.|Before "
                                          "the day had even properly begun, {name} had made a plan for it. "
                                          "The plan said: “{wish}”]"));
}

static void set_message(simg_tell *t, const char *given)
{
    const char *message = simg_tell_quote(given, (apr_size_t)limits[t->tight].message, t->p);

    simg_tell_set(t, "message", "");
    if (!message)
        return;
    simg_tell_set(t, "note", sentence(message, t->p));
    simg_tell_set(t, "message",
                  simg_tell_fill(t, t->band == SIMG_TELL_YOUNG
                                        ? "And on the pillow lay a note: “{note}”"
                                        : "[On the pillow lay a small folded note.|Under the pillow "
                                          "something rustled: a note, folded very small.|In the left slipper "
                                          "there was a note.|A slip of paper was leaning against the "
                                          "lamp.] It said: “{note}”"));
}

void simg_tell_set_wishes(simg_tell *t, const simg_order *order)
{
    set_gist(t, order->prompt);
    set_setting(t, order->setting);
    set_themes(t, order->themes);
    set_message(t, order->character.message);
}
