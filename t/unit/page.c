/* SPDX-License-Identifier: Apache-2.0 */
/* Each arrow of a page's life. */
#include "queue/page.h"

#include "tap.h"

static const simg_page_life first = { SIMG_PAGE_SENT, 0, 1, 0 };

static void leads_to(simg_outcome outcome, simg_page_state state, const char *name)
{
    simg_page_life next = simg_page_next(&first, outcome, 0, 2, 0);

    is_int(next.state, state, name);
}

static void retries(void)
{
    simg_page_life life = { SIMG_PAGE_PENDING, 0, 0, 0 }, next;
    int sent = 0;

    while (life.state == SIMG_PAGE_PENDING && sent < 20) {
        life = simg_page_sent(&life);
        sent++;
        life = simg_page_next(&life, SIMG_OUTCOME_NOTHING, 0, 2, 0);
    }
    is_int(sent, 6, "three tries of each of two providers");
    is_int(life.state, SIMG_PAGE_FAILED, "then it has failed");
    next = simg_page_next(&first, SIMG_OUTCOME_UNFIT, 0, 2, 0);
    ok(next.state == SIMG_PAGE_PENDING && next.link == 1 && next.tries == 0 && next.wait == 0,
       "one that will not is followed by the next at once");
    next = simg_page_next(&first, SIMG_OUTCOME_UNFIT, 0, 1, 0);
    is_int(next.state, SIMG_PAGE_FAILED, "unless it was the last");
}

static void waits(void)
{
    simg_page_life second = { SIMG_PAGE_SENT, 0, 2, 0 }, next;

    next = simg_page_next(&first, SIMG_OUTCOME_NOTHING, 0, 1, 0);
    is_int(next.wait, 750000, "the shortest first wait");
    next = simg_page_next(&first, SIMG_OUTCOME_NOTHING, 0, 1, 500000);
    is_int(next.wait, 1250000, "the longest first wait");
    next = simg_page_next(&second, SIMG_OUTCOME_NOTHING, 0, 1, 0);
    is_int(next.wait, 1500000, "the second is twice as long");
    next = simg_page_next(&first, SIMG_OUTCOME_NOTHING, apr_time_from_sec(7), 1, 0);
    is_int(next.wait, apr_time_from_sec(7), "Retry-After wins over the back-off");
    next = simg_page_next(&first, SIMG_OUTCOME_NOTHING, apr_time_from_sec(120), 1, 0);
    is_int(next.wait, apr_time_from_sec(120), "up to two minutes");
    next = simg_page_next(&first, SIMG_OUTCOME_NOTHING, apr_time_from_sec(121), 1, 0);
    is_int(next.state, SIMG_PAGE_FAILED, "beyond it is not waited for");
    next = simg_page_next(&first, SIMG_OUTCOME_NOTHING, apr_time_from_sec(121), 2, 0);
    ok(next.state == SIMG_PAGE_PENDING && next.link == 1, "but another provider is asked");
}

int main(void)
{
    leads_to(SIMG_OUTCOME_MADE, SIMG_PAGE_SAVED, "made: saved");
    leads_to(SIMG_OUTCOME_REFUSED, SIMG_PAGE_REFUSED, "refused: final, although there is another provider");
    leads_to(SIMG_OUTCOME_UNKNOWN, SIMG_PAGE_UNKNOWN, "unknown: not sent again");
    leads_to(SIMG_OUTCOME_NOTHING, SIMG_PAGE_PENDING, "nothing made: again");
    leads_to(SIMG_OUTCOME_UNFIT, SIMG_PAGE_PENDING, "will not: the next");
    retries();
    waits();
    return done_testing();
}
