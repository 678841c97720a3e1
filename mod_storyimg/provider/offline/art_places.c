/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/art_land.h"

#define BACK(name) simg_art_back_##name
#define FRONT(name) simg_art_front_##name

/* The first one is where a scene happens that names no place. */
const simg_place simg_art_places[] = {
    { "meadow field grassland prairie hillside ~hill ~grass", 0, 0x8fbf5f, 0x5f9f58, BACK(meadow), FRONT(green) },
    { "forest wood woods woodland ~trees", 0, 0x7fae5a, 0x4f8f5c, BACK(forest), FRONT(trees) },
    { "garden greenhouse park orchard flower_bed flowerbed vegetable_patch ~backyard ~zoo", 0, 0x93c265, 0x5a9f5c,
      BACK(garden), FRONT(green) },
    { "mountain mountaintop mountainside alps volcano peak summit cliff", 0, 0x86b077, 0x4a8268, BACK(mountain),
      FRONT(green) },
    { "underwater under_the_sea under_the_ocean coral_reef seabed ocean_floor bottom_of_the_sea ~mermaid ~coral ~reef",
      SIMG_UNDERWATER, 0xe6d3a0, 0x4fa87c, BACK(underwater), FRONT(weed) },
    { "beach shore seaside sand seashore coast", SIMG_OPEN_WATER, 0xf2d9a2, 0x5fa868, BACK(beach), NULL },
    { "harbour harbor port dock quay pier jetty", SIMG_OPEN_WATER, 0xb98558, 0x5f9f58, BACK(harbour), NULL },
    { "island desert_island treasure_island", SIMG_OPEN_WATER, 0x98c46a, 0x57a067, BACK(island), FRONT(green) },
    { "sea ocean ~ocean_waves ~sailing", SIMG_OPEN_WATER, 0x98c46a, 0x57a067, BACK(sea), NULL },
    { "river stream brook creek waterfall", SIMG_OPEN_WATER, 0x8fbf5f, 0x5f9f58, BACK(river), FRONT(green) },
    { "lake pond lagoon", SIMG_OPEN_WATER, 0x8fbb62, 0x4f8a60, BACK(lake), FRONT(green) },
    { "desert dune oasis sahara", 0, 0xeebd74, 0x6aa878, BACK(desert), NULL },
    { "village hamlet", 0, 0x98c468, 0x5f9f58, BACK(village), FRONT(green) },
    { "town market marketplace town_square market_square ~shop ~cafe ~museum", 0, 0xd9c2ae, 0x5f9f58, BACK(town),
      NULL },
    { "city street downtown skyscraper ~urban ~traffic ~alley ~rooftop ~hospital ~train_station", 0, 0xb9b4c0, 0x5f9f58,
      BACK(city), NULL },
    { "castle palace kingdom fortress ~princess ~prince ~queen ~king ~royal", 0, 0x8fbf68, 0x4f8f62, BACK(castle),
      FRONT(green) },
    { "farm barn farmyard ~tractor ~stable", 0, 0x93c05c, 0x5f9f58, BACK(farm), FRONT(green) },
    { "cave cavern grotto", SIMG_COVERED, 0x6a5f92, 0x6a5f92, BACK(cave), FRONT(stone) },
    { "on_the_moon to_the_moon lunar crater silver_moon surface_of_the_moon ~moon", SIMG_STARRY, 0xcfd0e2, 0x9a9cc0,
      BACK(moon), NULL },
    { "planet mars saturn jupiter", SIMG_STARRY, 0x9a78c8, 0x8fe0cf, BACK(planet), NULL },
    { "space outer_space galaxy universe cosmos comet ~cosmic ~astronaut ~spaceship ~spacecraft ~stardust ~galactic "
      "~asteroid ~rocket_ship",
      SIMG_STARRY, 0xb48ccc, 0x8fe0cf, BACK(space), NULL },
    { "snow_field snowfield ice arctic antarctic antarctica north_pole south_pole glacier ~snow ~snowy ~winter ~igloo "
      "~frozen ~snowman",
      0, 0xf4f6fb, 0x41806c, BACK(snow), FRONT(snow) },
    { "jungle rainforest rain_forest savanna savannah safari", 0, 0x6fa852, 0x3f8a58, BACK(jungle), FRONT(trees) },
    { "bedroom nursery her_room his_room their_room ~playroom ~attic ~pyjamas ~pajamas ~pillow ~bed ~tucked",
      SIMG_INDOORS, 0, 0, BACK(bedroom), NULL },
    { "kitchen bakery", SIMG_INDOORS, 0, 0, BACK(kitchen), NULL },
    { "classroom school kindergarten preschool", SIMG_INDOORS, 0, 0, BACK(classroom), NULL },
    { "library bookshop ~bookshelf ~bookshelves", SIMG_INDOORS, 0, 0, BACK(library), NULL },
    { "room living_room ~indoors ~fireplace", SIMG_INDOORS, 0, 0, BACK(library), NULL },
    { "treehouse tree_house", 0, 0x84b45c, 0x569a58, BACK(treehouse), FRONT(green) },
    { "playground sandpit ~slide", 0, 0x93c265, 0x5f9f58, BACK(playground), FRONT(green) },
    { "circus fairground carnival funfair big_top ~clown ~acrobat", 0, 0x93c265, 0x5f9f58, BACK(circus), NULL },
    { "bridge", SIMG_OPEN_WATER, 0x8fbf5f, 0x5f9f58, BACK(bridge), FRONT(green) },
    { "in_the_clouds on_a_cloud among_the_clouds above_the_clouds soft_white_clouds ~cloud", 0, 0xffffff, 0xffffff,
      BACK(sky), FRONT(cloud) },
    { "in_the_sky through_the_sky up_in_the_sky wide_blue_sky ~sky ~airship ~heaven", 0, 0xffffff, 0xffffff, BACK(sky),
      FRONT(cloud) },
    { 0 }
};
