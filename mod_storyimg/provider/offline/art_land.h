/* SPDX-License-Identifier: Apache-2.0 */
/** Skies, lands and weathers: the layers of a page behind and before the character. */
#ifndef SIMG_PROVIDER_OFFLINE_ART_LAND_H
#define SIMG_PROVIDER_OFFLINE_ART_LAND_H

#include "provider/offline/art_scene.h"

/** Sky of paper rings round the sun or moon, with clouds or stars. */
void simg_art_sky(simg_stage *s);
/** Fog, behind who is near. */
void simg_art_mist(simg_stage *s);
/** Rain, snow and wind before everything else. */
void simg_art_weather(simg_stage *s);
void simg_art_cloud(simg_art *a, simg_colour c, double x, double y, double size);
void simg_art_stars(simg_stage *s, int n, double bottom);

/** A piece of land from its upper edge, about y, down to the bottom. bumps: how many hills; height: of them. */
void simg_art_hill(simg_stage *s, simg_colour c, double y, double height, int bumps);
/** The same with a fall of `slope` across the page. */
void simg_art_slope(simg_stage *s, simg_colour c, double y, double height, int bumps, double slope);
/** Things of the land; x, y: where they stand; size: their height. */
void simg_art_round_tree(simg_stage *s, simg_colour leaves, double x, double y, double size);
void simg_art_fir(simg_stage *s, simg_colour leaves, double x, double y, double size);
void simg_art_palm(simg_stage *s, simg_colour leaves, double x, double y, double size);
void simg_art_bush(simg_stage *s, simg_colour leaves, double x, double y, double size);
void simg_art_grass(simg_stage *s, simg_colour c, double x, double y, double size);
/** A drawing (of simg_art_cut) in the light of the page, standing at (x, y). */
void simg_art_prop(simg_stage *s, const char *program, simg_dye dye, double x, double y, double size);
/** A frame of leaves and grass along the lower edge and in an upper corner. */
void simg_art_leaf_frame(simg_stage *s, simg_colour c);
/** Flowers scattered in the ground between y0 and y1. */
void simg_art_flowers(simg_stage *s, int n, double y0, double y1);
/** Sea from y down to y1, with waves. */
void simg_art_sea(simg_stage *s, double y, double y1);
/** x measured from the character's side of the page. */
double simg_art_side(const simg_stage *s, double x);

#define LAND(name) void simg_art_back_##name(simg_stage *s)
LAND(meadow);
LAND(forest);
LAND(garden);
LAND(mountain);
LAND(sea);
LAND(beach);
LAND(underwater);
LAND(river);
LAND(lake);
LAND(island);
LAND(desert);
LAND(village);
LAND(town);
LAND(city);
LAND(castle);
LAND(farm);
LAND(cave);
LAND(space);
LAND(moon);
LAND(planet);
LAND(sky);
LAND(snow);
LAND(jungle);
LAND(bedroom);
LAND(kitchen);
LAND(classroom);
LAND(library);
LAND(treehouse);
LAND(playground);
LAND(harbour);
LAND(circus);
LAND(bridge);
#undef LAND

void simg_art_front_green(simg_stage *s);
void simg_art_front_trees(simg_stage *s);
void simg_art_front_stone(simg_stage *s);
void simg_art_front_weed(simg_stage *s);
void simg_art_front_cloud(simg_stage *s);
void simg_art_front_snow(simg_stage *s);

#endif
