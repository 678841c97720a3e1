/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/offline/tell_shapes.h"

const simg_tell_shape *const simg_tell_shapes[] = {
    &simg_tell_shape_lost,    &simg_tell_shape_visitor, &simg_tell_shape_stopped,
    &simg_tell_shape_contest, &simg_tell_shape_giant,   &simg_tell_shape_night,
    &simg_tell_shape_map,     &simg_tell_shape_weather, NULL
};
