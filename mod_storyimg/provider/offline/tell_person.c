/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_person.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "base/utf8.h"

/* How many characters of the client's words there is room for, by tightness. */
static const struct limits {
    int name, word, words, sister, sisters;
} limits[SIMG_TELL_TIGHTEST + 1] = {
    { 100, 60, 120, 40, 8 },
    { 100, 40, 80, 30, 4 },
    { 100, 28, 50, 20, 3 },
    { 100, 18, 24, 16, 1 },
};

#define WORDS_MAX 4

static int starts_with_word(const char *s, const char *words)
{
    apr_size_t len = strcspn(s, " "), n;

    for (; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (n == len && !strncasecmp(s, words, n))
            return 1;
    }
    return 0;
}

static int ends_with(const char *s, const char *end)
{
    apr_size_t n = strlen(s), m = strlen(end);

    return n > m && !strcasecmp(s + n - m, end);
}

static int is_quality(const char *s)
{
    return !strchr(s, ' ') &&
           (ends_with(s, "ness") || ends_with(s, "ity") || ends_with(s, "courage") || ends_with(s, "bravery") ||
            ends_with(s, "humour") || ends_with(s, "humor") || ends_with(s, "imagination") ||
            ends_with(s, "patience") || ends_with(s, "wisdom") || ends_with(s, "energy"));
}

/* What may stand after "was": `brave`, `someone who liked to laugh`, `full of courage`. */
static const char *trait_phrase(const char *trait, apr_pool_t *p)
{
    static const char verbs[] = "always often sometimes thinks knows asks talks laughs makes gets";
    const char *clause;

    trait = simg_tell_lower(trait, p);
    if (starts_with_word(trait, "is was") && strchr(trait, ' '))
        trait = strchr(trait, ' ') + 1;
    clause = simg_tell_past_clause(trait, p);
    if (clause)
        return apr_pstrcat(p, "someone ", clause, NULL);
    if (starts_with_word(trait, verbs))
        return apr_pstrcat(p, "someone who ", trait, NULL);
    return is_quality(trait) ? apr_pstrcat(p, "full of ", trait, NULL) : trait;
}

/* What may stand after "loved": `trains` for `likes trains`, `learning to cook` for `cook`. */
static const char *interest_phrase(const char *interest, apr_pool_t *p)
{
    static const char verbs[] =
        "play read draw swim sing run bake cook paint ride build climb write watch collect make "
        "jump bike learn help explore go";
    apr_size_t len;
    int i;

    if (starts_with_word(interest, "likes loves enjoys like love enjoy") && strchr(interest, ' '))
        interest = strchr(interest, ' ') + 1;
    for (i = 0; simg_tell_interests[i].keys; i++)
        if (simg_tell_find(interest, simg_tell_interests[i].keys, 0, &len))
            interest = simg_tell_lower(interest, p);
    if (starts_with_word(interest, "to"))
        interest += 3;
    return starts_with_word(interest, verbs) ? apr_pstrcat(p, "learning to ", interest, NULL) : interest;
}

/* Each of the strings, cleaned and put into a phrase; nothing twice. */
static apr_array_header_t *phrases(simg_tell *t, const apr_array_header_t *given,
                                   const char *(*phrase)(const char *, apr_pool_t *))
{
    const struct limits *max = &limits[t->tight];
    apr_array_header_t *list = apr_array_make(t->p, 4, sizeof(const char *));
    const char *word;
    int i, j, length = 0;

    for (i = 0; i < given->nelts && list->nelts < WORDS_MAX; i++) {
        word = simg_tell_clean(APR_ARRAY_IDX(given, i, const char *), (apr_size_t)max->word, t->p);
        length += word ? (int)simg_utf8_length(word) : 0;
        if (!word || (list->nelts && length > max->words))
            continue;
        word = phrase(word, t->p);
        for (j = 0; j < list->nelts && strcasecmp(APR_ARRAY_IDX(list, j, const char *), word); j++)
            ;
        if (j == list->nelts)
            APR_ARRAY_PUSH(list, const char *) = word;
    }
    return list;
}

static void set_name(simg_tell *t, const char *given)
{
    const char *full = simg_tell_clean(given, (apr_size_t)limits[t->tight].name, t->p);
    const char *name;
    apr_size_t first;

    /* A full stop at the end of a name belongs to it, but not in the middle of our sentences. */
    full = full ? full : "Somebody";
    first = strcspn(full, " ");
    name = simg_utf8_length(full) > 24 && first > 2 ? apr_pstrmemdup(t->p, full, first) : full;
    simg_tell_set(t, "full", full);
    simg_tell_set(t, "name", apr_pstrmemdup(t->p, name, simg_utf8_prefix(name, 24)));
}

static const char *age_of(int age, apr_pool_t *p)
{
    if (age < 0)
        return "";
    if (!age)
        return "not quite one year old";
    return apr_pstrcat(p, simg_tell_number(age, p), age == 1 ? " year old" : " years old", NULL);
}

static const char *intro_young(const char *age, int traits, int interests, apr_pool_t *p)
{
    return apr_pstrcat(p,
                       *age ? "[Once there was {full}.|This is a story about {full}.] {name} was {age}. "
                            : "Once there was {full}. ",
                       traits ? "{name} was {traits}. " : "",
                       interests ? "{name} loved {interests}." : "{name} loved to look and find.", NULL);
}

static const char *intro_older(const char *age, int traits, int interests, apr_pool_t *p)
{
    const char *who = "[Once there was somebody called {full}.|{full} woke up that day with the feeling that "
                      "something was going to happen.|This is a story about {full}, and most of it is true.]";
    const char *loves = "{name} was the kind of person who [says good morning to snails|looks under things, "
                        "just in case|always wants to "
                        "know what is round the next corner].";

    if (*age && traits)
        who = "[Once there was somebody called {full}, who was {both}.|{full} was {age}, {traits}, "
              "and about to have an unusual day.|In a street with a bakery in it lived {full}, who was "
              "{both}.|"
              "This is the story of {full}, who was {both}, and who had a loose button that comes into "
              "it later, or perhaps not.]";
    else if (*age)
        who = "[Once there was somebody called {full}, who was {age}.|{full} was {age}, which is a very good "
              "age for finding things out.]";
    else if (traits)
        who = "[{full} was {traits}, as anybody could tell you.|Once there was somebody called {full}, who "
              "was {traits}.]";
    if (interests)
        loves = "[If you asked {name} about {interests}, you had better bring a chair.|{name} could talk "
                "about {interests} from breakfast "
                "until supper.|There was very little that {name} liked better than {interests}.|What {name} "
                "loved most was {interests}, with second helpings.|Some people collect stamps. {name} "
                "preferred {interests}.]";
    return apr_pstrcat(p, who, " ", loves, NULL);
}

static void set_intro(simg_tell *t, int age, int traits, int interests)
{
    const char *(*intro)(const char *, int, int, apr_pool_t *) = t->band == SIMG_TELL_YOUNG ? intro_young : intro_older;

    simg_tell_set(t, "age", age_of(age, t->p));
    simg_tell_set(t, "both", simg_tell_fill(t, traits == 1 ? "{age} and {traits}" : "{age}, {traits}"));
    simg_tell_set(t, "intro", simg_tell_fill(t, intro(age_of(age, t->p), traits, interests, t->p)));
}

/* One of the rows that know this word, or the one for anything (which has no keys). */
static const simg_tell_gift *gift_for(simg_tell *t, const simg_tell_gift *gift, const char *word)
{
    const simg_tell_gift *found = NULL;
    unsigned known = 0;
    apr_size_t len;

    for (; gift->keys; gift++)
        if (simg_tell_find(word, gift->keys, 0, &len) && !simg_tell_pick(t, ++known))
            found = gift;
    return found ? found : gift;
}

static const simg_tell_gift *any_interest(simg_tell *t)
{
    unsigned n = 0;

    while (simg_tell_interests[n].keys)
        n++;
    return &simg_tell_interests[simg_tell_pick(t, n)];
}

static const char *one_of(simg_tell *t, const apr_array_header_t *list)
{
    return list->nelts ? APR_ARRAY_IDX(list, simg_tell_pick(t, (unsigned)list->nelts), const char *) : NULL;
}

/* The patterns of idea and act speak of the shape's own slots, so they are kept as they are until the shape
 * is chosen. */
void simg_tell_set_hero(simg_tell *t, const simg_character *c)
{
    apr_array_header_t *traits = phrases(t, c->personality, trait_phrase);
    apr_array_header_t *interests = phrases(t, c->interests, interest_phrase);
    const char *trait = one_of(t, traits), *interest = one_of(t, interests);
    const simg_tell_gift *idea = gift_for(t, simg_tell_traits, trait ? trait : "");
    const simg_tell_gift *act = interest ? gift_for(t, simg_tell_interests, interest) : any_interest(t);

    set_name(t, c->name);
    simg_tell_set(t, "traits", simg_tell_list(traits, t->p));
    simg_tell_set(t, "interests", simg_tell_list(interests, t->p));
    simg_tell_set(t, "interest", interest);
    set_intro(t, c->age, traits->nelts, interests->nelts);
    t->idea = idea;
    t->act = act;
    simg_tell_set(t, "stance", idea->pose);
    simg_tell_set(t, "pose", act->pose);
}

/* `, who was calm and wise and loved dancing` */
static const char *describe_sister(simg_tell *t, const simg_sister *s)
{
    const struct limits *max = &limits[t->tight];
    apr_array_header_t *given = simg_tell_pieces(s->traits, (apr_size_t)max->word, t->p);
    const char *traits = simg_tell_list(phrases(t, given, trait_phrase), t->p);
    const char *loves = simg_tell_list(phrases(t, s->favorites, interest_phrase), t->p);
    const char *was;

    if (!*traits && !*loves)
        return "";
    was = !*traits ? "" : strncmp(traits, "someone who ", 12) ? "was " : "";
    traits += *traits && !*was ? 12 : 0;
    return apr_pstrcat(t->p, ", who ", was, traits, *traits && *loves ? " and " : "", *loves ? "loved " : "", loves,
                       NULL);
}

/* `Sara, who loved dancing; and Mina` */
static const char *sister_list(simg_tell *t, const apr_array_header_t *sisters, int n)
{
    const char *list = "", *name;
    int i, long_one = 0;

    for (i = 0; i < n; i++)
        long_one |= *describe_sister(t, &APR_ARRAY_IDX(sisters, i, simg_sister)) != '\0';
    for (i = 0; i < n; i++) {
        const simg_sister *s = &APR_ARRAY_IDX(sisters, i, simg_sister);
        const char *joint = i == 0 ? "" : i < n - 1 ? (long_one ? "; " : ", ") : long_one ? "; and " : " and ";

        name = simg_tell_clean(s->name, (apr_size_t)limits[t->tight].sister, t->p);
        list = apr_pstrcat(t->p, list, joint, name ? name : "the little one", describe_sister(t, s), NULL);
    }
    return list;
}

static const char young[] = "“I will tell it at home,” said {name}. Who was at home? {Them}.";
static const char one_sister[] =
    "[It was a good moment for the two biscuits that {name}'s sister {them}{comma} had packed for the "
    "way.|Luckily {name}'s sister {them}{comma} had tied "
    "a ribbon round {name}'s wrist that morning, and now {name} gave it a little tug, for luck.|“My sister "
    "must hear about this,” said {name}. That was "
    "{them}.|{name} hummed for a bit. It was the tune that {name}'s sister {them}{comma} always hummed on "
    "the stairs.]";
static const char some_sisters[] =
    "[“I must remember this for my sisters,” said {name}. These were {them}.|There were biscuits for the "
    "way, packed by {name}'s sisters: {them}.]";

void simg_tell_set_sisters(simg_tell *t, const simg_character *c)
{
    int n = c->sisters->nelts < limits[t->tight].sisters ? c->sisters->nelts : limits[t->tight].sisters;
    const char *first =
        n ? simg_tell_clean(APR_ARRAY_IDX(c->sisters, 0, simg_sister).name, (apr_size_t)limits[t->tight].sister, t->p)
          : NULL;
    const char *comma;

    simg_tell_set(t, "sisters", "");
    simg_tell_set(t, "waving", "");
    simg_tell_set(t, "asked", "");
    if (!first)
        return;
    comma = n == 1 && *describe_sister(t, &APR_ARRAY_IDX(c->sisters, 0, simg_sister)) ? "," : "";
    simg_tell_set(t, "sister", first);
    simg_tell_set(t, "them", sister_list(t, c->sisters, n));
    simg_tell_set(t, "comma", comma);
    simg_tell_set(t, "waving",
                  simg_tell_fill(t, n == 1 ? "{name}'s sister {them}{comma} waved from the window."
                                           : "The sisters waved from the window: {them}."));
    simg_tell_set(t, "sisters",
                  simg_tell_fill(t, t->band == SIMG_TELL_YOUNG ? young
                                    : n == 1                   ? one_sister
                                                               : some_sisters));
    simg_tell_set(
        t, "asked",
        simg_tell_fill(t, "[“And?” said {sister}. “Tell me everything.” So {name} did.|{sister} wanted to hear it all, "
                          "and then the best part again.|{sister} was told all of it, and believed nearly all of "
                          "it.|“You've "
                          "got a leaf in your hair,” said {sister}, and had to hear the whole story.]"));
}
