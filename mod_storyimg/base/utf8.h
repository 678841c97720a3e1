/* SPDX-License-Identifier: Apache-2.0 */
/** UTF-8 (RFC 3629), strictly: no overlong forms, no surrogates, nothing above U+10FFFF. Pure; no pools. */
#ifndef SIMG_BASE_UTF8_H
#define SIMG_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** The code point at s (at most len bytes left), its length in bytes to *n. (uint32_t)-1 and *n = 1 if invalid. */
uint32_t simg_utf8_next(const char *s, size_t len, size_t *n);

/** @return 1 if all len bytes are valid UTF-8. */
int simg_utf8_valid(const char *s, size_t len);

/** Number of code points of a valid text. */
size_t simg_utf8_length(const char *s);

/** Length in bytes of the longest prefix of s with at most max code points. */
size_t simg_utf8_prefix(const char *s, size_t max);

/** @return 1 if c may stand in running text: not a control character (but tab, line feed, carriage return), not a
 * bidirectional override or isolate (U+202A..E, U+2066..9), not a noncharacter. */
int simg_utf8_is_text(uint32_t c);

/** @return 1 if c may stand in a person's name: letters and combining marks of any script, digits, space,
 * apostrophes (' U+2019), hyphens (- U+2010 U+2011), full stop, comma, middle dot, ZWJ/ZWNJ (Persian and Indic names
 * need them). Not: other ASCII punctuation (/ \ " ` ; ( ) < > ...), any control, line or direction character,
 * arrows, symbols, dingbats, emoji, variation selectors, tags, private use. */
int simg_utf8_is_name(uint32_t c);

#endif
