/* SPDX-License-Identifier: Apache-2.0 */
/** Objects are files of StoryImgGeneratedDir, served by the web server itself. */
#ifndef SIMG_STORE_DISK_H
#define SIMG_STORE_DISK_H

#include "store/backend.h"

extern const simg_store_backend simg_store_disk;

#endif
