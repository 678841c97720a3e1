/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/art_land.h"

#define BACK(name) simg_art_back_##name
#define FRONT(name) simg_art_front_##name

/* The first one is where a scene happens that names no place. */
const simg_place simg_art_places[] = {
    { "meadow field grassland prairie hillside ~hill ~grass", 0, 0x8fbf5f, 0x5f9f58, BACK(meadow), FRONT(green) },
    { "forest wood woods woodland ~trees", 0, 0x7fae5a, 0x4f8f5c, BACK(forest), FRONT(trees) },
    { 0 }
};
