/* SPDX-License-Identifier: Apache-2.0 */
/** The people of a story in words: the slots that speak of the character and the sisters, and those that
 * quote the order. */
#ifndef SIMG_PROVIDER_OFFLINE_TELL_PERSON_H
#define SIMG_PROVIDER_OFFLINE_TELL_PERSON_H

#include "provider/offline/tell.h"

/** name, full, intro, interest, stance, pose, and the patterns of idea and act, which speak of the shape's
 * own slots. */
void simg_tell_set_hero(simg_tell *t, const simg_character *c);
/** sisters (a sentence about them in the middle of a story), waving (one for its beginning), asked (what they
 * say at its end); empty without sisters. */
void simg_tell_set_sisters(simg_tell *t, const simg_character *c);
/** gist, setting, themes, message: a sentence each; empty for what was not given. */
void simg_tell_set_wishes(simg_tell *t, const simg_order *order);
/** `who was afraid of the dark` for `is afraid of the dark`; NULL if its verb is none that we can put into
 * the past. */
const char *simg_tell_past_clause(const char *s, apr_pool_t *p);
/** friend, fhe, fhim, fhis: a name that nobody in the order has. prompt: what may say he or she; NULL:
 * nothing. */
void simg_tell_friend_name(simg_tell *t, const simg_character *c, const char *prompt);
/** What the prompt says right after the friend's kind: `called Milo`, `who is afraid of mice`. */
void simg_tell_friend_read(simg_tell *t, const char *rest);
/** Where, with whom, about what: the slots for place, friend, helper, thing, weather. */
void simg_tell_set_cast(simg_tell *t, const simg_order *order);

#endif
