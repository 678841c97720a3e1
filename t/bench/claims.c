/* SPDX-License-Identifier: Apache-2.0 */
/* What the index costs for one page of a job: claimed in batches, as the worker does, and ended in a transaction of its
 * own, with a picture. Durable, on the disk below /tmp. Medians; exit status 1 if they are above the promise. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../unit/queue.h"
#include "index/images.h"

enum { OLD = 20000, JOBS = 400, PAGES = 3, BATCH = 64, MOST = JOBS * PAGES };

#define PROMISE 1000.0 /* microseconds */

static double claim_cost[MOST], end_cost[MOST]; /* of each page */
static int claimed, ended;

static void must(apr_status_t rv)
{
    if (rv == APR_SUCCESS)
        return;
    fprintf(stderr, "%s: %s\n", err.code ? err.code : "failed", err.cause ? err.cause : "");
    exit(2);
}

/* Jobs in one transaction. What was before has ended long ago. */
static void add_jobs(const char *stem, int count, int over)
{
    int i;

    must(simg_db_begin(db, &err));
    for (i = 0; i < count; i++)
        must(queue_job(SITE, apr_psprintf(pool, "%s%06d", stem, i), PAGES, NULL, T0 + i));
    if (over) {
        must(simg_db_run(db, "UPDATE job_page SET state = 'saved'", NULL, 0, NULL, NULL, &err));
        must(simg_db_run(db, "UPDATE job SET status = 'completed'", NULL, 0, NULL, NULL, &err));
    }
    must(simg_db_commit(db, &err));
}

/* As simg_runner_fill does: look, and claim if there is something. */
static apr_array_header_t *claim_batch(apr_pool_t *p)
{
    const simg_claim_query query = {
        .site = SITE, .owner = "me", .models = queue_models, .now = T0 + apr_time_from_sec(60), .max = BATCH
    };
    apr_array_header_t *claims = apr_array_make(p, 1, sizeof(simg_claim));
    apr_time_t start = apr_time_now(), next = 0;
    double each;
    int i;

    must(simg_claims_next(&next, db, &query, &err));
    if (!next)
        return claims;
    must(simg_claims_take(&claims, db, &query, p, &err));
    each = (double)(apr_time_now() - start) / (claims->nelts ? claims->nelts : 1);
    for (i = 0; i < claims->nelts; i++)
        claim_cost[claimed++] = each;
    return claims;
}

/* As work/runner.c writes the end of a page. */
static void end_page(const simg_claim *claim, apr_pool_t *p)
{
    const simg_page_row row = { .number = claim->number,
                                .wanted = 1,
                                .filename = apr_psprintf(p, "story-%s-p%d.png", claim->job_id, claim->number),
                                .model = "gpt-image-2",
                                .width = 1024,
                                .height = 1024,
                                .size = 1482113,
                                .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                .cost = 40000 };
    const simg_image image = { .filename = row.filename,
                               .kind = claim->kind,
                               .page_number = row.number,
                               .story_id = claim->story_id,
                               .subject = claim->subject,
                               .description = claim->scene,
                               .model = row.model,
                               .width = row.width,
                               .height = row.height,
                               .size = row.size,
                               .sha256 = row.sha256,
                               .created_at = T0 };
    simg_claim_end end = { .outcome = SIMG_OUTCOME_MADE, .cost = row.cost, .now = T0 + apr_time_from_sec(65) };
    apr_time_t start = apr_time_now();
    int ours = 0;

    end.life = simg_page_next(&claim->life, SIMG_OUTCOME_MADE, 0, claim->links, 0);
    must(simg_db_begin(db, &err));
    must(simg_claims_end(&ours, db, claim, &end, p, &err));
    must(simg_stories_page_in(db, claim->story_id, &row, &err));
    must(simg_images_put_in(db, &image, &err));
    must(simg_db_commit(db, &err));
    end_cost[ended] = (double)(apr_time_now() - start);
    ended += ours;
}

static int work_batch(void)
{
    apr_array_header_t *claims;
    apr_pool_t *p;
    int i, n;

    apr_pool_create(&p, pool);
    claims = claim_batch(p);
    for (i = 0; i < claims->nelts; i++)
        end_page(&APR_ARRAY_IDX(claims, i, simg_claim), p);
    n = claims->nelts;
    apr_pool_destroy(p);
    return n;
}

static int by_size(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;

    return (d > 0) - (d < 0);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof(*values), by_size);
    return values[n / 2];
}

int main(void)
{
    double claim, end;

    queue_begin();
    add_jobs("old", OLD, 1);
    add_jobs("new", JOBS, 0);
    while (work_batch())
        continue;
    if (claimed != MOST || ended != MOST) {
        fprintf(stderr, "%d pages claimed, %d ended, of %d\n", claimed, ended, MOST);
        exit(2);
    }
    claim = median(claim_cost, claimed);
    end = median(end_cost, ended);
    printf(
        "claims  %d pages, %d jobs before them: claim %.0f us (in batches of %d), end %.0f us, 95 of 100 ends at most "
        "%.0f us: %.0f us per page (under %.0f)\n",
        MOST, OLD, claim, BATCH, end, end_cost[ended * 95 / 100], claim + end, PROMISE);
    queue_end();
    return claim + end >= PROMISE;
}
