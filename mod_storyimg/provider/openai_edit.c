/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/openai.h"

static void add_text(apr_array_header_t *parts, const char *name, const char *text)
{
    *(simg_http_part *)apr_array_push(parts) = (simg_http_part){ .name = name, .text = text };
}

static const apr_array_header_t *form_of(const simg_image_call *c)
{
    apr_pool_t *p = c->call.p;
    const simg_model *model = c->call.model;
    const simg_reference *r = c->brief->reference;
    const simg_family *family = simg_openai_family(model->provider->endpoint, model->name);
    const apr_array_header_t *fields = apr_table_elts(simg_family_fields(family, model->name, c->brief, p));
    apr_array_header_t *parts = apr_array_make(p, fields->nelts + 1, sizeof(simg_http_part));
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const apr_table_entry_t *f = &APR_ARRAY_IDX(fields, i, apr_table_entry_t);

        add_text(parts, f->key, f->val);
    }
    /* The last: a server that refuses a field has not read the whole picture first. */
    *(simg_http_part *)apr_array_push(parts) =
        (simg_http_part){ .name = "image[]", .path = r->path, .filename = r->name, .type = r->type };
    return parts;
}

apr_status_t simg_openai_edit(simg_loop *loop, const simg_image_call *c, apr_off_t max_body,
                              const simg_http_handlers *handlers, simg_problem *err)
{
    apr_status_t rv = simg_openai_post_form(loop, &c->call, "/images/edits", form_of(c), max_body, handlers, err);
    const char *cause;

    if (!APR_STATUS_IS_ENOENT(rv))
        return rv;
    cause = err->cause;
    simg_problem_set(err, c->call.p, "reference-gone", rv, "the picture of the character is not there any more");
    return simg_problem_cause(err, c->call.p, "%s", cause);
}
