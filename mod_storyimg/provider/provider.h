/* SPDX-License-Identifier: Apache-2.0 */
/** Who writes and who draws. A provider is one file and one row of the registry.
 *
 * Each call is a task of a loop: it is started, returns at once, and reports through done() exactly once, from a
 * turn of the loop (or before start returns). The caller owns the call struct, which lives until done. */
#ifndef SIMG_PROVIDER_PROVIDER_H
#define SIMG_PROVIDER_PROVIDER_H

#include <apr_tables.h>

#include "base/loop.h"
#include "base/settings.h"
#include "base/sink.h"
#include "story/order.h"
#include "story/outcome.h"

typedef struct simg_provider simg_provider;

/** One link of a chain: `openai/gpt-image-2`. */
typedef struct simg_model {
    const simg_provider *provider;
    const char *name; /* the part after the first slash; "offline" for offline */
} simg_model;

/** What every call has: who, with which settings, in which pool. */
typedef struct simg_call {
    const simg_model *model;
    const simg_settings *settings;
    const simg_log *log;
    apr_pool_t *p; /* this call's own; cleared by the caller after done */
    /* the answer's common part */
    simg_outcome outcome;
    simg_problem problem;                    /* filled unless outcome is MADE */
    const char *model_used;                  /* the model that really did it; never NULL once MADE */
    apr_int64_t input_tokens, output_tokens; /* from usage; -1: not told */
} simg_call;

typedef enum simg_text_kind { SIMG_TEXT_STORY, SIMG_TEXT_SUGGESTIONS } simg_text_kind;

typedef struct simg_text_call simg_text_call;
struct simg_text_call {
    simg_call call;
    simg_text_kind kind;
    const simg_order *order;   /* the offline writer tells from this; */
    const char *system, *user; /* the others from these words */
    int pages;                 /* for STORY: how many pages the book shall have */
    void (*done)(simg_text_call *c);
    void *baton;
    /** NULL: the answer is wanted whole. Else it is asked for as a stream where the provider can, and the words of the
     * story (story/pieces.h) are handed over as they come, before done(). All of it still stands in text at the end. */
    void (*on_piece)(simg_text_call *c, const char *words, apr_size_t len);
    const char *text; /* the answer: what the model said, UTF-8, checked, at most 1 MB */
};

/** A picture that goes to a model together with the words. */
typedef struct simg_reference {
    const char *path; /* of the file; read as it is sent, symlinks not followed */
    const char *type; /* "image/png", "image/jpeg", "image/webp" */
    const char *name; /* its last part, for the upstream */
} simg_reference;

/** What is to be drawn. */
typedef struct simg_brief {
    const char *prompt; /* words for a model; the family's limit is applied by the provider, at a code point */
    const char *scene;  /* the scene alone; for the offline artist */
    const simg_character *character; /* for the offline artist */
    const char *descriptor;          /* NULL: none */
    const simg_reference *reference; /* the hero's picture, for an edit; NULL: drawn from words alone */
    const char *story_key; /* same for all pages of a story: the offline artist's seed for the character's looks */
    int page_number;
    const char *size, *quality, *style; /* as asked; NULL: not given. Each provider sends what its family takes */
    const char *user;                   /* a pseudonym of whom it is for (work/pseudonym.h); NULL: none */
    const char *format;                 /* "png", "jpg", "webp": what StoryImgFormat wants */
} simg_brief;

typedef struct simg_image_call simg_image_call;
struct simg_image_call {
    simg_call call;
    const simg_brief *brief;
    simg_sink *sink;  /* where the bytes go; the bytes decide what they are */
    int url_suffices; /* 1: if the provider gives a URL, do not download it */
    void (*done)(simg_image_call *c);
    void *baton;
    const char *url; /* the provider's own URL, if it gave one; NULL: it gave bytes */
};

typedef struct simg_vision_call simg_vision_call;

/** Words about a picture. */
struct simg_vision_call {
    simg_call call;
    const char *system, *user; /* what is asked; the offline one looks for itself */
    const void *image;         /* its bytes, at most 1 MB; they live until done */
    apr_size_t image_len;
    const char *type; /* "image/png", "image/jpeg", "image/webp" */
    void (*done)(simg_vision_call *c);
    void *baton;
    const char *text; /* the answer: UTF-8, checked, at most 64 KB */
};

typedef struct simg_moderation_call simg_moderation_call;

/** Is this fit for a child? */
struct simg_moderation_call {
    simg_call call;    /* outcome MADE if there is a verdict */
    const apr_array_header_t *texts; /* of const char *; NULL: a picture is asked about */
    const void *image;               /* its bytes, at most 1 MB; they live until done */
    apr_size_t image_len;
    const char *type;
    void (*done)(simg_moderation_call *c);
    void *baton;
    int *flagged;           /* the answer: one for each text, or one for the picture; of the call's pool */
    const char *categories; /* of what was flagged, by their plain names, "violence, self-harm"; never NULL once MADE */
};

/** A model that a provider has. */
typedef struct simg_model_info {
    const char *name;
    apr_time_t shutdown; /* when it goes; 0: none told */
} simg_model_info;

/** The models a provider has: GET {base}/models. Nothing is made and nothing is paid. */
typedef struct simg_models_call simg_models_call;
struct simg_models_call {
    simg_call call; /* model: any of this provider; outcome MADE if a whole list came */
    void (*done)(simg_models_call *c);
    void *baton;
    apr_array_header_t *models; /* the answer: of simg_model_info */
};

struct simg_provider {
    const char *name;
    /** @return 1 if the settings hold what it needs, such as a key. */
    int (*configured)(const simg_settings *s);
    /** Model used when the administrator names none; NULL: must be named. */
    const char *default_writer, *default_illustrator;
    /** The illustrator that the settings name, which default_illustrator stands in for; NULL or "": none. NULL: none is
     * named there. */
    const char *(*named_illustrator)(const simg_settings *s);
    /** What to set so that it is configured: "StoryImgOpenAIKeyFile or ..."; NULL: nothing is needed. */
    const char *needs;
    /** NULL, or what a model's name must be: "must ...". NULL: any name will do. */
    const char *(*check)(const char *model);
    /** How its requests are made, for those that speak the OpenAI API (provider/openai.h); else NULL. */
    const struct simg_endpoint *endpoint;
    /** Start a call. Never fails: what goes wrong is reported through done(). */
    void (*write)(simg_loop *loop, simg_text_call *c);
    void (*draw)(simg_loop *loop, simg_image_call *c);
    /** Ask which models there are. NULL: it has no list. */
    void (*list)(simg_loop *loop, simg_models_call *c);
    /** 1 if this model draws from a reference as well (brief->reference). NULL: none does. */
    int (*takes_reference)(const char *model);
    /** Describe a picture. NULL: it cannot. */
    void (*describe)(simg_loop *loop, simg_vision_call *c);
    /** Judge words or a picture. NULL: it cannot. */
    void (*moderate)(simg_loop *loop, simg_moderation_call *c);
};

/** The registry: names of all providers, "openai, azure, offline". */
const char *simg_provider_names(apr_pool_t *p);
const simg_provider *simg_provider_find(const char *name, apr_size_t len);

/** Read a chain. @param words  `provider/model provider/model ...`; NULL: whatever has a key, else offline
 * @param lenient  1: a word without a known provider before its slash is a model of openai (an environment variable's
 * OPENAI_MODEL=gpt-4o)
 * @param writers  1: a chain of writers, 0: of illustrators (for the default)
 * @return NULL and *out (of simg_model, never empty), or a sentence without the directive's name that says what is
 * wrong. */
const char *simg_chain_parse(apr_array_header_t **out, const char *words, int lenient, int writers,
                             const simg_settings *s, apr_pool_t *p);

/** Hand a text that came whole to on_piece, a sentence or so at a time; nothing if nobody wants pieces. */
void simg_text_hand_over(simg_text_call *c);

/** End a call: set outcome and problem (a kind of base/problem.h). The provider then calls done(). */
void simg_call_fail(simg_call *c, simg_outcome outcome, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
