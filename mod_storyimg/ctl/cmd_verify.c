/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <apr_strings.h>

#include "ctl/commands.h"
#include "ctl/finding.h"
#include "ctl/folder.h"
#include "ctl/print.h"
#include "ctl/progress.h"
#include "index/doomed.h"
#include "index/reconcile.h"
#include "store/thumbs.h"

#define THUMBS SIMG_THUMBS_FOLDER

const ctl_option ctl_verify_options[] = {
    { "fast", NULL, "compare sizes only: nothing is read" },
    { NULL, NULL, NULL },
};

/** One verification. */
typedef struct verify {
    ctl *c;
    ctl_findings *findings;
    apr_int64_t checked, bytes;
    apr_pool_t *scratch;
} verify;

static apr_status_t next_records(apr_array_header_t **records, const verify *v, const char *last, apr_pool_t *p,
                                 simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, v->c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_audit_after(records, db, last, p, err);
    simg_index_return(v->c->site->index, db);
    return rv;
}

static apr_status_t judge_batch(verify *v, const apr_array_header_t *records, apr_pool_t *p, simg_problem *err)
{
    ctl_judged *judged = apr_pcalloc(p, sizeof(*judged) * (apr_size_t)(records->nelts + 1));
    apr_status_t rv = APR_SUCCESS;
    apr_int64_t bytes = 0;
    int i;

    ctl_findings_judge(v->findings, records, judged);
    for (i = 0; rv == APR_SUCCESS && i < records->nelts; i++) {
        bytes += judged[i].bytes;
        v->checked += !judged[i].elsewhere;
        if (judged[i].kind != CTL_FINE_FILE)
            rv = ctl_findings_hold(v->findings, judged[i].kind, APR_ARRAY_IDX(records, i, simg_audit_record).filename,
                                   err);
    }
    v->bytes += bytes;
    ctl_progress_step(records->nelts, bytes);
    return rv;
}

/* The last name of a batch lives as long as the next one is asked for: hence two pools. */
static apr_status_t check_records(verify *v, simg_problem *err)
{
    apr_array_header_t *records;
    apr_pool_t *pools[2];
    const char *last = "";
    apr_status_t rv;
    int turn = 0;

    apr_pool_create(&pools[0], v->c->pool);
    apr_pool_create(&pools[1], v->c->pool);
    do {
        turn = !turn;
        apr_pool_clear(pools[turn]);
        rv = next_records(&records, v, last, pools[turn], err);
        if (rv != APR_SUCCESS || !records->nelts)
            break;
        rv = judge_batch(v, records, pools[turn], err);
        last = APR_ARRAY_IDX(records, records->nelts - 1, simg_audit_record).filename;
    } while (rv == APR_SUCCESS);
    return rv;
}

static apr_status_t is_known(int *known, const verify *v, const char *name, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, v->c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_images_recorded(known, db, name, err);
    if (rv == APR_SUCCESS && !*known)
        rv = simg_doomed_has(known, db, name, err);
    simg_index_return(v->c->site->index, db);
    return rv;
}

/** What belongs there: thumbnails are looked at by themselves, the other folder holds what is not whole yet, and who guards
 * a folder says so in it. */
static int is_at_home(const ctl_entry *entry)
{
    if (entry->type == APR_REG)
        return !strcmp(entry->name, ".htaccess") || !strcmp(entry->name, ".gitkeep");
    return entry->type == APR_DIR && (!strcmp(entry->name, THUMBS) || !strcmp(entry->name, ".incoming"));
}

static apr_status_t see(void *baton, const ctl_entry *entry, simg_problem *err)
{
    verify *v = baton;
    ctl_kind kind = entry->type == APR_LNK ? CTL_FOREIGN_LINK : CTL_FOREIGN;
    int known = 0;
    apr_status_t rv;

    ctl_progress_step(1, 0);
    if (is_at_home(entry))
        return APR_SUCCESS;
    rv = is_known(&known, v, entry->name, err);
    if (rv != APR_SUCCESS || known)
        return rv;
    return ctl_findings_hold(v->findings, kind, entry->name, err);
}

static apr_status_t see_thumbnail(void *baton, const ctl_entry *entry, simg_problem *err)
{
    verify *v = baton;
    const char *name;

    if (is_at_home(entry))
        return APR_SUCCESS;
    apr_pool_clear(v->scratch);
    name = apr_pstrcat(v->scratch, THUMBS "/", entry->name, NULL);
    if (entry->type == APR_LNK)
        return ctl_findings_hold(v->findings, CTL_FOREIGN_LINK, name, err);
    if (entry->type != APR_REG || !simg_thumb_is_name(entry->name))
        return ctl_findings_hold(v->findings, CTL_FOREIGN, name, err);
    return ctl_findings_has_original(v->c, name) ? APR_SUCCESS
                                                 : ctl_findings_hold(v->findings, CTL_ORPHAN, name, err);
}

static apr_status_t check_folder(verify *v, simg_problem *err)
{
    const char *folder = v->c->settings->generated_dir;
    apr_status_t rv = ctl_folder_scan(folder, see, v, v->c->pool, err);

    if (rv == APR_SUCCESS && ctl_folder_type(folder, THUMBS) == APR_DIR)
        rv = ctl_folder_scan(apr_pstrcat(v->c->pool, folder, "/" THUMBS, NULL), see_thumbnail, v, v->c->pool, err);
    return rv;
}

static int summarize(const verify *v)
{
    ctl *c = v->c;
    json_t *kinds = json_object();
    const char *list = "";
    apr_int64_t all = v->findings->all;
    int i;

    for (i = 1; i < CTL_KINDS; i++) {
        const char *word = ctl_findings_word((ctl_kind)i);
        apr_int64_t before = json_integer_value(json_object_get(kinds, word));

        json_object_set_new(kinds, word, json_integer(before + v->findings->told[i]));
        if (v->findings->told[i])
            list = apr_psprintf(c->pool, "%s, %" APR_INT64_T_FMT " %s", list, v->findings->told[i], word);
    }
    ctl_print_note(c, "%" APR_INT64_T_FMT " pictures, %s %s; found: %s", v->checked,
                   ctl_print_bytes(v->bytes, c->pool), v->findings->fast ? "by their sizes" : "read",
                   all ? list + 2 : "nothing");
    ctl_print_end(c, json_pack("{s:I, s:I, s:I, s:o}", "checked", (json_int_t)v->checked, "bytes", (json_int_t)v->bytes,
                               "found", (json_int_t)all, "kinds", kinds));
    return all ? CTL_FOUND : CTL_FINE;
}

static apr_status_t total_of(apr_int64_t *total, const verify *v, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, v->c->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_audit_total(total, db, err);
    simg_index_return(v->c->site->index, db);
    return rv;
}

int ctl_verify(ctl *c)
{
    verify v = { .c = c };
    simg_problem err = { 0 };
    apr_int64_t total = 0;
    apr_status_t rv = total_of(&total, &v, &err);

    apr_pool_create(&v.scratch, c->pool);
    if (rv == APR_SUCCESS && ctl_findings_create(&v.findings, c, ctl_given(c, "fast") != NULL) != APR_SUCCESS)
        return ctl_print_failure(c, "no memory for threads");
    if (rv != APR_SUCCESS)
        return ctl_print_problem(c, &err);
    ctl_print_list(c, "findings");
    ctl_progress_start(c, "records", total);
    rv = check_records(&v, &err);
    ctl_progress_start(c, "folder", total);
    if (rv == APR_SUCCESS)
        rv = check_folder(&v, &err);
    if (rv == APR_SUCCESS)
        rv = ctl_findings_settle(v.findings, &err);
    ctl_progress_end();
    return rv == APR_SUCCESS ? summarize(&v) : ctl_print_problem(c, &err);
}
