/* SPDX-License-Identifier: Apache-2.0 */
/** The store of a site that keeps nothing: an object lies in memory for as long as its upload. */
#ifndef SIMG_STORE_MEMORY_H
#define SIMG_STORE_MEMORY_H

#include "store/backend.h"

extern const simg_store_backend simg_store_memory;

/** The bytes of an upload of this store. */
const char *simg_memory_bytes(const simg_upload *u);

#endif
