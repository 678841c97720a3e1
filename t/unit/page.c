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

/* One arrow from each state; those that have none stay. */
static void moves(simg_page_life (*move)(const simg_page_life *), const simg_page_state *to, const char *name)
{
    int i;

    for (i = 0; i < SIMG_PAGE_STATES; i++) {
        const simg_page_life life = { (simg_page_state)i, 1, 2, 0 };
        simg_page_life next = move(&life);
        int fresh = next.state == SIMG_PAGE_PENDING && i != SIMG_PAGE_PENDING;

        ok(next.state == to[i] && next.link == (fresh ? 0 : 1) && next.tries == (fresh ? 0 : 2) && next.wait == 0,
           "%s: %s becomes %s", name, simg_page_state_name((simg_page_state)i), simg_page_state_name(to[i]));
    }
}

static void others(void)
{
    static const simg_page_state cancelled[] = { SIMG_PAGE_CANCELLED, SIMG_PAGE_SENT,    SIMG_PAGE_SAVED,
                                                 SIMG_PAGE_REFUSED,   SIMG_PAGE_UNKNOWN, SIMG_PAGE_FAILED,
                                                 SIMG_PAGE_CANCELLED };
    static const simg_page_state orphaned[] = { SIMG_PAGE_PENDING,  SIMG_PAGE_UNKNOWN, SIMG_PAGE_SAVED,
                                                SIMG_PAGE_REFUSED,  SIMG_PAGE_UNKNOWN, SIMG_PAGE_FAILED,
                                                SIMG_PAGE_CANCELLED };
    static const simg_page_state retried[] = { SIMG_PAGE_PENDING, SIMG_PAGE_SENT,    SIMG_PAGE_SAVED,
                                               SIMG_PAGE_REFUSED, SIMG_PAGE_PENDING, SIMG_PAGE_PENDING,
                                               SIMG_PAGE_PENDING };

    moves(simg_page_cancelled, cancelled, "cancel");
    moves(simg_page_orphaned, orphaned, "orphan");
    moves(simg_page_retried, retried, "retry");
}

static void names(void)
{
    int i, same = 0;

    for (i = 0; i < SIMG_PAGE_STATES; i++)
        same += simg_page_state_read(simg_page_state_name((simg_page_state)i)) == i;
    is_int(same, SIMG_PAGE_STATES, "each state's name is read as that state");
    is_str(simg_page_state_name(SIMG_PAGE_UNKNOWN), "unknown", "the index's word");
    is_int(simg_page_state_read("nonsense"), -1, "no such state");
    is_str(simg_outcome_name(SIMG_OUTCOME_MADE), "made", "the ledger's word: made");
    is_str(simg_outcome_name(SIMG_OUTCOME_NOTHING), "nothing", "nothing");
    is_str(simg_outcome_name(SIMG_OUTCOME_UNFIT), "unfit", "unfit");
    is_str(simg_outcome_name(SIMG_OUTCOME_REFUSED), "refused", "refused");
    is_str(simg_outcome_name(SIMG_OUTCOME_UNKNOWN), "unknown", "unknown");
}

int main(void)
{
    simg_page_life sent = simg_page_sent(&(const simg_page_life){ SIMG_PAGE_PENDING, 1, 1, 5 });

    ok(sent.state == SIMG_PAGE_SENT && sent.link == 1 && sent.tries == 2 && sent.wait == 0, "sent counts the try");
    leads_to(SIMG_OUTCOME_MADE, SIMG_PAGE_SAVED, "made: saved");
    leads_to(SIMG_OUTCOME_REFUSED, SIMG_PAGE_REFUSED, "refused: final, although there is another provider");
    leads_to(SIMG_OUTCOME_UNKNOWN, SIMG_PAGE_UNKNOWN, "unknown: not sent again");
    leads_to(SIMG_OUTCOME_NOTHING, SIMG_PAGE_PENDING, "nothing made: again");
    leads_to(SIMG_OUTCOME_UNFIT, SIMG_PAGE_PENDING, "will not: the next");
    retries();
    waits();
    others();
    names();
    return done_testing();
}
