/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slots.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

#define ROOM_FOR_OLD 8 /* slots beyond two generations of children */
#define TRIES 1000

/* Whose slot it is and how many wait there, in one word: so taking over what a dead process left is one step, and no
 * moment exists at which a kill could leave a count without its owner. */
typedef _Atomic uint64_t slot;

#define OWNER(word) ((uint32_t)((word) >> 32))
#define COUNT(word) ((uint32_t)(word))
#define WORD(owner, count) ((uint64_t)(owner) << 32 | (count))

/* Of the last slot, which all share that found no other: it is no process and never dies. */
#define EVERYBODY UINT32_MAX

typedef struct board {
    uint32_t n; /* slots, the last one included */
    slot slots[];
} board;

struct simg_slots {
    board *board;
    slot *mine;
    uint32_t owner; /* as in *mine */
    pid_t pid;
};

static uint32_t slots_for(int children)
{
    return 2 * (uint32_t)(children > 0 ? children : 1) + ROOM_FOR_OLD + 1;
}

apr_size_t simg_slots_size(int children)
{
    return sizeof(board) + slots_for(children) * sizeof(slot);
}

void simg_slots_init(void *memory, int children)
{
    board *b = memory;
    uint32_t i;

    b->n = slots_for(children);
    for (i = 0; i < b->n; i++)
        atomic_init(&b->slots[i], i == b->n - 1 ? WORD(EVERYBODY, 0) : 0);
}

/* A process of another user, of which we may only learn that it is there, lives too. */
static int is_gone(uint32_t owner)
{
    return owner != EVERYBODY && kill((pid_t)owner, 0) != 0 && errno == ESRCH;
}

static int change(slot *s, uint64_t from, uint64_t to)
{
    return atomic_compare_exchange_strong(s, &from, to);
}

/* Give the slots of the dead back, with what they had counted. */
static void strike_out(board *b)
{
    uint32_t i;

    for (i = 0; i < b->n; i++) {
        uint64_t word = atomic_load(&b->slots[i]);

        if (word && is_gone(OWNER(word)))
            change(&b->slots[i], word, 0);
    }
}

/* Our own number on a slot is that of a dead process that had it before us. */
static slot *take(board *b, uint32_t owner)
{
    uint32_t i;

    for (i = 0; i < b->n - 1; i++) {
        uint64_t word = atomic_load(&b->slots[i]);

        if ((!word || OWNER(word) == owner) && change(&b->slots[i], word, WORD(owner, 0)))
            return &b->slots[i];
    }
    return NULL;
}

/* A process forked off us has our pools, but the slot is not its own. */
static apr_status_t give_back(void *data)
{
    simg_slots *s = data;

    if (s->owner != EVERYBODY && s->pid == getpid())
        atomic_store(s->mine, 0);
    return APR_SUCCESS;
}

simg_slots *simg_slots_open(void *memory, apr_pool_t *p)
{
    simg_slots *s = apr_pcalloc(p, sizeof(*s));

    s->board = memory;
    s->pid = getpid();
    s->owner = (uint32_t)s->pid;
    strike_out(s->board);
    s->mine = take(s->board, s->owner);
    if (!s->mine) {
        s->mine = &s->board->slots[s->board->n - 1];
        s->owner = EVERYBODY;
    }
    apr_pool_cleanup_register(p, s, give_back, apr_pool_cleanup_null);
    return s;
}

static int64_t total(board *b)
{
    int64_t sum = 0;
    uint32_t i;

    for (i = 0; i < b->n; i++)
        sum += COUNT(atomic_load(&b->slots[i]));
    return sum;
}

/* Count first, look then. Were there ever more inside than the limit, the last of them to count itself would have seen
 * all the others. Who sees too many steps back; and who then, having stepped back, sees room tries again, or else two
 * that meet at the last place would send each other away. */
int simg_slots_enter(simg_slots *slots, int limit)
{
    int i;

    if (!slots)
        return 1;
    for (i = 0; i < TRIES; i++) {
        atomic_fetch_add(slots->mine, 1);
        if (total(slots->board) <= limit)
            return 1;
        simg_slots_leave(slots);
        strike_out(slots->board);
        if (total(slots->board) >= limit)
            return 0;
        sched_yield();
    }
    return 0;
}

/* Only what is ours and counted: a request that outlives the pool of its child must not touch the next owner's. */
void simg_slots_leave(simg_slots *slots)
{
    uint64_t word;

    if (!slots)
        return;
    word = atomic_load(slots->mine);
    while (OWNER(word) == slots->owner && COUNT(word) > 0)
        if (atomic_compare_exchange_weak(slots->mine, &word, word - 1))
            return;
}

int simg_slots_waiting(const simg_slots *slots)
{
    uint32_t i;
    int64_t sum = 0;

    for (i = 0; slots && i < slots->board->n; i++) {
        uint64_t word = atomic_load(&slots->board->slots[i]);

        if (COUNT(word) && !is_gone(OWNER(word)))
            sum += COUNT(word);
    }
    return (int)sum;
}
