/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/usage.h"

#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "ctl/print.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unreleased"
#endif

#define MEMBER(type, member, directive, variable, dflt, low, high, where, meaning) #member,

static const char *const members[] = { SIMG_OPTIONS(MEMBER) };

static const ctl_option general[] = {
    { "root", "DIR", "where relative paths begin, as ServerRoot does for httpd; default: the current folder" },
    { "site", "NAME", "which virtual host's pictures and jobs: its ServerName, with the port if it has one" },
    { "also-dir", "DIR", "a folder where pictures of other sites lie that share the index; may be repeated" },
    { "json", NULL, "one JSON document in place of text" },
    { "quiet", NULL, "only what was found" },
    { "no-progress", NULL, "no bar on a terminal" },
    { "help", NULL, "this text; after a command, its own" },
    { "version", NULL, "the version" },
    { NULL, NULL, NULL },
};

const char *ctl_given(const ctl *c, const char *name)
{
    return apr_table_get(c->given, name);
}

const char *ctl_usage_name(int option, apr_pool_t *p)
{
    char *name = apr_pstrdup(p, members[option]), *at;

    for (at = name; *at; at++)
        if (*at == '_')
            *at = '-';
    return name;
}

static void print_options(const ctl_option *o, apr_pool_t *p)
{
    for (; o && o->name; o++)
        printf("  --%-24s %s\n", apr_pstrcat(p, o->name, o->value ? " " : NULL, o->value, NULL), o->meaning);
}

static void print_command(const ctl *c)
{
    const ctl_command *k = c->command;

    printf("storyimgctl %s%s%s [options]\n%s\n", k->name, k->operand ? " " : "", k->operand ? k->operand : "",
           k->meaning);
    if (k->options)
        printf("\nOptions\n");
    print_options(k->options, c->pool);
    printf("\nstoryimgctl --help has the options that all commands take.\n");
}

static void print_all(const ctl *c)
{
    const ctl_command *k;
    int i;

    printf("storyimgctl COMMAND [options]\n\nCommands\n");
    for (k = ctl_commands; k->name; k++)
        printf("  %-26s %s\n", apr_pstrcat(c->pool, k->name, k->operand ? " " : NULL, k->operand, NULL), k->meaning);
    printf("\nOptions of all commands\n");
    print_options(general, c->pool);
    printf("\nConfiguration: these options win over variables of the environment, which win over those in --env-file\n");
    for (i = 0; i < SIMG_OPTION_COUNT; i++)
        printf("  --%-24s %s%s%s\n", apr_pstrcat(c->pool, ctl_usage_name(i, c->pool), " VALUE", NULL),
               simg_options[i].name, simg_options[i].variable[0] ? ", " : "", simg_options[i].variable);
    printf("\nExit status: 0 fine, 1 found something, 2 could not run. See storyimgctl(1).\n");
}

/** The words that are left. */
typedef struct words {
    ctl *c;
    int argc, at;
    const char *const *argv;
    int help, version;
} words;

/** The value of an option, behind its = or the next word. NULL if there is none; that is said. */
static const char *value_of(words *w, const char *name, const char *given)
{
    if (given)
        return given;
    if (w->at < w->argc)
        return w->argv[w->at++];
    ctl_print_failure(w->c, "--%s: needs a value", name);
    return NULL;
}

static int take_configured(words *w, int option, const char *name, const char *given)
{
    const char *value = value_of(w, name, given), *wrong;

    if (!value)
        return CTL_FAILED;
    if (!*value)
        return ctl_print_failure(w->c, "--%s: needs a value", name);
    wrong = simg_settings_set(w->c->settings, option, value, SIMG_FROM_DIRECTIVE, w->c->pool);
    return wrong ? ctl_print_failure(w->c, "--%s: %s", name, wrong) : CTL_FINE;
}

static void take_switch(words *w, const char *name)
{
    const struct {
        const char *name;
        int *at;
    } switches[] = { { "json", &w->c->json },
                     { "quiet", &w->c->quiet },
                     { "no-progress", &w->c->no_progress },
                     { "help", &w->help },
                     { "version", &w->version } };
    apr_size_t i;

    for (i = 0; i < sizeof(switches) / sizeof(*switches); i++)
        if (!strcmp(name, switches[i].name))
            *switches[i].at = 1;
}

static void take_general(words *w, const char *name, const char *value)
{
    if (!strcmp(name, "root"))
        w->c->root = value;
    else if (!strcmp(name, "site"))
        w->c->site_name = value;
    else
        *(const char **)apr_array_push((apr_array_header_t *)w->c->folders) = value;
}

static int take_own(words *w, const ctl_option *o, const char *given, int is_general)
{
    const char *value = "";

    if (!o->value && given)
        return ctl_print_failure(w->c, "--%s: takes no value", o->name);
    if (o->value)
        value = value_of(w, o->name, given);
    if (!value)
        return CTL_FAILED;
    if (!is_general)
        apr_table_setn(w->c->given, o->name, value);
    else if (o->value)
        take_general(w, o->name, value);
    else
        take_switch(w, o->name);
    return CTL_FINE;
}

static const ctl_option *find(const ctl_option *o, const char *name)
{
    for (; o && o->name; o++)
        if (!strcmp(o->name, name))
            return o;
    return NULL;
}

static int take_option(words *w, const char *word)
{
    apr_size_t len = strcspn(word, "=");
    const char *name = apr_pstrmemdup(w->c->pool, word, len);
    const char *given = word[len] ? word + len + 1 : NULL;
    const ctl_option *own = w->c->command ? find(w->c->command->options, name) : NULL;
    const ctl_option *common = find(general, name);
    int i;

    if (own || common)
        return take_own(w, own ? own : common, given, !own);
    for (i = 0; i < SIMG_OPTION_COUNT; i++)
        if (!strcmp(ctl_usage_name(i, w->c->pool), name))
            return take_configured(w, i, name, given);
    return ctl_print_failure(w->c, "--%s: no such option; see storyimgctl --help", name);
}

static int take_operand(words *w, const char *word)
{
    ctl *c = w->c;
    const ctl_command *k;

    if (!c->command) {
        for (k = ctl_commands; k->name && strcmp(k->name, word); k++)
            ;
        if (!k->name)
            return ctl_print_failure(c, "%s: no such command; see storyimgctl --help", word);
        c->command = k;
        return CTL_FINE;
    }
    if (!c->command->operand || c->operand)
        return ctl_print_failure(c, "%s: %s takes no such operand", word, c->command->name);
    c->operand = word;
    return CTL_FINE;
}

/** Is what was said enough to be done? */
static int check(const words *w, int *done)
{
    ctl *c = w->c;

    *done = w->help || w->version;
    if (w->version)
        printf("storyimgctl %s\n", PACKAGE_VERSION);
    else if (w->help && c->command)
        print_command(c);
    else if (w->help)
        print_all(c);
    if (*done)
        return CTL_FINE;
    if (!c->command)
        return ctl_print_failure(c, "no command; see storyimgctl --help");
    if (c->command->operand && !c->operand)
        return ctl_print_failure(c, "%s: needs %s", c->command->name, c->command->operand);
    return CTL_FINE;
}

int ctl_usage_read(ctl *c, int *done, int argc, const char *const *argv)
{
    words w = { .c = c, .argc = argc, .argv = argv, .at = 1 };
    int state = CTL_FINE, options = 1, i;

    for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
        c->json |= !strcmp(argv[i], "--json"); /* what is said before it may be wrong */
    while (state == CTL_FINE && w.at < argc) {
        const char *word = argv[w.at++];

        if (options && !strcmp(word, "--"))
            options = 0;
        else if (options && !strncmp(word, "--", 2))
            state = take_option(&w, word + 2);
        else if (options && word[0] == '-' && word[1])
            state = ctl_print_failure(c, "%s: no such option; see storyimgctl --help", word);
        else
            state = take_operand(&w, word);
    }
    return state == CTL_FINE ? check(&w, done) : state;
}
