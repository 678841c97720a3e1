/* SPDX-License-Identifier: Apache-2.0 */
/** Azure OpenAI: the API of OpenAI at other addresses, with another key. A model's name is that of its deployment. */
#ifndef SIMG_PROVIDER_AZURE_H
#define SIMG_PROVIDER_AZURE_H

#include "provider/provider.h"

extern const simg_provider simg_azure;

#endif
