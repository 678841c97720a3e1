/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/record.h"

#include <apr_strings.h>

#include "base/clock.h"
#include "ctl/print.h"
#include "store/thumbs.h"

json_t *ctl_record_json(const simg_image *image, apr_pool_t *p)
{
    const struct {
        const char *name, *value;
    } texts[] = { { "filename", image->filename },
                  { "kind", image->kind },
                  { "createdAt", simg_clock_iso(image->created_at, p) },
                  { "storyId", image->story_id },
                  { "subject", image->subject },
                  { "description", image->description },
                  { "model", image->model },
                  { "sha256", image->sha256 },
                  { "site", image->site },
                  { "duplicateOf", image->duplicate_of } };
    json_t *j = json_pack("{s:i, s:i, s:i, s:I, s:b}", "pageNumber", image->page_number, "width", image->width, "height",
                          image->height, "size", (json_int_t)image->size, "keep", image->keep);
    apr_size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        json_object_set_new(j, texts[i].name, ctl_print_string(texts[i].value, p));
    return j;
}

const char *ctl_record_thumbnail(const char *filename, apr_pool_t *p)
{
    return apr_pstrcat(p, SIMG_THUMBS_FOLDER "/", simg_thumb_name(filename, p), NULL);
}
