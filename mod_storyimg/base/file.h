/* SPDX-License-Identifier: Apache-2.0 */
/** What apr_file_* lacks: making a whole file appear at once, durably, under a name that nobody has; room on a disk. */
#ifndef SIMG_BASE_FILE_H
#define SIMG_BASE_FILE_H

#include <apr_file_io.h>

/** Give the closed or open file `from` the second name `to` in one step, never over an existing one, and remove `from`:
 * hard link and unlink, or renameat2(RENAME_NOREPLACE) where there are no hard links. Both in one file system.
 * @return APR_EEXIST if `to` exists. */
apr_status_t simg_file_publish(const char *from, const char *to);

/** The same, but `from` stays, except where there are no hard links. A second name `to` that this very file has already
 * is success. */
apr_status_t simg_file_link(const char *from, const char *to);

/** @return 1 if both are names of one file; symlinks are not followed. */
int simg_file_same(const char *a, const char *b);

/** fsync of a folder, so that a new name in it survives a power cut. */
apr_status_t simg_dir_sync(const char *path);

/** Make a folder and its parents where missing, mode 0755 less the umask. Symlinks to folders are followed. */
apr_status_t simg_dir_make(const char *path, apr_pool_t *p);

/** The same, but the folder itself, if made here, is for its owner alone: mode 0700. One that is there keeps
 * its mode. */
apr_status_t simg_dir_make_private(const char *path, apr_pool_t *p);

/** May this process make and remove names in the folder? APR_SUCCESS, or why not (EACCES, EROFS, ENOENT, ENOTDIR). */
apr_status_t simg_dir_writable(const char *path);

/** Bytes that this process may still write to the file system of `path`. */
apr_status_t simg_disk_free(apr_int64_t *bytes, const char *path);

/** @return 1 if both lie in one file system, under one mount of it: a file of one can be linked into the other. */
int simg_same_disk(const char *a, const char *b);

/** Read a whole small file, at most `max` bytes, not ended by NUL in *len; a NUL is added after it. APR_ENOSPC: larger.
 */
apr_status_t simg_file_read(char **out, apr_size_t *len, const char *path, apr_size_t max, apr_pool_t *p);

/** Open a regular file for reading; closed with p. A symlink is not followed: it counts as not there (APR_ENOENT), and
 * so does all that is no regular file.
 * @param links  receives how many names it has
 * @param ours   1: another user's file counts as not there too, and ours is opened even if its mode forbids it */
apr_status_t simg_file_open_plain(apr_file_t **out, int *links, const char *path, int ours, apr_pool_t *p);

/** An open file is about to be read from its beginning to its end. */
void simg_file_read_ahead(apr_file_t *file);

/** Permissions of a file or folder: st_mode. */
apr_status_t simg_file_mode(unsigned int *mode, const char *path);
/** Set the permissions of an open file, whatever the umask. */
apr_status_t simg_file_mode_set(apr_file_t *file, unsigned int mode);

/** Lock an open file for this open of it alone, against other threads and processes, without waiting; until it is
 * closed. @return APR_EAGAIN: somebody else has it */
apr_status_t simg_file_lock(apr_file_t *file);

#endif
