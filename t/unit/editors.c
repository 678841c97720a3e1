/* SPDX-License-Identifier: Apache-2.0 */
/* Who is asked to draw a hero of whom there is a picture: those who draw from it first, then the others, in words. */
#include "queue.h"
#include "tap.h"

#define PHOTO "character-image-1738355170000-0123456789abcdef0123456789abcdef.png"

static const char *const two[] = { "openai/gpt-image-2", "azure/my/image", NULL };
static const char *const one[] = { "openai/gpt-image-1", NULL };
static const char *const drawers[] = { "openai/dall-e-3", "offline/offline", NULL };

/** Story sID and its job ID of n pages, of a hero with a picture. */
static void job_of(const char *id, const char *kind, int n)
{
    const simg_job job = { .id = id,
                           .site = SITE,
                           .story_id = apr_pstrcat(pool, "s", id, NULL),
                           .kind = kind,
                           .reference = PHOTO,
                           .epoch = 1738355170123,
                           .brief = "{}",
                           .created_at = T0,
                           .updated_at = T0 };
    apr_array_header_t *pages = apr_array_make(pool, n, sizeof(simg_job_page));
    int i;

    for (i = 1; i <= n; i++)
        APR_ARRAY_PUSH(pages, simg_job_page) =
            (simg_job_page){ i, apr_psprintf(pool, "words %s-%d", id, i), apr_psprintf(pool, "edit %s-%d", id, i) };
    queue_story(id, n, T0);
    shown(simg_jobs_add(db, &job, pages, &err));
}

/** The only claim of a job, at `now`; owner "me". */
static simg_claim *take(const char *id, const char *const *editors, apr_time_t now)
{
    const simg_claim_query query = {
        .site = SITE, .job_id = id, .owner = "me", .models = drawers, .editors = editors, .now = now, .max = 9
    };
    static simg_claim none = { .call_id = "none" };
    apr_array_header_t *claims;

    shown(simg_claims_take(&claims, db, &query, pool, &err));
    return ok(claims->nelts == 1, "%s: one claim", id) ? &APR_ARRAY_IDX(claims, 0, simg_claim) : &none;
}

static const char *plain(const char *text)
{
    return text ? text : "-";
}

/** "gptimg edit a-1 openai gpt-image-2 +photo 0/4": kind, prompt, who, the reference, place in the chain. */
static const char *shape(const simg_claim *c)
{
    return apr_psprintf(pool, "%s %s %s %s %s %d/%d", plain(c->kind), plain(c->prompt), plain(c->provider),
                        plain(c->model), c->reference ? !strcmp(c->reference, PHOTO) ? "+photo" : "?" : "alone",
                        c->life.link, c->links);
}

/** "edit openai gpt-image-2": of the ledger. */
static const char *call_of(const simg_claim *c)
{
    return queue_text(
        apr_psprintf(pool, "SELECT kind || ' ' || provider || ' ' || model FROM call WHERE id = '%s'", c->call_id));
}

static void test_order(void)
{
    static const char *const want[] = { "gptimg edit order-1 openai gpt-image-2 +photo 0/4",
                                        "gptimg edit order-1 azure my/image +photo 1/4",
                                        "consistent words order-1 openai dall-e-3 alone 2/4",
                                        "consistent words order-1 offline offline alone 3/4" };
    static const char *const calls[] = { "edit openai gpt-image-2", "edit azure my/image", "image openai dall-e-3",
                                         "image offline offline" };
    int i;

    job_of("order", "consistent", 1);
    for (i = 0; i < 4; i++) {
        const simg_claim *c = take("order", two, T0);

        is_str(shape(c), want[i], i < 2 ? "an editor, with the photo" : "then in words");
        is_str(call_of(c), calls[i], "as the ledger has it");
        is_int(c->life.tries, 1, "asked once");
        is_int(queue_end_call(c, SIMG_OUTCOME_UNFIT, T0), 1, "it cannot");
    }
    is_str(queue_states("order"), "failed", "until nobody is left");
}

static void test_tries(void)
{
    apr_time_t now = T0;
    simg_claim *c;
    int i;

    job_of("tries", "story", 1);
    for (i = 0; i < SIMG_PAGE_TRIES; i++) {
        c = take("tries", two, now);
        ok(c->life.link == 0 && c->life.tries == i + 1 && c->reference, "an editor is asked again");
        queue_end_call(c, SIMG_OUTCOME_NOTHING, now);
        now += apr_time_from_sec(200);
    }
    c = take("tries", two, now);
    is_str(shape(c), "gptimg edit tries-1 azure my/image +photo 1/4", "then the next editor");
    queue_end_call(c, SIMG_OUTCOME_MADE, now);
}

static void test_made(void)
{
    const simg_claim *c;

    job_of("made", "consistent", 1);
    c = take("made", two, T0);
    is_int(queue_end_call(c, SIMG_OUTCOME_MADE, T0), 1, "the first has drawn it");
    is_str(queue_states("made"), "saved", "nobody else is asked");
    job_of("refused", "consistent", 1);
    queue_end_call(take("refused", two, T0), SIMG_OUTCOME_REFUSED, T0);
    is_str(queue_states("refused"), "refused", "nor after a refusal");
}

static void test_only(void)
{
    const simg_claim *c;

    job_of("only", "gptimg", 1);
    c = take("only", one, T0);
    is_str(shape(c), "gptimg edit only-1 openai gpt-image-1 +photo 0/1", "a job of edits alone has no link of words");
    queue_end_call(c, SIMG_OUTCOME_UNFIT, T0);
    is_str(queue_states("only"), "failed", "and ends with its editors");
    job_of("both", "gptimg", 1);
    queue_end_call(take("both", two, T0), SIMG_OUTCOME_UNFIT, T0);
    c = take("both", one, T0);
    is_str(shape(c), "gptimg edit both-1 openai gpt-image-1 +photo 0/1", "even when its chain became shorter");
    queue_end_call(c, SIMG_OUTCOME_UNFIT, T0);
    is_str(queue_states("both"), "failed", "it is not drawn in words");
}

/** Found again by whoever looks after a process that died; in words or not, as it was sent. */
static void test_orphans(void)
{
    const simg_claim *first, *second, *o;
    apr_array_header_t *orphans;
    const char *outcome;
    simg_claim found;

    job_of("orph", "consistent", 1);
    first = take("orph", one, T0);
    shown(simg_leases_orphans(&orphans, db, "me", pool, &err));
    o = &APR_ARRAY_IDX(orphans, orphans->nelts - 1, simg_claim);
    ok(orphans->nelts == 1 && !strcmp(o->call_id, first->call_id), "an edit that nobody ended");
    ok(!strcmp(o->kind, "gptimg") && o->reference && !strcmp(o->reference, PHOTO), "keeps its kind and its reference");
    ok(o->life.state == SIMG_PAGE_SENT && o->life.link == 0 && !strcmp(o->model, "gpt-image-1"), "and who was asked");
    queue_end_call(first, SIMG_OUTCOME_UNFIT, T0);
    second = take("orph", one, T0);
    shown(simg_leases_orphans(&orphans, db, "me", pool, &err));
    o = &APR_ARRAY_IDX(orphans, orphans->nelts - 1, simg_claim);
    ok(orphans->nelts == 1 && !strcmp(o->call_id, second->call_id), "a call in words, of the same page");
    ok(!strcmp(o->kind, "consistent") && !o->reference && !strcmp(o->prompt, "words orph-1"), "is one of words");
    is_int(shown(simg_claims_find(&found, &outcome, db, first->call_id, pool, &err)), APR_SUCCESS, "by its id");
    ok(!strcmp(found.kind, "gptimg") && found.reference && !strcmp(plain(outcome), "unfit"), "the edit is one still");
    queue_end_call(second, SIMG_OUTCOME_MADE, T0);
}

/** From the first on: an editor, though words were asked last. */
static void test_retry(void)
{
    int pages = 0;

    job_of("again", "consistent", 1);
    queue_end_call(take("again", one, T0), SIMG_OUTCOME_UNFIT, T0);
    queue_end_call(take("again", one, T0), SIMG_OUTCOME_UNKNOWN, T0);
    is_str(queue_states("again"), "unknown", "words were asked last, and nobody knows what came of it");
    shown(simg_jobs_retry(&pages, db, SITE, "again", T0, pool, &err));
    is_int(pages, 1, "it is asked for again");
    is_str(shape(take("again", one, T0)), "gptimg edit again-1 openai gpt-image-1 +photo 0/3",
           "the editor comes first");
}

static void test_shorter(void)
{
    const simg_claim *c;

    job_of("short", "consistent", 1);
    queue_end_call(take("short", two, T0), SIMG_OUTCOME_UNFIT, T0);
    queue_end_call(take("short", two, T0), SIMG_OUTCOME_UNFIT, T0);
    queue_end_call(take("short", two, T0), SIMG_OUTCOME_UNFIT, T0);
    c = take("short", one, T0);
    is_str(shape(c), "consistent words short-1 offline offline alone 2/3", "a chain that became shorter: its last");
    queue_end_call(c, SIMG_OUTCOME_UNFIT, T0);
    is_str(queue_states("short"), "failed", "and no further");
}

static void test_none(void)
{
    job_of("none", "consistent", 1);
    is_str(shape(take("none", NULL, T0)), "consistent words none-1 openai dall-e-3 alone 0/2", "no editors at all");
    job_of("empty", "story", 1);
    is_str(shape(take("empty", drawers + 2, T0)), "story words empty-1 openai dall-e-3 alone 0/2", "an empty list");
}

int main(void)
{
    queue_begin();
    test_order();
    test_tries();
    test_made();
    test_only();
    test_orphans();
    test_retry();
    test_shorter();
    test_none();
    queue_end();
    return done_testing();
}
