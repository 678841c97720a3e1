/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"
#include "api/order.h"
#include "base/json.h"
#include "story/prompt.h"
#include "work/moderate.h"
#include "work/write.h"

apr_status_t simg_api_suggestions(simg_response *out, const simg_request *in, const simg_site *site, simg_problem *err)
{
    const char *model = NULL;
    json_t *ideas = NULL;
    simg_writing writing = { .request_id = in->id };
    simg_order order;
    apr_status_t rv = simg_order_read_suggestions(&order, in, site, err);

    if (rv == APR_SUCCESS)
        rv = simg_moderate_text(site, simg_prompt_suggestions_user(site->prompts, &order, in->p), in->p, err);
    if (rv == APR_SUCCESS)
        rv = simg_write_suggestions(&ideas, &model, site, &order, &writing, in->p, err);
    if (rv == APR_SUCCESS)
        rv = simg_moderate_text(site, simg_json_text(ideas, in->p), in->p, err);
    if (rv == APR_SUCCESS)
        simg_answer_data(out, in, json_pack("{s:O, s:o}", "suggestions", ideas, "model", simg_json_string(model)));
    return rv;
}
