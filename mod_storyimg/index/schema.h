/* SPDX-License-Identifier: Apache-2.0 */
/** The tables of the index, as scripts for simg_db_migrate. A script that was released is never changed: a change
 * is one more script. */
#ifndef SIMG_INDEX_SCHEMA_H
#define SIMG_INDEX_SCHEMA_H

/** For SQLite 3.37 and later; ended by NULL. */
extern const char *const simg_schema_sqlite[];

#endif
