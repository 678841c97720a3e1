/* SPDX-License-Identifier: Apache-2.0 */
/** Files that can be made again at any time: written by one at a time, seen whole or not at all, not synced to disk. */
#ifndef SIMG_BASE_FILE_DRAFT_H
#define SIMG_BASE_FILE_DRAFT_H

#include <apr_file_io.h>

/** Make one folder, mode 0755 less the umask, where nothing is. @return APR_ENOTDIR: there is something else, be it a
 * symlink to a folder */
apr_status_t simg_dir_make_plain(const char *path);

/** Open `path` for writing, empty, made if missing, for this open of it alone, among all threads and processes; what a
 * dead process has left is taken over. Nobody may read it, its owner included. Closed with p.
 * @return APR_EAGAIN: somebody else has it open */
apr_status_t simg_draft_open(apr_file_t **out, const char *path, apr_pool_t *p);

/** Everything is written: close it, make it readable for all, and move it to `folder`/`name`, over what is there, in
 * one step. It is used up, also if that fails: then nothing of it is left. A folder that is a symlink is not entered: APR_ENOTDIR. */
apr_status_t simg_draft_publish(apr_file_t *draft, const char *path, const char *folder, const char *name);

/** Remove it unpublished. */
void simg_draft_drop(apr_file_t *draft, const char *path);

/** Remove a published one. That there is no such file or folder, or that it is a symlink that leads to the folder, is
 * success. */
apr_status_t simg_draft_remove(const char *folder, const char *name);

#endif
