/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_person.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#define CLAUSE_MAX 80

typedef enum gender { UNKNOWN, HE, SHE } gender;

/* `who is afraid of the dark` as told afterwards; NULL if its verb is none that we can put into the past. */
const char *simg_tell_past_clause(const char *s, apr_pool_t *p)
{
    static const char *const verbs[][2] = {
        { "is ", "was " },
        { "are ", "were " },
        { "can't ", "couldn't " },
        { "cannot ", "could not " },
        { "can ", "could " },
        { "has ", "had " },
        { "have ", "had " },
        { "loves ", "loved " },
        { "likes ", "liked " },
        { "lives ", "lived " },
        { "wants ", "wanted " },
        { "doesn't ", "didn't " },
        { "does not ", "did not " },
        { "dreams ", "dreamed " },
        { "was ", "was " },
        { "had ", "had " },
        { "lost ", "had lost " },
        { "needs ", "needed " },
        { "forgot ", "had forgotten " },
        { "hates ", "hated " },
        { "collects ", "collected " },
        { "sings ", "sang " },
        { "keeps ", "kept " },
        { "could ", "could " },
        { "never ", "never " },
        { "wanted ", "wanted " },
        { "lived ", "lived " },
        { "loved ", "loved " },
        { "tries ", "tried " },
    };
    apr_size_t i, n;
    const char *end = s + strcspn(s, ",.;:!?\n\"()");

    for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        n = strlen(verbs[i][0]);
        if (strncasecmp(s, verbs[i][0], n))
            continue;
        s = simg_tell_clean(apr_pstrmemdup(p, s + n, end > s + n ? (apr_size_t)(end - s) - n : 0), CLAUSE_MAX, p);
        return s ? apr_pstrcat(p, "who ", verbs[i][1], s, NULL) : NULL;
    }
    return NULL;
}

/* What follows one of the words, if it stands here. */
static const char *after(const char *s, const char *const *words)
{
    for (; *words; words++)
        if (!strncasecmp(s, *words, strlen(*words)))
            return s + strlen(*words);
    return NULL;
}

/* What became of the habit that the client gave the friend: nobody likes to be forgotten. */
static void set_habit(simg_tell *t, const char *habit)
{
    static const struct {
        const char *keys, *end;
    } ends[] = {
        { "afraid scared frightened", "And {friend}, {habit}? {Fhe} had quite forgotten to be." },
        { "wanted couldn dreamed dreamt needed not",
          "And {friend}, {habit}? In the dream that came that night it was the easiest thing in the world." },
        { NULL, "And {friend}, {habit}, [said that this had been the best day so far|was still talking about "
                "it, far away, in a very small voice]." },
    };
    apr_size_t len;
    int i = 0;

    while (ends[i].keys && !simg_tell_find(habit, ends[i].keys, 0, &len))
        i++;
    simg_tell_set(t, "habit", habit);
    simg_tell_set(t, "own", apr_pstrcat(t->p, ", ", habit, NULL));
    simg_tell_set(t, "payoff", simg_tell_fill(t, ends[i].end));
}

/* `a cat named Milo who is afraid of mice`: the client's own name and habit for the friend. */
void simg_tell_friend_read(simg_tell *t, const char *rest)
{
    static const char *const named[] = { " named ", " called ", ", named ", ", called ", NULL };
    static const char *const who[] = { " who ", " that ", " which ", ", who ", ", which ", NULL };
    const char *name = after(rest, named), *clause;
    apr_size_t len = name ? strcspn(name, " ,.;:!?\n\"()'") : 0;

    if (name && len > 1 && len < 24) {
        rest = name + len;
        name = simg_tell_clean(apr_pstrmemdup(t->p, name, len), 24, t->p);
        if (name) {
            simg_tell_set(t, "friend", simg_tell_capital(name, t->p));
        }
    }
    clause = after(rest, who);
    clause = clause ? simg_tell_past_clause(clause, t->p) : NULL;
    if (clause)
        set_habit(t, clause);
}

static int is_taken(const simg_character *c, const char *name)
{
    apr_size_t len;
    int i;

    for (i = 0; i < c->sisters->nelts; i++)
        if (simg_tell_find(APR_ARRAY_IDX(c->sisters, i, simg_sister).name, name, 0, &len))
            return 1;
    return simg_tell_find(c->name, name, 0, &len) != 0;
}

/* Does the prompt speak of a he or of a she? */
static gender gender_of(const char *prompt)
{
    apr_size_t len;

    if (!prompt)
        return UNKNOWN;
    return simg_tell_find(prompt, "he his him boy", 0, &len)      ? HE
           : simg_tell_find(prompt, "she her hers girl", 0, &len) ? SHE
                                                                  : UNKNOWN;
}

void simg_tell_friend_name(simg_tell *t, const simg_character *c, const char *prompt)
{
    static const char *const he[] = { "Pip",   "Barnaby", "Moss",    "Tumble", "Figgo",
                                      "Oswin", "Button",  "Thistle", "Rollo",  "Quill" };
    static const char *const she[] = { "Poppy", "Juniper", "Dot",   "Marigold", "Nutmeg",
                                       "Fern",  "Bramble", "Tansy", "Olga",     "Minnow" };
    gender told = gender_of(prompt);
    unsigned i = simg_tell_pick(t, 10), either = simg_tell_pick(t, 2);
    int is_she = told == UNKNOWN ? either == 1 : told == SHE;

    while (is_taken(c, is_she ? she[i] : he[i]))
        i = (i + 1) % 10;
    simg_tell_set(t, "friend", is_she ? she[i] : he[i]);
    simg_tell_set(t, "fhe", is_she ? "she" : "he");
    simg_tell_set(t, "fhim", is_she ? "her" : "him");
    simg_tell_set(t, "fhis", is_she ? "her" : "his");
}
