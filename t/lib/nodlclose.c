/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded under a sanitizer: modules stay mapped until the process ends, so that a report made at exit has names. */

int dlclose(void *handle);

int dlclose(void *handle)
{
    (void)handle;
    return 0;
}
