/* SPDX-License-Identifier: Apache-2.0 */
/** The set of prompts: texts with placeholders, one file each. Read once at start, constant from then on, for all
 * threads. docs/prompts.md says how a file is written. */
#ifndef SIMG_STORY_PROMPTS_H
#define SIMG_STORY_PROMPTS_H

#include <apr_pools.h>

typedef enum simg_prompts_file {
    SIMG_PROMPTS_STORY,
    SIMG_PROMPTS_STORY_ORDER,
    SIMG_PROMPTS_SUGGESTIONS,
    SIMG_PROMPTS_SUGGESTIONS_ORDER,
    SIMG_PROMPTS_STYLE,
    SIMG_PROMPTS_SCENE,
    SIMG_PROMPTS_SCENE_EDIT,
    SIMG_PROMPTS_PORTRAIT,
    SIMG_PROMPTS_VISION,
    SIMG_PROMPTS_VISION_ORDER,
    SIMG_PROMPTS_COUNT
} simg_prompts_file;

/* Most characters of what is never cut in the words for a picture. */
#define SIMG_PROMPTS_SCENE_MAX 1001 /* with its full stop */
#define SIMG_PROMPTS_STYLE_MAX 200
#define SIMG_PROMPTS_HERO_MAX 200 /* the looks without the words that describe them */
/* And of all of them: what drawing programs take. */
#define SIMG_PROMPTS_IMAGE_MAX 3999

typedef struct simg_prompts simg_prompts;

/** What stands for {name}. */
typedef struct simg_prompts_value {
    const char *name, *value;
} simg_prompts_value;

/** The texts that come with the module, in the order of simg_prompts_file: made from conf/prompts/ by the build. */
extern const char *const simg_prompts_builtin[];

/** @param folder  the administrator's; NULL or "": none  @param base  the folder for each file that is not in the
 *  other; NULL: simg_prompts_builtin
 *  @return NULL and *out, or a sentence that names the directive and the file and says what is wrong: missing, over
 *  32 KB, not UTF-8, a NUL, an unknown placeholder with its name and line, one that must be there and is not, a text
 *  that leaves the scene no room. */
const char *simg_prompts_read(const simg_prompts **out, const char *folder, const char *base, apr_pool_t *p);

/** The text of a file with its placeholders filled in; a placeholder without a value is "". White space at the ends is
 * gone; the words for a picture are one line with single blanks.
 * @param values  ended by a row without a name; what stands in a value is taken as it is */
const char *simg_prompts_fill(const simg_prompts *prompts, simg_prompts_file file, const simg_prompts_value *values,
                              apr_pool_t *p);

#endif
