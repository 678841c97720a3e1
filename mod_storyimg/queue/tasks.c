/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/tasks.h"

#include "queue/claims.h"

typedef struct standing {
    int found;
    int held; /* by somebody else, whose lease runs */
    int same_run;
    apr_time_t ran_at;
} standing;

static apr_status_t read_standing(void *baton, const simg_row *row, simg_problem *err)
{
    standing *s = baton;

    (void)err;
    s->found = 1;
    s->held = (int)simg_row_int(row, 0);
    s->same_run = (int)simg_row_int(row, 1);
    s->ran_at = apr_time_from_msec(simg_row_int(row, 2));
    return APR_SUCCESS;
}

static int is_due(const standing *s, const simg_task *task)
{
    if (s->held)
        return 0;
    return !s->found || !s->same_run || (task->every && s->ran_at + task->every <= task->now);
}

static apr_status_t put(simg_db *db, const simg_task *task, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(task->name), simg_value_text(task->owner),
                                simg_value_int(apr_time_as_msec(task->now + SIMG_LEASE)) };

    return simg_db_run(db,
                       "INSERT INTO task (name, owner, lease_until, ran_at) VALUES ($1, $2, $3, 0) "
                       "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until",
                       args, 3, NULL, NULL, err);
}

static apr_status_t take(int *taken, simg_db *db, const simg_task *task, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(task->name), simg_value_text(task->owner),
                                simg_value_int(apr_time_as_msec(task->now)), simg_value_text(task->run) };
    standing s = { .found = 0 };
    apr_status_t rv = simg_db_run(db,
                                  "SELECT CASE WHEN owner <> $2 AND lease_until > $3 THEN 1 ELSE 0 END, "
                                  "CASE WHEN run = $4 THEN 1 ELSE 0 END, ran_at FROM task WHERE name = $1",
                                  args, 4, read_standing, &s, err);

    *taken = rv == APR_SUCCESS && is_due(&s, task);
    return *taken ? put(db, task, err) : rv;
}

apr_status_t simg_tasks_take(int *taken, simg_db *db, const simg_task *task, simg_problem *err)
{
    apr_status_t rv = simg_db_begin(db, err);

    *taken = 0;
    if (rv == APR_SUCCESS)
        rv = take(taken, db, task, err);
    if (rv == APR_SUCCESS)
        rv = simg_db_commit(db, err);
    simg_db_rollback(db);
    if (rv != APR_SUCCESS)
        *taken = 0;
    return rv;
}

apr_status_t simg_tasks_done(simg_db *db, const simg_task *task, const char *note, simg_problem *err)
{
    const simg_value args[] = { simg_value_text(task->name), simg_value_text(task->owner),
                                simg_value_int(apr_time_as_msec(task->now)), simg_value_text(task->run),
                                simg_value_text(note) };

    return simg_db_run(db,
                       "UPDATE task SET owner = NULL, lease_until = 0, ran_at = $3, run = $4, note = $5 "
                       "WHERE name = $1 AND owner = $2",
                       args, 5, NULL, NULL, err);
}

typedef struct note_reader {
    const char **note;
    apr_pool_t *p;
} note_reader;

static apr_status_t read_note(void *baton, const simg_row *row, simg_problem *err)
{
    const note_reader *r = baton;

    (void)err;
    *r->note = simg_row_text(row, 0, r->p);
    return APR_SUCCESS;
}

apr_status_t simg_tasks_note(const char **note, simg_db *db, const char *name, apr_pool_t *p, simg_problem *err)
{
    const simg_value arg = simg_value_text(name);
    note_reader r = { note, p };

    *note = NULL;
    return simg_db_run(db, "SELECT note FROM task WHERE name = $1", &arg, 1, read_note, &r, err);
}

apr_status_t simg_tasks_drop(simg_db *db, const char *owner, simg_problem *err)
{
    const simg_value arg = simg_value_text(owner);

    return simg_db_run(db, "UPDATE task SET owner = NULL, lease_until = 0 WHERE owner = $1", &arg, 1, NULL, NULL, err);
}
