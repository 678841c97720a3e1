/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/family.h"

#include <string.h>
#include <strings.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "base/json.h"
#include "base/utf8.h"

#define DEFAULT_SIZE "1024x1024"
#define STEP 16
#define LONGEST 3840
#define LARGEST (3840 * 2160)
#define SIDE_DIGITS 5
#define NUMBER "n" /* of pictures: always one, and in JSON no string */

typedef struct pair {
    const char *asked, *sent;
} pair;

typedef enum size_rule {
    ONE_OF_A_LIST,
    MULTIPLES, /* of 16, up to 3840x2160, no side more than three times the other */
    AS_ASKED
} size_rule;

struct simg_family {
    const char *name;
    const char *models[3]; /* what its models are called, alone or with more behind a - . or : */
    size_t prompt_max;     /* characters; 0: not known */
    size_rule size_rule;
    const char *sizes[4];
    int auto_size;         /* "auto" may be sent */
    const pair *qualities; /* ended by NULL; what is not in it is left out */
    const char *styles[3];
    const char *response_format; /* NULL: not sent */
    int output_format;           /* sent */
    int references;              /* it draws from them, by images/edits */
    int input_fidelity;          /* sent with a reference */
};

static const pair no_qualities[] = { { NULL, NULL } };
static const pair dalle3_qualities[] = {
    { "standard", "standard" },
    { "hd", "hd" },
    { "high", "hd" },
    { NULL, NULL },
};
static const pair gpt_qualities[] = {
    { "low", "low" },         { "medium", "medium" }, { "high", "high" }, { "auto", "auto" },
    { "standard", "medium" }, { "hd", "high" },       { NULL, NULL },
};

/* The first row that fits counts; the last fits all. */
static const simg_family families[] = {
    { .name = "dall-e-3",
      .models = { "dall-e-3" },
      .prompt_max = 4000,
      .sizes = { "1024x1024", "1792x1024", "1024x1792" },
      .qualities = dalle3_qualities,
      .styles = { "vivid", "natural" },
      .response_format = "url" },
    { .name = "dall-e-2",
      .models = { "dall-e-2" },
      .prompt_max = 1000,
      .sizes = { "1024x1024", "512x512", "256x256" },
      .qualities = no_qualities,
      .response_format = "url" },
    { .name = "gpt-image-1-mini",
      .models = { "gpt-image-1-mini" },
      .prompt_max = 32000,
      .sizes = { "1024x1024", "1536x1024", "1024x1536" },
      .auto_size = 1,
      .qualities = gpt_qualities,
      .output_format = 1,
      .references = 1 },
    { .name = "gpt-image-1",
      .models = { "gpt-image-1", "chatgpt-image" },
      .prompt_max = 32000,
      .sizes = { "1024x1024", "1536x1024", "1024x1536" },
      .auto_size = 1,
      .qualities = gpt_qualities,
      .output_format = 1,
      .references = 1,
      .input_fidelity = 1 },
    { .name = "gpt-image",
      .models = { "gpt-image" },
      .prompt_max = 32000,
      .size_rule = MULTIPLES,
      .auto_size = 1,
      .qualities = gpt_qualities,
      .output_format = 1,
      .references = 1,
      .input_fidelity = 1 },
    { .name = "unknown", .models = { "" }, .size_rule = AS_ASKED, .qualities = no_qualities },
};

static int is_model_of(const simg_family *f, const char *model)
{
    int i;

    for (i = 0; f->models[i]; i++) {
        size_t len = strlen(f->models[i]);

        if (!len || (!strncasecmp(model, f->models[i], len) && (!model[len] || strchr("-.:", model[len]))))
            return 1;
    }
    return 0;
}

const simg_family *simg_family_of(const char *model)
{
    const simg_family *f = families;

    while (!is_model_of(f, model))
        f++;
    return f;
}

const char *simg_family_name(const simg_family *family)
{
    return family->name;
}

int simg_family_is_unknown(const simg_family *family)
{
    return !family->models[0][0];
}

int simg_family_takes_reference(const simg_family *family)
{
    return family->references;
}

/* Digits at *s, moved behind them. 0 if there are none, or more than make sense. */
static int side_read(const char **s)
{
    int n = 0, i;

    for (i = 0; i < SIDE_DIGITS && apr_isdigit(**s); i++)
        n = 10 * n + *(*s)++ - '0';
    return apr_isdigit(**s) ? 0 : n;
}

static int size_read(int *width, int *height, const char *s)
{
    *width = s ? side_read(&s) : 0;
    if (!*width || (*s != 'x' && *s != 'X'))
        return 0;
    s++;
    *height = side_read(&s);
    return *height && !*s;
}

/* How far apart two positive numbers are, as a factor. */
static double factor(double a, double b)
{
    return a > b ? a / b : b / a;
}

/* The shape decides, then the area: a wide picture cut square would lose its scene. */
static const char *size_nearest(const simg_family *f, int width, int height)
{
    const char *best = NULL;
    double best_shape = 0, best_area = 0;
    int i, w, h;

    for (i = 0; f->sizes[i]; i++) {
        double shape, area;

        size_read(&w, &h, f->sizes[i]);
        shape = factor((double)width / height, (double)w / h);
        area = factor((double)width * height, (double)w * h);
        if (!best || shape < best_shape || (shape <= best_shape && area < best_area)) {
            best = f->sizes[i];
            best_shape = shape;
            best_area = area;
        }
    }
    return best;
}

static int to_step(int side)
{
    return side < STEP ? STEP : (side + STEP / 2) / STEP * STEP;
}

static void sides_fit(int *longer, int *shorter)
{
    if (3 * *shorter < *longer)
        *shorter = (*longer + 2) / 3;
    if (*longer > LONGEST) {
        *shorter = (int)((double)*shorter * LONGEST / *longer);
        *longer = LONGEST;
    }
    if ((double)*longer * *shorter > LARGEST) {
        /* Down the diagonal, so that the shape stays. */
        double shape = (double)*shorter / *longer;

        while (*longer * (*longer * shape) > LARGEST)
            *longer -= 1;
        *longer = *longer / STEP * STEP;
        *shorter = (int)(*longer * shape) / STEP * STEP;
    }
    *longer = to_step(*longer);
    *shorter = to_step(*shorter);
    if (3 * *shorter < *longer)
        *longer = 3 * *shorter;
}

const char *simg_family_size(const simg_family *family, const char *asked, apr_pool_t *p)
{
    int width, height;

    if (asked && !strcasecmp(asked, "auto"))
        return family->auto_size ? "auto" : DEFAULT_SIZE;
    if (!size_read(&width, &height, asked))
        return DEFAULT_SIZE;
    if (family->size_rule == ONE_OF_A_LIST)
        return size_nearest(family, width, height);
    if (family->size_rule == MULTIPLES)
        sides_fit(width > height ? &width : &height, width > height ? &height : &width);
    return apr_psprintf(p, "%dx%d", width, height);
}

const char *simg_family_quality(const simg_family *family, const char *asked)
{
    const pair *q;

    for (q = family->qualities; asked && q->asked; q++)
        if (!strcasecmp(q->asked, asked))
            return q->sent;
    return NULL;
}

const char *simg_family_style(const simg_family *family, const char *asked)
{
    int i;

    for (i = 0; asked && family->styles[i]; i++)
        if (!strcasecmp(family->styles[i], asked))
            return family->styles[i];
    return NULL;
}

/* stable-diffusion.cpp takes what stands between these marks as arguments of its own, LocalAI what follows |
 * as things to leave out. A space in their place: the rest cannot grow together into another mark. */
static void disarm(char *prompt)
{
    static const char from[] = "<sd_cpp_extra_args>", to[] = "</sd_cpp_extra_args>";
    char *in = prompt, *out = prompt, *end = prompt;

    while (*in) {
        if (!strncasecmp(in, from, sizeof(from) - 1)) {
            end = end ? strcasestr(in, to) : NULL;
            in = end ? end + sizeof(to) - 1 : in + sizeof(from) - 1;
            *out++ = ' ';
        } else {
            *out++ = *in == '|' ? ' ' : *in;
            in++;
        }
    }
    *out = '\0';
}

const char *simg_family_prompt(const simg_family *family, const char *prompt, apr_pool_t *p)
{
    char *clean = apr_pstrdup(p, prompt);

    disarm(clean);
    if (family->prompt_max)
        clean[simg_utf8_prefix(clean, family->prompt_max)] = '\0';
    return clean;
}

/* What the API calls the formats that we call by their extensions. */
static const char *output_format(const char *format)
{
    if (format && !strcmp(format, "jpg"))
        return "jpeg";
    return format && !strcmp(format, "webp") ? "webp" : "png";
}

static void add(apr_table_t *fields, const char *name, const char *value)
{
    if (value)
        apr_table_addn(fields, name, value);
}

const apr_table_t *simg_family_fields(const simg_family *family, const char *model, const simg_brief *brief,
                                      apr_pool_t *p)
{
    apr_table_t *fields = apr_table_make(p, 8);

    add(fields, "model", model);
    add(fields, "prompt", simg_family_prompt(family, brief->prompt, p));
    add(fields, NUMBER, "1");
    add(fields, "size", simg_family_size(family, brief->size, p));
    add(fields, "quality", simg_family_quality(family, brief->quality));
    add(fields, "style", simg_family_style(family, brief->style));
    add(fields, "response_format", family->response_format);
    add(fields, "output_format", family->output_format ? output_format(brief->format) : NULL);
    add(fields, "user", simg_family_is_unknown(family) ? NULL : brief->user);
    add(fields, "input_fidelity", brief->reference && family->input_fidelity ? "high" : NULL);
    return fields;
}

const char *simg_family_request(const simg_family *family, const char *model, const simg_brief *brief, apr_pool_t *p)
{
    const apr_array_header_t *fields = apr_table_elts(simg_family_fields(family, model, brief, p));
    json_t *body = simg_json_own(p, json_object());
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const apr_table_entry_t *f = &APR_ARRAY_IDX(fields, i, apr_table_entry_t);

        json_object_set_new(body, f->key, strcmp(f->key, NUMBER) ? json_string(f->val) : json_integer(1));
    }
    return simg_json_text(body, p);
}
