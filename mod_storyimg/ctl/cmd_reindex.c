/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "base/file.h"
#include "ctl/commands.h"
#include "ctl/crew.h"
#include "ctl/folder.h"
#include "ctl/print.h"
#include "ctl/progress.h"
#include "index/audit.h"
#include "index/doomed.h"
#include "index/reconcile.h"
#include "index/twins.h"
#include "store/name.h"
#include "work/found.h"

#define CHUNK 50000 /* names in hand, to be sorted by their time */
#define BATCH 250   /* rows of one transaction */
#define LONGEST 4096

/** A file without a record. */
typedef struct stray {
    simg_image image; /* as far as its name tells */
    apr_status_t rv;  /* of reading it */
    ctl_seen seen;
} stray;

typedef struct reindex {
    ctl *c;
    ctl_crew *crew;
    apr_array_header_t *strays; /* of stray * */
    apr_pool_t *pool;           /* of a chunk */
    apr_pool_t *scratch;        /* of one file */
    apr_int64_t added, known, broken, bytes, claimed;
} reindex;

static void tell(reindex *r, const char *kind, const char *name)
{
    r->broken++;
    if (r->c->json)
        ctl_print_item(r->c, json_pack("{s:s, s:o}", "kind", kind, "filename", ctl_print_string(name, r->scratch)));
    else
        ctl_print_line(r->c, "%-10s  %s", kind, ctl_print_safe(name, r->scratch));
}

static int by_time(const void *a, const void *b)
{
    const simg_image *x = &(*(stray *const *)a)->image, *y = &(*(stray *const *)b)->image;

    if (x->created_at != y->created_at)
        return x->created_at < y->created_at ? -1 : 1;
    if (x->page_number != y->page_number)
        return x->page_number < y->page_number ? -1 : 1;
    return strcmp(x->filename, y->filename);
}

typedef struct batch {
    const reindex *r;
    stray **strays;
    int n;
} batch;

static void read_one(void *baton, int item, ctl_digest *worker)
{
    const batch *b = baton;
    stray *s = b->strays[item];
    char path[LONGEST];

    apr_snprintf(path, sizeof(path), "%s/%s", b->r->c->settings->generated_dir, s->image.filename);
    s->rv = ctl_digest_read(&s->seen, worker, path, 1);
}

/** Files of one inode are one storage: those that have its bytes and are it. */
static apr_status_t join(const reindex *r, simg_db *db, const char *name, simg_problem *err)
{
    const char *folder = r->c->settings->generated_dir;
    const char *path = apr_pstrcat(r->scratch, folder, "/", name, NULL);
    apr_array_header_t *twins;
    apr_status_t rv = simg_audit_twins(&twins, db, name, r->scratch, err);
    int i;

    for (i = 0; rv == APR_SUCCESS && i < twins->nelts; i++) {
        const simg_twin *twin = &APR_ARRAY_IDX(twins, i, simg_twin);

        if (simg_file_same(path, apr_pstrcat(r->scratch, folder, "/", twin->filename, NULL)))
            return simg_twins_shared(db, name, twin, err);
    }
    return rv;
}

/** Nobody has come before us, and it is still there: asked with the lock held, so that a picture that is removed at this
 * moment does not come back. */
static apr_status_t is_stray(int *yes, const reindex *r, simg_db *db, const char *name, simg_problem *err)
{
    int known = 0;
    apr_status_t rv = simg_images_recorded(&known, db, name, err);

    if (rv == APR_SUCCESS && !known)
        rv = simg_doomed_has(&known, db, name, err);
    *yes = !known && ctl_folder_type(r->c->settings->generated_dir, name) == APR_REG;
    return rv;
}

/* Its ending says what it is to whoever serves it. */
static int is_named_right(const stray *s)
{
    return !strcmp(strrchr(s->image.filename, '.') + 1, simg_image_extension(s->seen.sniff.type));
}

static apr_status_t add_row(reindex *r, stray *s, simg_db *db, simg_problem *err)
{
    int stray_now = 0;
    apr_status_t rv;

    apr_pool_clear(r->scratch);
    if (APR_STATUS_IS_ENOENT(s->rv))
        return APR_SUCCESS;
    if (s->rv != APR_SUCCESS || !simg_sniff_end(&s->seen.sniff) || !is_named_right(s)) {
        tell(r, s->rv == APR_SUCCESS ? "broken" : "unreadable", s->image.filename);
        return APR_SUCCESS;
    }
    rv = is_stray(&stray_now, r, db, s->image.filename, err);
    if (rv != APR_SUCCESS || !stray_now)
        return rv;
    s->image.width = (int)s->seen.sniff.width;
    s->image.height = (int)s->seen.sniff.height;
    s->image.size = s->seen.size;
    s->image.sha256 = s->seen.sha256;
    rv = simg_images_add_in(db, &s->image, err);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_EEXIST(rv) && !err->status ? APR_SUCCESS : rv;
    r->added++;
    return s->seen.links > 1 ? join(r, db, s->image.filename, err) : APR_SUCCESS;
}

static apr_status_t add_rows(reindex *r, const batch *b, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, r->c->site->index, err);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    for (i = 0; rv == APR_SUCCESS && i < b->n; i++)
        rv = add_row(r, b->strays[i], db, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    simg_index_return(r->c->site->index, db);
    return rv;
}

static apr_status_t take_chunk(reindex *r, simg_problem *err)
{
    stray **strays = (stray **)r->strays->elts;
    int all = r->strays->nelts, at, i;
    apr_status_t rv = APR_SUCCESS;

    qsort(strays, (size_t)all, sizeof(*strays), by_time);
    for (at = 0; rv == APR_SUCCESS && at < all; at += BATCH) {
        batch b = { r, strays + at, all - at < BATCH ? all - at : BATCH };
        apr_int64_t bytes = 0;

        ctl_crew_run(r->crew, b.n, read_one, &b);
        rv = add_rows(r, &b, err);
        for (i = 0; i < b.n; i++)
            bytes += b.strays[i]->seen.size;
        r->bytes += bytes;
        ctl_progress_step(b.n, bytes);
    }
    apr_pool_clear(r->pool);
    r->strays = apr_array_make(r->pool, 1024, sizeof(stray *));
    return rv;
}

/** Known: it has a record, is to be removed, or is being saved. */
static apr_status_t is_known(int *known, const reindex *r, const ctl_entry *entry, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv;

    *known = entry->links > 1 && ctl_folder_is_saving(r->c, entry->name, r->scratch);
    if (*known)
        return APR_SUCCESS;
    rv = simg_index_borrow(&db, r->c->site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_images_recorded(known, db, entry->name, err);
    if (rv == APR_SUCCESS && !*known)
        rv = simg_doomed_has(known, db, entry->name, err);
    simg_index_return(r->c->site->index, db);
    return rv;
}

static apr_status_t see(void *baton, const ctl_entry *entry, simg_problem *err)
{
    reindex *r = baton;
    stray *s;
    int known = 0;
    apr_status_t rv;

    apr_pool_clear(r->scratch);
    if (!simg_name_is_picture(entry->name) || entry->type == APR_DIR)
        return APR_SUCCESS;
    if (entry->type != APR_REG) {
        tell(r, entry->type == APR_LNK ? "symlink" : "no file", entry->name);
        return APR_SUCCESS;
    }
    rv = is_known(&known, r, entry, err);
    r->known += known;
    if (rv != APR_SUCCESS || known)
        return rv;
    s = apr_pcalloc(r->pool, sizeof(*s));
    s->image = (simg_image){ .model = "unknown", .site = r->c->site->name };
    if (!simg_found_read(&s->image, apr_pstrdup(r->pool, entry->name), r->pool)) {
        tell(r, "broken", entry->name);
        return APR_SUCCESS;
    }
    APR_ARRAY_PUSH(r->strays, stray *) = s;
    return r->strays->nelts < CHUNK ? APR_SUCCESS : take_chunk(r, err);
}

/** Records of no site, of an index that was made anew while none was known, belong to the one there is. */
static apr_status_t claim_all(reindex *r, simg_problem *err)
{
    apr_int64_t changed = 0;
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, r->c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    do {
        rv = simg_audit_claim(&changed, db, r->c->site->name, err);
        r->claimed += changed;
    } while (rv == APR_SUCCESS && changed);
    simg_index_return(r->c->site->index, db);
    return rv;
}

static int summarize(const reindex *r)
{
    ctl_print_note(r->c,
                   "%" APR_INT64_T_FMT " records added (%s read), %" APR_INT64_T_FMT " pictures were known, "
                   "%" APR_INT64_T_FMT " files are no whole picture",
                   r->added, ctl_print_bytes(r->bytes, r->c->pool), r->known, r->broken);
    ctl_print_end(r->c, json_pack("{s:I, s:I, s:I, s:I}", "added", (json_int_t)r->added, "known", (json_int_t)r->known,
                                  "broken", (json_int_t)r->broken, "bytes", (json_int_t)r->bytes));
    return r->broken ? CTL_FOUND : CTL_FINE;
}

int ctl_reindex(ctl *c)
{
    reindex r = { .c = c };
    simg_problem err = { 0 };
    apr_status_t rv;

    if (!c->site->name[0])
        simg_log_write(c->site->log, SIMG_WARNING, APR_SUCCESS,
                       "the index knows no site, and --site names none: until a later reindex that knows, no limit "
                       "applies to these pictures");
    apr_pool_create(&r.pool, c->pool);
    apr_pool_create(&r.scratch, c->pool);
    r.strays = apr_array_make(r.pool, 1024, sizeof(stray *));
    if (ctl_crew_create(&r.crew, c->pool) != APR_SUCCESS)
        return ctl_print_failure(c, "no memory for threads");
    ctl_print_list(c, "findings");
    ctl_progress_start(c, "files", 0);
    rv = ctl_folder_scan(c->settings->generated_dir, see, &r, c->pool, &err);
    if (rv == APR_SUCCESS)
        rv = take_chunk(&r, &err);
    if (rv == APR_SUCCESS)
        rv = claim_all(&r, &err);
    ctl_progress_end();
    return rv == APR_SUCCESS ? summarize(&r) : ctl_print_problem(c, &err);
}
