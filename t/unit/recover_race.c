/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes see at the same moment that another has gone: what it left is taken up once. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "queue.h"

#include "picture.h"
#include "tap.h"
#include "work/recover.h"

enum { JOBS = 60, PROCESSES = 4, WHOLE = 45 }; /* of the others only half a picture came */

static simg_settings settings = { .save = 1 };

static void put_part(const char *call_id, int number)
{
    picture png = picture_png(300000, (uint32_t)number + 1, pool);
    const char *path = apr_psprintf(pool, "%s/state/incoming/%s.part", scratch, call_id);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0200);
    apr_size_t len = number < WHOLE ? png.len : png.len / 2;

    if (fd < 0 || write(fd, png.bytes, len) != (ssize_t)len || close(fd) != 0)
        printf("# %s: not written\n", path);
}

static void leave_behind(void)
{
    apr_array_header_t *claims;
    int i;

    mkdir(settings.state_dir, 0700);
    mkdir(settings.generated_dir, 0755);
    mkdir(apr_pstrcat(pool, settings.state_dir, "/incoming", NULL), 0700);
    shown(simg_db_begin(db, &err));
    for (i = 0; i < JOBS; i++)
        queue_job(SITE, apr_psprintf(pool, "j%03d", i), 1, NULL, T0);
    shown(simg_db_commit(db, &err));
    claims = queue_take(NULL, JOBS, T0);
    for (i = 0; i < claims->nelts; i++)
        put_part(APR_ARRAY_IDX(claims, i, simg_claim).call_id, i);
}

/* All at the same moment: when the pipe is closed. */
static int child(int gate, int number)
{
    simg_site site = { .name = SITE, .run = "", .settings = &settings };
    simg_problem problem = { 0 };
    apr_pool_t *p;
    char byte;

    apr_pool_create(&p, NULL);
    site.owner = apr_psprintf(p, "p%d", number);
    if (read(gate, &byte, 1) != 0 || simg_index_open(&site.index, settings.index, p, &problem) != APR_SUCCESS ||
        simg_recover_leases(&site, p, &problem) != APR_SUCCESS) {
        printf("# %s: %s\n", site.owner, problem.cause ? problem.cause : problem.code);
        return 1;
    }
    apr_pool_destroy(p);
    return 0;
}

static int recover_together(void)
{
    int gate[2], i, status, good = 0;

    if (pipe(gate) != 0)
        return 0;
    fflush(stdout);
    for (i = 0; i < PROCESSES; i++)
        if (fork() == 0) {
            close(gate[1]);
            status = child(gate[0], i);
            fflush(stdout);
            _exit(status);
        }
    close(gate[1]);
    for (i = 0; i < PROCESSES; i++)
        good += wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    close(gate[0]);
    return good;
}

static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *e;
    int n = 0;

    while (dir && (e = readdir(dir)) != NULL)
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

int main(void)
{
    plan(8);
    queue_begin();
    settings.state_dir = apr_pstrcat(pool, scratch, "/state", NULL);
    settings.generated_dir = apr_pstrcat(pool, scratch, "/generated", NULL);
    settings.index = apr_psprintf(pool, "sqlite3:%s/i.db", scratch);
    leave_behind();
    is_int(recover_together(), PROCESSES, "all of them recover");
    is_int(queue_number("SELECT COUNT(*) FROM image"), WHOLE, "each whole picture is listed once");
    is_int(files_in(settings.generated_dir), WHOLE, "and has one name");
    is_int(files_in(apr_pstrcat(pool, settings.state_dir, "/incoming", NULL)), 0, "no temporary file is left");
    is_int(queue_number("SELECT COUNT(*) FROM call WHERE outcome = 'made'"), WHOLE, "the ledger says so");
    is_int(queue_number("SELECT COUNT(*) FROM call WHERE outcome = 'unknown'"), JOBS - WHOLE,
           "and that nobody knows of the others");
    is_int(queue_number("SELECT COUNT(*) FROM job WHERE status IN ('completed', 'failed')"), JOBS,
           "every job has ended");
    is_int(queue_number("SELECT COUNT(*) FROM job_event WHERE name = 'done'"), JOBS, "and said so once");
    queue_end();
    return done_testing();
}
