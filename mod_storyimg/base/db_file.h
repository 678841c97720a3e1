/* SPDX-License-Identifier: Apache-2.0 */
/** What a database in a file needs that SQLite does not do by itself. Paths are absolute. */
#ifndef SIMG_BASE_DB_FILE_H
#define SIMG_BASE_DB_FILE_H

/** If there is no file, make an empty one that only its owner may read and write. If that fails, opening it will
 * tell. */
void simg_db_file_make(const char *path);

/** @return 1 if this process may write to the file and make others beside it. */
int simg_db_file_writable(const char *path);

#endif
