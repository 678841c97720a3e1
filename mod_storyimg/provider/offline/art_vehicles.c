/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/art_scene.h"

const simg_kind simg_art_vehicles[] = {
    { 0 }
};
