/* SPDX-License-Identifier: Apache-2.0 */
/** multipart/form-data (RFC 7578, RFC 2046 5.1) as it comes, piece by piece. Pure but for its one allocation: memory
 * does not grow with what is sent. */
#ifndef SIMG_BASE_MULTIPART_H
#define SIMG_BASE_MULTIPART_H

#include <stddef.h>

typedef struct simg_multipart simg_multipart;

/** Each returns 0 to go on; anything else stops the parser. */
typedef struct simg_multipart_handlers {
    /** A part begins. name: never NULL; filename: NULL if none is given; both as sent, without control characters. They
     * are valid during the call. */
    int (*on_part)(void *baton, const char *name, const char *filename);
    /** Its bytes, in pieces. */
    int (*on_data)(void *baton, const char *data, size_t len);
    int (*on_part_end)(void *baton);
    void *baton;
} simg_multipart_handlers;

/** @param content_type  of the request
 * @return NULL if it is no multipart/form-data with a boundary, or memory is out; *why then says so to the client */
simg_multipart *simg_multipart_make(const char **why, const char *content_type,
                                    const simg_multipart_handlers *handlers);

/** Take the next bytes. @return 0 to go on; else it has stopped: a handler said so, or it is malformed. Sticky. */
int simg_multipart_feed(simg_multipart *m, const char *data, size_t len);

/** No more will come. @return 0 if the form is whole */
int simg_multipart_end(simg_multipart *m);

/** What is malformed, a sentence for the client; never NULL. */
const char *simg_multipart_why(const simg_multipart *m);

void simg_multipart_free(simg_multipart *m);

#endif
