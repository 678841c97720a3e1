/* SPDX-License-Identifier: Apache-2.0 */
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

#include "provider/offline/art_figure.h"

#define COUNT(x) ((int)(sizeof(x) / sizeof((x)[0])))

static const simg_colour skins[] = { 0xf9d3b4, 0xf0bd95, 0xdd9f72, 0xb97a50, 0x8d5a3b, 0x6d432f };
static const simg_colour hairs[] = { 0x3a2a34, 0x5a3a2c, 0x8a5532, 0xc0703a, 0xe8b65a, 0x4a3038, 0xa5482f };
static const simg_colour tops[] = { 0xe8594f, 0xf6b73c, 0x3f8fc4, 0xf28ea6, 0x4fae8b, 0x8d6cc2, 0xf08a45, 0xfdf3e0 };
static const simg_colour bottoms[] = { 0x3d5a98, 0x5b4a8a, 0xb5533f, 0x3f7d68, 0xd9a441, 0x6b5248 };

static const struct {
    const char *words;
    simg_colour colour;
} skin_words[] = { { "deep_brown_skin very_dark_skin dark_brown_skin", 0x6d432f },
                   { "dark_skin black_skin dark_skinned ebony", 0x7a4a33 },
                   { "light_brown_skin", 0xc98d62 },
                   { "brown_skin brown_skinned", 0x8d5a3b },
                   { "tan_skin tanned olive_skin tan_skinned", 0xdd9f72 },
                   { "medium_skin", 0xc98d62 },
                   { "fair_skin pale_skin light_skin fair_skinned light_skinned pale fair_complexion", 0xf9d3b4 } },
  hair_words[] = { { "blonde blond fair_hair fair_haired", 0xeebf62 },
                   { "redhead ginger auburn redhaired", 0xc9582f },
                   { "brunette", 0x5a3a2c },
                   { "black_hair black_haired dark_hair dark_haired", 0x33283c },
                   { "chestnut", 0x7d4529 } };

static const struct {
    const char *words;
    unsigned bit;
} extra_words[] = { { "glasses spectacles bespectacled", SIMG_GLASSES },
                    { "freckle freckled", SIMG_FRECKLES },
                    { "hat cap beanie", SIMG_HAT },
                    { "crown tiara", SIMG_CROWN },
                    { "cape cloak", SIMG_CAPE },
                    { "scarf", SIMG_SCARF },
                    { "beard bearded", SIMG_BEARD },
                    { "stripe striped stripy", SIMG_STRIPES },
                    { "dots dotted polka_dot polka spotted", SIMG_DOTS },
                    { "bow ribbon", SIMG_BOW } },
  garment_words[] = { { "dress gown sundress", SIMG_DRESS },
                      { "dungarees overalls dungaree", SIMG_DUNGAREES },
                      { "skirt", SIMG_SKIRT },
                      { "shorts", SIMG_SHORTS },
                      { "trousers pants jeans leggings", SIMG_TROUSERS } };

#define TOPS                                                                                                           \
    "jacket shirt sweater jumper hoodie coat top tshirt t_shirt blouse pullover cardigan raincoat dress gown "         \
    "sundress cape pyjamas pajamas"
#define BOTTOMS "trousers pants jeans skirt shorts dungarees overalls leggings"

/* The colour said just before one of these words, else just after (`hair is red`). */
static int colour_said(const simg_words *w, const char *words, simg_colour *out)
{
    int at, span, plural, k;

    at = simg_words_find(w, words, 0, &span, &plural);
    if (at < 0)
        return 0;
    for (k = 1; k <= 4; k++) {
        if (simg_words_colour(w, at - k, out))
            return 1;
        if (at - k >= 0 && (!w->at[at - k][0] || !strcmp(w->at[at - k], "and") || !strcmp(w->at[at - k], "with")))
            break;
    }
    return at + 2 < w->count && !strcmp(w->at[at + 1], "is") && simg_words_colour(w, at + 2, out);
}

/* Hair has its own reds and blacks: a red that suits a balloon suits no head. */
static void hair_read(simg_looks *l, const simg_words *w)
{
    static const struct {
        simg_colour said, hair;
    } natural[] = { { 0xe2574c, 0xc4522f }, { 0xf8cc4b, 0xeebf62 }, { 0xf0b33c, 0xe8b14e },
                    { 0x9a6a45, 0x6b412b }, { 0x3b3450, 0x33283c }, { 0xf2913f, 0xd9702f },
                    { 0xfbf3e6, 0xf1ece6 }, { 0xc6ccdc, 0xd5d6de }, { 0x9aa0b4, 0xb9b8c0 } };
    simg_colour said;
    int i;

    for (i = 0; i < COUNT(hair_words); i++) {
        if (simg_words_has(w, hair_words[i].words))
            l->hair = hair_words[i].colour;
    }
    if (!colour_said(w, "hair haired curls braid plait ponytail pigtail", &said))
        return;
    l->hair = said;
    for (i = 0; i < COUNT(natural); i++) {
        if (natural[i].said == said)
            l->hair = natural[i].hair;
    }
}

static int brightness(simg_colour c)
{
    return (int)(((c >> 16) & 255) * 3 + ((c >> 8) & 255) * 6 + (c & 255)) / 10;
}

static const simg_hair *style_named(const char *word)
{
    const simg_hair *h = simg_art_hairs;

    while (h->words && strncmp(h->words, word, strlen(word)))
        h++;
    return h->words ? h : simg_art_hairs;
}

static void descriptor_read(simg_looks *l, const char *descriptor, apr_pool_t *p)
{
    const simg_words *w = simg_words_read(descriptor, p);
    const simg_hair *h;
    int i;

    for (i = COUNT(skin_words) - 1; i >= 0; i--) {
        if (!simg_words_has(w, skin_words[i].words))
            continue;
        l->skin = skin_words[i].colour;
        if (brightness(l->skin) < 150 && l->age < 65)
            l->hair = 0x3a2a34;
    }
    hair_read(l, w);
    for (h = simg_art_hairs; h->words && !simg_words_has(w, h->words); h++)
        ;
    if (h->words)
        l->style = h;
    else if (simg_words_has(w, "beard bearded boy man father grandfather"))
        l->style = style_named("short");
    for (i = 0; i < COUNT(garment_words); i++) {
        if (simg_words_has(w, garment_words[i].words))
            l->garment = (simg_garment)garment_words[i].bit;
    }
    for (i = 0; i < COUNT(extra_words); i++) {
        if (simg_words_has(w, extra_words[i].words))
            l->extras |= extra_words[i].bit;
    }
    colour_said(w, TOPS, &l->top);
    colour_said(w, BOTTOMS, &l->bottom);
    colour_said(w, "shoes boots sneakers trainers", &l->shoes);
}

static const simg_hair *style_choose(simg_art *dice)
{
    const simg_hair *h;
    int n = 0;

    for (h = simg_art_hairs; h->words; h++)
        n += h->chosen;
    n = (int)simg_art_pick(dice, (unsigned)n);
    for (h = simg_art_hairs; !h->chosen || n-- > 0; h++)
        ;
    return h;
}

void simg_art_looks(simg_looks *l, const simg_brief *brief, apr_pool_t *p)
{
    const char *name = brief->character && brief->character->name ? brief->character->name : "";
    simg_art dice = { 0 };
    apr_size_t skin;

    memset(l, 0, sizeof(*l));
    /* Face and hair are the child's own, in every story; clothes are changed between stories. */
    dice.state = simg_art_hash(name, 1);
    l->age = brief->character && brief->character->age >= 0 ? brief->character->age : 7;
    skin = simg_art_pick(&dice, COUNT(skins));
    l->skin = skins[skin];
    /* Dark skin comes with dark hair unless somebody says otherwise. */
    l->hair = hairs[skin > 2 ? simg_art_pick(&dice, 2) : simg_art_pick(&dice, COUNT(hairs))];
    l->style = style_choose(&dice);
    dice.state = simg_art_hash(name, simg_art_hash(brief->story_key ? brief->story_key : "", 2));
    l->top = tops[simg_art_pick(&dice, COUNT(tops))];
    l->bottom = bottoms[simg_art_pick(&dice, COUNT(bottoms))];
    l->shoes = simg_art_pick(&dice, 2) ? 0xc9463f : 0x4a3b52;
    l->tie = tops[simg_art_pick(&dice, 4)];
    l->garment = (simg_garment)simg_art_pick(&dice, SIMG_GARMENTS);
    if (simg_art_pick(&dice, 3) == 0)
        l->extras |= simg_art_pick(&dice, 2) ? SIMG_STRIPES : SIMG_DOTS;
    if (l->age >= 65)
        l->hair = 0xdcdbe0;
    if (brief->descriptor)
        descriptor_read(l, brief->descriptor, p);
    if (abs(brightness(l->hair) - brightness(l->skin)) < 24) /* Else a fringe or a beard cannot be seen. */
        l->hair = simg_art_darker(l->hair, 0.45);
}
