/* SPDX-License-Identifier: Apache-2.0 */
#include "api/idempotency.h"

#include <string.h>

#include <apr_strings.h>

#include "api/replay.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "queue/requests.h"

#define KEY_MAX 128
#define LOOK apr_time_from_sec(1)
#define PATIENCE apr_time_from_sec(600) /* with a first request that does not end */

/** A request with a key, as it is dealt with. */
typedef struct keyed {
    simg_request *in;
    const simg_site *site;
    const char *key_hash, *body_hash;
    char *body;
    apr_size_t body_len;
    simg_request_row row; /* of the first one with this key */
    apr_time_t until;
} keyed;

/** The body was read to compare it; the handler reads it again from here. */
typedef struct again {
    char *body;
    apr_size_t len;
} again;

static apr_status_t read_again(const simg_request *in, char **data, apr_size_t *len, apr_size_t max, simg_problem *err)
{
    const again *a = in->replay;

    (void)max;
    (void)err;
    *data = a->body;
    *len = a->len;
    return APR_SUCCESS;
}

static int is_key(const char *key)
{
    apr_size_t i;

    for (i = 0; key[i]; i++)
        if (i >= KEY_MAX || key[i] <= ' ' || key[i] > '~')
            return 0;
    return i > 0;
}

/** Keys of different indexes, users and paths do not meet. */
static const char *hash_key(const keyed *k)
{
    const simg_request *in = k->in;

    const char *all = apr_pstrcat(in->p, k->site->settings->index, "\n", in->user ? in->user : "", "\n", in->path, "\n",
                                  in->idempotency_key, NULL);

    return simg_text_sha256(all, strlen(all), in->p);
}

static apr_status_t read_body(keyed *k, simg_problem *err)
{
    simg_request *in = k->in;
    again *a = apr_pcalloc(in->p, sizeof(*a));
    apr_status_t rv;

    if (!is_key(in->idempotency_key))
        return simg_problem_set(err, in->p, "bad-idempotency-key", APR_EINVAL,
                                "Idempotency-Key: must be 1 to 128 visible ASCII characters");
    rv = in->read_body(in, &k->body, &k->body_len, (apr_size_t)k->site->settings->max_body, err);
    if (rv != APR_SUCCESS)
        return rv;
    k->body_hash = simg_text_sha256(k->body, k->body_len, in->p);
    k->key_hash = hash_key(k);
    if (!k->body_hash || !k->key_hash)
        return simg_problem_set(err, in->p, "internal", APR_EGENERAL, "SHA-256 is not available");
    *a = (again){ k->body, k->body_len };
    in->replay = a;
    in->read_body = read_again;
    return APR_SUCCESS;
}

/** Whose data the answer will be: it is erased with the rest of that (work/erase.h). */
static const char *subject_of(const keyed *k)
{
    const json_t *body = simg_json_parse(k->body, k->body_len, NULL, k->in->p);

    return json_string_value(json_object_get(body, "subject"));
}

static apr_status_t enter_once(int *first, keyed *k, simg_problem *err)
{
    simg_request_row row = { .id = k->in->id,
                             .key_hash = k->key_hash,
                             .body_hash = k->body_hash,
                             .owner = k->site->owner,
                             .subject = subject_of(k),
                             .created_at = simg_clock_now() };
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, k->site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_db_begin(db, err);
    if (rv == APR_SUCCESS)
        rv = simg_requests_add(db, &row, err);
    *first = rv == APR_SUCCESS;
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    if (APR_STATUS_IS_EEXIST(rv) && !err->status)
        rv = simg_requests_find(&k->row, db, k->key_hash, k->in->p, err);
    simg_index_return(k->site->index, db);
    return rv;
}

/** Be the first with this key, or find who was. *first: 1 or 0. Whoever was may be removed while we look: then the key
 * is free. */
static apr_status_t enter(int *first, keyed *k, simg_problem *err)
{
    apr_status_t rv;

    do
        rv = enter_once(first, k, err);
    while (APR_STATUS_IS_ENOENT(rv) && !err->status);
    return rv;
}

static apr_status_t count_paid(int *calls, const simg_site *site, const char *id, simg_problem *err)
{
    simg_db *db;
    apr_status_t rv = simg_index_borrow(&db, site->index, err);

    if (rv != APR_SUCCESS)
        return rv;
    rv = simg_requests_paid(calls, db, id, err);
    simg_index_return(site->index, db);
    return rv;
}

/** The first answer is kept; but for a failure that cost nothing, which may be tried again with the same key. */
static void settle(const simg_request *in, const simg_site *site, const simg_response *out, const simg_problem *failure)
{
    simg_problem err = { 0 };
    const json_t *json = failure ? simg_api_problem_json(failure, in->p) : out->json;
    const char *body = json && in->idempotency_key ? simg_json_text(json, in->p) : NULL;
    const char *location = failure || !out->headers ? NULL : apr_table_get(out->headers, "Location");
    int paid = 1;
    simg_db *db;
    apr_status_t rv = failure ? count_paid(&paid, site, in->id, &err) : APR_SUCCESS;

    if (rv == APR_SUCCESS)
        rv = simg_index_borrow(&db, site->index, &err);
    if (rv == APR_SUCCESS) {
        rv = paid ? simg_requests_answered(db, in->id, failure ? failure->status : out->status, location, body, &err)
                  : simg_requests_remove(db, in->id, &err);
        simg_index_return(site->index, db);
    }
    if (rv != APR_SUCCESS && err.status && (!failure || in->idempotency_key))
        simg_log_write(site->log, SIMG_WARNING, err.rv, SIMGLOG(0402) "end of a request not recorded: %s%s%s", err.code,
                       err.cause ? ": " : "", err.cause ? err.cause : "");
    simg_bell_ring(site->bell);
}

static apr_status_t run(simg_response *out, const simg_request *in, const simg_site *site, simg_api_fn *handler,
                        simg_problem *err)
{
    apr_status_t rv = handler(out, in, site, err);

    /* an index that is gone is not waited for a second time; what was promised lapses by itself */
    if (rv != APR_SUCCESS && !in->idempotency_key && !strcmp(err->code, "index-unavailable"))
        return rv;
    settle(in, site, out, rv == APR_SUCCESS ? NULL : err);
    return rv;
}

static apr_status_t unknown(const keyed *k, simg_problem *err)
{
    return simg_problem_set(
        err, k->in->p, "outcome-unknown", APR_EGENERAL,
        "the server ended while the first request of this key was under way, and what came of it is "
        "not known; use another key to ask again");
}

/** Whoever made the first answer is gone, and nothing was told yet: if nothing was sent either, this request takes its
 * place. *taken: 1 then. */
static apr_status_t take_over(int *taken, keyed *k, simg_problem *err)
{
    int paid = 0;
    simg_db *db;
    apr_status_t rv = count_paid(&paid, k->site, k->row.id, err);

    if (rv != APR_SUCCESS)
        return rv;
    if (paid)
        return unknown(k, err);
    rv = simg_index_borrow(&db, k->site->index, err);
    if (rv != APR_SUCCESS)
        return rv;
    /* of one that its owner has given up, nothing is left to wait for: the next look finds the key free */
    rv = k->row.owner ? simg_requests_remove(db, k->row.id, err)
                      : simg_requests_adopt(taken, db, k->row.id, k->site->owner, simg_clock_now(), err);
    simg_index_return(k->site->index, db);
    if (rv == APR_SUCCESS && *taken)
        k->in->id = k->row.id;
    return rv;
}

/** It is under way elsewhere: wait for it, or find that it will never end. */
static apr_status_t wait_for(int *taken, keyed *k, simg_problem *err)
{
    if (!k->row.owner || k->row.created_at < simg_clock_now() - PATIENCE - 5 * k->site->settings->timeout)
        return take_over(taken, k, err);
    if (apr_time_now() > k->until) {
        simg_problem_set(err, k->in->p, "too-many-waiting", APR_TIMEUP, "the first request of this key has not ended");
        err->retry_after = apr_time_from_sec(30);
        return err->rv;
    }
    simg_bell_wait(k->site->bell, simg_bell_count(k->site->bell), LOOK);
    return APR_SUCCESS;
}

/** Answer as the first request was answered; wait for that if need be. */
static apr_status_t follow(simg_response *out, keyed *k, simg_api_fn *handler, simg_problem *err)
{
    int first = 0, taken = 0;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS) {
        if (strcmp(k->row.body_hash, k->body_hash))
            return simg_problem_set(err, k->in->p, "idempotency-key-reused", APR_EINVAL,
                                    "Idempotency-Key: was used with another body");
        if (k->row.status || (!k->row.owner && k->row.story_id))
            return simg_replay(out, k->in, k->site, &k->row, err);
        rv = wait_for(&taken, k, err);
        if (rv == APR_SUCCESS && !taken)
            rv = enter(&first, k, err);
        if (rv == APR_SUCCESS && (taken || first))
            return run(out, k->in, k->site, handler, err);
    }
    return rv;
}

static apr_status_t keyed_run(simg_response *out, simg_request *in, const simg_site *site, simg_api_fn *handler,
                              simg_problem *err)
{
    keyed k = { .in = in, .site = site };
    int first = 0;
    apr_status_t rv = read_body(&k, err);

    if (rv == APR_SUCCESS)
        rv = enter(&first, &k, err);
    if (rv != APR_SUCCESS)
        return rv;
    k.until = apr_time_now() + PATIENCE;
    return first ? run(out, in, site, handler, err) : follow(out, &k, handler, err);
}

apr_status_t simg_idempotent(simg_response *out, simg_request *in, const simg_site *site, simg_api_fn *handler,
                             simg_problem *err)
{
    if (!in->idempotency_key && !site->settings->save)
        return handler(out, in, site, err);
    in->id = simg_clock_id(in->p);
    return in->idempotency_key ? keyed_run(out, in, site, handler, err) : run(out, in, site, handler, err);
}
