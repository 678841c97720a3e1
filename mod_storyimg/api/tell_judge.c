/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked for and what was written, judged before a child hears of it. */
#include "api/tell.h"

#include <apr_strings.h>

#include "story/prompt.h"
#include "work/moderate.h"

#define UNFIT "this scene is nothing for a children's book"

apr_status_t simg_tell_judge_order(simg_telling *t, simg_problem *err)
{
    const char *asked = simg_prompt_story_user(t->site->prompts, &t->order, t->in->p);

    if (t->order.style)
        asked = apr_pstrcat(t->in->p, asked, "\nStyle: ", t->order.style, NULL);
    if (t->single && t->text.story->pages->nelts)
        asked = apr_pstrcat(t->in->p, asked, "\n", t->text.story->title ? t->text.story->title : "", "\n",
                            APR_ARRAY_IDX(t->text.story->pages, 0, simg_page).scene, NULL);
    return simg_moderate_text(t->site, asked, t->in->p, err);
}

static void mark(simg_page_row *row)
{
    row->error_code = "content_policy";
    row->error_message = UNFIT;
}

/** In what is answered and in what is written down. */
static void refuse_page(simg_telling *t, simg_picture *picture)
{
    int i;

    mark(&picture->row);
    for (i = 0; i < t->row.pages->nelts; i++)
        if (APR_ARRAY_IDX(t->row.pages, i, simg_page_row).number == picture->row.number)
            mark(&APR_ARRAY_IDX(t->row.pages, i, simg_page_row));
}

apr_status_t simg_tell_judge_story(simg_telling *t, simg_problem *err)
{
    apr_pool_t *p = t->in->p;
    apr_array_header_t *texts = apr_array_make(p, t->pictures->nelts + 1, sizeof(const char *));
    int *flagged = apr_pcalloc(p, (apr_size_t)(t->pictures->nelts + 1) * sizeof(*flagged));
    apr_status_t rv;
    int i;

    APR_ARRAY_PUSH(texts, const char *) = apr_pstrcat(p, t->text.story->title, "\n\n", t->text.story->text, NULL);
    for (i = 0; i < t->pictures->nelts; i++)
        APR_ARRAY_PUSH(texts, const char *) = APR_ARRAY_IDX(t->pictures, i, simg_picture).row.scene;
    rv = simg_moderate_texts(flagged, t->site, texts, p, err);
    if (rv == APR_SUCCESS && flagged[0])
        return simg_problem_set(err, p, "content-policy", APR_EGENERAL,
                                "the story came out as nothing for a child; please ask once more");
    for (i = 0; rv == APR_SUCCESS && i < t->pictures->nelts; i++)
        if (flagged[i + 1])
            refuse_page(t, &APR_ARRAY_IDX(t->pictures, i, simg_picture));
    return rv;
}

int simg_tell_drawable(const simg_telling *t)
{
    int n = 0, i;

    for (i = 0; i < t->pictures->nelts; i++)
        n += !APR_ARRAY_IDX(t->pictures, i, simg_picture).row.error_code;
    return n;
}
