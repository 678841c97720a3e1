/* SPDX-License-Identifier: Apache-2.0 */
/* Housekeeping that one process does for all. */
#include "queue/tasks.h"

#include "queue.h"
#include "tap.h"

static int take(const simg_task *task, const char *owner, const char *run, apr_time_t now)
{
    simg_task t = *task;
    int taken = -1;

    t.owner = owner;
    t.run = run;
    t.now = now;
    shown(simg_tasks_take(&taken, db, &t, &err));
    return taken;
}

static void done(const simg_task *task, const char *owner, const char *run, const char *note, apr_time_t now)
{
    simg_task t = *task;

    t.owner = owner;
    t.run = run;
    t.now = now;
    shown(simg_tasks_done(db, &t, note, &err));
}

static const char *note_of(const simg_task *task)
{
    const char *note = "?";

    shown(simg_tasks_note(&note, db, task->name, pool, &err));
    return note;
}

static void test_once(void)
{
    const simg_task task = { .name = "recovery" };

    is_str(note_of(&task), NULL, "no note of what was never done");
    is_int(take(&task, "a", "run-1", T0), 1, "a task that nobody has done");
    is_int(take(&task, "b", "run-1", T0 + 1000), 0, "is taken once");
    is_int(take(&task, "b", "run-2", T0 + 1000), 0, "by whatever start");
    done(&task, "b", "run-1", "not mine", T0 + 1000);
    is_str(note_of(&task), NULL, "and done by who took it");
    done(&task, "a", "run-1", "3 of 4", T0 + 2000);
    is_str(note_of(&task), "3 of 4", "its note");
    is_int(take(&task, "b", "run-1", T0 + apr_time_from_sec(90000)), 0, "then not again in this start");
    is_int(take(&task, "b", "run-2", T0 + 3000), 1, "but in the next");
    is_str(note_of(&task), "3 of 4", "the note of the last time stays");
    is_int(take(&task, "c", "run-2", T0 + SIMG_LEASE - 1000), 0, "while its lease runs it is not free");
    is_int(take(&task, "c", "run-2", T0 + SIMG_LEASE + 3000), 1, "then it is");
    done(&task, "b", "run-2", "late", T0 + SIMG_LEASE + 4000);
    is_str(note_of(&task), "3 of 4", "who came late has nothing to say");
    shown(simg_tasks_drop(db, "c", &err));
    is_int(take(&task, "d", "run-2", T0 + SIMG_LEASE + 5000), 1, "a dead owner's is free at once");
    done(&task, "d", "run-2", NULL, T0 + SIMG_LEASE + 6000);
    is_str(note_of(&task), NULL, "no note");
}

static void test_every(void)
{
    const simg_task task = { .name = "models", .every = apr_time_from_sec(600) };

    is_int(take(&task, "a", "run-1", T0), 1, "a task that comes back");
    done(&task, "a", "run-1", NULL, T0 + apr_time_from_sec(10));
    is_int(take(&task, "a", "run-1", T0 + apr_time_from_sec(609)), 0, "not before its time");
    is_int(take(&task, "b", "run-1", T0 + apr_time_from_sec(610)), 1, "but then");
    shown(simg_tasks_drop(db, "b", &err));
    is_int(take(&task, "c", "run-2", T0 + apr_time_from_sec(611)), 1, "a new start makes it due");
    is_int(queue_number("SELECT COUNT(*) FROM task"), 2, "a row for each");
}

int main(void)
{
    queue_begin();
    test_once();
    test_every();
    queue_end();
    return done_testing();
}
