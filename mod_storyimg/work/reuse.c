/* SPDX-License-Identifier: Apache-2.0 */
#include "work/reuse.h"

#include <string.h>

#include <apr_strings.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "index/twins.h"
#include "index/uploads.h"

#define PIECE 65536

/** The same photo, uploaded again, is the same reference. *sha256 NULL: there is none. @return 0: it is gone */
static int hash_reference(const char **sha256, const simg_site *site, const char *filename, apr_pool_t *p)
{
    simg_problem ignored = { 0 };
    simg_upload_row row;

    *sha256 = NULL;
    if (!filename)
        return 1;
    if (simg_uploads_get(&row, site->index, filename, p, &ignored) != APR_SUCCESS)
        return 0;
    *sha256 = row.sha256;
    return 1;
}

const char *simg_reuse_recipe(const simg_site *site, const simg_claim *claim, const simg_brief *brief, apr_pool_t *p)
{
    const char *reference, *text;
    json_t *recipe;

    if (!hash_reference(&reference, site, claim->reference, p))
        return NULL;
    recipe = simg_json_own(p, json_pack("[s, s, s, o, o, o, s, o]", claim->provider, claim->model, claim->prompt,
                                        simg_json_string(brief->size), simg_json_string(brief->quality),
                                        simg_json_string(brief->style), brief->format, simg_json_string(reference)));
    text = simg_json_text(recipe, p);
    return simg_text_sha256(text, strlen(text), p);
}

static int find(simg_image *out, const simg_reuse *what, const char *recipe, apr_pool_t *p)
{
    const simg_twin_order order = { recipe, what->site->name, what->claim->subject };
    simg_problem ignored = { 0 };
    simg_db *db;
    apr_status_t rv;

    if (simg_index_borrow(&db, what->site->index, &ignored) != APR_SUCCESS)
        return 0;
    rv = simg_twins_drawn(out, db, &order, p, &ignored);
    simg_index_return(what->site->index, db);
    return rv == APR_SUCCESS;
}

static apr_status_t copy(simg_upload *to, apr_file_t *from, simg_problem *err)
{
    char piece[PIECE];
    apr_status_t rv;
    apr_size_t len;

    do {
        len = sizeof(piece);
        rv = apr_file_read(from, piece, &len);
        if (rv == APR_SUCCESS && len)
            rv = to->sink.write(&to->sink, piece, len, err);
    } while (rv == APR_SUCCESS);
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

/** What lies there may have been altered since: only what was drawn then is taken. */
static int is_sound(simg_store *store, const simg_image *image, apr_pool_t *p)
{
    simg_problem ignored = { 0 };
    simg_upload *seen;

    return simg_store_look(&seen, store, image->filename, p, &ignored) == APR_SUCCESS && image->sha256 &&
           !strcmp(seen->sha256, image->sha256);
}

static int copy_sound(simg_upload *to, const simg_reuse *what, const simg_image *image, apr_pool_t *p)
{
    const char *path = apr_pstrcat(p, what->site->settings->generated_dir, "/", image->filename, NULL);
    simg_problem ignored = { 0 };
    apr_file_t *file;
    apr_status_t rv;
    int links;

    if (!is_sound(what->store, image, p) || simg_file_open_plain(&file, &links, path, 0, p) != APR_SUCCESS)
        return 0;
    rv = copy(to, file, &ignored);
    apr_file_close(file);
    if (rv != APR_SUCCESS || to->size != image->size)
        to->sink.rewind(&to->sink, &ignored);
    return rv == APR_SUCCESS && to->size == image->size;
}

int simg_reuse_copy(const char **model, simg_upload *to, const simg_reuse *what, const char *recipe, apr_pool_t *p)
{
    simg_image image;
    apr_pool_t *scratch;
    int copied;

    apr_pool_create(&scratch, p);
    copied = recipe && find(&image, what, recipe, scratch) && copy_sound(to, what, &image, scratch);
    if (copied)
        *model = apr_pstrdup(p, image.model);
    apr_pool_destroy(scratch);
    return copied;
}
