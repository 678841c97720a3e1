/* SPDX-License-Identifier: Apache-2.0 */
/* query DB SQL: the rows of one SELECT, a line each, values separated by tabs, as a test in Perl reads them. Backslash,
 * tab and line feed are written as \\, \t and \n, and NULL as \N. Changes nothing.
 * query --write DB SQL: statements that leave the index as a process does that dies. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#define PATIENCE 20000 /* milliseconds */

static void print_value(const unsigned char *text)
{
    static const char marks[] = "\\\\\tt\nn";
    int i;

    for (; *text; text++) {
        for (i = 0; marks[i] && marks[i] != (char)*text; i += 2)
            ;
        if (marks[i])
            putchar('\\');
        putchar(marks[i] ? marks[i + 1] : *text);
    }
}

static void print_row(sqlite3_stmt *rows)
{
    int i, n = sqlite3_column_count(rows);

    for (i = 0; i < n; i++) {
        if (i > 0)
            putchar('\t');
        if (sqlite3_column_type(rows, i) == SQLITE_NULL)
            fputs("\\N", stdout);
        else
            print_value(sqlite3_column_text(rows, i));
    }
    putchar('\n');
}

/* Written to, if at all, by SQLite itself: it joins the others in their write-ahead log, which a reader of the file
 * alone could not. */
static int run(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *rows = NULL;
    int rv = sqlite3_exec(db, "PRAGMA query_only = 1", NULL, NULL, NULL);

    if (rv == SQLITE_OK)
        rv = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    while (rv == SQLITE_OK || rv == SQLITE_ROW) {
        rv = sqlite3_step(rows);
        if (rv == SQLITE_ROW)
            print_row(rows);
    }
    sqlite3_finalize(rows);
    return rv;
}

static int write_all(sqlite3 *db, const char *sql)
{
    int rv = sqlite3_exec(db, sql, NULL, NULL, NULL);

    return rv == SQLITE_OK ? SQLITE_DONE : rv;
}

/* What SQLite makes beside the database as root is root's for a moment, in which the server cannot open it. */
static int become_owner(const char *path)
{
    struct stat st;

    if (geteuid() != 0 || stat(path, &st) != 0)
        return 0;
    return setgid(st.st_gid) || setuid(st.st_uid);
}

int main(int argc, char **argv)
{
    int writes = argc == 4 && !strcmp(argv[1], "--write");
    sqlite3 *db = NULL;
    int rv;

    if (argc != 3 && !writes) {
        fputs("usage: query [--write] DB SQL\n", stderr);
        return 2;
    }
    if (become_owner(argv[argc - 2])) {
        perror("query");
        return 2;
    }
    rv = sqlite3_open_v2(argv[argc - 2], &db, SQLITE_OPEN_READWRITE, NULL);
    if (rv == SQLITE_OK) {
        sqlite3_busy_timeout(db, PATIENCE);
        rv = writes ? write_all(db, argv[3]) : run(db, argv[2]);
    }
    if (rv != SQLITE_DONE)
        fprintf(stderr, "query: %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    return rv == SQLITE_DONE ? 0 : 2;
}
