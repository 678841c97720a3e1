/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <string.h>

enum { WRONG = 0, PAD = 65, SPACE = 66 };

/* One more than the value of a character, or one of the above: so that what is not listed is wrong. */
static const unsigned char codes[256] = {
    ['A'] = 1,   ['B'] = 2,     ['C'] = 3,      ['D'] = 4,      ['E'] = 5,      ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,   ['J'] = 10,    ['K'] = 11,     ['L'] = 12,     ['M'] = 13,     ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17,  ['R'] = 18,    ['S'] = 19,     ['T'] = 20,     ['U'] = 21,     ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25,  ['Z'] = 26,    ['a'] = 27,     ['b'] = 28,     ['c'] = 29,     ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33,  ['h'] = 34,    ['i'] = 35,     ['j'] = 36,     ['k'] = 37,     ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41,  ['p'] = 42,    ['q'] = 43,     ['r'] = 44,     ['s'] = 45,     ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49,  ['x'] = 50,    ['y'] = 51,     ['z'] = 52,     ['0'] = 53,     ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57,  ['5'] = 58,    ['6'] = 59,     ['7'] = 60,     ['8'] = 61,     ['9'] = 62, ['+'] = 63, ['/'] = 64,
    ['='] = PAD, [' '] = SPACE, ['\t'] = SPACE, ['\r'] = SPACE, ['\n'] = SPACE,
};

void simg_base64_init(simg_base64 *d)
{
    memset(d, 0, sizeof(*d));
}

/* One character of the alphabet. Bytes are given out as soon as their bits are there, because a last group may come
 * without its padding and the end is asked for, not fed. @return how many were written, 0 or 1. */
static size_t value_take(simg_base64 *d, unsigned int value, unsigned char *out)
{
    if (d->padding) {
        d->broken = 1;
        return 0;
    }
    d->bits = (d->bits << 6 | value) & 0xfff;
    d->have = (d->have + 1) & 3;
    if (d->have == 1)
        return 0;
    *out = (unsigned char)(d->bits >> (d->have ? 8 - 2 * d->have : 0));
    return 1;
}

static void padding_take(simg_base64 *d)
{
    if (d->have < 2 || d->have + d->padding == 4)
        d->broken = 1;
    else
        d->padding++;
}

size_t simg_base64_feed(simg_base64 *d, const char *text, size_t len, unsigned char *out)
{
    size_t written = 0, i;

    for (i = 0; i < len && !d->broken; i++) {
        unsigned char code = codes[(unsigned char)text[i]];

        if (code == PAD)
            padding_take(d);
        else if (code == WRONG)
            d->broken = 1;
        else if (code != SPACE)
            written += value_take(d, code - 1U, out + written);
    }
    return d->broken ? (size_t)-1 : written;
}

int simg_base64_end(const simg_base64 *d)
{
    if (d->broken)
        return 0;
    return d->padding ? d->have + d->padding == 4 : d->have != 1;
}
