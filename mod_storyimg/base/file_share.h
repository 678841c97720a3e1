/* SPDX-License-Identifier: Apache-2.0 */
/** Two files of the same bytes become one with two names. */
#ifndef SIMG_BASE_FILE_SHARE_H
#define SIMG_BASE_FILE_SHARE_H

#include <apr_errno.h>

/** Make `name` another name of the file `original`, in one step: whoever opens it reads the same bytes before and after.
 * Both are regular files (symlinks are not followed) in one file system; their bytes are compared first. If they are one
 * file already, that is success.
 * @param temp  a name that is free, in the same file system; it does not stay
 * @return APR_ENOTIMPL: there are no hard links here, or the file has as many as it can have; APR_EMISMATCH: the bytes
 *         differ; or why a file could not be read. Then both are as they were. */
apr_status_t simg_file_share(const char *original, const char *name, const char *temp);

#endif
