/* SPDX-License-Identifier: Apache-2.0 */
#include "work/runner_row.h"

#include <string.h>

#include <apr_strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "story/character.h"
#include "work/runner.h"

simg_claim simg_runner_claim_copy(const simg_claim *claim, apr_pool_t *p)
{
    simg_claim copy = *claim;

    copy.call_id = apr_pstrdup(p, claim->call_id);
    copy.job_id = apr_pstrdup(p, claim->job_id);
    copy.story_id = apr_pstrdup(p, claim->story_id);
    copy.site = apr_pstrdup(p, claim->site);
    copy.prompt = apr_pstrdup(p, claim->prompt);
    copy.kind = apr_pstrdup(p, claim->kind);
    copy.brief = apr_pstrdup(p, claim->brief);
    copy.character = apr_pstrdup(p, claim->character);
    copy.scene = apr_pstrdup(p, claim->scene);
    copy.subject = apr_pstrdup(p, claim->subject);
    copy.reference = apr_pstrdup(p, claim->reference);
    copy.provider = apr_pstrdup(p, claim->provider);
    copy.model = apr_pstrdup(p, claim->model);
    return copy;
}

const char *simg_runner_brief(const simg_order *order, apr_pool_t *p)
{
    json_t *brief =
        simg_json_own(p, json_pack("{s:o, s:o, s:o, s:o, s:o}", "descriptor", simg_json_string(order->descriptor),
                                   "size", simg_json_string(order->size), "quality", simg_json_string(order->quality),
                                   "style", simg_json_string(order->style), "user", simg_json_string(order->user)));

    return simg_json_text(brief, p);
}

static const char *text_of(const json_t *object, const char *member, apr_pool_t *p)
{
    return apr_pstrdup(p, json_string_value(json_object_get(object, member)));
}

apr_status_t simg_runner_read(simg_brief *brief, simg_character *character, const simg_claim *claim,
                              const simg_settings *settings, apr_pool_t *p, simg_problem *err)
{
    const json_t *shared = claim->brief ? simg_json_parse(claim->brief, strlen(claim->brief), NULL, p) : NULL;
    const json_t *hero = claim->character ? simg_json_parse(claim->character, strlen(claim->character), NULL, p) : NULL;
    simg_problem ignored;

    if (!shared || !hero || !claim->scene || simg_character_read(character, hero, p, &ignored) != APR_SUCCESS) {
        simg_problem_set(err, p, "internal", APR_EGENERAL, "internal error");
        return simg_problem_cause(err, p, "the job's record is not one of ours");
    }
    *brief = (simg_brief){ .prompt = claim->prompt,
                           .reference = brief->reference,
                           .scene = claim->scene,
                           .character = character,
                           .descriptor = text_of(shared, "descriptor", p),
                           .story_key = claim->story_id,
                           .page_number = claim->number,
                           .size = text_of(shared, "size", p),
                           .quality = text_of(shared, "quality", p),
                           .style = text_of(shared, "style", p),
                           .user = text_of(shared, "user", p),
                           .format = settings->format };
    return APR_SUCCESS;
}

simg_image simg_runner_image(const simg_claim *claim, const simg_page_row *row)
{
    simg_image image = { .filename = row->filename,
                         .kind = claim->kind,
                         .page_number = row->number,
                         .story_id = claim->single ? NULL : claim->story_id,
                         .subject = claim->subject,
                         .site = claim->site,
                         .description = claim->scene,
                         .model = row->model,
                         .width = row->width,
                         .height = row->height,
                         .size = row->size,
                         .sha256 = row->sha256 };

    image.created_at = simg_clock_now() / 1000 * 1000;
    return image;
}

int simg_runner_level(const simg_problem *err)
{
    static const char *const serious[] = { "storage-unwritable",
                                           "storage-full",
                                           "index-unavailable",
                                           "upstream-auth",
                                           "insufficient-quota",
                                           "internal",
                                           NULL };
    int i;

    for (i = 0; serious[i]; i++)
        if (!strcmp(serious[i], err->code))
            return SIMG_ERROR;
    return SIMG_WARNING;
}

const char *simg_runner_error_code(const simg_problem *err, simg_outcome outcome)
{
    if (outcome == SIMG_OUTCOME_REFUSED)
        return "content_policy";
    return outcome == SIMG_OUTCOME_UNKNOWN && !strcmp(err->code, "upstream-timeout") ? "outcome-unknown" : err->code;
}
