/* SPDX-License-Identifier: Apache-2.0 */
/** The dotenv format, parsed. Pure; memory by malloc; no pools.
 *
 * One NAME=VALUE per line (LF or CRLF, a BOM before the first is skipped); `export ` before the name is allowed; lines
 * that are blank or start with # are skipped. A value is bare (white space around it goes, ` #` starts a comment),
 * 'single' (as it stands, may span lines) or "double" (\n \r \t \" \\ \$ decoded, may span lines). Nothing is expanded:
 * $ is a dollar sign. NAME is [A-Za-z_][A-Za-z0-9_]*. The last of two lines with one name wins (the callback sees
 * both). */
#ifndef SIMG_BASE_DOTENV_H
#define SIMG_BASE_DOTENV_H

#include <stddef.h>

/** One pair, in file order. @return 0 to go on. */
typedef int simg_dotenv_fn(void *baton, const char *name, const char *value, int line);

/** @return 0, the number (from 1) of the first line that cannot be read, or -1 if the callback stopped, -2 if memory
 * is out. A NUL byte anywhere is an unreadable line. */
int simg_dotenv_parse(const char *text, size_t len, simg_dotenv_fn *fn, void *baton);

#endif
