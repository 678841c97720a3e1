/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/finding.h"

#include <string.h>

#include <apr_strings.h>

#include "ctl/folder.h"
#include "ctl/print.h"
#include "index/doomed.h"
#include "index/reconcile.h"

#define HELD_MAX 10000 /* whoever has lost so many has lost more than a race: nothing is waited for any more */
#define SETTLING apr_time_from_sec(2)
#define FORGETTING apr_time_from_sec(3) /* more, for what has lost its file but not its record */
#define LONGEST 4096

typedef struct held {
    ctl_kind kind;
    const char *name;
} held;

static const char *const words[] = { "fine",       "missing", "truncated", "altered", "unreadable",
                                     "symlink", "foreign", "symlink",   "orphan" };

const char *ctl_findings_word(ctl_kind kind)
{
    return words[kind];
}

apr_status_t ctl_findings_create(ctl_findings **out, ctl *c, int fast)
{
    ctl_findings *f = apr_pcalloc(c->pool, sizeof(*f));

    *out = f;
    f->c = c;
    f->fast = fast;
    apr_pool_create(&f->pool, c->pool);
    apr_pool_create(&f->scratch, c->pool);
    f->held = apr_array_make(f->pool, 64, sizeof(held));
    return ctl_crew_create(&f->crew, c->pool);
}

/** What the bytes say, once the size is right. */
static ctl_kind read_file(const simg_audit_record *r, ctl_digest *worker, const char *path)
{
    ctl_seen seen;
    apr_status_t rv = ctl_digest_read(&seen, worker, path, 0);

    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_ENOENT(rv) ? CTL_MISSING : CTL_UNREADABLE;
    if (seen.size < r->size)
        return CTL_TRUNCATED;
    return seen.size == r->size && !strcmp(seen.sha256, r->sha256) ? CTL_FINE_FILE : CTL_ALTERED;
}

static ctl_kind look(const ctl_findings *f, const simg_audit_record *r, ctl_digest *worker, const char *folder)
{
    char path[LONGEST];
    apr_finfo_t info;
    apr_status_t rv;

    apr_snprintf(path, sizeof(path), "%s/%s", folder, r->filename);
    rv = apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_SIZE | APR_FINFO_LINK, NULL);
    if (rv != APR_SUCCESS)
        return APR_STATUS_IS_ENOENT(rv) ? CTL_MISSING : CTL_UNREADABLE;
    if (info.filetype != APR_REG)
        return info.filetype == APR_LNK ? CTL_LINK : CTL_MISSING;
    if (info.size != r->size)
        return info.size < r->size ? CTL_TRUNCATED : CTL_ALTERED;
    return f->fast || !r->sha256 ? CTL_FINE_FILE : read_file(r, worker, path);
}

static int is_ours(const ctl *c, const simg_audit_record *r)
{
    return !r->site || !r->site[0] || !c->site->name[0] || !strcmp(r->site, c->site->name);
}

/** One run of the crew. */
typedef struct round {
    const ctl_findings *f;
    const apr_array_header_t *records;
    ctl_judged *judged;
} round_t;

/* A name that leads out of the folder is followed nowhere. */
static void judge_one(void *baton, int item, ctl_digest *worker)
{
    const round_t *round = baton;
    const ctl *c = round->f->c;
    const simg_audit_record *r = &APR_ARRAY_IDX(round->records, item, simg_audit_record);
    const char *const own[] = { c->settings->generated_dir, NULL };
    const char *const *folder = c->site->folders ? c->site->folders : own;
    ctl_kind kind = CTL_MISSING;

    for (; *folder && kind == CTL_MISSING && !strchr(r->filename, '/'); folder++)
        kind = look(round->f, r, worker, *folder);
    if (kind == CTL_MISSING && !is_ours(c, r))
        round->judged[item] = (ctl_judged){ .kind = CTL_FINE_FILE, .elsewhere = 1 };
    else
        round->judged[item] = (ctl_judged){ .kind = kind, .bytes = kind == CTL_MISSING ? 0 : r->size };
}

void ctl_findings_judge(ctl_findings *f, const apr_array_header_t *records, ctl_judged *judged)
{
    round_t round = { f, records, judged };

    ctl_crew_run(f->crew, records->nelts, judge_one, &round);
}

apr_status_t ctl_findings_hold(ctl_findings *f, ctl_kind kind, const char *name, simg_problem *err)
{
    apr_status_t rv = f->held->nelts < HELD_MAX ? APR_SUCCESS : ctl_findings_settle(f, err);

    APR_ARRAY_PUSH(f->held, held) = (held){ kind, apr_pstrdup(f->pool, name) };
    f->last = apr_time_now();
    return rv;
}

static void tell(ctl_findings *f, ctl_kind kind, const char *name)
{
    f->told[kind]++;
    f->all++;
    if (f->c->json)
        ctl_print_item(f->c, json_pack("{s:s, s:o}", "kind", words[kind], "filename",
                                       ctl_print_string(name, f->scratch)));
    else
        ctl_print_line(f->c, "%-10s  %s", words[kind], ctl_print_safe(name, f->scratch));
}

static int is_of_record(const held *h)
{
    return h->kind < CTL_FOREIGN;
}

/** A record as it is now. @return 0 if there is none any more */
static int read_again(simg_audit_record *r, simg_db *db, const char *name, apr_pool_t *p, simg_problem *err)
{
    return simg_audit_get(r, db, name, p, err) == APR_SUCCESS;
}

/** Of the names (const char *) of records those that are wrong now, and how. */
static apr_array_header_t *still_wrong(ctl_findings *f, const apr_array_header_t *names, simg_db *db, simg_problem *err)
{
    apr_array_header_t *records = apr_array_make(f->scratch, names->nelts + 1, sizeof(simg_audit_record));
    apr_array_header_t *wrong = apr_array_make(f->scratch, names->nelts + 1, sizeof(held));
    ctl_judged *judged;
    simg_audit_record r;
    int i;

    for (i = 0; i < names->nelts; i++)
        if (read_again(&r, db, APR_ARRAY_IDX(names, i, const char *), f->scratch, err))
            APR_ARRAY_PUSH(records, simg_audit_record) = r;
    judged = apr_pcalloc(f->scratch, sizeof(*judged) * (apr_size_t)(records->nelts + 1));
    ctl_findings_judge(f, records, judged);
    for (i = 0; i < records->nelts; i++)
        if (judged[i].kind != CTL_FINE_FILE)
            APR_ARRAY_PUSH(wrong, held) =
                (held){ judged[i].kind, APR_ARRAY_IDX(records, i, simg_audit_record).filename };
    return wrong;
}

/** Their names alone. *missing: is one of them without a file? */
static apr_array_header_t *names_of(const apr_array_header_t *of, int *missing, apr_pool_t *p)
{
    apr_array_header_t *names = apr_array_make(p, of->nelts + 1, sizeof(const char *));
    int i;

    *missing = 0;
    for (i = 0; i < of->nelts; i++) {
        const held *h = &APR_ARRAY_IDX(of, i, held);

        *missing |= h->kind == CTL_MISSING;
        if (is_of_record(h))
            APR_ARRAY_PUSH(names, const char *) = h->name;
    }
    return names;
}

/* Who forgets a subject removes many files before their records. One that was removed while it was looked at has no
 * record now. */
static apr_status_t settle_records(ctl_findings *f, simg_db *db, simg_problem *err)
{
    apr_array_header_t *wrong;
    simg_audit_record r;
    int missing, i;

    wrong = still_wrong(f, names_of(f->held, &missing, f->scratch), db, err);
    names_of(wrong, &missing, f->scratch);
    if (missing && f->all < HELD_MAX) {
        apr_sleep(FORGETTING);
        wrong = still_wrong(f, names_of(wrong, &missing, f->scratch), db, err);
    }
    for (i = 0; i < wrong->nelts; i++) {
        const held *h = &APR_ARRAY_IDX(wrong, i, held);

        if (read_again(&r, db, h->name, f->scratch, err))
            tell(f, h->kind, h->name);
    }
    return err->status ? err->rv : APR_SUCCESS;
}

int ctl_findings_has_original(const ctl *c, const char *thumbnail)
{
    static const char *const endings[] = { "png", "jpg", "webp", NULL };
    const char *name = strrchr(thumbnail, '/') + 1, *dot = strrchr(name, '.');
    char original[LONGEST];
    int i;

    for (i = 0; endings[i]; i++) {
        apr_snprintf(original, sizeof(original), "%.*s.%s", (int)(dot - name), name, endings[i]);
        if (ctl_folder_type(c->settings->generated_dir, original) == APR_REG)
            return 1;
    }
    return 0;
}

/** A file is there and is still nobody's. In this order: what was being saved has its record before that ends, what is to
 * be removed is marked before it loses its own, and keeps the mark until the file is gone. */
static apr_status_t settle_file(ctl_findings *f, const held *h, simg_db *db, simg_problem *err)
{
    int known = ctl_folder_is_saving(f->c, h->name, f->scratch);
    apr_status_t rv = APR_SUCCESS;

    if (!known && h->kind == CTL_ORPHAN)
        known = ctl_findings_has_original(f->c, h->name);
    else if (!known)
        rv = simg_images_recorded(&known, db, h->name, err);
    if (rv == APR_SUCCESS && !known)
        rv = simg_doomed_has(&known, db, h->name, err);
    if (rv == APR_SUCCESS && !known && ctl_folder_type(f->c->settings->generated_dir, h->name) != APR_NOFILE)
        tell(f, h->kind, h->name);
    return rv;
}

apr_status_t ctl_findings_settle(ctl_findings *f, simg_problem *err)
{
    apr_time_t until = f->last + SETTLING, now = apr_time_now();
    simg_db *db;
    apr_status_t rv;
    int i;

    if (!f->held->nelts)
        return APR_SUCCESS;
    if (until > now && until - now <= SETTLING && f->all < HELD_MAX)
        apr_sleep(until - now);
    rv = simg_index_borrow(&db, f->c->site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    rv = settle_records(f, db, err);
    for (i = 0; rv == APR_SUCCESS && i < f->held->nelts; i++)
        if (!is_of_record(&APR_ARRAY_IDX(f->held, i, held)))
            rv = settle_file(f, &APR_ARRAY_IDX(f->held, i, held), db, err);
    simg_index_return(f->c->site->index, db);
    apr_pool_clear(f->scratch);
    apr_pool_clear(f->pool);
    f->held = apr_array_make(f->pool, 64, sizeof(held));
    return rv;
}
