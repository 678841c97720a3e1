/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider.h"

#include <stdarg.h>
#include <string.h>

#include <apr_strings.h>

#include "provider/azure.h"
#include "provider/offline.h"
#include "provider/openai.h"
#include "story/pieces.h"

/* In the order of the default chain. The last row needs nothing and stands in when no other is configured. */
static const simg_provider *const providers[] = { &simg_openai, &simg_azure, &simg_offline };

#define COUNT (sizeof(providers) / sizeof(providers[0]))
#define FALLBACK providers[COUNT - 1]

const char *simg_provider_names(apr_pool_t *p)
{
    const char *names = providers[0]->name;
    apr_size_t i;

    for (i = 1; i < COUNT; i++)
        names = apr_pstrcat(p, names, ", ", providers[i]->name, NULL);
    return names;
}

const simg_provider *simg_provider_find(const char *name, apr_size_t len)
{
    apr_size_t i;

    for (i = 0; i < COUNT; i++)
        if (strlen(providers[i]->name) == len && !strncmp(providers[i]->name, name, len))
            return providers[i];
    return NULL;
}

static void link_add(apr_array_header_t *chain, const simg_provider *provider, const char *name)
{
    *(simg_model *)apr_array_push(chain) = (simg_model){ provider, name };
}

/* NULL: none. */
static const char *default_model(const simg_provider *provider, int writers, const simg_settings *s)
{
    const char *named = !writers && provider->named_illustrator ? provider->named_illustrator(s) : NULL;

    if (named && named[0])
        return named;
    return writers ? provider->default_writer : provider->default_illustrator;
}

static void chain_default(apr_array_header_t *chain, int writers, const simg_settings *s)
{
    apr_size_t i;

    for (i = 0; i < COUNT - 1; i++) {
        const char *name = providers[i]->configured(s) ? default_model(providers[i], writers, s) : NULL;

        if (name)
            link_add(chain, providers[i], name);
    }
    if (!chain->nelts)
        link_add(chain, FALLBACK, default_model(FALLBACK, writers, s));
}

/* NULL, or a sentence. */
static const char *link_read(apr_array_header_t *chain, const char *word, int lenient, int writers,
                             const simg_settings *s)
{
    apr_pool_t *p = chain->pool;
    apr_size_t len = strcspn(word, "/");
    const simg_provider *provider = simg_provider_find(word, len);
    const char *name = word[len] ? word + len + 1 : provider ? default_model(provider, writers, s) : NULL;
    const char *wrong;

    if (provider == FALLBACK)
        name = default_model(provider, writers, s);
    if (!provider && lenient) {
        provider = &simg_openai;
        name = word;
    }
    if (!provider)
        return apr_psprintf(p, "%s: must be provider/model, and providers are %s", word, simg_provider_names(p));
    if (!name || !name[0])
        return apr_psprintf(p, "%s: must name a model after the slash", word);
    wrong = provider->check ? provider->check(name) : NULL;
    if (wrong)
        return apr_psprintf(p, "%s: what follows the slash %s", word, wrong);
    link_add(chain, provider, name);
    return NULL;
}

const char *simg_chain_parse(apr_array_header_t **out, const char *words, int lenient, int writers,
                             const simg_settings *s, apr_pool_t *p)
{
    apr_array_header_t *chain = apr_array_make(p, 2, sizeof(simg_model));
    char *rest = apr_pstrdup(p, words ? words : ""), *last = NULL, *word;
    const char *wrong = NULL;

    for (word = apr_strtok(rest, " \t\r\n", &last); word && !wrong; word = apr_strtok(NULL, " \t\r\n", &last))
        wrong = link_read(chain, word, lenient, writers, s);
    if (!chain->nelts && !wrong)
        chain_default(chain, writers, s);
    *out = wrong ? NULL : chain;
    return wrong;
}

static void take_words(void *baton, const char *words, size_t len)
{
    simg_text_call *c = baton;

    c->on_piece(c, words, len);
}

void simg_text_hand_over(simg_text_call *c)
{
    simg_pieces *pieces = c->on_piece ? simg_pieces_make(take_words, c) : NULL;
    const char *text = c->text;
    apr_size_t n;

    for (; pieces && *text; text += n) {
        n = strcspn(text, ".!?\n");
        n += strspn(text + n, ".!?\n");
        simg_pieces_feed(pieces, text, n);
    }
    if (pieces)
        simg_pieces_end(pieces);
    simg_pieces_free(pieces);
}

void simg_call_fail(simg_call *c, simg_outcome outcome, const char *code, const char *fmt, ...)
{
    const char *detail;
    va_list ap;

    va_start(ap, fmt);
    detail = apr_pvsprintf(c->p, fmt, ap);
    va_end(ap);
    c->outcome = outcome;
    simg_problem_set(&c->problem, c->p, code, APR_EGENERAL, "%s", detail);
}
