/* SPDX-License-Identifier: Apache-2.0 */
/** libvips, with every loader shut but those that a command needs. */
#ifndef SIMG_PIXEL_LIBRARY_H
#define SIMG_PIXEL_LIBRARY_H

/** Exit statuses of the program; functions of this folder that say which return them. */
enum { SIMG_PIXEL_OK = 0, SIMG_PIXEL_BAD = 1, SIMG_PIXEL_USAGE = 2, SIMG_PIXEL_TOO_LARGE = 3 };

/** Start libvips with the named loader classes open, and no other; the list ends with NULL. @return 0 or -1. */
int simg_library_init(const char *program, const char *const *loaders);

/** What went wrong last: one line, printable. */
const char *simg_library_error(void);

/** The library's version. */
const char *simg_library_version(void);

#endif
