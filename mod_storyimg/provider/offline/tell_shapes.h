/* SPDX-License-Identifier: Apache-2.0 */
/** The shapes a story can take: one file each. */
#ifndef SIMG_PROVIDER_OFFLINE_TELL_SHAPES_H
#define SIMG_PROVIDER_OFFLINE_TELL_SHAPES_H

#include "provider/offline/tell.h"

extern const simg_tell_shape simg_tell_shape_lost, simg_tell_shape_visitor, simg_tell_shape_stopped,
    simg_tell_shape_contest, simg_tell_shape_giant, simg_tell_shape_night, simg_tell_shape_map, simg_tell_shape_weather;

#endif
