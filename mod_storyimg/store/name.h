/* SPDX-License-Identifier: Apache-2.0 */
/** Which names are ours, among all that may lie in a folder. Pure; for the files of this folder, and for whoever
 * looks into a folder without opening a store. */
#ifndef SIMG_STORE_NAME_H
#define SIMG_STORE_NAME_H

#include <apr_pools.h>

/** The identifier of something under way: [0-9a-z], at most 64 of them. */
int simg_name_is_id(const char *id);

/** The identifier of `<id>.part`; NULL: it is no such name. */
const char *simg_name_of_part(const char *file, apr_pool_t *p);

/** What any object may be called: [0-9A-Za-z_-]+ and the ending of a kind that we keep. */
int simg_name_is_object(const char *name);

/** `(story|consistent|gptimg|portrait)-<digits>-p<digits>.(png|jpg|webp)`. */
int simg_name_is_picture(const char *name);

/** Letters, digits, _ and - of ASCII, whatever the locale. */
int simg_name_is_plain(char c);

#endif
