/* SPDX-License-Identifier: Apache-2.0 */
/** What this process may use at most, set by itself before it looks at a byte. */
#ifndef SIMG_PIXEL_LIMITS_H
#define SIMG_PIXEL_LIMITS_H

/** Limit processor time, memory, file size and core files; a broken pipe becomes an error instead of a signal.
 * @return 0, or -1 with errno if a limit could not be set. */
int simg_limits_set(void);

#endif
