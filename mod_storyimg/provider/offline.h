/* SPDX-License-Identifier: Apache-2.0 */
/** The provider that needs no network, key or money: the row of the registry over provider/offline/. */
#ifndef SIMG_PROVIDER_OFFLINE_H
#define SIMG_PROVIDER_OFFLINE_H

#include "provider/provider.h"

extern const simg_provider simg_offline;

#endif
