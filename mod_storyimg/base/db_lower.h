/* SPDX-License-Identifier: Apache-2.0 */
/** SQL's lower() for all letters: SQLite's own knows A to Z only, PostgreSQL's knows them all. */
#ifndef SIMG_BASE_DB_LOWER_H
#define SIMG_BASE_DB_LOWER_H

#include <sqlite3.h>

/** Replace lower(X) on this connection. @return SQLite's code */
int simg_db_lower_add(sqlite3 *db);

#endif
